using System.Numerics;
using CircuitSpecs.Statistics;
using MathNet.Numerics.Distributions;

namespace CircuitSpecs.Tests.Statistics;

/// <summary>Statistics against enumerations and naive loops.</summary>
public class ReferenceTests
{
    private static readonly double[] X = [1, 2, 2, 4, 5, 5, 5, 8.5];
    private static readonly double[] Y = [2, 1, 2, 5, 3, 8, 8, 6];

    [Test]
    public void Binomial_tails_are_exact_for_many_trials()
    {
        const int Trials = 5000;
        BigInteger choose = 1;
        BigInteger tail = 0;
        for (int k = 0; k <= 2000; k++)
        {
            tail += choose;
            choose = choose * (Trials - k) / (k + 1);
        }

        double expected = BigInteger.Log(tail) - (Trials * Math.Log(2));
        BinomialTest.LogP(2000, Trials, 0.5, Alternative.Less).Should().BeApproximately(expected, 1e-10);
        BinomialTest.LogP(3000, Trials, 0.5, Alternative.Greater).Should().BeApproximately(expected, 1e-10);
        BinomialTest.LogP(2000, Trials, 0.5).Should().BeApproximately(expected + Math.Log(2), 1e-10);
    }

    [Test]
    public void A_billion_trials_lose_no_digits()
    {
        const int Trials = 1_000_000_000;
        double central = (0.5 * Math.Log(2 / (Math.PI * Trials))) - (0.25 / Trials);
        BinomialTest.LogProbability(Trials / 2, Trials, 0.5).Should().BeApproximately(central, 1e-12);
        BinomialTest.P(Trials / 2, Trials, 0.5, Alternative.Greater).Should().BeApproximately(0.5 + (Math.Exp(central) / 2), 1e-10);
        BinomialTest.P(Trials / 2, Trials, 0.5).Should().Be(1);
        BinomialTest.LogP(Trials, Trials, 0.5, Alternative.Greater).Should().BeApproximately(-Trials * Math.Log(2), 1e-4);
    }

    [TestCase(0.3)]
    [TestCase(0.5)]
    [TestCase(0.97)]
    public void Two_sided_binomial_adds_up_what_is_at_most_as_likely(double rate)
    {
        double[] probability = [.. Enumerable.Range(0, 13).Select(k => Math.Exp(BinomialTest.LogProbability(k, 12, rate)))];
        probability.Sum().Should().BeApproximately(1, 1e-13);
        for (int k = 0; k <= 12; k++)
        {
            BinomialTest.P(k, 12, rate).Should().BeApproximately(probability.Where(other => other <= probability[k] * (1 + 1e-7)).Sum(), 1e-13);
            BinomialTest.P(k, 12, rate, Alternative.Greater).Should().BeApproximately(probability.Skip(k).Sum(), 1e-13);
            BinomialTest.P(k, 12, rate, Alternative.Less).Should().BeApproximately(probability.Take(k + 1).Sum(), 1e-13);
        }
    }

    [Test]
    public void Signed_ranks_count_all_patterns_with_ties_and_without_zeros()
    {
        double[] differences = [.. X.Zip(Y, (x, y) => x - y).Where(difference => difference != 0)];
        double[] ranks = [.. differences.Select(one => differences.Sum(other => Math.Abs(other) < Math.Abs(one) ? 1 : Math.Abs(other) == Math.Abs(one) ? 0.5 : 0) + 0.5)];
        double positive = ranks.Where((_, index) => differences[index] > 0).Sum();
        double[] sums = [.. Enumerable.Range(0, 1 << ranks.Length).Select(pattern => ranks.Where((_, bit) => ((pattern >> bit) & 1) == 1).Sum())];
        TestResult greater = WilcoxonSignedRank.Test(X, Y, Alternative.Greater);
        greater.Statistic.Should().Be(positive);
        greater.P.Should().BeApproximately(sums.Count(sum => sum >= positive) / (double)sums.Length, 1e-14);
        WilcoxonSignedRank.Test(X, Y, Alternative.Less).P.Should().BeApproximately(sums.Count(sum => sum <= positive) / (double)sums.Length, 1e-14);
        double smaller = Math.Min(positive, ranks.Sum() - positive);
        TestResult twoSided = WilcoxonSignedRank.Test(X, Y);
        twoSided.Statistic.Should().Be(smaller);
        twoSided.P.Should().BeApproximately(2.0 * sums.Count(sum => sum <= smaller) / sums.Length, 1e-14);
    }

    [Test]
    public void Many_signed_ranks_are_nearly_normal()
    {
        var random = new SeededRandom(4);
        double[] x = NullRuns.Normals(random, 50);
        double[] y = [.. NullRuns.Normals(random, 50).Select(value => value - 0.3)];
        double exact = WilcoxonSignedRank.Test(x, y).P;
        double approximate = WilcoxonSignedRank.Test([.. x, .. x], [.. y, .. y]).P;
        double z = Normal.InvCDF(0, 1, exact / 2);
        Normal.InvCDF(0, 1, approximate / 2).Should().BeApproximately(z * Math.Sqrt(2), 0.1);
    }

    [Test]
    public void Kendall_counts_all_orders_without_ties()
    {
        double[] x = [1, 2, 3, 4, 5, 6];
        double[] y = [2, 1, 4, 3, 6, 5];
        double[] excesses = [.. Orders([0, 1, 2, 3, 4, 5]).Select(order => Excess(x, [.. order.Select(index => y[index])]))];
        TestResult result = Correlation.Kendall(x, y);
        result.Statistic.Should().BeApproximately(Excess(x, y) / 15.0, 1e-14);
        result.P.Should().BeApproximately(excesses.Count(excess => Math.Abs(excess) >= Math.Abs(Excess(x, y))) / 720.0, 1e-13);
    }

    [Test]
    public void Kendall_takes_the_variance_of_all_orders_with_ties()
    {
        double[] x = [1, 1, 2, 3, 3, 3];
        double[] y = [2, 5, 5, 4, 9, 9];
        double[] excesses = [.. Orders([0, 1, 2, 3, 4, 5]).Select(order => Excess(x, [.. order.Select(index => y[index])]))];
        double deviation = Math.Sqrt(excesses.Average(excess => excess * excess));
        Correlation.Kendall(x, y).P.Should().BeApproximately(2 * Normal.CDF(0, 1, -Math.Abs(Excess(x, y)) / deviation), 1e-12);
    }

    [Test]
    public void Few_divisions_into_two_samples_are_all_counted()
    {
        double[] x = [1, 4, 6];
        double[] y = [2, 0, 3, 3];
        double[] all = [.. x, .. y];
        double[] differences = [.. Enumerable.Range(0, 1 << 7).Where(mask => BitOperations.PopCount((uint)mask) == 3)
            .Select(mask => all.Where((_, bit) => ((mask >> bit) & 1) == 1).Average() - all.Where((_, bit) => ((mask >> bit) & 1) == 0).Average())];
        double observed = x.Average() - y.Average();
        PermutationResult greater = TwoSamplePermutation.Test(x, y, Alternative.Greater);
        (greater.IsExact, greater.Permutations).Should().Be((true, 35));
        greater.P.Should().Be(differences.Count(value => value >= observed - 1e-12) / 35.0);
        TwoSamplePermutation.Test(x, y, Alternative.Less).P.Should().Be(differences.Count(value => value <= observed + 1e-12) / 35.0);
        TwoSamplePermutation.Test(x, y).P.Should().Be(differences.Count(value => Math.Abs(value) >= Math.Abs(observed) - 1e-12) / 35.0);
    }

    [Test]
    public void HSIC_is_the_trace_of_the_centred_kernels()
    {
        int n = X.Length;
        double[][] centring = [.. Enumerable.Range(0, n).Select(i => Enumerable.Range(0, n).Select(j => (i == j ? 1.0 : 0) - (1.0 / n)).ToArray())];
        double[][] product = Times(Times(Kernel(X), centring), Times(Kernel(Y), centring));
        HilbertSchmidtIndependence.Statistic(X, Y).Should().BeApproximately(Enumerable.Range(0, n).Sum(i => product[i][i]) / ((n - 1) * (n - 1)), 1e-14);
        HilbertSchmidtIndependence.Statistic(Y, X).Should().BeApproximately(HilbertSchmidtIndependence.Statistic(X, Y), 1e-14);

        double[][] Kernel(double[] values)
        {
            double[] distances = [.. from i in Enumerable.Range(0, n) from j in Enumerable.Range(i + 1, n - i - 1) orderby Math.Abs(values[i] - values[j]) select Math.Abs(values[i] - values[j])];
            double width = (distances[13] + distances[14]) / 2; // 28 pairs
            return [.. values.Select(a => values.Select(b => Math.Exp(-(a - b) * (a - b) / (2 * width * width))).ToArray())];
        }

        double[][] Times(double[][] left, double[][] right) => [.. left.Select(row => Enumerable.Range(0, n).Select(j => Enumerable.Range(0, n).Sum(k => row[k] * right[k][j])).ToArray())];
    }

    [Test]
    public void Dependence_without_correlation_is_found_by_HSIC()
    {
        double[] x = [.. Enumerable.Range(-15, 31).Select(value => value / 10.0)];
        double[] y = Array.ConvertAll(x, value => value * value);
        Correlation.Pearson(x, y).P.Should().BeGreaterThan(0.99);
        HilbertSchmidtIndependence.Test(x, y, permutations: 499).P.Should().Be(1.0 / 500);
    }

    [Test]
    public void Cliff_and_AUROC_count_pairs()
    {
        double[] signs = [.. from x in X from y in Y select (double)Math.Sign(x - y)];
        EffectSize.CliffDelta(X, Y).Should().BeApproximately(signs.Average(), 1e-14);
        Auroc.Of(X, Y).Should().BeApproximately(signs.Average(sign => (sign + 1) / 2), 1e-14);
    }

    [Test]
    public void Clusters_stay_together_in_a_bootstrap_of_several_measurements()
    {
        string[] templates = [.. Enumerable.Range(0, 40).Select(prompt => $"t{prompt / 4}")];
        BootstrapDistribution distribution = Bootstrap.Distribution(40, indices =>
        {
            int[] counts = new int[10];
            foreach (int index in indices)
            {
                counts[index / 4]++;
            }

            return counts.Sum(count => count % 4);
        }, templates, resamples: 50);
        distribution.Values.Should().AllSatisfy(value => value.Should().Be(0));
    }

    [Test]
    public void Corrections_order_themselves_as_their_strength_says()
    {
        double[] p = [0.001, 0.2, 0.04, 0.011, 0.011];
        for (int index = 0; index < p.Length; index++)
        {
            MultipleTesting.Bonferroni(p)[index].Should().BeGreaterThanOrEqualTo(MultipleTesting.Holm(p)[index]);
            (MultipleTesting.Holm(p)[index] - MultipleTesting.HolmSidak(p)[index]).Should().BeGreaterThan(-1e-15);
            MultipleTesting.Holm(p)[index].Should().BeGreaterThanOrEqualTo(MultipleTesting.BenjaminiHochberg(p)[index]);
            MultipleTesting.BenjaminiYekutieli(p)[index].Should().BeGreaterThan(MultipleTesting.BenjaminiHochberg(p)[index]);
        }

        MultipleTesting.HolmSidak([1e-18, 0.5])[0].Should().BeApproximately(2e-18, 1e-30, "tiny p do not vanish");
        FluentActions.Invoking(() => MultipleTesting.BenjaminiHochberg([0.5, 1.5])).Should().Throw<ArgumentException>().WithMessage("*number 1 is 1.5*");
    }

    private static double Excess(double[] x, double[] y) => (from i in Enumerable.Range(0, x.Length) from j in Enumerable.Range(0, i) select Math.Sign(x[i] - x[j]) * Math.Sign(y[i] - y[j])).Sum();

    private static IEnumerable<int[]> Orders(int[] items) => items.Length <= 1 ? [items]
        : items.SelectMany((item, index) => Orders([.. items.Where((_, other) => other != index)]).Select(rest => (int[])[item, .. rest]));
}
