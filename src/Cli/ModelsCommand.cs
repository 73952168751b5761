using System.CommandLine;
using CircuitSpecs.Models;

namespace CircuitSpecs.Cli;

/// <summary><c>circuits models</c>: the models that are on this machine.</summary>
internal static class ModelsCommand
{
    public static Command Create(CommandSurroundings surroundings)
    {
        Command command = new("models", "List the models on this machine: name, model_type, folder. Looks in CIRCUITSPECS_MODELS, the repository's fixtures/models and ../shared/models, and the Hugging Face cache.");
        command.SetAction(_ => Run(surroundings));
        return command;
    }

    private static int Run(CommandSurroundings surroundings)
    {
        ModelSearchPath path = ModelSearchPath.FromEnvironment(
            surroundings.Environment,
            surroundings.WorkingDirectory,
            System.Environment.GetFolderPath(System.Environment.SpecialFolder.UserProfile));
        using ModelStore store = new(path);
        IReadOnlyList<ModelEntry> models = store.List();
        if (models.Count == 0)
        {
            surroundings.Output.WriteLine("No models here. Set CIRCUITSPECS_MODELS to a folder of models, or run this inside a clone of the repository.");
            return CircuitsCommand.Success;
        }

        int name = models.Max(model => model.Name.Length);
        int type = models.Max(model => TypeOf(model).Length);
        foreach (ModelEntry model in models)
        {
            surroundings.Output.WriteLine($"{model.Name.PadRight(name)}  {TypeOf(model).PadRight(type)}  {model.Folder}");
        }

        return CircuitsCommand.Success;
    }

    private static string TypeOf(ModelEntry model) => model.ModelType ?? "-";
}
