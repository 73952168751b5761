using System.Text.Json;
using CircuitSpecs.Analysis;
using CircuitSpecs.Components;
using CircuitSpecs.Prompts;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.Tests.Analysis.SmolLm2;

/// <summary>Where the heads of SmolLM2 attend: all 270 of them, each prompt set in one run.</summary>
[Category("Golden"), Category("Slow")]
public sealed class SmolLm2AttentionTests
{
    private static HookedTransformer Model => SmolLm2Model.OrIgnore();

    [TestCase(true)]
    [TestCase(false)]
    public void Scores_on_repeated_random_tokens(bool bos)
    {
        EvaluationSet prompts = CircuitFacts.RandomPairs(bos);
        int length = CircuitFacts.Facts.GetProperty("scores").GetProperty("L").GetInt32();
        int start = bos ? 1 : 0;
        int end = start + (2 * length);

        Compare(prompts, bos ? "bos" : "nobos", [
            ("prev", _ => Pairs(start + 1, end, query => query - 1)),
            ("duplicate", _ => Pairs(start + length, end, query => query - length)),
            ("induction", _ => Pairs(start + length + 1, end, query => query - length + 1)),
            ("sink", _ => Pairs(start + 1, end, _ => 0)),
        ]);
    }

    [Test]
    public void Scores_on_prose() => Compare(CircuitFacts.Prose(), "text", [
        ("prev", prompt => Pairs(2, prompt.Tokens.Length, query => query - 1)),
        // On prose the second token counts too, unlike on random tokens: the recorded table has it so.
        ("sink", prompt => Pairs(1, prompt.Tokens.Length, _ => 0)),
    ]);

    [Test]
    public void Attention_to_named_positions_of_indirect_object_prompts()
    {
        EvaluationSet prompts = CircuitFacts.Ioi();
        (string Table, string From, string To)[] wanted = [
            ("end_bos", "END", "BOS"), ("end_io", "END", "IO"), ("end_s1", "END", "S1"), ("end_s2", "END", "S2"),
            ("s2_io", "S2", "IO"), ("s2_s1", "S2", "S1"), ("s2_s1p1", "S2", "S1+1"),
        ];

        IReadOnlyList<HeadScoreTable> tables = AttentionScores.Over(Model, prompts, [
            .. wanted.Select(pair => (pair.Table, (Func<Prompt, IEnumerable<(int, int)>>)(prompt => [(prompt.Positions[pair.From], prompt.Positions[pair.To])]))),
        ]);

        foreach (HeadScoreTable table in tables)
        {
            CircuitFacts.ShouldEqual($"ioi.attn.{table.Name}", table, CircuitFacts.Scores);
            ShouldRank($"top.ioi.attn.{table.Name}", table);
        }
    }

    private static void Compare(EvaluationSet prompts, string set, (string Name, Func<Prompt, IEnumerable<(int Query, int Key)>> Pairs)[] scores)
    {
        foreach (HeadScoreTable table in AttentionScores.Over(Model, prompts, scores))
        {
            CircuitFacts.ShouldEqual($"score.{table.Name}.{set}", table, CircuitFacts.Scores);
            ShouldRank($"top.{table.Name}.{set}", table);
        }
    }

    /// <summary>The recorded list of the strongest heads, where there is one.</summary>
    private static void ShouldRank(string key, HeadScoreTable table)
    {
        if (CircuitFacts.Facts.TryGetProperty(key, out JsonElement top))
        {
            (string, double)[] recorded = [.. top.EnumerateObject().Select(entry => (entry.Name, entry.Value.GetDouble()))];
            table.Ranked().Take(recorded.Length).Zip(recorded).Should().AllSatisfy(pair => pair.First.Mean.Should().BeApproximately(pair.Second.Item2, CircuitFacts.Scores));
            recorded.Should().AllSatisfy(entry => table[CircuitFacts.Named(entry.Item1)].Value.Should().BeApproximately(entry.Item2, CircuitFacts.Scores));
        }
    }

    private static IEnumerable<(int Query, int Key)> Pairs(int first, int end, Func<int, int> key) => Enumerable.Range(first, end - first).Select(query => (query, key(query)));
}
