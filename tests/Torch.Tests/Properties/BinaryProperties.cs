using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Properties;

/// <summary>Functions of two elements: broadcasting, torch's promotion of types, in-place forms, comparisons.</summary>
public sealed class BinaryProperties
{
    private enum Gives
    {
        Promoted,
        Floating,
        Bool,
    }

    private static readonly Domain Line = new(-6, 6, Special: true);

    private static IEnumerable<TestCaseData> InPlaceFunctions() => Functions().Where(data => ((Function)data.Arguments[0]!).InPlace is not null);

    private static IEnumerable<TestCaseData> Functions()
    {
        ScalarType[] whole = [.. Numeric.Integers, ScalarType.Bool];
        Function[] table =
        [
            new("add", (a, b) => a + b, (a, b) => a.add_(b), (a, b) => a + b, (a, b) => a + b),
            new("sub", (a, b) => a - b, (a, b) => a.sub_(b), (a, b) => a - b, (a, b) => a - b) { Types = Numeric.Numbers },
            new("mul", (a, b) => a * b, (a, b) => a.mul_(b), (a, b) => a * b, (a, b) => a * b),
            new("add alpha", (a, b) => a.add(b, 3), (a, b) => a.add_(b, 3), (a, b) => a + 3 * b, (a, b) => a + 3 * b) { Types = Numeric.Numbers, Domain = new(-6, 6), Scale = 24 },
            new("div", (a, b) => a / b, (a, b) => a.div_(b), (a, b) => a / b, null) { Gives = Gives.Floating },
            new("div trunc", (a, b) => a.div(b, RoundingMode.trunc), (a, b) => a.div_(b, RoundingMode.trunc), (a, b) => Math.Truncate(a / b), (a, b) => a / b) { Types = Numeric.Numbers, Divides = true },
            new("div floor", (a, b) => a.div(b, RoundingMode.floor), (a, b) => a.div_(b, RoundingMode.floor), References.FloorDivide, References.FloorDivide) { Types = Numeric.Numbers, Divides = true },
            new("remainder", (a, b) => a % b, (a, b) => a.remainder_(b), References.Modulo, References.Modulo) { Types = Numeric.Numbers, Divides = true, Scale = 6 },
            new("fmod", (a, b) => a.fmod(b), (a, b) => a.fmod_(b), (a, b) => a % b, (a, b) => a % b) { Types = Numeric.Numbers, Divides = true },
            new("maximum", (a, b) => a.maximum(b), null, (a, b) => double.IsNaN(a) || double.IsNaN(b) ? double.NaN : a > b ? a : b, Math.Max),
            new("minimum", (a, b) => a.minimum(b), null, (a, b) => double.IsNaN(a) || double.IsNaN(b) ? double.NaN : a < b ? a : b, Math.Min),
            new("pow", (a, b) => a.pow(b), (a, b) => a.pow_(b), Math.Pow, References.IntegerPower) { Types = Numeric.Reals, Domain = new(0.1, 4) },
            new("pow of integers", (a, b) => a.pow(b), (a, b) => a.pow_(b), Math.Pow, References.IntegerPower) { Types = Numeric.Integers, Domain = new(-9, 9) },
            new("atan2", (a, b) => a.atan2(b), null, Math.Atan2, null) { Gives = Gives.Floating, Scale = 1, Domain = new(-6, 6) },
            new("bitwise_and", (a, b) => a & b, null, null, (a, b) => a & b) { Types = whole, Domain = new(-200, 200) },
            new("bitwise_or", (a, b) => a | b, null, null, (a, b) => a | b) { Types = whole, Domain = new(-200, 200) },
            new("bitwise_xor", (a, b) => a ^ b, null, null, (a, b) => a ^ b) { Types = whole, Domain = new(-200, 200) },
            Relation("eq", (a, b) => a == b, (a, b) => a == b),
            Relation("ne", (a, b) => a != b, (a, b) => a != b),
            Relation("lt", (a, b) => a < b, (a, b) => a < b),
            Relation("le", (a, b) => a <= b, (a, b) => a <= b),
            Relation("gt", (a, b) => a > b, (a, b) => a > b),
            Relation("ge", (a, b) => a >= b, (a, b) => a >= b),
            Relation("logical_and", (a, b) => a.logical_and(b), (a, b) => a != 0 && b != 0),
            Relation("logical_or", (a, b) => a.logical_or(b), (a, b) => a != 0 || b != 0),
            Relation("logical_xor", (a, b) => a.logical_xor(b), (a, b) => (a != 0) != (b != 0)),
        ];
        return table.Select(f => new TestCaseData(f).SetArgDisplayNames(f.Name));

        static Function Relation(string name, Func<Tensor, Tensor, Tensor> call, Func<double, double, bool> holds) =>
            new(name, call, null, (a, b) => holds(a, b) ? 1 : 0, null) { Gives = Gives.Bool, Domain = new(-2, 2, true) };
    }

    [TestCaseSource(nameof(Functions))]
    public void Function_of_broadcast_elements_in_the_promoted_type(object function)
    {
        var f = (Function)function;
        Property.Holds(f.Name, Case.Arbitrary(0, 4, true, f.Types, f.Types), c =>
        {
            Operand a = c.Operand(0, f.Domain), b = c.Operand(1, f.Divisor);
            ScalarType promoted = Numeric.Result(a.Elements, b.Elements);
            if (IsOpen(a.Elements, b.Elements, promoted)) return;
            Expected(f, a.Elements, b.Elements, promoted).ShouldBe(f.Call(a.Tensor, b.Tensor), 12, _ => f.Scale, f.Name);
            a.ShouldBeUntouched();
            b.ShouldBeUntouched();
        }, 60);
    }

    [TestCaseSource(nameof(InPlaceFunctions))]
    public void In_place_form_keeps_the_type_and_the_shape_of_the_left(object function)
    {
        var f = (Function)function;
        Property.Holds(f.Name + "_", Case.Arbitrary(0, 4, true, f.Types, f.Types), c =>
        {
            c = c with { Ones = [0, c.Ones[1]], Dropped = [0, c.Dropped[1]] };
            Operand a = c.Operand(0, f.Domain, mayRepeat: false), b = c.Operand(1, f.Divisor);
            ScalarType promoted = Numeric.Result(a.Elements, b.Elements);
            if (IsOpen(a.Elements, b.Elements, promoted)) return;
            if (f.Gives == Gives.Floating) promoted = Numeric.Floating(promoted);
            if (Numeric.Category(promoted) > Numeric.Category(a.Type))
            {
                Assert.That(() => f.InPlace!(a.Tensor, b.Tensor), Throws.InstanceOf<ExternalException>().With.Message.Contains("can't be cast"));
                a.ShouldBeUntouched();
                return;
            }

            // Computed in the promoted type, then written in the type of the left.
            Elements result = Expected(f, a.Elements, b.Elements, promoted);
            Elements expected = Numeric.IsReal(a.Type)
                ? Elements.Of(a.Shape, a.Type, i => Numeric.Round(result.Value(i), a.Type))
                : Elements.Of(a.Shape, a.Type, i => result.Whole[i]);
            f.InPlace!(a.Tensor, b.Tensor);
            expected.ShouldBe(a.Tensor, 12 + 2 * Numeric.Precision(promoted) / Math.Max(Numeric.Precision(a.Type), 1e-300), _ => f.Scale, f.Name + "_");
            a.BaseShouldHold(Elements.Read(a.Tensor), 0);
            b.ShouldBeUntouched();
        }, 40);
    }

    [Test]
    public void Numbers_do_not_change_the_type_within_a_category()
    {
        Property.Holds("numbers", Case.Arbitrary(0, 3, false, Numeric.All), c =>
        {
            Operand a = c.Operand(0, new Domain(-5, 5));
            ScalarType withInteger = a.Type == ScalarType.Bool ? ScalarType.Int64 : a.Type, withReal = Numeric.Floating(a.Type);
            Elements.Convert(c.Shape, withInteger, i => a.Elements.Value(i) * 3).ShouldBe(a.Tensor * 3, 2, null, "times 3");
            Elements.Convert(c.Shape, withReal, i => a.Elements.Value(i) * 0.5).ShouldBe(a.Tensor * 0.5, 2, null, "times 0.5");
            if (a.Type != ScalarType.Bool) Elements.Convert(c.Shape, withReal, i => 2.5 - a.Elements.Value(i)).ShouldBe(2.5 - a.Tensor, 4, _ => 5, "2.5 minus");
            Elements.Convert(c.Shape, withReal, i => a.Elements.Value(i) / 4).ShouldBe(a.Tensor / 4, 2, null, "by 4");
            Elements.Of(c.Shape, ScalarType.Bool, i => a.Elements.Value(i) > 1 ? 1L : 0).ShouldBe(a.Tensor > 1, 0, null, "above 1");
            Elements.Of(c.Shape, ScalarType.Bool, i => a.Elements.Value(i) > 0.5 ? 1L : 0).ShouldBe(a.Tensor > 0.5, 0, null, "above 0.5");
        });
    }

    [Test]
    public void Sums_and_products_of_integers_wrap()
    {
        Property.Holds("wrap", Case.Arbitrary(0, 2, false, Numeric.Integers), c =>
        {
            var random = c.Choices();
            long Any() => Numeric.Wrap(random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64), c.Types[0]);
            Elements x = Elements.Of(c.Shape, c.Types[0], _ => Any()), y = Elements.Of(c.Shape, c.Types[0], _ => Any());
            Tensor a = OfIntegers(x), b = OfIntegers(y);
            Elements Of(Func<long, long, long> f) => Elements.Of(c.Shape, c.Types[0], i => f(x.Whole[i], y.Whole[i]));
            Of((p, q) => unchecked(p + q)).ShouldBe(a + b, 0, null, "add");
            Of((p, q) => unchecked(p - q)).ShouldBe(a - b, 0, null, "sub");
            Of((p, q) => unchecked(p * q)).ShouldBe(a * b, 0, null, "mul");
            Of((p, _) => unchecked(-p)).ShouldBe(-a, 0, null, "neg");
            Of((p, _) => p < 0 ? unchecked(-p) : p).ShouldBe(a.abs(), 0, null, "abs");
            Of((p, _) => ~p).ShouldBe(a.bitwise_not(), 0, null, "bitwise_not");
            Of((p, _) => unchecked(p * p)).ShouldBe(a.square(), 0, null, "square");
            Of((p, _) => unchecked(p * p * p)).ShouldBe(a.pow(3), 0, null, "pow 3");
            long total = 0, product = 1;
            for (int i = 0; i < x.Count; i++) (total, product) = unchecked((total + x.Whole[i], product * x.Whole[i]));
            Elements.Of([], ScalarType.Int64, _ => total).ShouldBe(a.sum(), 0, null, "sum");
            Elements.Of([], ScalarType.Int64, _ => product).ShouldBe(a.prod(), 0, null, "prod");
            foreach (ScalarType to in Numeric.Integers)
                Elements.Of(c.Shape, to, i => x.Whole[i]).ShouldBe(a.to_type(to), 0, null, $"to {to}");
        });
    }

    /// <summary>
    /// A single number of a wider type with a tensor of half-width floats: torch 1.13 rounds the number to the tensor's
    /// type first, later versions do not.
    /// </summary>
    private static bool IsOpen(Elements a, Elements b, ScalarType promoted) =>
        Numeric.IsReal(promoted) && (Numeric.Precision(a.Type) < Numeric.Precision(promoted) || Numeric.Precision(b.Type) < Numeric.Precision(promoted)) &&
        (Numeric.IsReal(a.Type) && a.Type != promoted || Numeric.IsReal(b.Type) && b.Type != promoted) && (a.Rank == 0 || b.Rank == 0);

    private static Tensor OfIntegers(Elements x) => tensor(x.Whole, x.Shape).to_type(x.Type);

    private static Elements Expected(Function f, Elements a, Elements b, ScalarType promoted)
    {
        long[] shape = Broadcast(a.Shape, b.Shape);
        ScalarType type = f.Gives switch { Gives.Bool => ScalarType.Bool, Gives.Floating => Numeric.Floating(promoted), _ => promoted };
        var left = new int[Elements.Volume(shape)];
        var right = new int[left.Length];
        int next = 0;
        foreach (long[] index in Samples.Indices(shape)) (left[next], right[next++]) = ((int)Samples.Flat(a.Shape, index), (int)Samples.Flat(b.Shape, index));
        ScalarType operands = f.Gives == Gives.Floating ? type : promoted;
        double A(int i) => Numeric.IsReal(operands) ? Numeric.Round(a.Value(left[i]), operands) : Numeric.Wrap(a.Whole[left[i]], operands);
        double B(int i) => Numeric.IsReal(operands) ? Numeric.Round(b.Value(right[i]), operands) : Numeric.Wrap(b.Whole[right[i]], operands);
        if (Numeric.IsReal(type)) return Elements.Of(shape, type, i => Numeric.Round(f.Real!(A(i), B(i)), type));
        if (f.Gives == Gives.Bool) return Elements.Of(shape, type, i => (long)f.Real!(A(i), B(i)));
        return Elements.Of(shape, type, i => f.Whole!(Numeric.Wrap(a.Whole[left[i]], promoted), Numeric.Wrap(b.Whole[right[i]], promoted)));
    }

    private static long[] Broadcast(long[] a, long[] b)
    {
        var shape = new long[Math.Max(a.Length, b.Length)];
        for (int d = 1; d <= shape.Length; d++)
        {
            long x = d <= a.Length ? a[^d] : 1, y = d <= b.Length ? b[^d] : 1;
            shape[^d] = x == 1 ? y : x;
        }

        return shape;
    }

    private sealed record Function(
        string Name, Func<Tensor, Tensor, Tensor> Call, Func<Tensor, Tensor, Tensor>? InPlace, Func<double, double, double>? Real, Func<long, long, long>? Whole)
    {
        public Gives Gives { get; init; }

        public ScalarType[] Types { get; init; } = Numeric.All;

        public Domain Domain { get; init; } = Line;

        public double Scale { get; init; }

        /// <summary>The right operand is kept from zero, where integers have no quotient.</summary>
        public bool Divides { get; init; }

        public Domain Divisor => Divides ? new Domain(1, 6) : Domain;
    }
}
