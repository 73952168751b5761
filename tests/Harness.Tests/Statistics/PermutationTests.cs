using CircuitSpecs.Statistics;

namespace CircuitSpecs.Tests.Statistics;

public class PermutationTests
{
    [Test]
    public void Exact_sign_flips_count_all_patterns()
    {
        // Of the 8 signed sums of 1, 2, 3 only 6 and −6 reach 6 in size; 6 alone reaches it from below.
        var differences = new PerPrompt([1, 2, 3]);
        SignFlipPermutation.Test(differences).P.Should().Be(2.0 / 8);
        SignFlipPermutation.Test(differences, Alternative.Greater).P.Should().Be(1.0 / 8);
        SignFlipPermutation.Test(differences, Alternative.Less).P.Should().Be(1);
    }

    [Test]
    public void Random_sign_flips_come_near_the_exact_p()
    {
        double[] values = [0.3, -0.1, 0.4, 0.2, -0.3, 0.5, 0.1, 0.2, -0.2, 0.6, 0.1, -0.4, 0.35];
        int hits = Enumerable.Range(0, 1 << 13).Count(pattern => values.Select((value, bit) => ((pattern >> bit) & 1) == 0 ? value : -value).Sum() >= values.Sum() - 1e-12);
        PermutationResult random = SignFlipPermutation.Test(new PerPrompt(values), Alternative.Greater);
        random.IsExact.Should().BeFalse();
        random.P.Should().BeApproximately(hits / 8192.0, 0.011); // five standard errors of 9,999 draws at p = .05
    }

    [Test]
    public void Sign_flips_refuse_ratios()
    {
        var one = new PerPrompt([1, 2]);
        FluentActions.Invoking(() => SignFlipPermutation.Test(PerPrompt.RatioOfMeans(one, one))).Should().Throw<ArgumentException>();
    }

    [Test]
    public void The_maximum_over_components_equals_an_enumeration_of_all_permutations()
    {
        double[][] values = [[3, 1, 2], [1, 2, 0], [0, 1, 1.5]]; // [component][prompt]
        int[][] orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
        int hits = (from a in orders from b in orders from c in orders
                    where Enumerable.Range(0, 3).Max(component => values[a[component]][0] + values[b[component]][1] + values[c[component]][2]) >= values[0].Sum() - 1e-12
                    select 1).Count();
        PermutationResult result = MaxStatisticPermutation.Test([.. values.Select(row => new PerPrompt(row))], named: 0, permutations: 20_000);
        result.Statistic.Should().Be(2);
        result.P.Should().BeApproximately(hits / 216.0, 0.018);
    }

    [Test]
    public void A_component_that_stands_out_in_every_prompt_has_the_smallest_p_and_an_ordinary_one_a_large_one()
    {
        var random = new Random(5);
        PerPrompt[] heads = [.. Enumerable.Range(0, 40).Select(head => new PerPrompt(Enumerable.Range(0, 24).Select(_ => random.NextDouble() + (head == 7 ? 2 : 0)).ToArray()))];
        MaxStatisticPermutation.Test(heads, named: 7, permutations: 499).P.Should().Be(1.0 / 500);
        MaxStatisticPermutation.Test(heads, named: 8, permutations: 499).P.Should().Be(1, "an ordinary head never beats the largest of forty");
        MaxStatisticPermutation.Test([.. heads.Select(head => -head)], named: 7, Alternative.Less, permutations: 499).P.Should().Be(1.0 / 500);
        MaxStatisticPermutation.Test([.. heads.Select(head => -head)], named: 7, Alternative.TwoSided, permutations: 499).P.Should().Be(1.0 / 500);
    }

    [Test]
    public void The_largest_of_many_equal_components_is_not_special()
    {
        // Under the null hypothesis the p of a component that was picked for being the largest is uniform: .05 is met in about one of 20.
        var random = new Random(6);
        int rejections = 0;
        for (int experiment = 0; experiment < 200; experiment++)
        {
            PerPrompt[] heads = [.. Enumerable.Range(0, 12).Select(_ => new PerPrompt(Enumerable.Range(0, 10).Select(_ => random.NextDouble()).ToArray()))];
            int largest = Enumerable.Range(0, 12).MaxBy(head => heads[head].Value);
            rejections += MaxStatisticPermutation.Test(heads, largest, seed: experiment, permutations: 199).P <= 0.05 ? 1 : 0;
        }

        rejections.Should().BeInRange(1, 25); // 10 expected, standard deviation 3.1
    }

    [Test]
    public void Ratios_are_permuted_with_their_denominators()
    {
        // Each component's ratio is its own constant in every prompt; only prompt-wise pairs keep ratios between 1 and 3.
        PerPrompt[] components = [.. new[] { 3.0, 1.0, 1.0, 1.0 }.Select(ratio =>
        {
            var denominator = new PerPrompt(Enumerable.Range(1, 12).Select(prompt => (double)prompt * (ratio > 2 ? 100 : 1)));
            return PerPrompt.RatioOfMeans(denominator * ratio, denominator);
        })];
        PermutationResult result = MaxStatisticPermutation.Test(components, named: 0, permutations: 499);
        result.Statistic.Should().BeApproximately(3, 1e-12);
        result.P.Should().BeLessThan(0.05);
    }

    [Test]
    public void Families_over_different_prompts_are_refused()
    {
        FluentActions.Invoking(() => MaxStatisticPermutation.Test([new PerPrompt([1, 2]), new PerPrompt([1])], 0)).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => MaxStatisticPermutation.Test([new PerPrompt([1, 2])], 0)).Should().Throw<ArgumentException>();
    }
}
