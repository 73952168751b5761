using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using CircuitSpecs.Models;
using CircuitSpecs.Models.Checkpoints;
using CircuitSpecs.Transformer;
using CircuitSpecs.Transformer.Parity;

namespace CircuitSpecs.Cli;

/// <summary><c>circuits parity</c>: a model against what another program computed from it.</summary>
internal static class ParityCommand
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals };

    public static Command Create(CommandSurroundings surroundings)
    {
        Option<string> model = new("--model", "-m") { Description = "The model's folder, a .gguf file, or the model's name as in 'circuits models'.", Required = true, HelpName = "dir" };
        Option<string> golden = new("--golden", "-g") { Description = "A safetensors file with what the other program computed.", Required = true, HelpName = "file" };
        Option<double?> tolerance = new("--tolerance", "-t") { Description = "The largest absolute difference for every key. Without it: logits 5e-5, losses and attention patterns 1e-5, other activations 1e-4. Generated tokens have to be equal.", HelpName = "number" };
        tolerance.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double?>() is double value && !(value >= 0 && double.IsFinite(value)))
            {
                result.AddError("--tolerance expects a number of 0 or more.");
            }
        });
        Option<int> prompt = new("--prompt-length") { Description = "How many ids of generate.tokens are the prompt.", HelpName = "n", DefaultValueFactory = _ => 5 };
        prompt.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1)
            {
                result.AddError("--prompt-length expects a number of 1 or more.");
            }
        });
        Option<bool> json = new("--json") { Description = "JSON instead of a table." };
        Command command = new("parity", """
            Compare a model with what another program computed from it: the largest difference for each recorded key.

            Keys: tokens [batch, pos]; logits, float64.logits (last positions), loss, loss_per_token; hf.hidden_states.{i}, hf.attentions.{i}; tl.raw.{hook}, tl.split.{hook}, tl.processed.{hook}, tl.processed.logits; padded.tokens, padded.attention_mask, padded.logits; generate.tokens.

            Examples:
              circuits parity --model ./my-model --golden reference.safetensors
              circuits parity --model gpt2 --golden reference.safetensors --tolerance 1e-3 --json

            Exit codes: 0 every key was compared and lies within its tolerance; 1 one does not, is unknown or missing, or the model cannot be loaded.
            """) { model, golden, tolerance, prompt, json };
        command.SetAction(parsed => Run(surroundings, parsed.GetRequiredValue(model), parsed.GetRequiredValue(golden), parsed.GetValue(tolerance), parsed.GetValue(prompt), parsed.GetValue(json)));
        return command;
    }

    private static int Run(CommandSurroundings surroundings, string name, string golden, double? tolerance, int prompt, bool json)
    {
        try
        {
            string folder = surroundings.FullPath(name);
            if (!Directory.Exists(folder) && !CheckpointFormat.IsModelFile(folder))
            {
                using ModelStore store = new(ModelsCommand.SearchPath(surroundings));
                folder = store.Find(name);
            }

            IReadOnlyDictionary<string, ReferenceTensor> reference = ParityReference.Read(surroundings.FullPath(golden));
            using ModelWeights weights = ModelLoader.Load(folder);
            using HookedTransformer model = new(weights);
            ParityReport report = ParityCheck.Run(model, reference, tolerance is double all ? ParityTolerances.All(all) : null, prompt);
            Write(surroundings.Output, report, json);
            return report.Passed ? CircuitsCommand.Success : CircuitsCommand.Failure;
        }
        catch (Exception problem) when (problem is ModelLoadException or ModelNotFoundException or ArgumentException)
        {
            surroundings.Error.WriteLine($"circuits parity: {problem.Message}");
            return CircuitsCommand.Failure;
        }
    }

    private static void Write(TextWriter output, ParityReport report, bool json)
    {
        if (json)
        {
            output.WriteLine(JsonSerializer.Serialize(new { passed = report.Passed, keys = report.Rows.Select(row => new { key = row.Key, difference = row.Difference, tolerance = row.Tolerance, passed = row.Passed, problem = row.Problem }) }, Indented));
            return;
        }

        int width = report.Rows.Max(row => row.Key.Length);
        output.WriteLine($"  {"key".PadRight(width)}  difference  tolerance");
        foreach (ParityRow row in report.Rows)
        {
            string figures = row.Problem ?? $"{Figure(row.Difference!.Value),10}  {Figure(row.Tolerance!.Value),9}";
            output.WriteLine($"{(row.Passed ? "✓" : "✗")} {row.Key.PadRight(width)}  {figures}");
        }

        int failed = report.Rows.Count(row => !row.Passed);
        output.WriteLine(failed == 0 ? $"{report.Rows.Length} keys within tolerance." : $"{failed} of {report.Rows.Length} keys are not within tolerance.");
    }

    private static string Figure(double value) => value == 0 ? "0" : value.ToString("0.0e+0", CultureInfo.InvariantCulture);
}
