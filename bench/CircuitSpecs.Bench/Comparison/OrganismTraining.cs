using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace CircuitSpecs.Bench.Comparison;

/// <summary>The shipped organisms' architecture with random parameters: the loss of a batch, and its gradient in every parameter.</summary>
internal sealed class OrganismTraining
{
    private const int Layers = 4;
    private const int Heads = 5;
    private const int Width = 160;
    private const int Neurons = 640;
    private const int Vocabulary = 846;

    private readonly Tensor tokens;
    private readonly Tensor targets;
    private readonly Tensor mask;
    private readonly Tensor embedding = Parameter(Vocabulary, Width);
    private readonly Tensor places;
    private readonly Dictionary<string, Tensor>[] blocks;
    private readonly Tensor gain = Parameter(Width);
    private readonly Tensor shift = Parameter(Width);

    public OrganismTraining(long batch, long length)
    {
        tokens = ComparedWork.Tokens(batch, length, Vocabulary);
        targets = tokens.roll(-1, 1).contiguous().view(-1);
        mask = full([length, length], float.NegativeInfinity).triu(1);
        places = Parameter(length, Width);
        blocks = [.. Enumerable.Range(0, Layers).Select(_ => new Dictionary<string, Tensor>
        {
            ["ln1.w"] = Parameter(Width), ["ln1.b"] = Parameter(Width), ["ln2.w"] = Parameter(Width), ["ln2.b"] = Parameter(Width),
            ["qkv.w"] = Parameter(Width, 3 * Width), ["qkv.b"] = Parameter(3 * Width), ["out.w"] = Parameter(Width, Width), ["out.b"] = Parameter(Width),
            ["in.w"] = Parameter(Width, Neurons), ["in.b"] = Parameter(Neurons), ["down.w"] = Parameter(Neurons, Width), ["down.b"] = Parameter(Width),
        })];
    }

    private IEnumerable<Tensor> Parameters => [embedding, places, gain, shift, .. blocks.SelectMany(block => block.Values)];

    /// <summary>One step without the update.</summary>
    /// <returns>The loss.</returns>
    public Tensor Run()
    {
        foreach (Tensor parameter in Parameters)
        {
            parameter.grad?.Dispose();
            parameter.grad = null;
        }

        (long batch, long length) = (tokens.shape[0], tokens.shape[1]);
        Tensor x = embedding.index_select(0, tokens.view(-1)).view(batch, length, Width) + places;
        foreach (Dictionary<string, Tensor> block in blocks)
        {
            Tensor[] parts = Affine(Norm(x, block["ln1.w"], block["ln1.b"]), block["qkv.w"], block["qkv.b"]).view(batch, length, 3, Heads, Width / Heads).permute(2, 0, 3, 1, 4).unbind(0);
            Tensor scores = (parts[0].matmul(parts[1].transpose(-1, -2)) / Math.Sqrt(Width / Heads)) + mask;
            Tensor z = scores.softmax(-1).matmul(parts[2]).transpose(1, 2).reshape(batch, length, Width);
            x = x + Affine(z, block["out.w"], block["out.b"]);
            Tensor hidden = nn.functional.gelu(Affine(Norm(x, block["ln2.w"], block["ln2.b"]), block["in.w"], block["in.b"]), GELU.Approximate.tanh);
            x = x + Affine(hidden, block["down.w"], block["down.b"]);
        }

        Tensor logits = Norm(x, gain, shift).view(-1, Width).matmul(embedding.t());
        Tensor loss = nn.functional.cross_entropy(logits, targets);
        loss.backward();
        return loss;
    }

    private static Tensor Parameter(params long[] shape) =>
        (shape.Length == 1 ? ones(shape) : randn(shape) * 0.02).detach().requires_grad_().DetachFromDisposeScope();

    private static Tensor Norm(Tensor x, Tensor gain, Tensor shift) => nn.functional.layer_norm(x, [Width], gain, shift);

    private static Tensor Affine(Tensor x, Tensor weight, Tensor bias) =>
        bias.addmm(x.reshape(-1, x.shape[^1]), weight).view(x.shape[0], x.shape[1], weight.shape[1]);
}
