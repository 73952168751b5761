using CircuitSpecs.Analysis;
using CircuitSpecs.Components;
using CircuitSpecs.Models;
using CircuitSpecs.Models.Compiled;

namespace CircuitSpecs.Tests.Models.Compiled;

/// <summary>Analyses of weights where it is known what they have to say.</summary>
[TestFixture]
public sealed class CompiledWeightTests
{
    [TestCase("compiled-induction", "1.0", CompositionKind.Key, "0.0")]
    [TestCase("compiled-ioi", "2.0", CompositionKind.Query, "1.0")]
    public void Composition_is_with_the_one_head_that_writes_what_is_read(string name, string into, CompositionKind kind, string from)
    {
        using ModelWeights weights = Made(name);
        HeadTable table = kind == CompositionKind.Key ? weights.KComposition(into) : weights.QComposition(into);
        table[from].Should().BeGreaterThan(0.1);
        table.Heads.Where(head => head != Head.Parse(from)).Should().OnlyContain(head => table[head] == 0);
    }

    // W_QK of a head that asks the same at every position is zero, and what it is composed with through its keys stands in b_Q W_K: no score of W_QK sees it.
    [TestCase("compiled-duplicate-token", "1.0")]
    [TestCase("compiled-ioi", "1.0")]
    public void A_head_whose_queries_are_a_bias_has_no_key_composition(string name, string into)
    {
        using ModelWeights weights = Made(name);
        double.IsNaN(weights.KComposition("0.0", into)).Should().BeTrue();
    }

    [TestCase("compiled-ioi", "2.0")]
    [TestCase("compiled-induction", "1.0")]
    public void The_circuit_reads_values_from_tokens_and_from_no_head(string name, string into)
    {
        using ModelWeights weights = Made(name);
        HeadTable table = weights.VComposition(into);
        table.Heads.Should().OnlyContain(head => table[head] == 0);
    }

    [Test]
    public void The_name_mover_copies_every_name()
    {
        using ModelWeights weights = Made("compiled-ioi");
        int[] names = [.. Enumerable.Range(1, 80)];
        weights.CopyScore("2.0", names, count: 1).Should().Be(1);
        weights.NegativeCopyScore("2.0", names, count: 5).Should().Be(0);
    }

    [TestCase("Monday Tuesday Wednesday Thursday Friday Saturday Sunday Monday")]
    [TestCase("January February March April May June July August September October November December January")]
    [TestCase("one two three four five six seven eight nine ten eleven twelve")]
    public void The_successor_head_writes_the_next_of_every_series(string series)
    {
        using ModelWeights weights = Made("compiled-successor");
        int[] family = [.. series.Split(' ').Select(CompiledModels.Successor.Tokenizer.ToSingleToken)];
        weights.SuccessorScore("1.0", family, count: 1).Should().Be(1);
        weights.CopyScore("1.0", [.. family.SkipLast(1)], count: 1).Should().Be(0);
    }

    private static ModelWeights Made(string name) => CompiledModels.TryGet(name, out CompiledModel? compiled) ? compiled.CreateWeights() : throw new ArgumentException(name);
}
