using System.Diagnostics;
using System.Text.Json;
using CircuitSpecs.Models;
using CircuitSpecs.Models.Checkpoints;
using CircuitSpecs.Models.Checkpoints.Gguf;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Models.Checkpoints.Gguf;

public sealed class GgufHostileTests
{
    private const int Mutations = 10_000;

    // A refusal may read the file and talk about it, but not believe the sizes that it claims.
    private const long AllocationBeyondFile = 4_000_000;

    private static IEnumerable<TestCaseData> Recorded()
    {
        string path = Path.Combine(GoldenFolder.Root, "formats", "hostile", "expectations.json");
        if (!File.Exists(path))
        {
            yield return new TestCaseData("absent", null, "").Ignore($"'{path}' is absent: CIRCUITSPECS_GOLDENS or ../shared/goldens holds it.");
            yield break;
        }

        foreach (JsonElement entry in GoldenFolder.Json(path).EnumerateArray().Where(entry => entry.GetProperty("kind").GetString() == "gguf"))
        {
            JsonElement load = entry.GetProperty("load");
            yield return new TestCaseData(entry.GetProperty("file").GetString(), load.ValueKind == JsonValueKind.Null ? null : load.GetBoolean(), entry.GetProperty("reason").GetString());
        }
    }

    [TestCaseSource(nameof(Recorded)), Category("Golden")]
    public void A_file_loads_or_is_refused_as_recorded(string path, bool? loads, string reason)
    {
        string file = GoldenFolder.PathOrIgnore("formats", "hostile", path);

        // What must load are containers that hold no whole model.
        Problem(file, () => ReadAll(file), out ModelLoadException? ofContainer).Should().BeLessThan(TimeSpan.FromSeconds(2));
        Problem(file, () => ModelLoader.Load(file).Dispose(), out ModelLoadException? ofModel).Should().BeLessThan(TimeSpan.FromSeconds(2));
        if (loads is bool expected)
        {
            ((expected ? ofContainer : ofModel) is null).Should().Be(expected, "{0}; found: {1}", reason, ofContainer?.Message ?? ofModel?.Message ?? "it loads");
        }

        ofModel?.Message.Should().StartWith(file);
        TestContext.Out.WriteLine($"{reason} → {ofContainer?.Problem ?? $"(model) {ofModel?.Problem ?? "loads"}"}");
    }

    [TestCase(1)]
    [TestCase(2)]
    public void Ten_thousand_damaged_headers_end_in_a_clean_error_or_a_load(int seed)
    {
        using TemporaryFolder folder = TemporaryFolder.InMemory();
        GgufWriter writer = TinyLlama.Writer();
        byte[] whole = writer.ToBytes();
        string file = folder.Below("damaged.gguf");
        var random = new Random(seed);
        int refused = 0;
        for (int i = 0; i < Mutations / 2; i++)
        {
            byte[] damaged = Damage(whole, writer.HeaderLength, random);
            File.WriteAllBytes(file, damaged);
            Problem(file, () => ReadAll(file), out ModelLoadException? ofContainer);
            ModelLoadException? ofModel = ofContainer;
            if (ofContainer is null)
            {
                Problem(file, () => ModelLoader.Load(file).Dispose(), out ofModel);
            }

            refused += ofModel is null ? 0 : 1;
        }

        refused.Should().BeInRange(Mutations / 4, (Mutations / 2) - 1, "most damage shows, and some hits a name that nobody reads");
    }

    private static byte[] Damage(byte[] whole, int headerLength, Random random)
    {
        var bytes = new List<byte>(whole);
        for (int times = random.Next(1, 4); times > 0; times--)
        {
            int at = random.Next(Math.Min(headerLength, bytes.Count));
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    byte[] number = BitConverter.GetBytes(((ulong[])[0, 1, 8, 9, 30, 255, int.MaxValue, uint.MaxValue, long.MaxValue, ulong.MaxValue, 1UL << 60, 1UL << 62])[random.Next(12)]);
                    for (int i = 0; i < number.Length && at + i < bytes.Count; i++)
                    {
                        bytes[at + i] = number[i];
                    }

                    break;
                case 3:
                    bytes.InsertRange(at, new byte[random.Next(1, 40)]);
                    break;
                case 4:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 40), bytes.Count - at));
                    break;
                default:
                    if (random.Next(4) == 0)
                    {
                        bytes.RemoveRange(at, bytes.Count - at);
                    }

                    break;
            }

            if (bytes.Count == 0)
            {
                break;
            }
        }

        return [.. bytes];
    }

    private static void ReadAll(string file)
    {
        using GgufFile container = GgufFile.Open(file);
        foreach (StoredTensor tensor in container.Tensors.Values)
        {
            using Tensor values = container.ReadAsStored(tensor);
            values.shape.Should().Equal(tensor.Shape);
        }
    }

    private static TimeSpan Problem(string file, Action action, out ModelLoadException? refusal)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        var watch = Stopwatch.StartNew();
        refusal = null;
        try
        {
            action();
        }
        catch (ModelLoadException problem)
        {
            refusal = problem;
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        allocated.Should().BeLessThan(AllocationBeyondFile + (16 * new FileInfo(file).Length), "sizes that a file claims are not believed; {0}", refusal?.Message ?? "it loads");
        return watch.Elapsed;
    }
}
