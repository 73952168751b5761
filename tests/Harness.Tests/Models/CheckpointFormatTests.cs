using CircuitSpecs.Models;
using CircuitSpecs.Transformer;
using CircuitSpecs.Models.Checkpoints;

namespace CircuitSpecs.Tests.Models;

[TestFixture, Category("Golden")]
public sealed class CheckpointFormatTests
{
    private static IEnumerable<TestCaseData> Gpt2Folders() => GoldenFolder.FolderCases("formats", "gpt2-*");

    private static IEnumerable<TestCaseData> OtherFolders() => GoldenFolder.FolderCases("formats", "tl-*").Concat(GoldenFolder.FolderCases("formats", "gguf"));

    private static IEnumerable<TestCaseData> Architectures() => GoldenFolder.FolderCases("architectures", "*");

    [TestCaseSource(nameof(Gpt2Folders))]
    public void The_same_numbers_come_out_of_every_container(string path)
    {
        string folder = GoldenFolder.PathOrIgnore(path);
        if (!Directory.EnumerateFiles(folder, "model*.safetensors").Any())
        {
            ShouldBeUnread(folder);
            return;
        }

        using ModelWeights plain = ModelLoader.Load(GoldenFolder.PathOrIgnore("formats", "gpt2-safetensors"));
        using ModelWeights weights = ModelLoader.Load(folder);
        weights.ShouldBe(plain.AsGolden(RoundingOf(folder)), tolerance: 0);
        (weights.Config with { AttentionDivisor = plain.Config.AttentionDivisor }).Should().Be(plain.Config);
    }

    [TestCaseSource(nameof(OtherFolders))]
    public void A_format_that_is_not_read_yet_is_refused(string path) => ShouldBeUnread(GoldenFolder.PathOrIgnore(path));

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

    private static void ShouldBeUnread(string folder)
    {
        Action load = () => ModelLoader.Load(folder).Dispose();
        load.Should().Throw<ModelLoadException>().WithMessage("*not read yet*").Which.Message.Should().StartWith(folder);
    }

    private static Func<float, float> RoundingOf(string folder)
    {
        string file = Directory.EnumerateFiles(folder, "model*.safetensors").First();
        using SafetensorsFile checkpoint = SafetensorsFile.Open(file);
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
