using CircuitSpecs.Snapshots;

namespace CircuitSpecs.Tests.Snapshots;

public class SnapshotToleranceTests
{
    [TestCase(-1e-9, 0, 0, 0, "absolute")]
    [TestCase(double.NaN, 0, 0, 0, "absolute")]
    [TestCase(double.PositiveInfinity, 0, 0, 0, "absolute")]
    [TestCase(0, -0.1, 0, 0, "relative")]
    [TestCase(0, 1, 0, 0, "relative")]
    [TestCase(0, double.NaN, 0, 0, "relative")]
    [TestCase(0, 0, 1.01, 0, "share")]
    [TestCase(0, 0, double.NaN, 0, "share")]
    [TestCase(0, 0, 0, -1, "total")]
    [TestCase(0, 0, 0, double.NaN, "total")]
    public void Numbers_outside_their_range_are_refused_by_name(double absolute, double relative, double share, double total, string name)
    {
        Action make = () => _ = new SnapshotTolerance(absolute, relative, share, total);

        make.Should().Throw<ArgumentOutOfRangeException>().WithParameterName(name);
    }

    [Test]
    public void Default_allows_no_cell_over_it() => new SnapshotTolerance(0.1).Share.Should().Be(0);

    [Test]
    public void Text_says_both_levels()
    {
        new SnapshotTolerance(0.001).ToString().Should().Be("±0.001 a cell, no cell over it");
        new SnapshotTolerance(0.001, 0.01, 0.05, 2).ToString().Should().Be("±0.001 ± 1% of the verified value a cell, at most 5% of the cells over it, adding up to at most 2");
    }
}
