using System.Globalization;
using System.Text;
using CircuitSpecs.Discovery;
using CircuitSpecs.Models.Compiled;

namespace CircuitSpecs.Tests.Models.Compiled;

/// <summary>Writes docs/ground-truth.md: what each method of discovery finds of circuits that are known.</summary>
internal static class GroundTruthDocument
{
    public const string RefreshCommand = "CIRCUITSPECS_WRITE_DOCS=1 dotnet test tests/Harness.Tests --filter GroundTruthDocumentTests";

    public static string Write()
    {
        var text = new StringBuilder();
        text.Append("# What circuit discovery finds where the circuit is known\n\n");
        text.Append("Written by the tests; one fails when the page is out of date. To refresh it:\n");
        text.Append("```\n").Append(RefreshCommand).Append("\n```\n");
        text.Append(CultureInfo.InvariantCulture, $"The compiled models (`CompiledModels`; `circuits models` lists them) have weights written by hand. Their circuits are known edge for edge: tests show, with\n");
        text.Append("hooks and no code of discovery, that corrupting any edge inside moves the answer and that corrupting all edges outside moves no logit. Beside\n");
        text.Append("the circuit each model has heads and neurons with random weights that read everything and write where nothing of the circuit reads, and one path from\n");
        text.Append("a head of layer 0 to the last MLP and the logits that has a slope and never an effect (two inputs of a triangle, alike in height).\n\n");
        text.Append(CultureInfo.InvariantCulture, $"Every method sees the same {GroundTruthRun.Prompts} pairs of prompts. *Found* are edges whose score is at least {GroundTruthRun.Threshold:P0} of the mean logit difference in magnitude; ACDC decides by itself\n");
        text.Append(CultureInfo.InvariantCulture, $"(KL divergence, τ = {GroundTruthRun.AcdcThreshold} nats). *Top n* and *greedy n* choose as many edges as the circuit has, by magnitude or from the logits backwards, and leave out those\n");
        text.Append(CultureInfo.InvariantCulture, $"without a score: below {GroundTruthRun.Floor:0e+0} of the logit difference it counts as 0. Cells are recall / precision; AUROC is over all edges, by magnitude.\n\n");
        text.Append("Heads are sharper here and steps steeper than in trained models: the table shows what a method can miss and invent, and why, not how often it does.\n\n");
        text.Append("| model | method | found | recall / precision | top n | greedy n | AUROC |\n|---|---|---:|---:|---:|---:|---:|\n");
        foreach (CompiledModel compiled in CompiledModels.All)
        {
            foreach (EdgeRecovery recovery in GroundTruthRun.Of(compiled).Recoveries)
            {
                string name = recovery.Method == GroundTruthRun.Exact ? $"`{compiled.Name}`" : string.Empty;
                text.Append(CultureInfo.InvariantCulture, $"| {name} | {recovery.Method} | {recovery.Found.Count} | {Cell(recovery, recovery.Found)} | {Cell(recovery, recovery.Top)} | {Cell(recovery, recovery.Greedy)} | {Number(recovery.AreaUnderCurve)} |\n");
            }
        }

        foreach (CompiledModel compiled in CompiledModels.All)
        {
            GroundTruthRun run = GroundTruthRun.Of(compiled);
            text.Append(CultureInfo.InvariantCulture, $"\n## {compiled.Name}\n{compiled.Task} {run.Config.Layers} layers of {run.Config.Heads} heads, d_model {run.Config.DModel}; {compiled.Circuit.Length} of {run.Edges} edges:\n");
            text.Append("```\n").AppendJoin('\n', compiled.Circuit).Append("\n```\n");
            foreach (EdgeRecovery recovery in run.Recoveries)
            {
                List(text, recovery, "misses", recovery.Known.Without(recovery.Found.Edges));
                List(text, recovery, "finds what is not there:", recovery.Found.Without(recovery.Known.Edges));
            }
        }

        text.Append("\n## Why gradients miss edges: sharp heads\n");
        text.Append("A head that gives all its attention to one key has a softmax at its flat end: queries and keys have no gradient there, though replacing them moves\n");
        text.Append("all the attention. `compiled-induction` with its scores scaled: the circuit and its answers stay, and recall falls as the heads\n");
        text.Append("sharpen. Integrated gradients cross from the twin's attention to the prompt's, and see an edge if a step falls into the crossing, which is the\n");
        text.Append("narrower the sharper the head. Cells are recall / precision of what is found.\n\n");
        text.Append("| score of a match | attention to it | logit difference | exact | EAP |").AppendJoin("", SharpnessSweep.Steps.Select(steps => $" EAP-IG, {steps} steps |")).Append('\n');
        text.Append("|---:|---:|---:|---:|---:|").AppendJoin("", SharpnessSweep.Steps.Select(_ => "---:|")).Append('\n');
        foreach (SharpnessSweep.Row row in SharpnessSweep.Rows)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {row.Score} | {row.Attention:0.000} | {row.Difference:0.00} |");
            text.AppendJoin("", row.Integrated.Prepend(row.Attribution).Prepend(row.Exact).Select(recovery => $" {Cell(recovery, recovery.Found)} |")).Append('\n');
        }

        return text.ToString();
    }

    private static void List(StringBuilder text, EdgeRecovery recovery, string what, Circuit edges)
    {
        if (!edges.IsEmpty)
        {
            text.Append(CultureInfo.InvariantCulture, $"- {recovery.Method} {what} {string.Join(", ", edges.Edges.Select(edge => $"`{edge}`"))}\n");
        }
    }

    private static string Cell(EdgeRecovery recovery, Circuit? edges)
    {
        if (edges is null)
        {
            return "–";
        }

        CircuitOverlap overlap = CircuitOverlap.Of(edges, recovery.Known);
        return $"{Number(overlap.Recall)} / {(edges.IsEmpty ? "–" : Number(overlap.Precision))}";
    }

    private static string Number(double? value) => value is double number ? number.ToString("0.00", CultureInfo.InvariantCulture) : "–";
}
