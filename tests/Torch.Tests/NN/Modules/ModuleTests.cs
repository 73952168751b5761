using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace CircuitSpecs.Tests.NN.Modules;

/// <summary>What is expected here is what TorchSharp 0.107 does; these tests pass against the package too.</summary>
public sealed class ModuleTests
{
    [Test]
    public void Components_are_found_in_fields_under_their_names()
    {
        using var m = new Mixed();
        m.named_parameters().Select(p => p.name).Should().Equal("w", "lin.weight", "lin.bias", "seq.0.weight", "seq.0.bias");
        m.named_buffers().Select(b => b.name).Should().Equal("buffer", "counts");
        m.state_dict().Keys.Should().Equal("w", "lin.weight", "lin.bias", "seq.0.weight", "seq.0.bias", "buffer", "counts");
        m.named_modules().Select(c => c.name).Should().Equal("lin", "seq", "seq.0", "seq.1");
        m.named_children().Select(c => c.name).Should().Equal("lin", "seq");
        m.modules().Should().HaveCount(4);
        m.children().Should().HaveCount(2);
        m.parameters(recurse: false).Should().ContainSingle();
        m.buffers().Should().HaveCount(2);
    }

    [Test]
    public void Lists_and_dictionaries_register_what_they_hold()
    {
        using var m = new Holder();
        m.state_dict().Keys.Should().Equal(
            "layers.0.weight", "layers.0.bias", "layers.1.weight", "layers.1.bias", "list.0", "dict.k", "byName.d.weight", "byName.d.bias");
        m.get_parameter("layers.1.weight")!.shape.Should().Equal(2, 2);
        m.get_parameter("dict.k")!.shape.Should().Equal(5);
        m.has_parameter("layers.2.weight").Should().BeFalse();
        (m.get_parameter("layers.1.nothing") is null).Should().BeTrue();
        m.has_buffer("layers.0.weight").Should().BeFalse();
    }

    [Test]
    public void A_component_may_have_another_name_than_its_field_and_fields_of_base_classes_count()
    {
        using var m = new Derived();
        m.named_parameters().Select(p => p.name).Should().BeEquivalentTo("renamed", "_inherited");
    }

    [Test]
    public void A_tensor_that_two_modules_share_is_listed_once()
    {
        using var m = new Tied();
        m.named_parameters().Select(p => p.name).Should().Equal("a.weight", "a.bias", "b.bias");
        m.state_dict().Keys.Should().Equal("a.weight", "a.bias", "b.bias", "b.weight");
    }

    [Test]
    public void Registering_refuses_what_cannot_be_found_again()
    {
        using var m = new Mixed();
        Assert.Throws<ArgumentNullException>(() => m.register_parameter("p", null!))!.Message.Should().StartWith("A null tensor cannot be registered as a parameter.");
        Assert.Throws<ArgumentNullException>(() => m.register_buffer("b", null!))!.Message.Should().StartWith("A null tensor cannot be registered as a buffer.");
        Assert.Throws<InvalidOperationException>(() => m.register_buffer("buffer", ones(1)))!.Message.Should().Be("Tensor buffer is already registered.");
        Assert.Throws<InvalidOperationException>(() => m.register_parameter("w", Parameter(ones(1))))!.Message.Should().Be("Parameter w is already registered.");
        Assert.Throws<ArgumentException>(() => m.register_module("a.b", ReLU()))!.Message.Should().Be("module name can't contain \".\", got: a.b");
        Assert.Throws<ArgumentException>(() => m.register_module("", ReLU()))!.Message.Should().Be("module name can't be empty string \"\"");
        Assert.Throws<InvalidOperationException>(() => m.add_module("lin", ReLU()))!.Message.Should().Be("Sub-module lin is already registered.");
        Assert.Throws<InvalidOperationException>(() => ReLU().register_parameter("p", Parameter(ones(1))))!
            .Message.Should().Be("Cannot register a parameter on a module that is declared 'parameter-less.'");
        m.register_module("lin", null!);
        m.named_children().Select(c => c.name).Should().Equal("seq");
    }

    [Test]
    public void Training_and_evaluation_reach_every_part()
    {
        using var m = new Mixed();
        m.training.Should().BeTrue();
        m.eval();
        m.modules().Append(m).Should().OnlyContain(part => !part.training);
        m.train();
        m.modules().Append(m).Should().OnlyContain(part => part.training);
    }

    [Test]
    public void Apply_goes_through_the_parts_first()
    {
        using var m = new Mixed();
        var seen = new List<string>();
        m.apply(part => seen.Add(part.GetName())).Should().BeSameAs(m);
        seen.Should().Equal("Linear", "Linear", "ReLU", "torch::nn::SequentialImpl", "Mixed");
    }

    [Test]
    public void Conversion_replaces_floats_and_leaves_integers_and_fields_follow()
    {
        using var m = new Mixed();
        Parameter before = m.w;
        m.w.grad = ones(2);
        m.to(ScalarType.Float64).Should().BeSameAs(m);
        m.parameters().Should().OnlyContain(p => p.dtype == ScalarType.Float64 && p.requires_grad && p.is_leaf);
        m.w.Should().NotBeSameAs(before);
        before.IsInvalid.Should().BeTrue();
        m.get_parameter("w").Should().BeSameAs(m.w);
        m.lin.weight.dtype.Should().Be(ScalarType.Float64);
        m.w.grad!.dtype.Should().Be(ScalarType.Float64);
        Samples.Values(m.w.grad!).Should().Equal(1, 1);
        m.buffer.dtype.Should().Be(ScalarType.Float64);
        m.counts.dtype.Should().Be(ScalarType.Int64);
        m.notSaved.dtype.Should().Be(ScalarType.Float32, "buffers that are not persistent are passed over");
        using Tensor y = m.call(ones(1, 2, dtype: ScalarType.Float64));
        y.dtype.Should().Be(ScalarType.Float64);
        Assert.Throws<ArgumentException>(() => m.to(ScalarType.Int32))!
            .Message.Should().Be("nn.Module.to only accepts floating point or complex types, but got desired dtype=Int32");
        m.half().w.dtype.Should().Be(ScalarType.Float16);
        m.@float().w.dtype.Should().Be(ScalarType.Float32);
    }

    [Test]
    public void Lists_and_dictionaries_are_converted_too()
    {
        using ModuleList<Linear> layers = ModuleList(Linear(2, 2), Linear(2, 2));
        using ParameterList list = ParameterList(Parameter(zeros(3)));
        using ParameterDict dict = ParameterDict(("k", Parameter(zeros(5))));
        using Sequential all = Sequential(("first", layers[0]), ("second", layers[1]));
        all.to(ScalarType.Float64);
        list.to(ScalarType.Float64);
        dict.to(ScalarType.Float64);
        all.parameters().Should().HaveCount(4).And.OnlyContain(p => p.dtype == ScalarType.Float64);
        layers[1].weight.dtype.Should().Be(ScalarType.Float64);
        list[0].dtype.Should().Be(ScalarType.Float64);
        dict["k"].dtype.Should().Be(ScalarType.Float64);
        list.named_parameters().Single().parameter.Should().BeSameAs(list[0]);
    }

    [Test]
    public void A_state_goes_from_one_module_to_another()
    {
        using var a = new Mixed();
        using var b = new Mixed();
        init.normal_(a.w);
        (IList<string> missing, IList<string> unexpected) = b.load_state_dict(a.state_dict());
        missing.Should().BeEmpty();
        unexpected.Should().BeEmpty();
        foreach ((string name, Tensor value) in a.state_dict()) Samples.Values(b.state_dict()[name]).Should().Equal(Samples.Values(value), name);
        Samples.Values(b.lin.weight).Should().Equal(Samples.Values(a.lin.weight));
        b.w.requires_grad.Should().BeTrue();
    }

    [Test]
    public void A_state_with_other_names_is_refused_or_reported()
    {
        using var m = new Mixed();
        Dictionary<string, Tensor> state = m.state_dict();
        state.Remove("w");
        state["x"] = zeros(1);
        Assert.Throws<InvalidOperationException>(() => m.load_state_dict(state))!.Message.Should().Be("The loaded state_dict is not identical to the target dictionary.");
        (IList<string> missing, IList<string> unexpected) = m.load_state_dict(state, strict: false);
        missing.Should().Equal("w");
        unexpected.Should().Equal("x");
        m.load_state_dict(state, skip: ["w", "x"]).missing_keys.Should().BeEmpty();
        state = m.state_dict();
        state["lin.weight"] = zeros(7, 7);
        Assert.Catch<System.Runtime.InteropServices.ExternalException>(() => m.load_state_dict(state));
    }

    [Test]
    public void Zero_grad_drops_gradients_or_zeroes_them()
    {
        using Linear m = Linear(2, 2);
        m.weight.grad = ones(2, 2);
        m.zero_grad();
        (m.weight.grad is null).Should().BeTrue();
        m.weight.grad = ones(2, 2);
        m.zero_grad(set_to_none: false);
        Samples.Values(m.weight.grad!).Should().Equal(0, 0, 0, 0);
    }

    [Test]
    public void Hooks_run_in_call_and_not_in_forward_and_may_replace()
    {
        using Linear m = Linear(2, 2);
        var log = new List<string>();
        m.register_forward_pre_hook((_, x) =>
        {
            log.Add("pre");
            return x.mul(0);
        });
        m.register_forward_pre_hook(_ => log.Add("module pre"));
        m.register_forward_hook(_ => log.Add("module post"));
        var remover = m.register_forward_hook((module, x, y) =>
        {
            module.Should().BeSameAs(m);
            Samples.Values(x).Should().Equal([0, 0], "a hook sees what the ones before it made of the input");
            log.Add("post");
            return y.mul(0).add(5);
        });
        Samples.Values(m.call(ones(1, 2))).Should().Equal(5, 5);
        log.Should().Equal("module pre", "pre", "post", "module post");
        log.Clear();
        using Tensor direct = m.forward(ones(1, 2));
        log.Should().BeEmpty();
        remover.remove();
        Samples.Values(m.call(ones(1, 2))).Should().Equal(Samples.Values(m.bias!));
        log.Should().Equal("module pre", "pre", "module post");
    }

    [Test]
    public void Hooks_of_two_inputs_replace_both()
    {
        using CosineSimilarity m = CosineSimilarity();
        m.register_forward_pre_hook((_, a, b) => (b, b));
        Samples.Values(m.call(ones(1, 2), tensor(new[,] { { 0f, 3f } }))).Should().Equal(1);
    }

    [Test]
    public void Disposing_a_module_disposes_of_its_parts()
    {
        var m = new Mixed();
        Tensor[] all = [.. m.parameters(), .. m.buffers()];
        m.Dispose();
        all.Should().HaveCount(7).And.OnlyContain(t => t.IsInvalid);
        m.notSaved.IsInvalid.Should().BeFalse("buffers that are not persistent are passed over");
        m.notSaved.Dispose();
        Assert.Catch<InvalidOperationException>(() => m.call(ones(1, 2)));
    }

    [Test]
    public void Parameters_of_layers_outlive_the_scope_that_they_were_made_in()
    {
        Linear m;
        using (DisposeScope scope = NewDisposeScope())
        {
            m = Linear(2, 2);
            scope.DisposablesCount.Should().Be(0);
        }

        m.weight.IsInvalid.Should().BeFalse();
        m.Dispose();
    }

    [Test]
    public void A_parameter_takes_the_place_of_its_tensor()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor data = ones(2);
        DisposeScopeManager.Statistics.Reset();
        Parameter p = Parameter(data);
        data.IsInvalid.Should().BeTrue();
        scope.Contains(p).Should().BeTrue();
        scope.DisposablesCount.Should().Be(1);
        DisposeScopeManager.Statistics.CreatedInScopeCount.Should().Be(0);
        (p.requires_grad, p.is_leaf).Should().Be((true, true));
        Parameter(ones(2), requires_grad: false).requires_grad.Should().BeFalse();
        tensor(new[] { 1f }).AsParameter().requires_grad.Should().BeTrue();
        Assert.Catch<System.Runtime.InteropServices.ExternalException>(() => Parameter(tensor(new[] { 1L })));
        using Tensor frozen = Parameter(tensor(new[] { 1L }), requires_grad: false).alias();
        frozen.dtype.Should().Be(ScalarType.Int64);
    }

    [Test]
    public void Vectors_of_parameters_and_back()
    {
        using Linear m = Linear(2, 2);
        using Tensor vector = nn.utils.parameters_to_vector(m.parameters());
        vector.shape.Should().Equal(6);
        vector.requires_grad.Should().BeTrue();
        nn.utils.vector_to_parameters(arange(6).to(ScalarType.Float32), m.parameters());
        Samples.Values(m.weight).Should().Equal(0, 1, 2, 3);
        Samples.Values(m.bias!).Should().Equal(4, 5);
        (m.weight.requires_grad, m.weight.is_leaf).Should().Be((true, true));
    }

    [TestCase(2.0, 3.4641016151377544)]
    [TestCase(1.0, 8.0)]
    [TestCase(double.PositiveInfinity, 2.0)]
    public void Gradients_are_clipped_by_their_common_norm(double ord, double norm)
    {
        using Linear m = Linear(2, 2);
        m.weight.grad = ones(2, 2);
        m.bias!.grad = tensor(new[] { 2f, -2f });
        nn.utils.clip_grad_norm_(m.parameters(), 100, ord).Should().BeApproximately(norm, 1e-5);
        Samples.Values(m.weight.grad!).Should().Equal(1, 1, 1, 1);
        nn.utils.clip_grad_norm_(m.parameters(), 1, ord).Should().BeApproximately(norm, 1e-5);
        Samples.ShouldBe(m.weight.grad!, [2, 2], [.. Enumerable.Repeat(1 / norm, 4)], 1e-6);
        Samples.ShouldBe(m.bias!.grad!, [2], [2 / norm, -2 / norm], 1e-6);
        nn.utils.clip_grad_value_(m.parameters(), 0.1);
        Samples.ShouldBe(m.bias!.grad!, [2], [0.1, -0.1], 1e-6);
        nn.utils.clip_grad_norm_([], 1).Should().Be(0);
    }

    private sealed class Mixed : Module<Tensor, Tensor>
    {
        public Linear lin = Linear(2, 3);
        public Parameter w = Parameter(zeros(2));
        public Tensor buffer = ones(2);
        public Tensor notSaved = ones(1);
        public Tensor counts = tensor(new[] { 1L });
        private readonly Module<Tensor, Tensor> seq = Sequential(Linear(3, 3), ReLU());

        public Mixed()
            : base(nameof(Mixed))
        {
            register_buffer("notSaved", notSaved, persistent: false);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            using Tensor hidden = lin.call(input);
            return seq.call(hidden);
        }
    }

    private sealed class Holder : Module<Tensor, Tensor>
    {
        private readonly ModuleList<Linear> layers = ModuleList(Linear(2, 2), Linear(2, 2));
        private readonly ParameterList list = ParameterList(Parameter(zeros(3)));
        private readonly ParameterDict dict = ParameterDict(("k", Parameter(zeros(5))));
        private readonly ModuleDict<Linear> byName = ModuleDict(("d", Linear(1, 1)));

        public Holder()
            : base(nameof(Holder)) => RegisterComponents();

        public override Tensor forward(Tensor input) =>
            layers.Aggregate(input, (x, layer) => layer.call(x)).add(byName["d"].weight).add(list[0].sum()).add(dict["k"].sum());
    }

    private class Based : Module<Tensor, Tensor>
    {
        protected readonly Parameter _inherited = Parameter(zeros(1));

        protected Based()
            : base(nameof(Based))
        {
        }

        public override Tensor forward(Tensor input) => input.add(_inherited);
    }

    private sealed class Derived : Based
    {
        [ComponentName(Name = "renamed")]
        private readonly Parameter _own = Parameter(zeros(1));

        public Derived() => RegisterComponents();

        public override Tensor forward(Tensor input) => base.forward(input).add(_own);
    }

    private sealed class Tied : Module<Tensor, Tensor>
    {
        private readonly Linear a = Linear(2, 2);
        private readonly Linear b;

        public Tied()
            : base(nameof(Tied))
        {
            b = Linear(a.weight, Parameter(zeros(2)));
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => b.call(a.call(input));
    }
}
