using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Optim;

public sealed class OptimizerTests
{
    private static readonly double[] Start = [0.5, -1.25, 3.0, 0.125, -0.75];

    /// <summary>
    /// Five steps from <see cref="Start"/> in float64 with the gradients of <see cref="Gradient"/>, as PyTorch 1.13 on a CPU prints
    /// them with <c>repr</c>; the options of each are those of <see cref="Make"/>.
    /// </summary>
    private static readonly Dictionary<string, double[]> FiveSteps = new()
    {
        ["SGD"] = [0.35, -1.3, 2.9, 0.055, -0.75],
        ["SGD momentum"] = [0.23288049519485002, -1.1932014535741953, 2.8897723760935454, -0.0711648941613791, -0.7415162073296253],
        ["SGD nesterov"] = [0.057493468707169315, -1.2592359648765739, 2.754593676805428, -0.10103006711100616, -0.7374290368749893],
        ["SGD maximize"] = [0.8170310000000002, -1.273143, 3.1054540000000004, 0.297627, -0.75],
        ["Adam"] = [0.24937632213389607, -1.1189073941296435, 2.7513966036910342, 0.05559224267747477, -0.5031875271564474],
        ["Adam amsgrad"] = [0.2693341659314654, -1.1802243615758863, 3.0408164209667903, 0.05792703110862972, -0.75],
        ["Adam maximize"] = [0.742541534131995, -1.3364936020133522, 2.956801955830295, 0.1967472606069781, -0.75],
        ["AdamW"] = [0.24224616819086087, -1.1521974768710315, 2.9521542469220505, 0.05588674925356187, -0.7314365648414063],
        ["AdamW amsgrad"] = [0.24953593041611435, -1.1223770989459876, 2.89065448728702, 0.053892966688736874, -0.7132425374249999],
        ["Adagrad"] = [0.3122241623718684, -1.2660828682965155, 2.8931978187537752, 0.059893515445508014, -0.7429423078593351],
        ["RMSProp"] = [0.23631082352501706, -1.2755441482731629, 2.90904620476073, 0.07191246160829315, -0.5482154590690891],
        ["RMSProp centered"] = [-0.2111482085705211, -1.1454712700652412, 3.0393610554069563, -0.028938729172305284, -0.75],
    };

    [TestCaseSource(nameof(Names))]
    public void Five_steps_are_PyTorch_s(string name)
    {
        using Parameter p = nn.Parameter(tensor(Start, dtype: ScalarType.Float64));
        using OptimizerHelper optimizer = Make(name, [p]);
        for (int t = 0; t < 5; t++)
        {
            p.grad = tensor(Gradient(t), dtype: ScalarType.Float64);
            optimizer.step();
        }

        Samples.ShouldBe(p, [5], FiveSteps[name], 1e-13, name);
    }

    [Test]
    public void In_float32_they_are_PyTorch_s_to_its_last_digits()
    {
        // PyTorch 1.13: the AdamW of Make in float32.
        double[] expected = [0.24224618077278137, -1.1521977186203003, 2.9521543979644775, 0.055886752903461456, -0.7314366102218628];
        using Parameter p = nn.Parameter(tensor(Start, dtype: ScalarType.Float32));
        using OptimizerHelper optimizer = Make("AdamW", [p]);
        for (int t = 0; t < 5; t++)
        {
            p.grad = tensor(Gradient(t), dtype: ScalarType.Float32);
            optimizer.step();
        }

        Samples.ShouldBe(p, [5], expected, 2.5e-7);
    }

    [TestCaseSource(nameof(Names))]
    public void Many_elements_in_any_layout_step_as_each_does_alone(string name)
    {
        const int Rows = 37, Columns = 3001;
        var random = new Random(5);
        double[] start = [.. Enumerable.Range(0, Rows * Columns).Select(_ => random.NextDouble() - 0.5)];
        double[] slope = [.. Enumerable.Range(0, Rows * Columns).Select(_ => random.NextDouble() - 0.5)];
        using Parameter p = nn.Parameter(tensor(start, [Columns, Rows], dtype: ScalarType.Float64).t());
        using OptimizerHelper optimizer = Make(name, [p]);
        for (int t = 0; t < 3; t++)
        {
            p.grad = tensor(slope, [Columns, Rows], dtype: ScalarType.Float64).t().mul(t + 1);
            optimizer.step();
        }

        for (int k = 0; k < 20; k++)
        {
            int row = random.Next(Rows), column = random.Next(Columns), at = column * Rows + row;
            using Parameter one = nn.Parameter(tensor(new[] { start[at] }, dtype: ScalarType.Float64));
            using OptimizerHelper alone = Make(name, [one]);
            for (int t = 0; t < 3; t++)
            {
                one.grad = tensor(new[] { slope[at] * (t + 1) }, dtype: ScalarType.Float64);
                alone.step();
            }

            p[row, column].item<double>().Should().Be(one[0].item<double>(), $"{name} at [{row}, {column}]");
        }
    }

    [Test]
    public void A_parameter_without_gradient_stays_and_its_state_does_not_count()
    {
        using Parameter moved = nn.Parameter(ones(2)), still = nn.Parameter(ones(2));
        using AdamW optimizer = optim.AdamW([moved, still], lr: 0.1, weight_decay: 0.5);
        moved.grad = ones(2);
        optimizer.step();
        Samples.Values(still).Should().Equal(1, 1);
        Samples.Values(moved).Should().NotContain(1);
        ((AdamW.State)optimizer.state_dict().State[1]).step.Should().Be(0);
    }

    [Test]
    public void Groups_have_numbers_of_their_own_and_the_optimizer_s_for_the_rest()
    {
        using Parameter a = nn.Parameter(zeros(1)), b = nn.Parameter(zeros(1)), c = nn.Parameter(zeros(1));
        using SGD optimizer = optim.SGD([a], 0.5);
        optimizer.add_param_group(new SGD.ParamGroup([b], lr: 0.1));
        optimizer.add_param_group(new SGD.ParamGroup { Parameters = [c] });
        foreach (Parameter p in new[] { a, b, c }) p.grad = ones(1);
        optimizer.step();
        (a.item<float>(), b.item<float>(), c.item<float>()).Should().Be((-0.5f, -0.1f, -0.5f));
        optimizer.ParamGroups.Select(g => g.InitialLearningRate).Should().Equal(0.5, 0.1, 0.5);
        optimizer.parameters().Should().HaveCount(3);
    }

    [Test]
    public void A_closure_runs_with_gradients_and_gives_the_loss()
    {
        using Parameter p = nn.Parameter(tensor(new[] { 3.0f }));
        using SGD optimizer = optim.SGD([p], 0.1);
        using IDisposable mode = no_grad();
        using Tensor? loss = optimizer.step(() =>
        {
            optimizer.zero_grad();
            Tensor l = p.square().sum();
            l.backward();
            return l;
        });
        loss!.item<float>().Should().Be(9);
        p.item<float>().Should().BeApproximately(3 - 0.6f, 1e-6f);
    }

    [Test]
    public void Zero_grad_writes_zeros()
    {
        using Parameter p = nn.Parameter(ones(2));
        using Adam optimizer = optim.Adam([p]);
        optimizer.zero_grad();
        (p.grad is null).Should().BeTrue("there was no gradient to zero");
        p.grad = ones(2);
        optimizer.zero_grad();
        Samples.Values(p.grad!).Should().Equal(0, 0);
    }

    [Test]
    public void Numbers_out_of_range_are_refused()
    {
        Parameter[] none = [];
        Assert.Throws<ArgumentException>(() => optim.SGD(none, -1))!.Message.Should().Be("Invalid learning rate: -1");
        Assert.Throws<ArgumentException>(() => optim.SGD(none, 1, momentum: -1))!.Message.Should().Be("Invalid momentum value: -1");
        Assert.Throws<ArgumentException>(() => optim.SGD(none, 1, nesterov: true))!.Message.Should().Be("Nesterov momentum requires a momentum and zero dampening");
        Assert.Throws<ArgumentException>(() => optim.Adam(none, beta1: 1))!.Message.Should().Be("Invalid beta1: 1");
        Assert.Throws<ArgumentException>(() => optim.AdamW(none, beta2: -1))!.Message.Should().Be("Invalid beta2: -1");
        Assert.Throws<ArgumentException>(() => optim.AdamW(none, weight_decay: -1))!.Message.Should().Be("Invalid weight_decay value: -1");
    }

    [TestCaseSource(nameof(Names))]
    public void A_saved_state_goes_on_as_if_nothing_had_happened(string name)
    {
        using Parameter a = nn.Parameter(tensor(Start)), b = nn.Parameter(tensor(Start));
        using OptimizerHelper first = Make(name, [a]), second = Make(name, [b]);
        for (int t = 0; t < 5; t++)
        {
            if (t == 2)
            {
                using var stream = new MemoryStream();
                var writer = new BinaryWriter(stream);
                first.save_state_dict(writer);
                writer.Flush();
                stream.Position = 0;
                second.load_state_dict(new BinaryReader(stream));
                stream.Position.Should().Be(stream.Length, "all was read");
                using IDisposable mode = no_grad();
                b.copy_(a);
            }

            a.grad = tensor(Gradient(t));
            first.step();
            if (t < 2) continue;
            b.grad = tensor(Gradient(t));
            second.step();
        }

        Samples.Values(b).Should().Equal(Samples.Values(a));
        second.state_dict().State[0].ApproximatelyEquals(first.state_dict().State[0]).Should().BeTrue();
    }

    [Test]
    public void The_saved_form_is_TorchSharp_s()
    {
        // What TorchSharp 0.107 wrote for optim.AdamW(nn.Linear(2, 1).parameters(), 0.1).
        const string Expected =
            "054164616D5701029A9999999999B93F9A9999999999B93FCDCCCCCCCCCCEC3F2B8716D9CEF7EF3F3A8C30E28E79453E0000000000000000000000000000" +
            "00000000060201020000000000000000060201020000000000000000000000000000000000060101000000000601010000000000";
        using Linear linear = nn.Linear(2, 1);
        using AdamW optimizer = optim.AdamW(linear.parameters(), 0.1);
        using var stream = new MemoryStream();
        var writer = new BinaryWriter(stream);
        optimizer.save_state_dict(writer);
        writer.Flush();
        System.Convert.ToHexString(stream.ToArray()).Should().Be(Expected);
    }

    [Test]
    public void The_state_of_another_optimizer_is_refused()
    {
        using Parameter p = nn.Parameter(ones(1)), q = nn.Parameter(ones(1));
        using Adam adam = optim.Adam([p]), two = optim.Adam([p, q]);
        using SGD sgd = optim.SGD([p], 0.1);
        using var stream = new MemoryStream();
        var writer = new BinaryWriter(stream);
        adam.save_state_dict(writer);
        writer.Flush();
        stream.Position = 0;
        Assert.Throws<InvalidDataException>(() => sgd.load_state_dict(new BinaryReader(stream)))!
            .Message.Should().Be("Mismatched optimizer type: expected 'SGD', but found 'Adam' in the loaded stream.");
        stream.Position = 0;
        Assert.Throws<ArgumentException>(() => two.load_state_dict(new BinaryReader(stream)))!
            .Message.Should().Be("Invalid optimizer state -- different number of states.");
    }

    [Test]
    public void A_step_leaves_nothing_in_the_scope_and_allocates_nothing_that_stays()
    {
        using DisposeScope scope = NewDisposeScope();
        using Parameter p = nn.Parameter(ones(100));
        using AdamW optimizer = optim.AdamW([p]);
        p.grad = ones(100);
        optimizer.step();
        int before = scope.DisposablesCount;
        long total = Tensor.TotalCount;
        for (int i = 0; i < 10; i++) optimizer.step();
        scope.DisposablesCount.Should().Be(before);
        Tensor.TotalCount.Should().Be(total);
    }

    private static IEnumerable<string> Names => FiveSteps.Keys;

    private static double[] Gradient(int t) => [0.1 * (t + 1), -0.3 + 0.2 * t, 0.05 * t * t - 0.1, t % 2 == 0 ? 0.7 : -0.7, 0.0];

    private static OptimizerHelper Make(string name, Parameter[] p) => name switch
    {
        "SGD" => optim.SGD(p, 0.1),
        "SGD momentum" => optim.SGD(p, 0.1, momentum: 0.9, dampening: 0.2, weight_decay: 0.01),
        "SGD nesterov" => optim.SGD(p, 0.1, momentum: 0.9, nesterov: true, weight_decay: 0.01),
        "SGD maximize" => optim.SGD(p, 0.1, momentum: 0.9, maximize: true),
        "Adam" => optim.Adam(p, 0.05, 0.8, 0.95, 1e-6, weight_decay: 0.1),
        "Adam amsgrad" => optim.Adam(p, 0.05, 0.8, 0.7, amsgrad: true),
        "Adam maximize" => optim.Adam(p, 0.05, maximize: true),
        "AdamW" => optim.AdamW(p, 0.05, 0.8, 0.95, 1e-6, weight_decay: 0.1),
        "AdamW amsgrad" => optim.AdamW(p, 0.05, 0.8, 0.7, weight_decay: 0.2, amsgrad: true),
        "Adagrad" => optim.Adagrad(p, 0.1, lr_decay: 0.1, weight_decay: 0.01, initial_accumulator_value: 0.2, eps: 1e-8),
        "RMSProp" => optim.RMSProp(p, 0.02, alpha: 0.9, weight_decay: 0.01),
        "RMSProp centered" => optim.RMSProp(p, 0.02, alpha: 0.9, momentum: 0.8, centered: true),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, null),
    };
}
