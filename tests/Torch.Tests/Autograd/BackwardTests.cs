using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Autograd;

/// <summary>What backward does with a graph: accumulation, errors, what is kept and what is given back.</summary>
public sealed class BackwardTests
{
    [Test]
    public void Leaves_accumulate_and_interior_tensors_keep_a_gradient_only_when_asked()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = tensor(new[] { 1.0, 2.0 }, requires_grad: true);
        Tensor kept = x * 3, lost = kept.square();
        kept.retain_grad();
        lost.sum().backward();
        Samples.Values(x.grad!).Should().Equal(18, 36);
        Samples.Values(kept.grad!).Should().Equal(6, 12);
        lost.grad.Should().BeNull();
        x.mul(2).sum().backward();
        Samples.Values(x.grad!).Should().Equal(20, 38);
        x.grad = null;
        x.grad.Should().BeNull();
        (x.is_leaf, kept.is_leaf, kept.requires_grad, kept.detach().requires_grad).Should().Be((true, false, true, false));
    }

    [Test]
    public void A_tensor_used_twice_gets_the_sum()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = tensor(3.0, requires_grad: true);
        Tensor y = x.mul(x).mul(x).add(x);
        y.backward();
        x.grad!.item<double>().Should().Be(28);
    }

    [Test]
    public void Grad_asks_for_some_inputs_and_touches_no_other_gradient()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor a = tensor(2.0, requires_grad: true), b = tensor(5.0, requires_grad: true), unused = tensor(1.0, requires_grad: true);
        Tensor middle = a * b;
        Tensor result = middle.square();
        IList<Tensor> found = autograd.grad([result], [a, middle], retain_graph: true);
        found[0].item<double>().Should().Be(100);
        found[1].item<double>().Should().Be(20);
        a.grad.Should().BeNull();
        Action act = () => autograd.grad([result], [unused], retain_graph: true);
        act.Should().Throw<ExternalException>().WithMessage("*not have been used in the graph*");
        autograd.grad([result], [unused, b], allow_unused: true)[0].Should().BeNull();
    }

    [Test]
    public void A_gradient_can_be_differentiated_again()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = tensor(new[] { 0.3, -1.2, 2.0 }, requires_grad: true);
        Tensor first = autograd.grad([x.tanh().pow(3).sum()], [x], create_graph: true)[0];
        Tensor second = autograd.grad([first.sum()], [x])[0];
        for (int i = 0; i < 3; i++)
        {
            double v = x[i].item<double>(), t = Math.Tanh(v), s = 1 - t * t;
            first[i].item<double>().Should().BeApproximately(3 * t * t * s, 1e-12);
            second[i].item<double>().Should().BeApproximately(6 * t * s * s - 6 * t * t * t * s, 1e-12);
        }
    }

    [TestCase("layer_norm")]
    [TestCase("softmax")]
    [TestCase("matmul")]
    [TestCase("index")]
    public void Second_derivatives_agree_with_differences_of_the_first(string name)
    {
        FiniteDifference.Check(
            x =>
            {
                // The difference quotient calls this without recording; the inner derivative needs a graph all the same.
                using IDisposable on = enable_grad();
                Tensor at = x[0].requires_grad ? x[0] : x[0].detach().requires_grad_();
                return autograd.grad([Function(at).square().sum()], [at], create_graph: true)[0];
            },
            arange(12, dtype: ScalarType.Float64).reshape(3, 4).sin());

        Tensor Function(Tensor x) => name switch
        {
            "layer_norm" => nn.functional.layer_norm(x, [4]).exp(),
            "softmax" => x.softmax(-1).exp(),
            "matmul" => x.matmul(x.mT).exp(),
            _ => x[TensorIndex.Tensor(tensor(new long[] { 0, 2, 2 }))].exp().mul(x[.., 1].sum()),
        };
    }

    [TestCase("layer_norm", ScalarType.Float32)]
    [TestCase("layer_norm", ScalarType.Float64)]
    [TestCase("softmax", ScalarType.Float32)]
    [TestCase("log_softmax", ScalarType.Float32)]
    [TestCase("gelu", ScalarType.Float32)]
    [TestCase("gelu tanh", ScalarType.Float32)]
    [TestCase("silu", ScalarType.Float32)]
    [TestCase("tanh", ScalarType.Float32)]
    [TestCase("sigmoid", ScalarType.Float32)]
    public void The_kernel_of_a_derivative_agrees_with_the_formula_that_can_be_differentiated_again(string name, ScalarType type)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = arange(70 * 1037, dtype: type).mul(0.37).sin().mul(3).reshape(70, 1037).requires_grad_();
        Tensor w = arange(1037, dtype: type).cos().requires_grad_(), b = arange(1037, dtype: type).sin().requires_grad_();
        Tensor y = name switch
        {
            "layer_norm" => nn.functional.layer_norm(x, [1037], w, b),
            "softmax" => x.softmax(-1),
            "log_softmax" => x.log_softmax(0),
            "gelu" => x.gelu(),
            "gelu tanh" => nn.functional.gelu(x, TorchSharp.Modules.GELU.Approximate.tanh),
            "silu" => nn.functional.silu(x),
            "tanh" => x.tanh(),
            _ => x.sigmoid(),
        };
        Tensor seed = arange(70 * 1037, dtype: type).mul(0.11).cos().reshape(70, 1037);
        Tensor[] leaves = name == "layer_norm" ? [x, w, b] : [x];
        IList<Tensor> formula = autograd.grad([y], leaves, [seed], create_graph: true), kernel = autograd.grad([y], leaves, [seed]);
        for (int i = 0; i < leaves.Length; i++)
        {
            (formula[i].requires_grad, kernel[i].requires_grad).Should().Be((i != 2, false));
            double scale = formula[i].abs().max().to(ScalarType.Float64).item<double>();
            kernel[i].sub(formula[i]).abs().max().to(ScalarType.Float64).item<double>().Should().BeLessThan(scale * (type == ScalarType.Float64 ? 1e-12 : 1e-5));
        }
    }

    [Test]
    public void A_write_to_a_saved_tensor_is_an_error_that_names_it()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = ones(2, 3, requires_grad: true);
        Tensor y = x * 2;
        Tensor z = y.square();
        y.add_(1);
        Action act = () => z.sum().backward();
        act.Should().Throw<ExternalException>().WithMessage("*modified by an inplace operation*[2, 3]*version*expected version*");
    }

    [Test]
    public void A_write_through_a_view_or_without_recording_counts_as_well()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = ones(2, 3, requires_grad: true);
        Tensor y = x * 2;
        Tensor z = y.square();
        using (no_grad()) y[0].zero_();
        Action act = () => z.sum().backward();
        act.Should().Throw<ExternalException>().WithMessage("*modified by an inplace operation*");
    }

    [Test]
    public void Leaves_that_want_a_gradient_may_not_be_written_while_recording()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = ones(3, requires_grad: true);
        ((Action)(() => x.add_(1))).Should().Throw<ExternalException>().WithMessage("*a leaf Variable that requires grad*in-place*");
        ((Action)(() => x[0].add_(1))).Should().Throw<ExternalException>().WithMessage("*a view of a leaf Variable that requires grad*");
        ((Action)(() => x[0] = tensor(1f))).Should().Throw<ExternalException>().WithMessage("*leaf Variable*");
        Samples.Values(x).Should().Equal(1, 1, 1);
        using (no_grad()) x.add_(1);
        Samples.Values(x).Should().Equal(2, 2, 2);
    }

    [Test]
    public void The_graph_is_freed_by_backward_unless_it_is_kept()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = tensor(2.0, requires_grad: true);
        Tensor y = x.square();
        y.backward(retain_graph: true);
        y.backward();
        x.grad!.item<double>().Should().Be(8);
        ((Action)(() => y.backward())).Should().Throw<ExternalException>().WithMessage("*backward through the graph a second time*");
    }

    [Test]
    public void Errors_say_what_is_missing()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = ones(2, 3, requires_grad: true), plain = ones(2);
        ((Action)(() => x.mul(2).backward())).Should().Throw<ExternalException>().WithMessage("*only for scalar outputs*[2, 3]*");
        ((Action)(() => plain.sum().backward())).Should().Throw<ExternalException>().WithMessage("*does not require grad*");
        ((Action)(() => x.mul(2).backward([ones(3)]))).Should().Throw<ExternalException>().WithMessage("*[3]*[2, 3]*");
        ((Action)(() => ones(2, dtype: ScalarType.Int64, requires_grad: true))).Should().Throw<ExternalException>().WithMessage("*floating point*");
        ((Action)(() => x.mul(2).requires_grad = false)).Should().Throw<ExternalException>().WithMessage("*leaf variables*");
        ((Action)(() => plain.retain_grad())).Should().Throw<ExternalException>().WithMessage("*requires_grad=False*");
        ((Action)(() => x.grad = ones(3))).Should().Throw<ExternalException>().WithMessage("*[2, 3]*[3]*");
    }

    [Test]
    public void Modes_switch_recording_off_and_on()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = ones(2, requires_grad: true);
        using (no_grad())
        {
            x.mul(2).requires_grad.Should().BeFalse();
            using (enable_grad()) x.mul(2).requires_grad.Should().BeTrue();
        }

        Tensor made;
        using (inference_mode()) made = ones(2);
        ((Action)(() => x.mul(made))).Should().Throw<ExternalException>().WithMessage("*Inference tensors cannot be saved*");
        ((Action)(() => made.add_(1))).Should().Throw<ExternalException>().WithMessage("*inference tensor*");
        x.mul(made.clone()).requires_grad.Should().BeTrue();
    }

    [Test]
    public void What_a_graph_saves_goes_back_when_its_results_are_disposed()
    {
        using Tensor x = ones(1000, 100, requires_grad: true);
        long before = Tensor.TotalCount;
        for (int i = 0; i < 50; i++)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor y = x;
            for (int k = 0; k < 10; k++) y = y.sin().view(100, 1000).mul(2).view(1000, 100);
            y.sum().backward();
        }

        Tensor.TotalCount.Should().Be(before);
    }

    [Test]
    public void A_graph_deeper_than_the_stack_is_no_trouble()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = tensor(1.0, requires_grad: true);
        Tensor y = x.mul(1);
        for (int i = 0; i < 100_000; i++) y = y.add(1e-6);
        y.backward();
        x.grad!.item<double>().Should().Be(1);
    }

    [Test]
    public void Anomaly_mode_names_the_operation_that_gave_nan()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = tensor(0.0, requires_grad: true);
        using (autograd.detect_anomaly())
        {
            Tensor y = x.sqrt().mul(0);
            ((Action)(() => y.backward())).Should().Throw<ExternalException>().WithMessage("*SqrtBackward0*nan*");
        }
    }

    [Test]
    public void A_custom_function_has_the_derivative_that_it_says()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = tensor(new[] { 1.0, -2.0 }, requires_grad: true), w = tensor(new[] { 3.0, 4.0 }, requires_grad: true);
        Tensor y = ScaledProduct.apply(x, w, 10.0);
        Samples.Values(y).Should().Equal(30, -80);
        y.sum().backward();
        Samples.Values(x.grad!).Should().Equal(30, 40);
        Samples.Values(w.grad!).Should().Equal(10, -20);
        List<Tensor> parts = SplitSign.apply(x);
        parts[0].sum().backward();
        Samples.Values(x.grad!).Should().Equal(31, 40);
    }

    private sealed class ScaledProduct : autograd.SingleTensorFunction<ScaledProduct>
    {
        public override string Name => nameof(ScaledProduct);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            var (x, w) = ((Tensor)vars[0], (Tensor)vars[1]);
            ctx.save_for_backward([x, w]);
            ctx.save_data("scale", vars[2]);
            return x * w * (double)vars[2];
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        {
            List<Tensor> saved = ctx.get_saved_variables();
            double scale = (double)ctx.get_data("scale");
            return [grad_output * saved[1] * scale, grad_output * saved[0] * scale, null!];
        }
    }

    private sealed class SplitSign : autograd.MultiTensorFunction<SplitSign>
    {
        public override string Name => nameof(SplitSign);

        public override List<Tensor> forward(autograd.AutogradContext ctx, params object[] vars)
        {
            var x = (Tensor)vars[0];
            ctx.save_for_backward([x]);
            return [x.clamp(min: 0), x.clamp(max: 0)];
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, List<Tensor> grad_outputs)
        {
            Tensor x = ctx.get_saved_variables()[0];
            return [where(x.gt(0), grad_outputs[0], grad_outputs[1])];
        }
    }
}
