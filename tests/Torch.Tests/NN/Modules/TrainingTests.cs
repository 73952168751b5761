using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace CircuitSpecs.Tests.NN.Modules;

public sealed class TrainingTests
{
    [Test]
    public void Losses_and_gradient_norms_of_the_first_steps_are_PyTorch_s()
    {
        // PyTorch 1.13 in float64: the network below, element i of all its parameters in a row being sin(1.7 i + 0.3) / 2.
        double[] losses = [1.6474827300293036, 1.5813042081713495, 1.5326711236316628, 1.494953774062277, 1.4623646718750567, 1.4313091979537944];
        double[] norms = [0.4763394593060905, 0.3561637802744429, 0.3016051173917496, 0.28960872895206546, 0.2970354075159075, 0.31070568256019165];
        double[] scale = [0.1656885700220222, -0.5681176782427086, 0.002440113255754592, 0.4850546909475271];
        double[] row = [0.22596010700642402, -0.5140111639637592, -0.12468455690228218, 0.35797838572317814];
        using var m = new Network();
        Fill(m);
        using AdamW optimizer = optim.AdamW(m.parameters(), lr: 0.02, weight_decay: 0.1);
        for (int t = 0; t < losses.Length; t++)
        {
            (double loss, double norm) = Step(m, optimizer);
            loss.Should().BeApproximately(losses[t], 1e-10, $"step {t}");

            // TorchSharp computes the bound with 1e-6 added to the norm, as PyTorch does.
            norm.Should().BeApproximately(norms[t], 1e-9, $"step {t}");
        }

        Samples.ShouldBe(m.Norm.weight, [4], scale, 1e-9);
        Samples.ShouldBe(m.Tokens.weight![4], [4], row, 1e-9);
    }

    [Test]
    public void A_training_run_gives_the_same_bits_with_any_number_of_threads()
    {
        int threads = get_num_threads();
        try
        {
            double[] Run(int count)
            {
                set_num_threads(count);
                manual_seed(4);
                using DisposeScope scope = NewDisposeScope();
                using Sequential m = Sequential(
                    ("in", Linear(64, 512)), ("norm", LayerNorm(512)), ("act", GELU()), ("mid", Linear(512, 512)), ("tanh", Tanh()), ("out", Linear(512, 50)));
                using Adam optimizer = optim.Adam(m.parameters(), 1e-3);
                Tensor x = randn(96, 64), y = randint(0, 50, new long[] { 96 });
                for (int t = 0; t < 4; t++)
                {
                    using DisposeScope step = NewDisposeScope();
                    optimizer.zero_grad();
                    functional.cross_entropy(m.call(x), y).backward();
                    optimizer.step();
                }

                return [.. m.parameters().SelectMany(Samples.Values)];
            }

            double[] one = Run(1);
            Run(2).Should().Equal(one);
            Run(7).Should().Equal(one);
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    [Test]
    public void A_run_goes_on_from_files_as_if_it_had_not_stopped()
    {
        using Network a = new(), b = new();
        Fill(a);
        using AdamW first = optim.AdamW(a.parameters(), lr: 0.02, weight_decay: 0.1), second = optim.AdamW(b.parameters(), lr: 1, weight_decay: 0.1);
        Step(a, first);
        Step(a, first);
        using var stream = new MemoryStream();
        var writer = new BinaryWriter(stream);
        a.save(writer);
        first.save_state_dict(writer);
        writer.Flush();
        stream.Position = 0;
        var reader = new BinaryReader(stream);
        b.load(reader);
        second.load_state_dict(reader);
        for (int t = 0; t < 3; t++) Step(b, second).Should().Be(Step(a, first));
        foreach ((string name, Tensor value) in a.state_dict()) Samples.Values(b.state_dict()[name]).Should().Equal(Samples.Values(value), name);
    }

    [Test]
    public void Steps_leave_no_tensor_behind()
    {
        using var m = new Network();
        Fill(m);
        using AdamW optimizer = optim.AdamW(m.parameters());
        Step(m, optimizer);
        long live = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (int t = 0; t < 5; t++) Step(m, optimizer);
        DisposeScopeManager.Statistics.ThreadTotalLiveCount.Should().Be(live);
    }

    private static void Fill(Network m)
    {
        using IDisposable mode = no_grad();
        int i = 0;
        foreach (Parameter p in m.parameters())
        {
            var values = new double[p.numel()];
            for (int j = 0; j < values.Length; j++) values[j] = Math.Sin(1.7 * i++ + 0.3) * 0.5;
            using Tensor source = tensor(values, p.shape, dtype: ScalarType.Float64);
            p.copy_(source);
        }
    }

    private static (double Loss, double Norm) Step(Network m, AdamW optimizer)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = tensor(new[,] { { 0L, 3, 1 }, { 2, 4, 0 } }), y = tensor(new[,] { { 3L, 1, 4 }, { 4, 0, 2 } });
        Tensor loss = functional.cross_entropy(m.call(x).reshape(-1, 5), y.reshape(-1));
        optimizer.zero_grad();
        loss.backward();
        double norm = nn.utils.clip_grad_norm_(m.parameters(), 0.3);
        optimizer.step();
        return (loss.item<double>(), norm);
    }

    private sealed class Network : Module<Tensor, Tensor>
    {
        private readonly Embedding tok = Embedding(5, 4, dtype: ScalarType.Float64);
        private readonly LayerNorm ln = LayerNorm(4, dtype: ScalarType.Float64);
        private readonly Linear qkv = Linear(4, 12, dtype: ScalarType.Float64);
        private readonly Linear @out = Linear(4, 4, dtype: ScalarType.Float64);
        private readonly Linear up = Linear(4, 8, dtype: ScalarType.Float64);
        private readonly Linear down = Linear(8, 4, dtype: ScalarType.Float64);
        private readonly Linear head = Linear(4, 5, hasBias: false, dtype: ScalarType.Float64);

        public Network()
            : base(nameof(Network)) => RegisterComponents();

        public Embedding Tokens => tok;

        public LayerNorm Norm => ln;

        public override Tensor forward(Tensor input)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor h = tok.call(input);
            Tensor[] parts = qkv.call(ln.call(h)).chunk(3, -1);
            Tensor future = ones(3, 3, dtype: ScalarType.Bool).triu(1);
            Tensor pattern = parts[0].matmul(parts[1].transpose(-1, -2)).div(2).masked_fill(future, double.NegativeInfinity).softmax(-1);
            h = h + @out.call(pattern.matmul(parts[2]));
            h = h + down.call(functional.gelu(up.call(ln.call(h))));
            return head.call(h).MoveToOuterDisposeScope();
        }
    }
}
