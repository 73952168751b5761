using System.Collections.Immutable;
using System.Text.Json;
using CircuitSpecs.Models;
using CircuitSpecs.Prompts;
using CircuitSpecs.Transformer;
using NUnit.Framework.Interfaces;

namespace CircuitSpecs.Tests.Analysis;

/// <summary>A golden file of an analysis: its numbers, its model and its prompts.</summary>
internal sealed class AnalysisGolden
{
    public const double Logits = 1e-4;
    public const double Probabilities = 1e-5;

    private readonly JsonElement json;
    private readonly string path;

    private AnalysisGolden(string path)
    {
        this.path = GoldenFolder.PathOrIgnore(path);
        json = GoldenFolder.Json(path);
    }

    public JsonElement this[string key] => json.GetProperty(key);

    public IEnumerable<string> Keys => json.EnumerateObject().Select(entry => entry.Name);

    /// <summary>One case for the file of this name in <c>analysis</c> and in each of its sub-folders; one ignored case where it is in none of them.</summary>
    public static IEnumerable<TestCaseData> Cases(string file)
    {
        TestCaseData[] cases = [.. GoldenFolder.FileCases("analysis", string.Empty, file), .. GoldenFolder.FileCases("analysis", "*", file)];
        TestCaseData[] present = [.. cases.Where(data => data.RunState != RunState.Ignored)];
        return present.Length > 0 ? present : cases[..1];
    }

    public static AnalysisGolden Open(string path, params string[] known)
    {
        var golden = new AnalysisGolden(path);
        golden.Keys.Should().BeSubsetOf(known, "every recorded key is either compared or says what the others mean");
        return golden;
    }

    /// <summary>The model that lies beside the file, or the named one; where that is absent, the running test is ignored.</summary>
    public HookedTransformer Model(WeightProcessing processing = WeightProcessing.None)
    {
        string beside = Path.Combine(Path.GetDirectoryName(path)!, "model");
        string name = json.GetProperty("model").GetString()!;
        if (!Directory.Exists(beside) && !ModelStore.Default.TryFind(name, out _))
        {
            Assert.Ignore($"Model '{name}' is not on this machine; it is looked for in CIRCUITSPECS_MODELS and ../shared/models.");
        }

        return new HookedTransformer(ModelStore.Default.Weights(Directory.Exists(beside) ? beside : name, processing));
    }

    /// <summary>The prompt pairs of the file.</summary>
    public EvaluationSet Pairs()
    {
        int[] answers = Integers(json.GetProperty("answer_tokens"));
        int[] foils = Integers(json.GetProperty("wrong_tokens"));
        int[][] corrupt = [.. json.GetProperty("corrupt_tokens").EnumerateArray().Select(Integers)];
        return new EvaluationSet("golden", 0, json.GetProperty("clean_tokens").EnumerateArray().Select((tokens, i) => new Prompt
        {
            Tokens = [.. Integers(tokens)],
            Text = $"prompt {i}",
            Answer = answers[i],
            Foil = foils[i],
            Corrupt = [.. corrupt[i]],
        }));
    }

    /// <summary>Prompts without answers.</summary>
    public EvaluationSet Plain(string key, ImmutableArray<int> scored = default) => new("golden", 0, json.GetProperty(key).EnumerateArray().Select((tokens, i) => new Prompt
    {
        Tokens = [.. Integers(tokens)],
        Text = $"prompt {i}",
        ScoredPositions = scored.IsDefault ? [] : scored,
    }));

    public static int[] Integers(JsonElement element) => [.. element.EnumerateArray().Select(number => number.GetInt32())];
}
