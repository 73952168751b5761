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
        Model("here/tiny", "{\"model_type\":\"gpt2\"}");
        Model("here/org/longer-name", "{}");
        run.With("CIRCUITSPECS_MODELS", run["here"]);

        run.Circuits("models").Should().Be(0);

        run.Output.Should().Be($"org/longer-name  -     {run["here/org/longer-name"]}\ntiny             gpt2  {run["here/tiny"]}\n");
    }

    [Test]
    public void Models_of_the_repository_one_works_in_are_listed()
    {
        // One folder down, so that ../shared/models is this test's own too.
        using CommandRun inside = new CommandRun { In = "clone/specs" }.With("HF_HUB_CACHE", run["none"]);
        Model(inside["clone/fixtures/models/organism"], "{\"model_type\":\"gpt2\"}");
        Model(inside["shared/models/larger"], "{\"model_type\":\"gpt2\"}");

        inside.Circuits("models").Should().Be(0);

        inside.Output.Should().Be($"larger    gpt2  {inside["shared/models/larger"]}\norganism  gpt2  {inside["clone/fixtures/models/organism"]}\n");
    }

    [Test]
    public void No_models_say_where_to_put_them()
    {
        run.Circuits("models").Should().Be(0);

        run.Output.Should().StartWith("No models here. Set CIRCUITSPECS_MODELS");
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

    private void Model(string folder, string config)
    {
        Directory.CreateDirectory(run[folder]);
        File.WriteAllText(Path.Combine(run[folder], "config.json"), config);
    }
}
