using System.Diagnostics;

namespace CircuitSpecs.Tests;

public class ModelsCommandTests
{
    private CommandRun run = null!;

    [SetUp]
    public void MakeRun() => run = new CommandRun().With("HF_HUB_CACHE", Path.Combine(Path.GetTempPath(), "no-such-cache"));

    [TearDown]
    public void RemoveRun() => run.Dispose();

    [Test]
    public void Models_are_listed_with_name_type_and_folder()
    {
        Model("here/tiny", "{\"model_type\":\"gpt2\",\"n_layer\":1,\"n_head\":1,\"n_embd\":4,\"n_positions\":8,\"vocab_size\":3}");
        Weights("here/tiny", """{"wte.weight":{"dtype":"F32","shape":[3,4],"data_offsets":[0,48]},"b":{"dtype":"F16","shape":[2],"data_offsets":[48,52]}}""", 52);
        File.WriteAllText(run["here/tiny/vocab.json"], """{"<bos>":0,"a":1,"b":2}""");
        Model("here/org/broken", "{\"model_type\":\"gpt2\"}");
        run.With("CIRCUITSPECS_MODELS", run["here"]);

        run.Circuits("models").Should().Be(0);

        string[] lines = run.Output.Split('\n');
        lines[0].Should().MatchRegex("^name +architecture +size +parameters +dtype +tokenizer +folder$");
        lines[1].Should().MatchRegex($"^org/broken +gpt2 +- +- +- +- +{run["here/org/broken"]}$");
        lines[2].Should().StartWith($"    not usable: {run["here/org/broken/config.json"]}: ");
        lines[3].Should().Be($"    not usable: {run["here/org/broken"]}: the folder holds no weights.");
        lines[4].Should().StartWith("    no tokenizer: ");
        lines[5].Should().MatchRegex($"^tiny +gpt2 +{8 + 128 + 52} B +14 +F32\\+F16 +WordLevel +{run["here/tiny"]}$");
    }

    [Test]
    public void Models_of_the_repository_one_works_in_are_listed()
    {
        // One folder down, so that ../shared/models is this test's own too.
        using CommandRun inside = new CommandRun { In = "clone/specs" }.With("HF_HUB_CACHE", run["none"]);
        Model(inside["clone/fixtures/models/organism"], "{\"model_type\":\"gpt2\"}");
        Model(inside["shared/models/larger"], "{\"model_type\":\"gpt2\"}");

        inside.Circuits("models").Should().Be(0);

        inside.Output.Should().MatchRegex($"larger +gpt2 .* {inside["shared/models/larger"]}\n").And.MatchRegex($"organism +gpt2 .* {inside["clone/fixtures/models/organism"]}\n");
    }

    [Test]
    public void No_models_say_where_to_put_them()
    {
        run.Circuits("models").Should().Be(0);

        run.Output.Should().StartWith("No models here. Set CIRCUITSPECS_MODELS");
    }

    [Test]
    public void Compiled_models_come_last_where_no_folder_has_their_name()
    {
        Model("here/compiled-ioi", "{\"model_type\":\"gpt2\"}");
        run.With("CIRCUITSPECS_MODELS", run["here"]);

        run.Circuits("models").Should().Be(0);

        string[] lines = run.Output.TrimEnd().Split('\n');
        lines[^1].Should().MatchRegex("^compiled-modular-addition +compiled +[0-9.]+ kB +[0-9.]+k +F32 +WordLevel +\\(made in memory\\)$");
        lines.Where(line => line.StartsWith("compiled-", StringComparison.Ordinal)).Should().HaveCount(6);
        lines.Single(line => line.StartsWith("compiled-ioi", StringComparison.Ordinal)).Should().Contain(run["here/compiled-ioi"]);
    }

    [Test]
    public void Command_works_as_a_process_of_its_own()
    {
        ProcessStartInfo start = new("dotnet", [Path.Combine(AppContext.BaseDirectory, "circuits.dll"), "report", "none.jsonl"])
        {
            WorkingDirectory = run.Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        using Process process = Process.Start(start)!;
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();

        process.ExitCode.Should().Be(1);
        error.Should().StartWith("circuits report: there is no file 'none.jsonl'.").And.NotContain("   at ");
    }

    private void Weights(string folder, string header, int bytes)
    {
        byte[] padded = System.Text.Encoding.ASCII.GetBytes(header.PadRight(128));
        File.WriteAllBytes(run[Path.Combine(folder, "model.safetensors")], [.. BitConverter.GetBytes((long)padded.Length), .. padded, .. new byte[bytes]]);
    }

    private void Model(string folder, string config)
    {
        Directory.CreateDirectory(run[folder]);
        File.WriteAllText(Path.Combine(run[folder], "config.json"), config);
    }
}
