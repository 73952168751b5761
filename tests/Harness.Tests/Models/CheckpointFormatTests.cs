using CircuitSpecs.Models;
using CircuitSpecs.Models.Checkpoints;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.Tests.Models;

[TestFixture, Category("Golden")]
public sealed class CheckpointFormatTests
{
    private static IEnumerable<TestCaseData> Gpt2Folders() => GoldenFolder.FolderCases("formats", "gpt2-*");

    private static IEnumerable<TestCaseData> Architectures() => GoldenFolder.FolderCases("architectures", "*");

    [TestCaseSource(nameof(Gpt2Folders))]
    public void The_same_numbers_come_out_of_every_container(string path)
    {
        string folder = GoldenFolder.PathOrIgnore(path);
        using ModelWeights plain = ModelLoader.Load(GoldenFolder.PathOrIgnore("formats", "gpt2-safetensors"));
        using ModelWeights weights = ModelLoader.Load(folder);
        weights.ShouldBe(plain.AsGolden(RoundingOf(folder)), tolerance: 0);
        (weights.Config with { AttentionDivisor = plain.Config.AttentionDivisor }).Should().Be(plain.Config);
    }

    [TestCaseSource(nameof(Architectures))]
    public void An_architecture_is_loaded_whole(string path)
    {
        using ModelWeights weights = ModelLoader.Load(GoldenFolder.PathOrIgnore(path));
        weights.Config.ModelType.Should().Be(GoldenFolder.Json(Path.Combine(GoldenFolder.PathOrIgnore(path), "config.json")).GetProperty("model_type").GetString());
        using var model = new HookedTransformer(weights);
        model.CanRunForward.Should().BeTrue();
    }

    [TestCase("gpt2-safetensors", "gpt2-safetensors-sharded")]
    [TestCase("gpt2-safetensors", "gpt2-bin-strided")]
    [TestCase("gpt2-bin", "gpt2-bin-legacy")]
    [TestCase("gpt2-bin", "gpt2-bin-sharded")]
    [TestCase("gpt2-float16", "gpt2-float16-bin")]
    [TestCase("gpt2-bfloat16", "gpt2-bfloat16-bin")]
    public void The_hash_is_of_names_and_numbers_not_of_the_container(string one, string other)
    {
        IReadOnlyDictionary<string, StoredTensor> expected = TensorsOf(one, out string expectedHash);
        IReadOnlyDictionary<string, StoredTensor> found = TensorsOf(other, out string foundHash);
        foundHash.Equals(expectedHash, StringComparison.Ordinal).Should().Be(
            expected.Keys.ToHashSet(StringComparer.Ordinal).SetEquals(found.Keys),
            "the same numbers under the same names have the same hash, and a tied tensor that is stored in one of them makes another");
    }

    private static IReadOnlyDictionary<string, StoredTensor> TensorsOf(string folder, out string hash)
    {
        (CheckpointFormat format, string file) = CheckpointFormat.FindIn(GoldenFolder.PathOrIgnore("formats", folder))!.Value;
        using ICheckpoint checkpoint = format.Open(file);
        hash = CheckpointHash.Of(checkpoint);
        return checkpoint.Tensors;
    }

    private static Func<float, float> RoundingOf(string folder)
    {
        (CheckpointFormat format, string file) = CheckpointFormat.FindIn(folder)!.Value;
        using ICheckpoint checkpoint = format.Open(file);
        return checkpoint.Tensors.Values.First().Type.Name switch
        {
            "F16" => value => (float)(Half)value,
            "BF16" => RoundToBFloat16,
            _ => value => value,
        };
    }

    // To nearest, ties to even; NaN does not occur.
    private static float RoundToBFloat16(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        uint rounded = bits + 0x7FFF + ((bits >> 16) & 1);
        return BitConverter.UInt32BitsToSingle(rounded & 0xFFFF0000);
    }
}
