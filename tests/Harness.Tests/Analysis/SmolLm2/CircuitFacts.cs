using System.Collections.Immutable;
using System.Text.Json;
using CircuitSpecs.Analysis;
using CircuitSpecs.Components;
using CircuitSpecs.Models;
using CircuitSpecs.Prompts;

namespace CircuitSpecs.Tests.Analysis.SmolLm2;

/// <summary>What was measured in SmolLM2 by an independent program: <c>circuit_facts.json</c> with prompts and definitions, and the tables beside it.</summary>
internal static class CircuitFacts
{
    /// <summary>The README's tolerances.</summary>
    public const double Scores = 1e-4;
    public const double LogitsAndLosses = 2e-3;

    private static readonly Lazy<JsonElement> Json = new(() => GoldenFolder.Json("smollm2/circuit_facts.json"));
    private static readonly Lazy<IReadOnlyDictionary<string, GoldenTensor>> Recorded = new(() => GoldenFolder.Tensors("smollm2/circuit_tables.safetensors"));

    /// <summary>The facts; the running test is ignored where they are absent.</summary>
    public static JsonElement Facts
    {
        get
        {
            GoldenFolder.PathOrIgnore("smollm2", "circuit_facts.json");
            return Json.Value;
        }
    }

    /// <summary>The tables by name.</summary>
    public static IReadOnlyDictionary<string, GoldenTensor> Tables
    {
        get
        {
            GoldenFolder.PathOrIgnore("smollm2", "circuit_tables.safetensors");
            return Recorded.Value;
        }
    }

    /// <summary>A number of a [layer, head] table.</summary>
    public static double Cell(string table, Head head, ModelConfig config) => Tables[table].Floats[(head.Layer * config.Heads) + head.Index];

    /// <summary>Compares a whole table.</summary>
    public static void ShouldEqual(string table, IEnumerable<double> actual, double tolerance) =>
        actual.ShouldEqual([.. Tables[table].Floats.Select(value => (double)value)], tolerance, table);

    /// <summary>Compares a whole [layer, head] table of means.</summary>
    public static void ShouldEqual(string table, HeadScoreTable actual, double tolerance) => ShouldEqual(table, actual.Means().Cast<double>(), tolerance);

    /// <summary>Indirect objects: clean, and corrupted by naming the indirect object twice. Positions IO, S1, S1+1, S2 and END.</summary>
    public static EvaluationSet Ioi(int? count = null)
    {
        JsonElement ioi = Facts.GetProperty("ioi");
        JsonElement positions = ioi.GetProperty("positions");
        int Position(string name) => positions.GetProperty(name).GetInt32();
        return new EvaluationSet("smollm2 ioi", 0, ioi.GetProperty("items").EnumerateArray().Take(count ?? int.MaxValue).Select(item =>
        {
            bool ioFirst = item.GetProperty("kind").GetString() == "ABBA";
            int subject = Position(ioFirst ? "second_name" : "first_name");
            return new Prompt
            {
                Tokens = Ids(item.GetProperty("clean")),
                Corrupt = Ids(item.GetProperty("corrupt")),
                Text = item.GetProperty("text").GetString()!,
                Answer = item.GetProperty("io").GetInt32(),
                Foil = item.GetProperty("s").GetInt32(),
                Template = item.GetProperty("kind").GetString(),
                Positions = ImmutableSortedDictionary<string, int>.Empty
                    .Add("BOS", 0)
                    .Add("IO", Position(ioFirst ? "first_name" : "second_name"))
                    .Add("S1", subject)
                    .Add("S1+1", subject + 1)
                    .Add("S2", Position("s2"))
                    .Add("S2+1", Position("s2") + 1)
                    .Add("END", Position("end")),
            };
        }));
    }

    /// <summary>The same sentences with three unrelated names, which mean ablations average over.</summary>
    public static EvaluationSet Unrelated(int? count = null) => new("smollm2 abc", 0, Facts.GetProperty("ioi").GetProperty("items").EnumerateArray().Take(count ?? int.MaxValue).Select(item => new Prompt
    {
        Tokens = Ids(item.GetProperty("abc")),
        Text = item.GetProperty("text").GetString()!,
    }));

    /// <summary>Random tokens twice, after BOS; scored where tokens 2..L of the second copy are predicted.</summary>
    public static EvaluationSet Repeated()
    {
        JsonElement induction = Facts.GetProperty("induction");
        int length = induction.GetProperty("L").GetInt32();
        return Plain(induction.GetProperty("tokens"), [.. Enumerable.Range(length + 1, length - 1)]);
    }

    /// <summary>A paragraph of prose, in two parts.</summary>
    public static EvaluationSet Prose(int? count = null) => Plain(Facts.GetProperty("text").GetProperty("tokens"), [], count);

    /// <summary>The long random sequences R R that attention scores were measured on.</summary>
    public static EvaluationSet RandomPairs(bool bos) => new("smollm2 R R", 0, Facts.GetProperty("scores").GetProperty("R").EnumerateArray().Select((row, i) => new Prompt
    {
        Tokens = [.. bos ? (int[])[0] : [], .. Ids(row), .. Ids(row)],
        Text = $"sequence {i}",
    }));

    /// <summary>The first prompts of a behaviour.</summary>
    public static EvaluationSet Behaviour(string name, int count) => new($"smollm2 {name}", 0, GoldenFolder.Json("smollm2/behaviour_prompts.json").GetProperty(name).EnumerateArray().Take(count).Select(prompt => new Prompt
    {
        Tokens = Ids(prompt.GetProperty("prompt")),
        Text = prompt.GetProperty("text").GetString()!,
        Answer = prompt.GetProperty("answer").GetInt32(),
        Foil = prompt.GetProperty("foil").GetInt32(),
    }));

    /// <summary>A head as the facts write it: L23H3.</summary>
    public static Head Named(string name) => Head.Parse(name[1..].Replace('H', '.'));

    public static ImmutableArray<int> Ids(JsonElement element) => [.. AnalysisGolden.Integers(element)];

    private static EvaluationSet Plain(JsonElement rows, ImmutableArray<int> scored, int? count = null) => new("smollm2 text", 0, rows.EnumerateArray().Take(count ?? int.MaxValue).Select((row, i) => new Prompt
    {
        Tokens = Ids(row),
        Text = $"text {i}",
        ScoredPositions = scored,
    }));
}
