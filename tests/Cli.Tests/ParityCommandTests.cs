using System.Text.Json;
using CircuitSpecs.Models;
using CircuitSpecs.Tests.Models;
using CircuitSpecs.Tests.Models.Checkpoints.Gguf;
using CircuitSpecs.Transformer;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests;

/// <summary>What the command makes of models and references; that the numbers are right is for the goldens to say.</summary>
public class ParityCommandTests
{
    private static readonly float[] Ids = [1, 4, 2];

    private CommandRun run = null!;
    private float[] logits = null!;

    [SetUp]
    public void MakeModelAndReference()
    {
        run = new CommandRun().With("HF_HUB_CACHE", Path.Combine(Path.GetTempPath(), "no-such-cache"));
        new TinyGpt2().WriteTo(run["models/tiny"]);
        logits = LogitsOf(run["models/tiny"]);
        Reference();
    }

    [TearDown]
    public void RemoveRun() => run.Dispose();

    [Test]
    public void Every_key_has_a_line_with_its_difference_and_tolerance()
    {
        run.Circuits("parity", "--model", "models/tiny", "--golden", "reference.safetensors").Should().Be(0);

        run.Output.Should().MatchRegex(@"\A  key +difference +tolerance\n✓ logits +0 +5\.0e-5\n1 keys within tolerance\.\n\z");
        run.Error.Should().BeEmpty();
    }

    [Test]
    public void Difference_past_the_tolerance_is_an_exit_code_of_1()
    {
        logits[7] += 0.001f;
        Reference();

        run.Circuits("parity", "-m", "models/tiny", "-g", "reference.safetensors").Should().Be(1);
        run.Output.Should().MatchRegex(@"✗ logits +1\.0e-3 +5\.0e-5\n1 of 1 keys are not within tolerance\.");

        run.Circuits("parity", "-m", "models/tiny", "-g", "reference.safetensors", "--tolerance", "0.01").Should().Be(0);
        run.Output.Should().MatchRegex(@"✓ logits +1\.0e-3 +1\.0e-2\n");
    }

    [Test]
    public void Json_holds_every_key_and_the_verdict()
    {
        logits[7] += 0.001f;
        Reference(("nonsense", [1], [0]));

        run.Circuits("parity", "-m", "models/tiny", "-g", "reference.safetensors", "--json").Should().Be(1);

        using var document = JsonDocument.Parse(run.Output);
        document.RootElement.GetProperty("passed").GetBoolean().Should().BeFalse();
        JsonElement[] keys = [.. document.RootElement.GetProperty("keys").EnumerateArray()];
        keys.Select(key => key.GetProperty("key").GetString()).Should().Equal("logits", "nonsense");
        keys[0].GetProperty("difference").GetDouble().Should().BeApproximately(0.001, 1e-6);
        keys[0].GetProperty("tolerance").GetDouble().Should().Be(5e-5);
        keys[0].GetProperty("passed").GetBoolean().Should().BeFalse();
        keys[0].GetProperty("problem").ValueKind.Should().Be(JsonValueKind.Null);
        keys[1].GetProperty("difference").ValueKind.Should().Be(JsonValueKind.Null);
        keys[1].GetProperty("problem").GetString().Should().Be("unknown key");
    }

    [Test]
    public void Json_says_what_is_no_number()
    {
        logits[7] = float.NaN;
        Reference();

        run.Circuits("parity", "-m", "models/tiny", "-g", "reference.safetensors", "--json").Should().Be(1);

        using var document = JsonDocument.Parse(run.Output);
        document.RootElement.GetProperty("keys")[0].GetProperty("difference").GetString().Should().Be("Infinity");
    }

    [Test]
    public void Model_may_be_a_name()
    {
        run.With("CIRCUITSPECS_MODELS", run["models"]);

        run.Circuits("parity", "-m", "tiny", "-g", "reference.safetensors").Should().Be(0);
    }

    [Test]
    public void Model_may_be_a_gguf_file()
    {
        Directory.CreateDirectory(run["other"]);
        string file = TinyLlama.Writer().Save(run["other/a.Q8_0.gguf"]);
        TinyLlama.Writer().Save(run["other/b.Q4_0.gguf"]);
        logits = LogitsOf(file);
        Reference();

        run.Circuits("parity", "-m", "other/a.Q8_0.gguf", "-g", "reference.safetensors").Should().Be(0);
        run.Circuits("parity", "-m", "other", "-g", "reference.safetensors").Should().Be(1);
        run.Error.Should().Contain("it is one of 2 .gguf files in the folder");
    }

    [TestCase("absent", "reference.safetensors", "circuits parity: Model 'absent' is not on this machine.")]
    [TestCase("./absent.gguf", "reference.safetensors", "circuits parity: Model './absent.gguf' is not on this machine.")]
    [TestCase("models/tiny", "absent.safetensors", "absent.safetensors: the file cannot be opened")]
    [TestCase("models/tiny", "models/tiny/config.json", "config.json: ")]
    [TestCase("models", "reference.safetensors", "models/config.json: the file is missing")]
    public void What_cannot_be_read_is_named_without_a_stack_trace(string model, string golden, string message)
    {
        run.Circuits("parity", "-m", model, "-g", golden).Should().Be(1);

        run.Output.Should().BeEmpty();
        run.Error.Should().StartWith("circuits parity: ").And.Contain(message).And.NotContain("   at ");
    }

    [TestCase("--tolerance", "-1", "--tolerance expects a number of 0 or more.")]
    [TestCase("--tolerance", "NaN", "--tolerance expects a number of 0 or more.")]
    [TestCase("--prompt-length", "0", "--prompt-length expects a number of 1 or more.")]
    public void Options_out_of_range_are_refused(string option, string value, string message)
    {
        run.Circuits("parity", "-m", "models/tiny", "-g", "reference.safetensors", option, value).Should().Be(1);

        run.Error.Should().Contain(message);
    }

    [Test]
    public void Model_and_golden_have_to_be_named()
    {
        run.Circuits("parity").Should().Be(1);

        run.Error.Should().Contain("'--model' is required").And.Contain("'--golden' is required");
    }

    // The ids are stored as float32, as whole numbers may be.
    private void Reference(params (string Name, long[] Shape, float[] Values)[] more) =>
        SafetensorsWriter.Write(run["reference.safetensors"], [("tokens", [1, Ids.Length], Ids), ("logits", [1, Ids.Length, logits.Length / Ids.Length], logits), .. more]);

    private static float[] LogitsOf(string folder)
    {
        using DisposeScope scope = NewDisposeScope();
        using ModelWeights weights = ModelLoader.Load(folder);
        using HookedTransformer model = new(weights);
        return model.Forward(tensor(Array.ConvertAll(Ids, id => (long)id), 1, Ids.Length)).data<float>().ToArray();
    }
}
