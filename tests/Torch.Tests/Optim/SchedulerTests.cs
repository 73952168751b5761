using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.optim;
using static TorchSharp.torch.optim.lr_scheduler;

namespace CircuitSpecs.Tests.Optim;

public sealed class SchedulerTests
{
    /// <summary>The learning rates of the first epochs of SGD with 0.5, as PyTorch 1.13 prints them with <c>repr</c>.</summary>
    private static readonly Dictionary<string, double[]> Rates = new()
    {
        ["step"] = [0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.125, 0.125, 0.125, 0.0625, 0.0625, 0.0625],
        ["multistep"] = [0.5, 0.5, 0.15, 0.15, 0.15, 0.045, 0.045, 0.045, 0.045, 0.0135, 0.0135, 0.0135],
        ["lambda"] = [0.5, 0.25, 0.16666666666666666, 0.125, 0.1, 0.08333333333333333, 0.07142857142857142, 0.0625, 0.05555555555555555, 0.05, 0.045454545454545456, 0.041666666666666664],
        ["multiplicative"] = [0.5, 0.455, 0.4186, 0.38929800000000003, 0.36594012000000004, 0.34764311400000003, 0.33373738944000003, 0.3237252677568, 0.317250762401664, 0.31407825477764734, 0.31407825477764734, 0.31721903732542384],
        ["exponential"] = [0.5, 0.45, 0.405, 0.36450000000000005, 0.32805000000000006, 0.2952450000000001, 0.2657205000000001, 0.23914845000000007, 0.21523360500000008, 0.19371024450000007, 0.17433922005000008, 0.15690529804500009],
        ["constant"] = [0.125, 0.125, 0.125, 0.125, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5],
        ["linear"] = [0.05, 0.12000000000000002, 0.19000000000000003, 0.26000000000000006, 0.33000000000000007, 0.4000000000000001, 0.4000000000000001, 0.4000000000000001, 0.4000000000000001, 0.4000000000000001, 0.4000000000000001, 0.4000000000000001],
        ["cosine"] = [0.5, 0.45702882373436315, 0.34452882373436317, 0.20547117626563682, 0.09297117626563685, 0.05, 0.09297117626563683, 0.20547117626563693, 0.3445288237343634, 0.45702882373436354, 0.5000000000000004, 0.4570288237343637],
        ["polynomial"] = [0.5, 0.40924377667839984, 0.32475952641916445, 0.24705294220065463, 0.1767766952966369, 0.11481983169296149, 0.06250000000000001, 0.022097086912079615, 0.0, 0.0, 0.0, 0.0],
        ["sequential"] = [0.05, 0.1625, 0.275, 0.38750000000000007, 0.5, 0.4671762239271875, 0.3775, 0.255, 0.13250000000000006, 0.04282377607281252, 0.01, 0.04282377607281252],
        ["plateau"] = [0.5, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.25, 0.25, 0.125, 0.125, 0.125],
    };

    [TestCaseSource(nameof(Names))]
    public void The_rates_are_PyTorch_s(string name)
    {
        double[] metric = [3, 2, 2, 2, 2, 1.9999, 1, 1, 1, 1, 1, 1];
        using SGD optimizer = SGD([nn.Parameter(zeros(1))], 0.5);
        LRScheduler scheduler = Make(name, optimizer);
        var rates = new List<double>();
        foreach (double value in metric)
        {
            rates.Add(optimizer.ParamGroups.Single().LearningRate);
            optimizer.step();
            if (name == "plateau") scheduler.step(value);
            else scheduler.step();
        }

        rates.Should().HaveCount(Rates[name].Length);
        for (int i = 0; i < rates.Count; i++) rates[i].Should().BeApproximately(Rates[name][i], 1e-15, $"epoch {i}");
    }

    [Test]
    public void One_cycle_moves_the_rate_up_and_down_and_the_momentum_the_other_way()
    {
        // PyTorch 1.13: OneCycleLR(SGD(lr 0.1, momentum 0.9), max_lr=1.0, total_steps=10).
        double[] rates = [0.040000000000000036, 0.52, 1.0, 0.9504846320134737, 0.8117456539497631, 0.6112620219362893, 0.38874197806371075, 0.18825834605023697, 0.049519367986526286, 4e-06];
        double[] momenta = [0.95, 0.8999999999999999, 0.85, 0.854951556604879, 0.8688255099070633, 0.8888739533021842, 0.9111260466978157, 0.9311744900929366, 0.945048443395121, 0.95];
        using SGD optimizer = SGD([nn.Parameter(zeros(1))], 0.1, momentum: 0.9);
        LRScheduler scheduler = OneCycleLR(optimizer, max_lr: 1.0, total_steps: 10);
        for (int i = 0; i < 10; i++)
        {
            ILearningRateController group = optimizer.ParamGroups.Single();
            group.LearningRate.Should().BeApproximately(rates[i], 1e-14, $"epoch {i}");
            ((IMomentum)group).Momentum.Should().BeApproximately(momenta[i], 1e-14, $"epoch {i}");
            if (i < 9) scheduler.step();
        }
    }

    [Test]
    public void One_cycle_in_three_straight_phases_moves_beta1_of_Adam()
    {
        // PyTorch 1.13: OneCycleLR(Adam(lr 0.1), max_lr=1.0, total_steps=10, three_phase=True, anneal_strategy='linear').
        double[] rates = [0.04, 0.52, 1.0, 0.52, 0.040000000000000036, 0.032000799999999996, 0.024001599999999998, 0.0160024, 0.008003199999999995, 3.9999999999970615e-06];
        double[] momenta = [0.95, 0.8999999999999999, 0.85, 0.8999999999999999, 0.95, 0.95, 0.95, 0.95, 0.95, 0.95];
        using Adam optimizer = Adam([nn.Parameter(zeros(1))], 0.1);
        LRScheduler scheduler = OneCycleLR(
            optimizer, max_lr: 1.0, total_steps: 10, anneal_strategy: impl.OneCycleLR.AnnealStrategy.Linear, three_phase: true);
        for (int i = 0; i < 10; i++)
        {
            ILearningRateController group = optimizer.ParamGroups.Single();
            group.LearningRate.Should().BeApproximately(rates[i], 1e-14, $"epoch {i}");
            ((IBetas)group).Betas.Item1.Should().BeApproximately(momenta[i], 1e-14, $"epoch {i}");
            ((IBetas)group).Betas.Item2.Should().Be(0.999);
            if (i < 9) scheduler.step();
        }
    }

    [Test]
    public void Two_groups_keep_their_own_rates()
    {
        using SGD optimizer = SGD([new SGD.ParamGroup([nn.Parameter(zeros(1))], lr: 1), new SGD.ParamGroup([nn.Parameter(zeros(1))], lr: 0.1)], 0.5);
        LRScheduler scheduler = ExponentialLR(optimizer, 0.5);
        scheduler.step();
        scheduler.get_last_lr().Should().Equal(0.5, 0.05);
        scheduler.step(4);
        optimizer.ParamGroups.Select(g => g.LearningRate).Should().Equal(Math.Pow(0.5, 4), 0.1 * Math.Pow(0.5, 4));
    }

    [Test]
    public void What_cannot_be_is_refused()
    {
        using SGD optimizer = SGD([nn.Parameter(zeros(1))], 0.5), other = SGD([nn.Parameter(zeros(1))], 0.5);
        Assert.Throws<ArgumentException>(() => OneCycleLR(optimizer, 1.0))!.Message.Should().StartWith("You must define either total_steps");
        Assert.Throws<ArgumentException>(() => SequentialLR(optimizer, [ConstantLR(other)], []));
        Assert.Throws<ArgumentException>(() => SequentialLR(optimizer, [ConstantLR(optimizer)], [1]));
        Assert.Throws<InvalidOperationException>(() => ReduceLROnPlateau(optimizer).step());
        Assert.Throws<ArgumentException>(() => ReduceLROnPlateau(optimizer, factor: 1));
    }

    private static IEnumerable<string> Names => Rates.Keys;

    private static LRScheduler Make(string name, Optimizer o) => name switch
    {
        "step" => StepLR(o, 3, 0.5),
        "multistep" => MultiStepLR(o, [2, 5, 9], 0.3),
        "lambda" => LambdaLR(o, e => 1.0 / (1 + e)),
        "multiplicative" => MultiplicativeLR(o, e => 0.9 + 0.01 * e),
        "exponential" => ExponentialLR(o, 0.9),
        "constant" => ConstantLR(o, 0.25, 4),
        "linear" => LinearLR(o, 0.1, 0.8, 5),
        "cosine" => CosineAnnealingLR(o, 5, 0.05),
        "polynomial" => PolynomialLR(o, 8, 1.5),
        "sequential" => SequentialLR(o, [LinearLR(o, 0.1, 1.0, 4), CosineAnnealingLR(o, 6, 0.01)], [4]),
        "plateau" => ReduceLROnPlateau(o, factor: 0.5, patience: 1, cooldown: 1),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, null),
    };
}
