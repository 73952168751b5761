using System.Globalization;
using TorchSharp;

namespace CircuitSpecs.Tests.Tensors;

public sealed class BFloat16Tests
{
    [Test]
    public void Floats_are_rounded_to_the_nearest_and_ties_to_even()
    {
        // 1 has the pattern 0x3F80; one step is 2⁻⁷, half of it 2⁻⁸.
        ((float)(BFloat16)(1 + 1 / 256f)).Should().Be(1);
        ((float)(BFloat16)(1 + 3 / 256f)).Should().Be(1 + 4 / 256f);
        ((float)(BFloat16)(1 + 1.001f / 256)).Should().Be(1 + 2 / 256f);
        ((double)(BFloat16)float.MaxValue).Should().Be(double.PositiveInfinity);
        BFloat16.IsNaN((BFloat16)float.NaN).Should().BeTrue();
        BFloat16.FromRawValue(0xC040).ToSingle().Should().Be(-3);
    }

    [Test]
    public void Numbers_are_computed_and_compared()
    {
        BFloat16 a = new(1.5f), b = (BFloat16)(-0.25);
        ((float)(a + b), (float)(a - b), (float)(a * b), (float)(a / b), (float)(a % (BFloat16)1f), (float)-a).Should().Be((1.25f, 1.75f, -0.375f, -6f, 0.5f, -1.5f));
        (a > b, a >= b, a < b, a <= b, a == b, a != b).Should().Be((true, true, false, false, false, true));
        a.CompareTo(b).Should().BePositive();
        a.CompareTo((object?)null).Should().Be(1);
        Assert.Throws<ArgumentException>(() => a.CompareTo("1.5"));
        BFloat16 minusZero = -BFloat16.Zero;
        minusZero.Equals(BFloat16.Zero).Should().BeTrue();
        a.ToString("F3", CultureInfo.InvariantCulture).Should().Be("1.500");
    }

    [Test]
    public void The_limits_are_those_of_the_format()
    {
        ((double)BFloat16.MaxValue).Should().Be((2 - 1 / 128.0) * Math.Pow(2, 127));
        ((double)BFloat16.MinValue).Should().Be(-(double)BFloat16.MaxValue);
        ((double)BFloat16.MinNormal).Should().Be(Math.Pow(2, -126));
        ((double)BFloat16.Epsilon).Should().Be(Math.Pow(2, -133));
        ((double)BFloat16.One).Should().Be(1);
        (BFloat16.IsFinite(BFloat16.MaxValue), BFloat16.IsFinite(BFloat16.NaN), BFloat16.IsInfinity(BFloat16.NegativeInfinity)).Should().Be((true, false, true));
        (BFloat16.IsPositiveInfinity(BFloat16.NegativeInfinity), BFloat16.IsNegativeInfinity(BFloat16.NegativeInfinity)).Should().Be((false, true));
    }
}
