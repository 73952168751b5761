using CircuitSpecs.Models;
using CircuitSpecs.Transformer;
using CircuitSpecs.Models.Checkpoints;

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

    [Test]
    public void Sharding_does_not_change_the_hash()
    {
        using ModelWeights plain = ModelLoader.Load(GoldenFolder.PathOrIgnore("formats", "gpt2-safetensors"));
        using ModelWeights sharded = ModelLoader.Load(GoldenFolder.PathOrIgnore("formats", "gpt2-safetensors-sharded"));
        sharded.Hash.Should().Be(plain.Hash);
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
