using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace CircuitSpecs.Tests.Conformance;

/// <summary>A transformer as users of TorchSharp write one: fields, a constructor that registers them, forward with scopes.</summary>
internal sealed class UserCodeModel : Module<Tensor, Tensor>
{
    private readonly Embedding tokens;
    private readonly Parameter positions;
    private readonly ModuleList<Block> blocks;
    private readonly LayerNorm final;
    private readonly Linear head;

    public UserCodeModel(long vocabulary, long context, long width, int heads, int layers, Device? device = null, ScalarType? dtype = null)
        : base(nameof(UserCodeModel))
    {
        tokens = Embedding(num_embeddings: vocabulary, embedding_dims: width, device: device, dtype: dtype);
        positions = Parameter(randn(context, width, dtype: dtype) * 0.1, requires_grad: true);
        blocks = new ModuleList<Block>();
        for (int i = 0; i < layers; i++) blocks.Add(new Block(width, heads, dtype));
        final = LayerNorm(width, eps: 1e-5, dtype: dtype);
        head = Linear(inputSize: width, outputSize: vocabulary, hasBias: false, dtype: dtype);
        RegisterComponents();
        if (device is not null) this.to(device);
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var length = input.size(-1);
        var x = tokens.call(input) + positions[..(int)length];
        foreach (var block in blocks) x = block.call(x);
        return scope.MoveToOuter(head.call(final.call(x)));
    }

    private sealed class Block : Module<Tensor, Tensor>
    {
        private readonly int _heads;
        private readonly LayerNorm norm1;
        private readonly LayerNorm norm2;
        private readonly Linear qkv;
        private readonly Linear output;
        private readonly Sequential mlp;

        public Block(long width, int heads, ScalarType? dtype)
            : base(nameof(Block))
        {
            _heads = heads;
            norm1 = LayerNorm(width, dtype: dtype);
            norm2 = LayerNorm(width, dtype: dtype);
            qkv = Linear(width, 3 * width, dtype: dtype);
            output = Linear(width, width, dtype: dtype);
            mlp = Sequential(
                ("up", Linear(width, 4 * width, dtype: dtype)),
                ("act", GELU()),
                ("down", Linear(4 * width, width, dtype: dtype)),
                ("drop", Dropout(p: 0.0)));
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            using var scope = NewDisposeScope();
            var (batch, length, width) = (input.shape[0], input.shape[1], input.shape[2]);
            var parts = qkv.call(norm1.call(input)).view(batch, length, 3, _heads, width / _heads).permute(2, 0, 3, 1, 4);
            var (q, k, v) = (parts[0], parts[1], parts[2]);
            var mixed = functional.scaled_dot_product_attention(q, k, v, is_casual: true);
            var x = input + output.call(mixed.transpose(1, 2).reshape(batch, length, width));
            return (x + mlp.call(norm2.call(x))).MoveToOuterDisposeScope();
        }
    }
}
