using System.Security.Cryptography;
using CircuitSpecs.Models.Hub;

namespace CircuitSpecs.Tests.Models.Hub;

/// <summary>What a pull brings, and how it lies in the cache.</summary>
public sealed class HubPullTests : HubPullFixture
{
    // Windows makes links for those alone who may.
    [Test, Platform("Unix")]
    public async Task Cache_has_the_layout_of_hugging_face()
    {
        HubSnapshot snapshot = await Pull();

        string repository = Path.Combine(folder.Path, "models--org--tiny");
        snapshot.Folder.Should().Be(Path.Combine(repository, "snapshots", LocalHub.Commit));
        File.ReadAllText(Path.Combine(repository, "refs", "main")).Should().Be(LocalHub.Commit);
        string sha256 = Convert.ToHexStringLower(SHA256.HashData(Weights));
        new FileInfo(Path.Combine(snapshot.Folder, "model.safetensors")).LinkTarget.Should().Be($"../../blobs/{sha256}");
        File.ReadAllBytes(Path.Combine(repository, "blobs", sha256)).Should().Equal(Weights);
        File.ReadAllText(Path.Combine(snapshot.Folder, "config.json")).Should().Be("{\"model_type\":\"gpt2\"}");

        // As git gives it: printf '{}' | git hash-object --stdin
        new FileInfo(Path.Combine(snapshot.Folder, "tokenizer.json")).LinkTarget.Should().Be("../../blobs/9e26dfeeb6e641a33dae4961196235bdb965b21b");
        Directory.EnumerateFileSystemEntries(repository).Select(Path.GetFileName).Should().BeEquivalentTo("blobs", "refs", "snapshots");
        new HubCache(folder.Path).TryFind("org/tiny", out string? found, out _).Should().BeTrue();
        found.Should().Be(snapshot.Folder);
    }

    [Test]
    public async Task Copies_stand_in_for_links_where_there_are_none()
    {
        settings = settings with { SymbolicLinks = false };

        HubSnapshot snapshot = await Pull();

        var file = new FileInfo(Path.Combine(snapshot.Folder, "model.safetensors"));
        file.LinkTarget.Should().BeNull();
        File.ReadAllBytes(file.FullName).Should().Equal(Weights);
    }

    [Test]
    public async Task Only_what_a_model_needs_is_downloaded()
    {
        foreach (string other in (string[])["modeling.py", "flax_model.msgpack", "tf_model.h5", "pytorch_model.bin", "onnx/model.onnx", "README.md", ".gitattributes", "model.fp16.safetensors"])
        {
            hub.Add(other, other);
        }

        HubSnapshot snapshot = await Pull();

        snapshot.Files.Should().BeEquivalentTo("config.json", "tokenizer.json", "model.safetensors");
        hub.Requests.Should().NotContain(request => request.Path.Contains("pytorch", StringComparison.Ordinal) || request.Path.EndsWith(".py", StringComparison.Ordinal));
    }

    // Windows makes links for those alone who may.
    [Test, Platform("Unix")]
    public async Task Asked_for_files_come_too_in_their_folders()
    {
        hub.Add("onnx/model.onnx", "onnx");

        HubSnapshot snapshot = await Pull(include: ["onnx/*"]);

        string path = Path.Combine(snapshot.Folder, "onnx", "model.onnx");
        File.ReadAllText(path).Should().Be("onnx");
        new FileInfo(path).LinkTarget.Should().StartWith("../../../blobs/");
    }

    [Test]
    public async Task Shards_of_the_index_are_downloaded_and_no_others()
    {
        hub = Restarted();
        hub.Add("config.json", "{}");
        hub.Add("model.safetensors.index.json", """{"weight_map":{"a":"model-00001-of-00002.safetensors","b":"model-00002-of-00002.safetensors","c":"model-00001-of-00002.safetensors"}}""");
        hub.Add("model-00001-of-00002.safetensors", LocalHub.Random(1000, 1));
        hub.Add("model-00002-of-00002.safetensors", LocalHub.Random(1000, 2));
        hub.Add("model-00003-of-00002.safetensors", LocalHub.Random(1000, 3));

        (await Pull()).Files.Should().BeEquivalentTo("config.json", "model.safetensors.index.json", "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors");
    }

    [TestCase("../../../outside")]
    [TestCase("absent.safetensors")]
    public async Task Index_that_names_what_is_not_there_is_refused(string shard)
    {
        hub = Restarted();
        hub.Add("config.json", "{}");
        hub.Add("model.safetensors.index.json", $$$"""{"weight_map":{"a":"{{{shard}}}"}}""");

        await Failing($"*names '{shard}', which the repository does not have.");
        Snapshots().Should().BeEmpty();
    }

    [Test]
    public async Task Pickles_are_taken_where_there_is_nothing_better()
    {
        hub = Restarted();
        hub.Add("config.json", "{}");
        hub.Add("pytorch_model.bin", Weights);

        (await Pull()).Files.Should().BeEquivalentTo("config.json", "pytorch_model.bin");
    }

    [Test]
    public async Task Choice_among_gguf_files_is_the_users()
    {
        hub = Restarted();
        hub.Add("tiny.Q4_0.gguf", Weights);
        hub.Add("tiny.Q8_0.gguf", LocalHub.Random(10));

        await Failing("*2 files of weights: tiny.Q4_0.gguf, tiny.Q8_0.gguf. Say which with --include*");
        (await Pull(include: ["*Q4*"])).Files.Should().BeEquivalentTo("tiny.Q4_0.gguf");
    }

    // Windows makes links for those alone who may.
    [Test, Platform("Unix")]
    public async Task Two_names_of_the_same_bytes_share_a_blob()
    {
        hub.Add("tokenizer_config.json", "{}");

        HubSnapshot snapshot = await Pull();

        new FileInfo(Path.Combine(snapshot.Folder, "tokenizer_config.json")).LinkTarget.Should().Be(new FileInfo(Path.Combine(snapshot.Folder, "tokenizer.json")).LinkTarget);
    }

    [Test]
    public async Task Second_pull_downloads_nothing()
    {
        await Pull();
        int before = hub.Downloads.Count(request => request.Path.Contains("resolve", StringComparison.Ordinal) || !request.IsHub);

        HubSnapshot again = await Pull();

        again.Received.Should().Be(0);
        hub.Downloads.Count(request => request.Path.Contains("resolve", StringComparison.Ordinal) || !request.IsHub).Should().Be(before);
    }

    [Test]
    public async Task Revision_gets_a_reference_of_its_own()
    {
        await new HubPull(settings, new HubCache(folder.Path)).RunAsync("org/tiny", "refs/pr/1");

        File.ReadAllText(folder.Below("models--org--tiny", "refs", "refs", "pr", "1")).Should().Be(LocalHub.Commit);
        File.Exists(folder.Below("models--org--tiny", "refs", "main")).Should().BeFalse();
        hub.Requests.First().Path.Should().EndWith("/revision/refs%2Fpr%2F1");
    }

    [Test]
    public async Task Snapshot_can_be_completed_later()
    {
        await Pull();
        hub.Add("extra.txt", "more");

        HubSnapshot snapshot = await Pull(include: ["extra.txt"]);

        Directory.EnumerateFiles(snapshot.Folder).Select(Path.GetFileName).Should().BeEquivalentTo("config.json", "tokenizer.json", "model.safetensors", "extra.txt");
    }

    [Test]
    public async Task Renamed_models_are_followed()
    {
        hub.Intercept = request => request.Path.Contains("org/old", StringComparison.Ordinal)
            ? new LocalHub.Answer(307, [], new Dictionary<string, string> { ["Location"] = request.Path.Replace("org/old", "org/tiny", StringComparison.Ordinal) })
            : null;

        HubSnapshot snapshot = await Pull("org/old");

        snapshot.Folder.Should().Contain("models--org--old");
        File.ReadAllBytes(Path.Combine(snapshot.Folder, "model.safetensors")).Should().Equal(Weights);
    }

    [Test]
    public async Task Offline_asks_nobody()
    {
        settings = settings with { Offline = true };

        await Failing("HF_HUB_OFFLINE forbids to ask *");
        hub.Requests.Should().BeEmpty();
    }
}
