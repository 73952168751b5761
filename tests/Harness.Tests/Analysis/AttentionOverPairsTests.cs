using CircuitSpecs.Analysis;
using CircuitSpecs.Components;
using CircuitSpecs.Prompts;
using CircuitSpecs.Tests.Transformer;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.Tests.Analysis;

public sealed class AttentionOverPairsTests
{
    [Test]
    public void Several_choices_in_one_pass_are_as_one_each()
    {
        using HookedTransformer model = SmallShapes.Create("llama");
        EvaluationSet prompts = SmallTransformer.Prompts();

        IReadOnlyList<HeadScoreTable> tables = AttentionScores.Over(model, prompts, [
            ("previous", prompt => Enumerable.Range(1, prompt.Tokens.Length - 1).Select(query => (query, query - 1))),
            ("S", prompt => [(prompt.Positions["END"], prompt.Positions["S"])]),
        ]);

        tables.Select(table => table.Name).Should().Equal("previous", "S");
        foreach (Head head in Head.AllIn(model.Config))
        {
            tables[0][head].Numerators.Should().Equal(AttentionScores.PreviousToken(model, prompts)[head].Numerators);
            tables[1][head].Numerators.Should().Equal(AttentionScores.Attention(model, prompts, "END", "S")[head].Numerators);
        }
    }

    [Test]
    public void Pairs_that_are_not_there_are_refused()
    {
        using HookedTransformer model = SmallShapes.Create("gpt2");
        EvaluationSet prompts = SmallTransformer.Prompts();

        new Action(() => AttentionScores.Over(model, prompts, [("none", _ => [])])).Should().Throw<ArgumentException>().WithMessage("*'none' chooses no pair*");
        new Action(() => AttentionScores.Over(model, prompts, [("later", _ => [(1, 2)])])).Should().Throw<ArgumentException>().WithMessage("*query 1 and key 2*never after*");
    }
}
