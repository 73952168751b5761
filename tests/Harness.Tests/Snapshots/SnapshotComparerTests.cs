using CircuitSpecs.Snapshots;

namespace CircuitSpecs.Tests.Snapshots;

public class SnapshotComparerTests
{
    private static readonly SnapshotTolerance Hundredth = new(0.01);

    [TestCase(0.5, 0.51, true, TestName = "Value_at_its_tolerance_above_passes")]
    [TestCase(0.5, 0.49, true, TestName = "Value_at_its_tolerance_below_passes")]
    [TestCase(0.5, 0.5101, false, TestName = "Value_over_its_tolerance_above_fails")]
    [TestCase(0.5, 0.4899, false, TestName = "Value_over_its_tolerance_below_fails")]
    [TestCase(-0.5, 0.5, false, TestName = "Value_of_other_sign_fails")]
    [TestCase(0.0, -0.0, true, TestName = "Negative_zero_is_zero")]
    [TestCase(double.NaN, double.NaN, false, TestName = "NaN_for_NaN_fails")]
    [TestCase(0.5, double.NaN, false, TestName = "NaN_for_a_number_fails")]
    [TestCase(double.NaN, 0.5, false, TestName = "Number_for_NaN_fails")]
    [TestCase(double.PositiveInfinity, double.PositiveInfinity, true, TestName = "Infinity_for_infinity_passes")]
    [TestCase(double.NegativeInfinity, double.NegativeInfinity, true, TestName = "Negative_infinity_for_itself_passes")]
    [TestCase(double.PositiveInfinity, double.NegativeInfinity, false, TestName = "Infinity_of_other_sign_fails")]
    [TestCase(double.PositiveInfinity, 1e300, false, TestName = "Finite_for_infinity_fails")]
    [TestCase(1e300, double.PositiveInfinity, false, TestName = "Infinity_for_finite_fails")]
    [TestCase(double.PositiveInfinity, double.NaN, false, TestName = "NaN_for_infinity_fails")]
    [TestCase(double.MaxValue, -double.MaxValue, false, TestName = "Difference_that_overflows_fails")]
    public void One_value(double verified, double received, bool passes)
    {
        // A tolerance relative to the value, and limits for the whole that allow everything finite.
        foreach (SnapshotTolerance tolerance in new[] { Hundredth, new SnapshotTolerance(0.01, relative: 1e-12) })
        {
            Compare(verified, received, tolerance).IsMatch.Should().Be(passes);
        }
    }

    [TestCase(double.NaN, double.NaN)]
    [TestCase(double.PositiveInfinity, 1.0)]
    [TestCase(1.0, double.NegativeInfinity)]
    public void No_share_allows_a_value_that_can_never_pass(double verified, double received) =>
        Compare(verified, received, new SnapshotTolerance(1e9, 0.5, share: 1)).IsMatch.Should().BeFalse();

    [Test]
    public void Relative_tolerance_of_an_infinite_value_does_not_let_finite_values_pass() =>
        Compare(double.PositiveInfinity, 3, new SnapshotTolerance(0, relative: 0.5)).IsMatch.Should().BeFalse();

    [TestCase(1000, 1099.9, true)]
    [TestCase(1000, 900.2, true)]
    [TestCase(-1000, -1099.9, true)]
    [TestCase(1000, 1100.2, false)]
    [TestCase(0, 0.2, false)]
    public void Relative_tolerance_counts_from_the_verified_value_and_adds_to_the_absolute_one(double verified, double received, bool passes) =>
        Compare(verified, received, new SnapshotTolerance(0.1, relative: 0.1 - 1e-7)).IsMatch.Should().Be(passes);

    [Test]
    public void One_cell_over_fails_and_is_named_with_expected_got_difference_and_tolerance()
    {
        double[,] scores = { { 0.1, 0.2 }, { 0.3, 0.4 } };
        double[,] moved = { { 0.1, 0.2 }, { 0.35, 0.4 } };

        SnapshotComparison comparison = SnapshotComparer.Compare(Some.Heads(scores, Hundredth), Some.Heads(moved));

        comparison.IsMatch.Should().BeFalse();
        comparison.Exceeding.Should().ContainSingle().Which.Should().BeEquivalentTo(
            new { Label = "head 1.0", Expected = 0.3, Got = 0.35, Tolerance = 0.01, Never = false });
        comparison.Describe().Should().Contain("1 of 4 values (25%)").And.Contain("head 1.0: expected 0.3, got 0.35, |Δ| 0.05 > 0.01");
    }

    [TestCase(0.25, double.PositiveInfinity, true, TestName = "Share_at_its_limit_passes")]
    [TestCase(0.2499, double.PositiveInfinity, false, TestName = "Share_over_its_limit_fails")]
    [TestCase(0.25, 0.5, true, TestName = "Total_at_its_limit_passes")]
    [TestCase(0.25, 0.499, false, TestName = "Total_over_its_limit_fails")]
    public void Second_level(double share, double total, bool passes)
    {
        double[,] scores = { { 0, 0, 0, 0 }, { 0, 0, 0, 0 } };
        double[,] moved = { { 0.25, 0, 0, -0.25 }, { 0.01, 0, 0, 0 } };

        SnapshotComparison comparison = SnapshotComparer.Compare(Some.Heads(scores, new SnapshotTolerance(0.01, share: share, total: total)), Some.Heads(moved));

        comparison.Exceeding.Should().HaveCount(2);
        comparison.Total.Should().BeApproximately(0.5, 1e-12);
        comparison.IsMatch.Should().Be(passes);
    }

    [Test]
    public void Worst_cells_come_first_and_those_that_can_never_pass_before_all()
    {
        Snapshot verified = Some.Metrics(Hundredth, ("a", 0), ("b", 0), ("c", 0), ("d", double.PositiveInfinity));
        Snapshot received = Some.Metrics(null, ("a", 0.5), ("b", -3), ("c", double.NaN), ("d", 1));

        SnapshotComparer.Compare(verified, received).Exceeding.Select(cell => cell.Label).Should().Equal("d", "c", "b", "a");
    }

    [Test]
    public void Shape_mismatch_fails_before_values()
    {
        SnapshotComparison comparison = SnapshotComparer.Compare(Some.Heads(new double[2, 3]), Some.Heads(new double[3, 2]));

        comparison.IsMatch.Should().BeFalse();
        comparison.StructureDifferences.Should().Equal("shape: verified [layer 2, head 3], received [layer 3, head 2]");
        comparison.Describe().Should().Contain("values were not compared");
    }

    [Test]
    public void Missing_key_fails_though_the_others_agree()
    {
        SnapshotComparison comparison = SnapshotComparer.Compare(Some.Metrics(Hundredth, ("a", 1), ("b", 2)), Some.Metrics(null, ("a", 1)));

        comparison.IsMatch.Should().BeFalse();
        comparison.StructureDifferences.Should().Contain("missing: b").And.NotContain(line => line.Contains("not in the verified"));
    }

    [Test]
    public void Extra_key_fails_though_the_others_agree()
    {
        SnapshotComparison comparison = SnapshotComparer.Compare(Some.Metrics(Hundredth, ("a", 1)), Some.Metrics(null, ("a", 1), ("b", 2)));

        comparison.IsMatch.Should().BeFalse();
        comparison.StructureDifferences.Should().Contain("not in the verified file: b");
    }

    [Test]
    public void Renamed_key_fails_though_the_count_is_the_same() =>
        SnapshotComparer.Compare(Some.Metrics(Hundredth, ("a", 1)), Some.Metrics(null, ("b", 1))).StructureDifferences.Should().Equal("missing: a", "not in the verified file: b");

    [Test]
    public void Other_kind_fails() =>
        SnapshotComparer.Compare(Some.Heads(new double[1, 1]), Some.Metrics(null, ("head 0.0", 0))).StructureDifferences.Should().Equal("kind: verified head-scores, received scalar-metrics");

    [Test]
    public void Header_differences_fail_and_each_is_listed()
    {
        SnapshotHeader other = Some.Header with { Weights = "ffff", Dtype = "float64", Bos = false, Tokens = [" a", " b"] };
        Snapshot verified = new(Some.Header.With("seed", "1").With("ablation", "mean") with { Tokens = [" a", " c"] }, new HeadScores(new double[1, 1]));
        Snapshot received = new(other.With("seed", "2"), new HeadScores(new double[1, 1]));

        SnapshotComparison comparison = SnapshotComparer.Compare(verified, received);

        comparison.IsMatch.Should().BeFalse();
        comparison.HeaderDifferences.Should().Equal(
            "weights: verified 9f86d081884c7d65, received ffff",
            "dtype: verified float32, received float64",
            "bos: verified prepended, received absent",
            "tokens: the first difference is at position 1: verified \" c\", received \" b\"",
            "ablation: verified mean, received (absent)",
            "seed: verified 1, received 2");
        comparison.Describe().Should().Contain("All 1 values are within");
    }

    [Test]
    public void Tolerance_of_the_verified_file_applies_and_another_wish_is_a_difference()
    {
        Snapshot verified = Some.Metrics(Hundredth, ("a", 1));

        SnapshotComparer.Compare(verified, Some.Metrics(new SnapshotTolerance(10), ("a", 2))).ValuesMatch.Should().BeFalse("the file's tolerance decides");
        SnapshotComparer.Compare(verified, Some.Metrics(new SnapshotTolerance(10), ("a", 1))).HeaderDifferences.Should().ContainSingle().Which.Should().StartWith("tolerance:");
        SnapshotComparer.Compare(verified, Some.Metrics(new SnapshotTolerance(0.01), ("a", 1))).IsMatch.Should().BeTrue();
    }

    [Test]
    public void Masked_cell_takes_nothing_but_zero_whatever_the_tolerance()
    {
        double[,] causal = { { 1, 0 }, { 0.5, 0.5 } };
        double[,] leaking = { { 1, 1e-6 }, { 0.5, 0.5 } };

        SnapshotComparison comparison = SnapshotComparer.Compare(Some.Pattern(causal, new SnapshotTolerance(1, share: 1)), Some.Pattern(leaking));

        comparison.IsMatch.Should().BeFalse();
        comparison.Describe().Should().Contain("head 1.2, query 0 \" t0\" → key 1 \" t1\": expected 0, got 1E-06, masked: only an exact zero passes");
    }

    private static SnapshotComparison Compare(double verified, double received, SnapshotTolerance tolerance) =>
        SnapshotComparer.Compare(Some.Metrics(tolerance, ("x", verified)), Some.Metrics(null, ("x", received)));
}
