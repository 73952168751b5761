using System.Collections.Concurrent;
using System.CommandLine;
using System.Globalization;
using CircuitSpecs.Models.Hub;
using Spectre.Console;

namespace CircuitSpecs.Cli;

/// <summary><c>circuits pull</c>: downloads a model into the Hugging Face cache.</summary>
internal static class PullCommand
{
    public static Command Create(CommandSurroundings surroundings)
    {
        Argument<string> model = new("model") { Description = "The model's name at the hub: name or org/name, with @revision (a branch, a tag, a commit) if not main." };
        Option<string[]> include = new("--include", "-i") { Description = "Also download the files that fit this pattern, for example '*.gguf' or 'onnx/*'. May be repeated.", HelpName = "pattern", DefaultValueFactory = _ => [] };
        Option<int> jobs = new("--jobs", "-j") { Description = "How many files to download at a time.", HelpName = "n", DefaultValueFactory = _ => 4 };
        jobs.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 64)
            {
                result.AddError("--jobs expects a number from 1 to 64.");
            }
        });
        Command command = new("pull", """
            Download a model from the Hugging Face hub into the cache that all Hugging Face tools share: configuration, tokenizer, weights (safetensors preferred). Every file is verified; what is cut short goes on where it stopped.

            Examples:
              circuits pull gpt2
              circuits pull roneneldan/TinyStories-1M@main
              HF_TOKEN=hf_… circuits pull meta-llama/Llama-3.2-1B
              circuits pull TheBloke/TinyLlama-1.1B-GGUF --include '*.Q4_0.gguf'

            Settings: HF_HUB_CACHE, HF_HOME (where to), HF_TOKEN (or the file that 'hf auth login' writes), HF_ENDPOINT, HF_HUB_OFFLINE, HTTPS_PROXY, NO_PROXY.
            Exit codes: 0 the model is there, whole and verified; 1 it is not, and standard error says why; 130 interrupted, and the same command goes on from there.
            """) { model, include, jobs };
        command.SetAction((parsed, cancel) => RunAsync(surroundings, parsed.GetRequiredValue(model), parsed.GetValue(include) ?? [], parsed.GetValue(jobs), cancel));
        return command;
    }

    private static async Task<int> RunAsync(CommandSurroundings surroundings, string name, string[] include, int jobs, CancellationToken interrupted)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(interrupted, surroundings.Cancel);
        string home = System.Environment.GetFolderPath(System.Environment.SpecialFolder.UserProfile);
        string[] parts = name.Split('@', 2);
        try
        {
            HubCache cache = HubCache.At(surroundings.Environment, home);
            var pull = new HubPull(HubSettings.FromEnvironment(surroundings.Environment, home) with { Parallel = jobs }, new HubCache(surroundings.FullPath(cache.Folder)));
            Task<HubSnapshot> Pull(IProgress<HubProgress> progress) => pull.RunAsync(parts[0], parts.Length == 2 ? parts[1] : HubPull.DefaultRevision, include, progress, either.Token);

            HubSnapshot snapshot = surroundings.IsTerminal ? await WithBars(Pull).ConfigureAwait(false) : await Pull(new Lines(surroundings.Output)).ConfigureAwait(false);
            surroundings.Output.WriteLine($"{snapshot.Model} at {snapshot.Commit}: {snapshot.Files.Length} files, {ByteCount.Text(snapshot.Bytes)}, {ByteCount.Text(snapshot.Received)} of them downloaded now.");
            surroundings.Output.WriteLine(snapshot.Folder);
            return CircuitsCommand.Success;
        }
        catch (HubException problem)
        {
            surroundings.Error.WriteLine($"circuits pull: {problem.Message}");
            return CircuitsCommand.Failure;
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            surroundings.Error.WriteLine($"circuits pull: interrupted. What has arrived is kept; 'circuits pull {name}' goes on from there.");
            return CircuitsCommand.Interrupted;
        }
    }

    private static async Task<HubSnapshot> WithBars(Func<IProgress<HubProgress>, Task<HubSnapshot>> pull)
    {
        HubSnapshot? snapshot = null;
        await AnsiConsole.Progress()
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new DownloadedColumn(), new TransferSpeedColumn(), new RemainingTimeColumn())
            .StartAsync(async context => snapshot = await pull(new Bars(context)).ConfigureAwait(false)).ConfigureAwait(false);
        return snapshot!;
    }

    /// <summary>One line for what is worth one: a file that is whole, a failure that is tried again.</summary>
    private sealed class Lines(TextWriter output) : IProgress<HubProgress>
    {
        private readonly Lock writing = new();

        public void Report(HubProgress value)
        {
            if (!value.Done && value.Note is null)
            {
                return;
            }

            string line = value.Done ? $"{value.File}  {ByteCount.Text(value.Bytes)}{(value.Note is null ? "" : $"  {value.Note}")}" : $"{value.File}: {value.Note}";
            lock (writing)
            {
                output.WriteLine(line);
            }
        }
    }

    private sealed class Bars(ProgressContext context) : IProgress<HubProgress>
    {
        private readonly ConcurrentDictionary<string, ProgressTask> tasks = new(StringComparer.Ordinal);
        private readonly Lock adding = new();

        public void Report(HubProgress value)
        {
            ProgressTask task;
            lock (adding)
            {
                task = tasks.GetOrAdd(value.File, file => context.AddTask(Markup.Escape(file)));
            }

            task.MaxValue = Math.Max(1, value.Size ?? Math.Max(value.Bytes, task.MaxValue));
            task.Value = value.Done ? task.MaxValue : value.Bytes;
            if (value is { Done: false, Note: string note })
            {
                task.Description = $"{Markup.Escape(value.File)} [yellow]{Markup.Escape(note)}[/]";
            }
            else if (value.Done || value.Bytes > 0)
            {
                task.Description = Markup.Escape(value.File);
            }
        }
    }
}
