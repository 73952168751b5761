using System.CommandLine;
using CircuitSpecs.Models;
using CircuitSpecs.Models.Compiled;

namespace CircuitSpecs.Cli;

/// <summary><c>circuits models</c>: the models that are on this machine.</summary>
internal static class ModelsCommand
{
    public static Command Create(CommandSurroundings surroundings)
    {
        Command command = new("models", """
            List the models on this machine: name, architecture, size, parameters, stored types, tokenizer, folder, and what is wrong where one cannot be used. Reads no weights. Looks in CIRCUITSPECS_MODELS, the repository's fixtures/models and ../shared/models, and the Hugging Face cache; the compiled models, whose circuits are known edge for edge, are made in memory and come last.

            Examples:
              circuits models
              CIRCUITSPECS_MODELS=~/models circuits models

            Exit code: 0, whether the models can be used or not.
            """);
        command.SetAction(_ => Run(surroundings));
        return command;
    }

    public static ModelSearchPath SearchPath(CommandSurroundings surroundings) => ModelSearchPath.FromEnvironment(
        surroundings.Environment,
        surroundings.WorkingDirectory,
        System.Environment.GetFolderPath(System.Environment.SpecialFolder.UserProfile));

    private static int Run(CommandSurroundings surroundings)
    {
        using ModelStore store = new(SearchPath(surroundings));
        IReadOnlyList<ModelEntry> models = store.List();
        if (models.Count == 0)
        {
            surroundings.Output.WriteLine("No models here. Set CIRCUITSPECS_MODELS to a folder of models, or run this inside a clone of the repository.");
        }

        List<string[]> rows = [["name", "architecture", "size", "parameters", "dtype", "tokenizer", "folder"]];
        List<IReadOnlyList<string>> problems = [[]];
        foreach (ModelEntry model in models)
        {
            Add(model.Name, model.ModelType ?? "-", ModelSummary.Of(model), model.Folder);
        }

        foreach (CompiledModel model in CompiledModels.All.ExceptBy(models.Select(model => model.Name), model => model.Name))
        {
            Add(model.Name, CompiledModel.ModelType, ModelSummary.Of(model), "(made in memory)");
        }

        int[] widths = [.. Enumerable.Range(0, rows[0].Length - 1).Select(column => rows.Max(row => row[column].Length))];
        foreach ((string[] row, IReadOnlyList<string> wrong) in rows.Zip(problems))
        {
            surroundings.Output.WriteLine(string.Join("  ", row.Select((cell, column) => column < widths.Length ? cell.PadRight(widths[column]) : cell)));
            foreach (string problem in wrong)
            {
                surroundings.Output.WriteLine($"    {problem}");
            }
        }

        return CircuitsCommand.Success;

        void Add(string name, string architecture, ModelSummary summary, string place)
        {
            rows.Add(
            [
                name,
                architecture,
                summary.Bytes is long bytes ? ByteCount.Text(bytes) : "-",
                summary.Parameters is long parameters ? ByteCount.Parameters(parameters) : "-",
                summary.Types ?? "-",
                summary.Tokenizer ?? "-",
                place,
            ]);
            problems.Add(summary.Problems);
        }
    }
}
