using System.Diagnostics;
using System.Text.Json;
using CircuitSpecs.Models;
using CircuitSpecs.Models.Checkpoints;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Models.Checkpoints;

[TestFixture, Category("Golden")]
public sealed class HostileFileTests
{
    private const string Folder = "formats/hostile";

    private static readonly string Expectations = Path.Combine(GoldenFolder.Root, Folder, "expectations.json");

    // A refusal may read the file and talk about it, but not believe the sizes that it claims.
    private const long AllocationBeyondFile = 8_000_000;

    private static IEnumerable<TestCaseData> Safetensors() => Entries("safetensors");

    private static IEnumerable<TestCaseData> Pickles() => Entries("pickle");

    private static IEnumerable<TestCaseData> CheckpointFolders() => Entries("checkpoint directory");

    [TestCaseSource(nameof(Safetensors))]
    public void A_safetensors_file_loads_or_is_refused_as_recorded(string path, bool? loads)
    {
        string file = GoldenFolder.PathOrIgnore(Folder, path);
        Check(file, loads, () =>
        {
            using SafetensorsFile checkpoint = SafetensorsFile.Open(file);
            IReadOnlyDictionary<string, GoldenTensor> expected = GoldenFolder.Tensors(file);
            checkpoint.Tensors.Keys.Should().BeEquivalentTo(expected.Keys);
            foreach ((string name, GoldenTensor golden) in expected)
            {
                using Tensor tensor = checkpoint.ReadAsStored(checkpoint.Tensors[name]);
                tensor.shape.Should().Equal(golden.Shape);
                if (golden.Values is float[] values)
                {
                    tensor.Values().Should().Equal(values);
                }
            }
        });
    }

    [TestCaseSource(nameof(Pickles))]
    public void A_pickle_loads_or_is_refused_as_recorded(string path, bool? loads)
    {
        string file = GoldenFolder.PathOrIgnore(Folder, path);
        Check(file, loads, () =>
        {
            using PyTorchCheckpoint checkpoint = PyTorchCheckpoint.Open(file);
            foreach (StoredTensor stored in checkpoint.Tensors.Values)
            {
                using Tensor tensor = checkpoint.ReadAsStored(stored);
                tensor.shape.Should().Equal(stored.Shape);
            }
        });
    }

    [TestCaseSource(nameof(CheckpointFolders))]
    public void A_model_folder_loads_or_is_refused_as_recorded(string path, bool? loads)
    {
        string folder = GoldenFolder.PathOrIgnore(Folder, path);
        Check(folder, loads, () =>
        {
            using ModelWeights weights = ModelLoader.Load(folder);
            weights.Names.Should().Contain(["embed.W_E", "blocks.0.attn.W_Q", "unembed.W_U"]);
        });
    }

    // A message need not have the words of expectations.json, but it has to convey the same.
    private static void RequireReason(string path, string problem)
    {
        JsonElement entry = Entries().First(entry => path.Replace('\\', '/').EndsWith($"/{entry.GetProperty("file").GetString()}", StringComparison.Ordinal));
        string reason = entry.GetProperty("reason").GetString()!;
        foreach ((string said, string expected) in HostileReasons.All.Where(pair => reason.Contains(pair.Reason, StringComparison.Ordinal)))
        {
            problem.Should().MatchRegex(expected, "the reason is: {0}", said);
        }
    }

    private static void Check(string path, bool? loads, Action load)
    {
        string[] filesBefore = Directory.GetFiles(Environment.CurrentDirectory);
        long before = GC.GetAllocatedBytesForCurrentThread();
        var watch = Stopwatch.StartNew();
        ModelLoadException? refusal = RefusalOf(load);
        watch.Stop();
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Directory.GetFiles(Environment.CurrentDirectory).Should().Equal(filesBefore);
        watch.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(2));
        if (refusal is null)
        {
            loads.Should().NotBe(false, "'{0}' has to be refused", path);
            return;
        }

        TestContext.Out.WriteLine(refusal.Message);
        loads.Should().NotBe(true, "'{0}' is benign; it was refused with: {1}", path, refusal.Message);
        refusal.Message.Should().StartWith(path, "the message names the file");
        refusal.Problem.Should().NotBeNullOrWhiteSpace();
        RequireReason(path, refusal.Problem);
        allocated.Should().BeLessThan(AllocationBeyondFile + (20 * SizeOf(path)));
    }

    private static ModelLoadException? RefusalOf(Action load)
    {
        try
        {
            load();
            return null;
        }
        catch (ModelLoadException refusal)
        {
            return refusal;
        }
    }

    private static IEnumerable<JsonElement> Entries() => GoldenFolder.Json(Expectations).EnumerateArray();

    private static long SizeOf(string path) => File.Exists(path)
        ? new FileInfo(path).Length
        : new DirectoryInfo(path).EnumerateFiles().Sum(file => file.Length);

    private static IEnumerable<TestCaseData> Entries(string kind)
    {
        if (!File.Exists(Expectations))
        {
            yield return new TestCaseData("absent", null).Ignore($"'{Expectations}' is absent: CIRCUITSPECS_GOLDENS or ../shared/goldens holds it.");
            yield break;
        }

        foreach (JsonElement entry in Entries().Where(entry => entry.GetProperty("kind").GetString() == kind))
        {
            JsonElement load = entry.GetProperty("load");
            yield return new TestCaseData(entry.GetProperty("file").GetString(), load.ValueKind == JsonValueKind.Null ? null : load.GetBoolean());
        }
    }
}
