using CircuitSpecs.Prompts;
using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Tests.Prompts;

/// <summary>What every family promises for every kind of vocabulary, checked from the tokens and the text alone.</summary>
public class FamilyOfEveryProblemTests
{
    private const int Count = 8;

    // Random tokens need not be text that is cut into the same tokens, and a text that is cut off may end inside a word.
    private static readonly string[] NotCutAgain = ["RepeatedRandomTokens", "InductionPairs", "DuplicateTokens", "MemorisedTexts", "Prose"];

    private static IEnumerable<TestCaseData> Families() => PromptFamilies.All.Where(family => family.Vocabularies.HasFlag(Vocabularies.Text)).Select(family => new TestCaseData(family).SetArgDisplayNames(family.Name));

    [Test]
    public void Every_problem_of_the_list_has_prompts_for_models_of_text()
    {
        PromptFamilies.ByProblem.Keys.Should().Equal(Enumerable.Range(1, 38).Select(number => $"2.{number}"));
        foreach ((string problem, var families) in PromptFamilies.ByProblem)
        {
            families.Should().Contain(family => family.Vocabularies.HasFlag(Vocabularies.Text), "of problem {0}", problem).And.OnlyHaveUniqueItems();
        }
    }

    [TestCaseSource(nameof(Families))]
    public void Prompts_are_what_a_model_would_be_given(PromptFamily family)
    {
        foreach ((string name, Tokenizer tokenizer) in TextTokenizers.All)
        {
            string because = $"with the tokenizer {name}";
            EvaluationSet judged = family.Evaluation(tokenizer, Count);
            DiscoverySet searched = family.Discovery(tokenizer, Count);
            judged.Family.Should().Be(family.Name);
            judged.Count.Should().Be(Count);
            judged.Prompts.Select(Key).Should().OnlyHaveUniqueItems(because).And.NotIntersectWith(searched.Prompts.Select(Key), because);
            judged.Hash.Should().Be(family.Evaluation(tokenizer, Count).Hash, because).And.NotBe(family.Evaluation(tokenizer, Count, seed: 7).Hash, because);
            foreach (Prompt prompt in judged.Prompts.Concat(searched.Prompts))
            {
                CheckTokens(tokenizer, prompt, $"{because}, of '{prompt.Text}'", isCutAgain: !NotCutAgain.Any(start => family.Name.StartsWith(start, StringComparison.Ordinal)));
            }
        }
    }

    private static void CheckTokens(Tokenizer tokenizer, Prompt prompt, string because, bool isCutAgain)
    {
        int bos = tokenizer.BosToken is null ? 0 : 1;
        if (bos == 1)
        {
            prompt.Tokens[0].Should().Be(tokenizer.BosToken, because);
        }

        prompt.Tokens.Skip(bos).Should().NotContain(token => tokenizer.SpecialTokens.Contains(token), because);
        prompt.Text.Should().BeOneOf([tokenizer.Decode(prompt.Tokens.Skip(bos)), tokenizer.Decode(prompt.Tokens)], because);
        prompt.Positions.Values.Should().NotContain(position => position < bos || position >= prompt.Tokens.Length, because);
        prompt.ScoredPositions.Should().NotContain(position => position < bos || position >= prompt.Tokens.Length - 1, because);
        if (prompt.Positions.TryGetValue("END", out int end))
        {
            end.Should().Be(prompt.Tokens.Length - 1, because);
        }

        if (prompt.Corrupt is { } corrupt)
        {
            corrupt.Should().HaveCount(prompt.Tokens.Length, because).And.NotEqual(prompt.Tokens, because);
            corrupt.Take(bos).Should().Equal(prompt.Tokens.Take(bos), because);
        }

        if (prompt.Answer is not { } answer)
        {
            prompt.Foil.Should().BeNull(because);
            return;
        }

        int foil = prompt.Foil!.Value;
        answer.Should().NotBe(foil, because);
        if (!prompt.AnswerSet.IsEmpty)
        {
            prompt.AnswerSet.Should().Contain(answer, because).And.OnlyHaveUniqueItems(because).And.NotIntersectWith(prompt.FoilSet, because);
            prompt.FoilSet.Should().Contain(foil, because).And.OnlyHaveUniqueItems(because);
        }

        if (isCutAgain)
        {
            int[] cut = [.. prompt.Tokens.Skip(bos)];
            foreach (int next in new[] { answer, foil })
            {
                // A character of several bytes may be cut in two: then the first half alone is no text.
                if (!tokenizer.TokenText(next).Contains('\uFFFD', StringComparison.Ordinal))
                {
                    tokenizer.Encode(prompt.Text + tokenizer.TokenText(next)).Select(token => token.Id).Should().Equal([.. cut, next], because);
                }
            }
        }
    }

    private static string Key(Prompt prompt) => string.Join(' ', prompt.Tokens);
}
