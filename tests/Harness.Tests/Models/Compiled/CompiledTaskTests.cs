using System.Globalization;
using CircuitSpecs.Analysis;
using CircuitSpecs.Models;
using CircuitSpecs.Models.Compiled;
using CircuitSpecs.Prompts;
using CircuitSpecs.Tokenizers;
using CircuitSpecs.Transformer;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Models.Compiled;

/// <summary>That each compiled model computes its task: on every input where they can be counted, on a large sample where not. The right answers are worked out here from the words.</summary>
[TestFixture]
public sealed class CompiledTaskTests
{
    private const int Sample = 500;

    [Test]
    public void Induction_names_what_followed() => RequireAll(CompiledModels.Induction, Sampled(CompiledModels.Induction), words =>
        words[Array.IndexOf(words, words[^1]) + 1]);

    [Test]
    public void The_duplicate_is_named() => RequireAll(CompiledModels.DuplicateToken, Sampled(CompiledModels.DuplicateToken), words =>
        words.GroupBy(word => word).Single(group => group.Count() == 2).Key);

    [Test]
    public void The_indirect_object_is_named() => RequireAll(CompiledModels.IndirectObject, Sampled(CompiledModels.IndirectObject), words =>
        words.Where(word => char.IsUpper(word[0])).Skip(1).GroupBy(word => word).Single(group => group.Count() == 1).Key);

    [Test]
    public void Every_sequence_of_up_to_ten_brackets_has_its_depth()
    {
        for (int length = 1; length <= 10; length++)
        {
            RequireAll(
                CompiledModels.BracketDepth,
                Enumerable.Range(0, 1 << length).Select(bits => Enumerable.Range(0, length).Select(index => (bits >> index & 1) == 0 ? "(" : ")").Append("=").ToArray()),
                Depth);
        }

        static string Depth(string[] words)
        {
            int depth = 0;
            foreach (string word in words[..^1])
            {
                depth += word == "(" ? 1 : -1;
                if (depth < 0)
                {
                    return "error";
                }
            }

            return depth.ToString(CultureInfo.InvariantCulture);
        }
    }

    [Test]
    public void Every_word_of_a_series_is_followed_by_the_next_wherever_it_stands()
    {
        string[] days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday", "Monday"];
        string[] months = [.. CultureInfo.InvariantCulture.DateTimeFormat.MonthNames[..12], "January"];
        string[] numbers = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
        Dictionary<string, string> next = new[] { days, months, numbers }.SelectMany(series => series.Zip(series[1..])).ToDictionary(pair => pair.First, pair => pair.Second);
        string[] nouns = [.. CompiledModels.Successor.Evaluation(1).Prompts[0].Text.Split(' ')[1..^1].Where(word => !next.ContainsKey(word))];
        RequireAll(
            CompiledModels.Successor,
            from word in next.Keys
            from place in Enumerable.Range(0, nouns.Length + 1)
            select (string[])[.. nouns[..place], word, .. nouns[place..], "then"],
            words => next[words.Single(next.ContainsKey)]);
        RequireAll(CompiledModels.Successor, Sampled(CompiledModels.Successor), words => next[words.Single(next.ContainsKey)]);
    }

    [Test]
    public void Every_pair_of_digits_is_added() => RequireAll(
        CompiledModels.ModularAddition,
        from a in Enumerable.Range(0, 10)
        from b in Enumerable.Range(0, 10)
        select (string[])[$"{a}", "+", $"{b}", "="],
        words => $"{(int.Parse(words[0], CultureInfo.InvariantCulture) + int.Parse(words[2], CultureInfo.InvariantCulture)) % 10}");

    [TestCaseSource(typeof(CompiledModels), nameof(CompiledModels.All))]
    public void Prompts_carry_the_right_answer_and_their_twins_another_one(CompiledModel compiled)
    {
        using ModelWeights weights = compiled.CreateWeights();
        using var model = new HookedTransformer(weights, compiled.Tokenizer);
        DiscoverySet prompts = compiled.Discovery();
        Answers(model, prompts.Prompts.Select(prompt => prompt.Tokens.ToArray())).Should().Equal(prompts.Prompts.Select(prompt => prompt.Answer!.Value));
        Answers(model, prompts.Prompts.Select(prompt => prompt.Corrupt!.Value.ToArray())).Zip(prompts.Prompts).Should().OnlyContain(pair => pair.First != pair.Second.Answer);
    }

    [Test]
    public void The_ioi_model_answers_the_organisms_prompts_too()
    {
        CompiledModel compiled = CompiledModels.IndirectObject;
        using ModelWeights weights = compiled.CreateWeights();
        using var model = new HookedTransformer(weights, compiled.Tokenizer);
        foreach (PromptBatch batch in IndirectObjectIdentification.Evaluation(compiled.Tokenizer, count: 100).Batches())
        {
            Answers(model, batch.Prompts.Select(prompt => prompt.Tokens.ToArray())).Should().Equal(batch.Prompts.Select(prompt => prompt.Answer!.Value));
        }
    }

    [TestCase("compiled-induction", "1.0", "END", "NEXT")]
    [TestCase("compiled-duplicate-token", "0.0", "SECOND", "FIRST")]
    [TestCase("compiled-duplicate-token", "1.0", "END", "SECOND")]
    [TestCase("compiled-ioi", "0.0", "S2", "S1")]
    [TestCase("compiled-ioi", "1.0", "END", "S2")]
    [TestCase("compiled-ioi", "2.0", "END", "IO")]
    [TestCase("compiled-successor", "1.0", "END", "ITEM")]
    public void Heads_that_look_for_something_look_at_nothing_else(string name, string head, string from, string to)
    {
        CompiledModels.TryGet(name, out CompiledModel? compiled).Should().BeTrue();
        using ModelWeights weights = compiled!.CreateWeights();
        using var model = new HookedTransformer(weights, compiled.Tokenizer);
        model.AttentionTo(head, compiled.Evaluation(100), from: from, to: to).Numerators.Should().OnlyContain(share => Math.Abs(share - 1) < 1e-6);
    }

    private static IEnumerable<string[]> Sampled(CompiledModel compiled) => compiled.Evaluation(Sample, seed: 5).Prompts.Select(prompt => prompt.Text.Split(' ')[1..]);

    private static void RequireAll(CompiledModel compiled, IEnumerable<string[]> inputs, Func<string[], string> right)
    {
        using ModelWeights weights = compiled.CreateWeights();
        using var model = new HookedTransformer(weights, compiled.Tokenizer);
        Tokenizer tokenizer = compiled.Tokenizer;
        string[][] all = [.. inputs];
        int[] answers = Answers(model, all.Select(words => tokenizer.ToTokens(string.Join(' ', words), prependBos: true).ToArray()));
        foreach ((string[] words, int answer) in all.Zip(answers))
        {
            tokenizer.TokenText(answer).Should().Be(right(words), string.Join(' ', words));
        }
    }

    private static int[] Answers(HookedTransformer model, IEnumerable<int[]> prompts)
    {
        int[][] all = [.. prompts];
        using var scope = NewDisposeScope();
        Tensor tokens = tensor(all.SelectMany(row => row.Select(token => (long)token)).ToArray(), [all.Length, all[0].Length]);
        Tensor logits = model.Forward(tokens, new ForwardOptions { LogitsAt = full([all.Length, 1], all[0].Length - 1, ScalarType.Int64) });
        return [.. logits.argmax(-1).reshape(-1).data<long>().ToArray().Select(answer => (int)answer)];
    }
}
