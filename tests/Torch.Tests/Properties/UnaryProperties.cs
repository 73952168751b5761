using TorchSharp.Modules;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Properties;

/// <summary>Functions of one element, with their in-place forms.</summary>
public sealed class UnaryProperties
{
    private enum Gives
    {
        Floating,
        Same,
        Bool,
    }

    private static readonly Domain Line = new(-6, 6, Special: true);

    private static IEnumerable<TestCaseData> InPlaceFunctions() => Functions().Where(data => ((Function)data.Arguments[0]!).InPlace is not null);

    private static IEnumerable<TestCaseData> Functions()
    {
        Function[] table =
        [
            new("exp", t => t.exp(), t => t.exp_(), Math.Exp, new(-8, 8, true)),
            new("exp2", t => t.exp2(), t => t.exp2_(), x => Math.Pow(2, x), new(-8, 8, true)),
            new("expm1", t => t.expm1(), t => t.expm1_(), References.Expm1, new(-3, 3, true)),
            new("log", t => t.log(), t => t.log_(), Math.Log, new(0, 20, true)) { Scale = 1 },
            new("log2", t => t.log2(), t => t.log2_(), Math.Log2, new(0, 20, true)) { Scale = 1 },
            new("log10", t => t.log10(), t => t.log10_(), Math.Log10, new(0, 20, true)) { Scale = 1 },
            new("log1p", t => t.log1p(), t => t.log1p_(), References.Log1p, new(-1, 5, true)),
            new("sqrt", t => t.sqrt(), t => t.sqrt_(), Math.Sqrt, Line),
            new("rsqrt", t => t.rsqrt(), t => t.rsqrt_(), x => 1 / Math.Sqrt(x), Line),
            new("reciprocal", t => t.reciprocal(), t => t.reciprocal_(), x => 1 / x, Line),
            new("sin", t => t.sin(), t => t.sin_(), Math.Sin, new(-40, 40)) { Scale = 1 },
            new("cos", t => t.cos(), t => t.cos_(), Math.Cos, new(-40, 40)) { Scale = 1 },
            new("tan", t => t.tan(), t => t.tan_(), Math.Tan, new(-1.3, 1.3)) { Scale = 1 },
            new("asin", t => t.asin(), t => t.asin_(), Math.Asin, new(-1.2, 1.2, true)) { Scale = 1 },
            new("acos", t => t.acos(), t => t.acos_(), Math.Acos, new(-1.2, 1.2, true)) { Scale = 1 },
            new("atan", t => t.atan(), t => t.atan_(), Math.Atan, Line),
            new("sinh", t => t.sinh(), t => t.sinh_(), Math.Sinh, new(-6, 6)),
            new("cosh", t => t.cosh(), t => t.cosh_(), Math.Cosh, new(-6, 6, true)),
            new("tanh", t => t.tanh(), t => t.tanh_(), Math.Tanh, Line),
            new("sigmoid", t => t.sigmoid(), t => t.sigmoid_(), x => 1 / (1 + Math.Exp(-x)), new(-20, 20, true)),
            new("log_sigmoid", t => nn.functional.logsigmoid(t), null, x => x > 0 ? -References.Log1p(Math.Exp(-x)) : x - References.Log1p(Math.Exp(x)), new(-20, 20, true)) { Types = Numeric.Reals },
            new("erf", t => t.erf(), t => t.erf_(), References.Erf, new(-4, 4, true)),
            new("erfc", t => t.erfc(), t => t.erfc_(), References.Erfc, new(-4, 7, true)) { Roundings = 24 },
            new("silu", t => t.silu(), t => t.silu_(), x => x / (1 + Math.Exp(-x)), new(-20, 20)) { Types = Numeric.Reals },
            new("gelu", t => t.gelu(), t => nn.functional.gelu(t, true), x => x * 0.5 * References.Erfc(-x / Math.Sqrt(2)), new(-6, 6)) { Types = Numeric.Reals, Scale = 1 },
            new(
                "gelu tanh", t => t.gelu(GELU.Approximate.tanh), t => nn.functional.gelu(t, GELU.Approximate.tanh, true),
                x => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))), new(-6, 6)) { Types = Numeric.Reals, Scale = 1 },
            new("relu", t => t.relu(), t => t.relu_(), x => x > 0 || double.IsNaN(x) ? x : 0, Line) { Gives = Gives.Same, Types = Numeric.Numbers, Exact = true },
            new("abs", t => t.abs(), t => t.abs_(), Math.Abs, Line) { Gives = Gives.Same, Exact = true },
            new("neg", t => -t, t => t.neg_(), x => -x, Line) { Gives = Gives.Same, Types = Numeric.Numbers, Exact = true },
            new("sign", t => t.sign(), t => t.sign_(), x => x > 0 ? 1 : x < 0 ? -1 : 0, Line) { Gives = Gives.Same, Exact = true },
            new("square", t => t.square(), null, x => x * x, new(-6, 6, true)) { Gives = Gives.Same, Types = Numeric.Numbers },
            new("floor", t => t.floor(), t => t.floor_(), Math.Floor, Line) { Gives = Gives.Same, Types = Numeric.Numbers, Exact = true },
            new("ceil", t => t.ceil(), t => t.ceil_(), Math.Ceiling, Line) { Gives = Gives.Same, Types = Numeric.Numbers, Exact = true },
            new("trunc", t => t.trunc(), t => t.trunc_(), Math.Truncate, Line) { Gives = Gives.Same, Types = Numeric.Numbers, Exact = true },
            new("round", t => t.round(), t => t.round_(), x => Math.Round(x, MidpointRounding.ToEven), Line) { Gives = Gives.Same, Types = Numeric.Numbers, Exact = true },
            new("frac", t => t.frac(), null, x => x - Math.Truncate(x), new(-6, 6)) { Gives = Gives.Same, Types = Numeric.Reals, Exact = true },
            new("clamp", t => t.clamp(-1, 2), t => t.clamp_(-1, 2), x => double.IsNaN(x) ? x : Math.Min(Math.Max(x, -1), 2), Line) { Gives = Gives.Same, Types = [.. Numeric.Reals, ScalarType.Int64, ScalarType.Int32, ScalarType.Int16, ScalarType.Int8], Exact = true },
            new("clamp from below", t => t.clamp_min(1), t => t.clamp_min_(1), x => double.IsNaN(x) ? x : Math.Max(x, 1), Line) { Gives = Gives.Same, Types = Numeric.Numbers, Exact = true },
            new("clamp from above", t => t.clamp(max: 1), t => t.clamp_(max: 1), x => double.IsNaN(x) ? x : Math.Min(x, 1), Line) { Gives = Gives.Same, Types = Numeric.Numbers, Exact = true },
            new("nan_to_num", t => t.nan_to_num(1, 2, -3), null, x => double.IsNaN(x) ? 1 : double.IsPositiveInfinity(x) ? 2 : double.IsNegativeInfinity(x) ? -3 : x, Line) { Gives = Gives.Same, Exact = true },
            new("pow 3", t => t.pow(3), t => t.pow_(3), x => x * x * x, new(-3, 3, true)) { Gives = Gives.Same, Types = Numeric.Numbers },
            new("pow 2", t => t.pow(2), t => t.pow_(2), x => x * x, new(-3, 3, true)) { Gives = Gives.Same, Types = Numeric.Numbers },
            new("pow 0", t => t.pow(0), t => t.pow_(0), x => 1, Line) { Gives = Gives.Same, Types = Numeric.Numbers, Exact = true },
            new("pow 1.5", t => t.pow(1.5), t => t.pow_(1.5), x => Math.Pow(x, 1.5), new(0, 5, true)) { Types = Numeric.Numbers },
            new("pow 0.5", t => t.pow(0.5), t => t.pow_(0.5), x => Math.Sqrt(x), new(0, 5)) { Types = Numeric.Numbers },
            new("pow -2", t => t.pow(-2.0), t => t.pow_(-2.0), x => 1 / (x * x), new(0.1, 5)) { Types = Numeric.Reals },
            new("logical_not", t => t.logical_not(), t => t.logical_not_(), x => x == 0 ? 1 : 0, Line) { Gives = Gives.Bool },
            new("isnan", t => t.isnan(), null, x => double.IsNaN(x) ? 1 : 0, Line) { Gives = Gives.Bool },
            new("isinf", t => t.isinf(), null, x => double.IsInfinity(x) ? 1 : 0, Line) { Gives = Gives.Bool },
            new("isfinite", t => t.isfinite(), null, x => double.IsFinite(x) ? 1 : 0, Line) { Gives = Gives.Bool },
            new("signbit", t => t.signbit(), null, x => double.IsNegative(x) ? 1 : 0, new(-6, 6)) { Gives = Gives.Bool },
            new("clone", t => t.clone(), null, x => x, Line) { Gives = Gives.Same, Exact = true },
            new("contiguous", t => t.contiguous(), null, x => x, Line) { Gives = Gives.Same, Exact = true },
        ];
        return table.Select(f => new TestCaseData(f).SetArgDisplayNames(f.Name));
    }

    [TestCaseSource(nameof(Functions))]
    public void Function_is_that_of_each_element(object function)
    {
        var f = (Function)function;
        Property.Holds(f.Name, Case.Arbitrary(0, 4, false, f.Types), c =>
        {
            Operand x = c.Operand(0, f.Domain);
            ScalarType type = f.Gives switch { Gives.Bool => ScalarType.Bool, Gives.Same => x.Type, _ => Numeric.Floating(x.Type) };
            Elements expected = Elements.Convert(c.Shape, type, i => f.Reference(x.Elements.Value(i)));
            expected.ShouldBe(f.Call(x.Tensor), f.Exact ? 0 : f.Roundings, _ => f.Scale, f.Name);
            x.ShouldBeUntouched();
        });
    }

    [TestCaseSource(nameof(InPlaceFunctions))]
    public void In_place_form_writes_the_elements_of_the_view_and_no_others(object function)
    {
        var f = (Function)function;
        ScalarType[] types = f.Gives == Gives.Floating ? f.Types.Where(Numeric.IsReal).ToArray() : f.Types;
        Property.Holds(f.Name + "_", Case.Arbitrary(0, 4, false, types), c =>
        {
            Operand x = c.Operand(0, f.Domain, mayRepeat: false);
            Elements expected = Elements.Convert(c.Shape, x.Type, i => f.Reference(x.Elements.Value(i)));
            Tensor y = f.InPlace!(x.Tensor);
            if (!y.shape.SequenceEqual(c.Shape)) throw new AssertionException("the in-place form gives another shape");
            expected.ShouldBe(x.Tensor, f.Exact ? 0 : f.Roundings, _ => f.Scale, f.Name + "_");
            x.BaseShouldHold(Elements.Read(x.Tensor), 0);
        }, 25);
    }

    private sealed record Function(string Name, Func<Tensor, Tensor> Call, Func<Tensor, Tensor>? InPlace, Func<double, double> Reference, Domain Domain)
    {
        public Gives Gives { get; init; } = Gives.Floating;

        public ScalarType[] Types { get; init; } = Numeric.All;

        /// <summary>What a rounding is relative to, when it is more than the result.</summary>
        public double Scale { get; init; }

        public bool Exact { get; init; }

        /// <summary>How many of the type's roundings a result may be off.</summary>
        public double Roundings { get; init; } = 12;
    }
}
