using System.Security.Cryptography;
using System.Text;
using CircuitSpecs.Models.Hub;

namespace CircuitSpecs.Tests.Models.Hub;

/// <summary>A hub on this machine with one small model, an empty cache, and the check after every test that no file of the cache is broken.</summary>
public abstract class HubPullFixture
{
    internal static readonly byte[] Weights = LocalHub.Random(700_001);

    private protected LocalHub hub = null!;
    private protected TemporaryFolder folder = null!;
    private protected HubSettings settings = null!;

    [SetUp]
    public void StartHub()
    {
        hub = new LocalHub();
        folder = new TemporaryFolder();
        settings = new HubSettings { Endpoint = new Uri(hub.Address), FirstWait = TimeSpan.FromMilliseconds(1), Silence = TimeSpan.FromSeconds(20), Attempts = 4 };
        hub.Add("config.json", "{\"model_type\":\"gpt2\"}");
        hub.Add("tokenizer.json", "{}");
        hub.Add("model.safetensors", Weights);
    }

    [TearDown]
    public void StopHub()
    {
        try
        {
            Broken().Should().BeEmpty("whatever happens, no file under a hash is other than the hash says");
        }
        finally
        {
            hub.Dispose();
            folder.Dispose();
        }
    }

    private protected LocalHub Restarted()
    {
        hub.Dispose();
        var other = new LocalHub();
        settings = settings with { Endpoint = new Uri(other.Address) };
        return other;
    }

    private protected Task<HubSnapshot> Pull(string model = "org/tiny", string[]? include = null) => new HubPull(settings, new HubCache(folder.Path)).RunAsync(model, include: include);

    private protected async Task Failing(string message, string[]? include = null) => await FluentActions.Awaiting(() => Pull(include: include)).Should().ThrowAsync<HubException>().WithMessage(message);

    private protected string[] Snapshots() => Directory.Exists(Path.Combine(folder.Path, "models--org--tiny", "snapshots")) ? Directory.GetFileSystemEntries(Path.Combine(folder.Path, "models--org--tiny", "snapshots")) : [];

    private protected List<string> Broken()
    {
        string blobs = Path.Combine(folder.Path, "models--org--tiny", "blobs");
        return !Directory.Exists(blobs) ? [] : [.. Directory.EnumerateFiles(blobs).Where(file => !file.EndsWith(".incomplete", StringComparison.Ordinal) && HashOf(file) != Path.GetFileName(file))];
    }

    private static string HashOf(string file)
    {
        byte[] bytes = File.ReadAllBytes(file);
        return Path.GetFileName(file).Length == 64
            ? Convert.ToHexStringLower(SHA256.HashData(bytes))
            : Convert.ToHexStringLower(SHA1.HashData([.. Encoding.ASCII.GetBytes($"blob {bytes.Length}\0"), .. bytes]));
    }
}
