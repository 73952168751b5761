using CircuitSpecs.Models.Checkpoints;

namespace CircuitSpecs.Tests.Models.Checkpoints;

[TestFixture]
public sealed class CheckpointHashTests
{
    private TemporaryFolder folder = null!;

    [SetUp]
    public void MakeFolder() => folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => folder.Dispose();

    [Test]
    public void Hash_is_sha256_of_names_types_shapes_and_bytes()
    {
        // printf 'a\0F32\0[2]\0\0\0\200\077\0\0\0\100' | sha256sum
        Of([("a", [2], [1f, 2f])]).Should().Be("eb92635b486b1a3621bd9f5d8710c1644640967374be1cdcc3cf2cbc2ee2b60a");
    }

    [Test]
    public void Hash_does_not_depend_on_order_or_sharding()
    {
        var model = new TinyGpt2();
        using SafetensorsFile single = SafetensorsFile.Open(Path.Combine(model.WriteTo(folder.Below("single")), "model.safetensors"));
        using ShardedCheckpoint sharded = ShardedCheckpoint.Open(Path.Combine(model.WriteShardedTo(folder.Below("sharded"), 3), "model.safetensors.index.json"), ".safetensors", SafetensorsFile.Open);
        CheckpointHash.Of(sharded).Should().Be(CheckpointHash.Of(single));
    }

    [Test]
    public void Hash_tells_names_shapes_and_values_apart()
    {
        string[] hashes =
        [
            Of([("a", [2], [1f, 2f])]),
            Of([("b", [2], [1f, 2f])]),
            Of([("a", [2, 1], [1f, 2f])]),
            Of([("a", [2], [1f, 2.0000002f])]),
            Of([("a", [1], [1f]), ("b", [1], [2f])]),
            Of([("a", [1], [2f]), ("b", [1], [1f])]),
        ];
        hashes.Should().OnlyHaveUniqueItems();
    }

    private string Of(IEnumerable<(string Name, long[] Shape, float[] Values)> tensors)
    {
        string file = folder.Below("hash.safetensors");
        SafetensorsWriter.Write(file, tensors);
        using SafetensorsFile checkpoint = SafetensorsFile.Open(file);
        return CheckpointHash.Of(checkpoint);
    }
}
