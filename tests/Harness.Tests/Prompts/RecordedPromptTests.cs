using System.Text.Json;
using CircuitSpecs.Prompts;
using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Tests.Prompts;

/// <summary>Prompts that another program cut into tokens for SmolLM2, made again from their texts.</summary>
[Category("Golden")]
public class RecordedPromptTests
{
    [Test]
    public void Texts_answers_and_twins_become_the_recorded_tokens()
    {
        Tokenizer tokenizer = TokenizerFolder.Load(RepositoryRoot.SharedOrIgnore("models", "smollm2-135m"));
        int compared = 0;
        foreach (JsonProperty behaviour in GoldenFolder.Json("smollm2/behaviour_prompts.json").EnumerateObject().Where(behaviour => behaviour.Value.ValueKind == JsonValueKind.Array))
        {
            foreach (JsonElement prompt in behaviour.Value.EnumerateArray().Where(IsQuestion))
            {
                // Some recorded answers are shown with more text than the token that is compared.
                string answer = prompt.GetProperty("ans_text").GetString()!;
                string foil = prompt.GetProperty("foil_text").GetString()!;
                if (tokenizer.TokenText(prompt.GetProperty("answer").GetInt32()) != answer || tokenizer.TokenText(prompt.GetProperty("foil").GetInt32()) != foil)
                {
                    continue;
                }

                int[] recorded = Ids(prompt.GetProperty("prompt"));
                int[]? corrupt = prompt.TryGetProperty("corrupt", out JsonElement ids) && ids.ValueKind == JsonValueKind.Array ? Ids(ids) : null;
                bool isPair = corrupt?.Length == recorded.Length && !corrupt.SequenceEqual(recorded);
                Prompt made = PromptText.Of(prompt.GetProperty("text").GetString()!)
                    .ToPrompt(tokenizer, answer, foil, isPair ? PromptText.Of(prompt.GetProperty("corrupt_text").GetString()!) : null);

                // The recorded ones begin with token 0; the file itself names another BOS.
                made.Tokens.Skip(1).Should().Equal(recorded[1..], "of '{0}'", made.Text);
                made.Answer.Should().Be(prompt.GetProperty("answer").GetInt32());
                made.Foil.Should().Be(prompt.GetProperty("foil").GetInt32());
                if (isPair)
                {
                    made.Corrupt!.Value.Skip(1).Should().Equal(corrupt![1..]);
                }

                compared++;
            }
        }

        compared.Should().BePositive();
    }

    private static bool IsQuestion(JsonElement prompt) => prompt.ValueKind == JsonValueKind.Object && prompt.TryGetProperty("ans_text", out JsonElement text) && text.ValueKind == JsonValueKind.String
        && prompt.TryGetProperty("foil_text", out JsonElement foil) && foil.ValueKind == JsonValueKind.String && prompt.TryGetProperty("prompt", out _);

    private static int[] Ids(JsonElement ids) => [.. ids.EnumerateArray().Select(id => id.GetInt32())];
}
