using System.Globalization;
using CircuitSpecs.Snapshots;

namespace CircuitSpecs.Tests.Snapshots;

public class SnapshotNumberFormatTests
{
    [TestCase(1e-5, 0.123456789, "0.123457")]
    [TestCase(1e-4, 0.123456789, "0.12346")]
    [TestCase(0.005, 0.123456789, "0.123")]
    [TestCase(0.01, 0.123456789, "0.123")]
    [TestCase(10.0, 1234.5, "1234")]
    [TestCase(1e-5, -1e-9, "0.000000")]
    [TestCase(1e-5, -0.0, "0.000000")]
    [TestCase(1e-5, double.NaN, "NaN")]
    [TestCase(1e-5, double.PositiveInfinity, "Infinity")]
    [TestCase(1e-5, double.NegativeInfinity, "-Infinity")]
    [TestCase(0.0, 0.1, "0.1")]
    [TestCase(0.0, -0.0, "0")]
    [TestCase(1e-300, 1.0 / 3, "0.3333333333333333")]
    public void Absolute_tolerance_sets_the_decimals(double tolerance, double value, string text) =>
        new SnapshotNumberFormat(new SnapshotTolerance(tolerance)).Write(value).Should().Be(text);

    [TestCase(1e-3, 123456.789, "123457")]
    [TestCase(1e-3, 0.000123456, "0.00012346")]
    public void Relative_tolerance_alone_sets_the_significant_digits(double tolerance, double value, string text)
    {
        string written = new SnapshotNumberFormat(new SnapshotTolerance(0, tolerance)).Write(value);

        SnapshotNumberFormat.TryRead(written, out double read).Should().BeTrue();
        read.Should().BeApproximately(double.Parse(text, CultureInfo.InvariantCulture), Math.Abs(value) * tolerance / 10);
        written.Length.Should().BeLessThan(12);
    }

    [Test]
    public void Rounding_uses_at_most_a_tenth_of_the_tolerance([Random(-1e4, 1e4, 20)] double value, [Values(1e-6, 3e-4, 0.02, 7.0)] double absolute)
    {
        string written = new SnapshotNumberFormat(new SnapshotTolerance(absolute)).Write(value);

        SnapshotNumberFormat.TryRead(written, out double read).Should().BeTrue();
        Math.Abs(read - value).Should().BeLessThanOrEqualTo(absolute / 10 * (1 + 1e-9));
    }

    [Test]
    public void Zero_tolerance_reads_back_the_same_number([Random(-1e9, 1e9, 20)] double value)
    {
        SnapshotNumberFormat.TryRead(new SnapshotNumberFormat(new SnapshotTolerance(0)).Write(value), out double read).Should().BeTrue();

        read.Should().Be(value);
    }

    [TestCase("")]
    [TestCase("1,5")]
    [TestCase("1 000")]
    [TestCase("nan")]
    [TestCase("1e999")]
    [TestCase("0x10")]
    [TestCase(".")]
    public void Text_that_is_no_number_is_not_read(string text) => SnapshotNumberFormat.TryRead(text, out _).Should().BeFalse();
}
