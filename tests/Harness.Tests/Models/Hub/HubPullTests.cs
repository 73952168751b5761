using System.Security.Cryptography;
using System.Text;
using CircuitSpecs.Models.Hub;

namespace CircuitSpecs.Tests.Models.Hub;

public sealed class HubPullTests
{
    private static readonly byte[] Weights = LocalHub.Random(700_001);

    private LocalHub hub = null!;
    private TemporaryFolder folder = null!;
    private HubSettings settings = null!;

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
    public async Task Damaged_file_in_the_cache_is_replaced()
    {
        HubSnapshot first = await Pull();
        string blob = Path.Combine(folder.Path, "models--org--tiny", "blobs", Convert.ToHexStringLower(SHA256.HashData(Weights)));
        byte[] damaged = (byte[])Weights.Clone();
        damaged[400_000] ^= 1;
        File.WriteAllBytes(blob, damaged);

        await Pull();

        File.ReadAllBytes(Path.Combine(first.Folder, "model.safetensors")).Should().Equal(Weights);
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(300_000)]
    [TestCase(700_000)]
    public async Task Cut_connection_goes_on_where_it_was_cut(int at)
    {
        hub.Add("model.safetensors", Weights).CutAtBytes(at, Math.Max(at, 350_000), 699_999);

        HubSnapshot snapshot = await Pull();

        File.ReadAllBytes(Path.Combine(snapshot.Folder, "model.safetensors")).Should().Equal(Weights);
        LocalHub.Request[] requests = [.. hub.Downloads.Where(request => !request.IsHub)];
        requests.Length.Should().BeGreaterThan(1);
        if (at > 0)
        {
            requests[1].Headers["Range"].Should().Be($"bytes={at}-");
            requests[1].Headers["If-Range"].Should().StartWith("\"cdn-");
        }
    }

    [Test]
    public async Task Next_pull_goes_on_where_a_failed_one_stopped()
    {
        hub.Add("model.safetensors", Weights).CutAtBytes(300_000, 300_000, 300_000, 300_000, 300_000, 300_000);
        await Failing("'model.safetensors' of 'org/tiny': *(4 times in a row). What has arrived is kept*");
        Snapshots().Should().BeEmpty();
        hub.Requests.Clear();
        hub.Add("model.safetensors", Weights);

        HubSnapshot snapshot = await Pull();

        hub.Downloads.Single(request => !request.IsHub).Headers["Range"].Should().Be("bytes=300000-");
        File.ReadAllBytes(Path.Combine(snapshot.Folder, "model.safetensors")).Should().Equal(Weights);
    }

    [Test]
    public async Task Cancelled_download_is_gone_on_with()
    {
        hub.Add("model.safetensors", Weights).Pause = TimeSpan.FromMilliseconds(20);
        using var cancel = new CancellationTokenSource();
        var progress = new Synchronous(step =>
        {
            if (step is { File: "model.safetensors", Bytes: > 200_000 })
            {
                cancel.Cancel();
            }
        });

        await FluentActions.Awaiting(() => new HubPull(settings, new HubCache(folder.Path)).RunAsync("org/tiny", progress: progress, cancel: cancel.Token)).Should().ThrowAsync<OperationCanceledException>();

        Snapshots().Should().BeEmpty();
        long kept = new FileInfo(Directory.GetFiles(Path.Combine(folder.Path, "models--org--tiny", "blobs"), "*.incomplete").Single()).Length;
        kept.Should().BeGreaterThan(200_000);
        hub.Requests.Clear();
        hub.Add("model.safetensors", Weights);
        await Pull();
        hub.Downloads.Single(request => !request.IsHub).Headers["Range"].Should().Be($"bytes={kept}-");
    }

    [Test]
    public async Task Server_without_ranges_sends_all_of_it_again()
    {
        hub.Add("model.safetensors", Weights).CutAtBytes(300_000).Ranges = false;

        HubSnapshot snapshot = await Pull();

        File.ReadAllBytes(Path.Combine(snapshot.Folder, "model.safetensors")).Should().Equal(Weights);
    }

    [Test]
    public async Task Wrong_beginning_of_an_earlier_download_does_not_stay()
    {
        string blobs = folder.Below("models--org--tiny", "blobs", Convert.ToHexStringLower(SHA256.HashData(Weights)) + ".incomplete");
        File.WriteAllBytes(blobs, LocalHub.Random(500, seed: 9));

        HubSnapshot snapshot = await Pull();

        File.ReadAllBytes(Path.Combine(snapshot.Folder, "model.safetensors")).Should().Equal(Weights);
    }

    [Test]
    public async Task Wrong_hash_is_refused_and_thrown_away()
    {
        hub.Add("model.safetensors", Weights).Tag = new string('a', 64);

        await Failing("'model.safetensors' of 'org/tiny' did not arrive as the hub describes it, 2 times: its SHA-256 is *, expected aaaa*");

        Snapshots().Should().BeEmpty();
        Directory.EnumerateFiles(Path.Combine(folder.Path, "models--org--tiny", "blobs"), "aaaa*").Should().BeEmpty();
    }

    [Test]
    public async Task Wrong_hash_of_a_small_file_is_refused()
    {
        hub.Add("config.json", "{}").Tag = new string('b', 40);

        await Failing("'config.json' of 'org/tiny' did not arrive*its git blob id is 9e26dfeeb6e641a33dae4961196235bdb965b21b, expected bbbb*");
        Snapshots().Should().BeEmpty();
    }

    [Test]
    public async Task File_longer_than_the_hub_says_is_refused()
    {
        hub.Add("model.safetensors", Weights).StatedSize = Weights.Length - 10;

        await Failing("*did not arrive as the hub describes it*bytes, expected 699991*");
        Snapshots().Should().BeEmpty();
    }

    [Test]
    public async Task File_shorter_than_the_hub_says_is_refused([Values] bool ranges)
    {
        LocalHub.ServedFile file = hub.Add("model.safetensors", Weights);
        file.StatedSize = Weights.Length + 10;
        file.Ranges = ranges;

        await Failing(ranges ? "*did not arrive as the hub describes it*it has 700001 bytes, expected 700011*" : "*was cut at byte 700001 of 700011 (*");
        Snapshots().Should().BeEmpty();
    }

    [TestCase("../evil")]
    [TestCase("/etc/evil")]
    [TestCase("a/../../evil")]
    [TestCase("a//b")]
    [TestCase("..\\evil")]
    [TestCase("C:\\evil")]
    [TestCase("C:evil")]
    [TestCase("a/./b")]
    [TestCase("")]
    [TestCase("evil\u0000.json")]
    [TestCase("NUL.json")]
    public async Task Names_that_lead_elsewhere_are_refused(string name)
    {
        hub.AlsoListed.Add(name);

        await Failing("The hub lists a file '*' in 'org/tiny', which is not a path below a folder*", include: ["*"]);
        Directory.EnumerateFileSystemEntries(folder.Path).Should().BeEmpty();
    }

    [TestCase("../../../../evil")]
    [TestCase("")]
    [TestCase("config.json")]
    public async Task Entity_tag_that_is_no_hash_is_refused(string tag)
    {
        hub.Add("config.json", "{}").Tag = tag;

        await Failing("'config.json' of 'org/tiny' cannot be verified*");
    }

    [Test]
    public async Task Commit_that_is_none_is_refused()
    {
        hub.Listed = "../../../evil";

        await Failing("*lacks 'sha'*");
    }

    // Windows makes links for those alone who may.
    [Test, Platform("Unix")]
    public async Task Folder_of_the_cache_that_is_a_link_is_not_followed()
    {
        string outside = folder.Below("outside", "x");
        Directory.CreateSymbolicLink(folder.Below("models--org--tiny", "snapshots"), Path.GetDirectoryName(outside)!);

        await Failing("*is a link to*");
        Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(outside)!).Should().BeEmpty();
        Directory.Delete(folder.Below("models--org--tiny", "snapshots"));
    }

    [TestCase(429)]
    [TestCase(500)]
    [TestCase(503)]
    public async Task Busy_server_is_asked_again(int status)
    {
        var refused = new System.Collections.Concurrent.ConcurrentDictionary<string, bool>(StringComparer.Ordinal);
        hub.Intercept = request => refused.TryAdd($"{request.Method} {request.IsHub} {request.Path}", true) ? new LocalHub.Answer(status, []) : null;

        HubSnapshot snapshot = await Pull();

        File.ReadAllBytes(Path.Combine(snapshot.Folder, "model.safetensors")).Should().Equal(Weights);
    }

    [Test]
    public async Task Retry_after_is_kept_to()
    {
        int first = 1;
        hub.Intercept = request => Interlocked.Exchange(ref first, 0) == 1 ? new LocalHub.Answer(429, [], new Dictionary<string, string> { ["Retry-After"] = "1" }) : null;
        long start = Environment.TickCount64;

        await Pull();

        (Environment.TickCount64 - start).Should().BeGreaterThanOrEqualTo(990);
    }

    [Test]
    public async Task Server_that_wants_to_be_left_alone_for_long_is()
    {
        hub.Intercept = _ => new LocalHub.Answer(429, [], new Dictionary<string, string> { ["Retry-After"] = "3600" });

        await Failing("*answers 429, and asks to be left alone for 3600 s*");
        hub.Requests.Should().ContainSingle();
    }

    [Test]
    public async Task Server_that_stays_broken_ends_it()
    {
        hub.Intercept = _ => new LocalHub.Answer(500, []);

        await Failing("list of files of 'org/tiny': *answers 500 (4 times in a row)*");
        hub.Requests.Should().HaveCount(4);
    }

    [Test]
    public async Task Silent_connection_counts_as_cut()
    {
        settings = settings with { Silence = TimeSpan.FromMilliseconds(300) };
        int silent = 1;
        hub.Intercept = request => !request.IsHub && Interlocked.Exchange(ref silent, 0) == 1 ? new LocalHub.Answer(200, []) { Hang = true } : null;

        HubSnapshot snapshot = await Pull();

        File.ReadAllBytes(Path.Combine(snapshot.Folder, "model.safetensors")).Should().Equal(Weights);
    }

    [Test]
    public async Task Nobody_at_the_address_is_said_so()
    {
        hub.Dispose();

        await Failing("list of files of 'org/tiny': the connection failed: *");
    }

    [TestCase(401, "GatedRepo", "'org/tiny' is gated: ask for access at *, then set HF_TOKEN*")]
    [TestCase(403, "GatedRepo", "'org/tiny' is gated: ask for access at *, then set HF_TOKEN*")]
    [TestCase(401, "RepoNotFound", "The hub shows no model 'org/tiny' to everybody (401)*HF_TOKEN*")]
    [TestCase(403, "", "The hub refuses 'org/tiny' (403)*HF_TOKEN*")]
    [TestCase(404, "RepoNotFound", "There is no model 'org/tiny' at *")]
    [TestCase(404, "RevisionNotFound", "'org/tiny' has no revision 'main'.*")]
    [TestCase(404, "", "* has no model 'org/tiny' with revision 'main' (404).*")]
    [TestCase(418, "", "* answers 418 when asked for the files of 'org/tiny'.*")]
    public async Task Refusals_say_what_helps(int status, string code, string message)
    {
        hub.Intercept = _ => new LocalHub.Answer(status, [], new Dictionary<string, string> { ["X-Error-Code"] = code });

        await Failing(message);
        hub.Requests.Should().ContainSingle("that will not change by asking again");
    }

    [Test]
    public async Task Gated_files_of_a_listed_model_are_refused_alike()
    {
        settings = settings with { Token = "hf_secret" };
        hub.Intercept = request => request.Method == "HEAD" ? new LocalHub.Answer(403, [], new Dictionary<string, string> { ["X-Error-Code"] = "GatedRepo" }) : null;

        await Failing("'org/tiny' is gated, and the account of the token that was sent has no access*");
    }

    [Test]
    public async Task Token_goes_to_the_hub_and_nowhere_else()
    {
        settings = settings with { Token = "hf_secret" };

        await Pull();

        hub.Requests.Where(request => request.IsHub).Should().NotBeEmpty().And.OnlyContain(request => request.Headers["Authorization"] == "Bearer hf_secret");
        hub.Requests.Where(request => !request.IsHub).Should().NotBeEmpty().And.OnlyContain(request => !request.Headers.ContainsKey("Authorization"));
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

    [TestCase("http://127.0.0.1/loop")]
    [TestCase("file:///etc/passwd")]
    public async Task Redirects_without_end_or_to_no_web_address_end_it(string location)
    {
        hub.Intercept = request => new LocalHub.Answer(302, [], new Dictionary<string, string> { ["Location"] = location.StartsWith("file", StringComparison.Ordinal) ? location : $"{hub.Address}/loop" });

        await Failing("*redirects*");
    }

    [Test]
    public async Task Offline_asks_nobody()
    {
        settings = settings with { Offline = true };

        await Failing("HF_HUB_OFFLINE forbids to ask *");
        hub.Requests.Should().BeEmpty();
    }

    [TestCase("../evil", "main")]
    [TestCase("a/b/c", "main")]
    [TestCase("org/tiny", "../../evil")]
    [TestCase("org/tiny", "/evil")]
    [TestCase("org--x/tiny", "main")]
    public async Task Names_that_the_hub_cannot_have_are_refused(string model, string revision)
    {
        await FluentActions.Awaiting(() => new HubPull(settings, new HubCache(folder.Path)).RunAsync(model, revision)).Should().ThrowAsync<HubException>().WithMessage("'*' is not *");
        hub.Requests.Should().BeEmpty();
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
    public async Task Pulls_of_the_same_model_at_once_share_one_download([Values(2, 5)] int count)
    {
        hub.Add("model.safetensors", Weights).Pause = TimeSpan.FromMilliseconds(3);

        HubSnapshot[] snapshots = await Task.WhenAll(Enumerable.Range(0, count).Select(_ => Task.Run(() => Pull())));

        snapshots.Select(snapshot => snapshot.Folder).Distinct().Should().ContainSingle();
        File.ReadAllBytes(Path.Combine(snapshots[0].Folder, "model.safetensors")).Should().Equal(Weights);
        hub.Downloads.Count(request => !request.IsHub).Should().Be(1);
        snapshots.Sum(snapshot => snapshot.Received).Should().Be(Weights.Length + "{\"model_type\":\"gpt2\"}".Length + "{}".Length);
        Directory.EnumerateFileSystemEntries(folder.Below("models--org--tiny"), "*.incomplete", SearchOption.AllDirectories).Should().BeEmpty();
    }

    [Test]
    public async Task Lock_that_another_tool_holds_is_waited_for()
    {
        string path = folder.Below(".locks", "models--org--tiny", Convert.ToHexStringLower(SHA256.HashData(Weights)) + ".lock");
        var waiting = new TaskCompletionSource();
        var progress = new Synchronous(step =>
        {
            if (step.Note is string note && note.Contains("another download of the same file is under way", StringComparison.Ordinal))
            {
                waiting.TrySetResult();
            }
        });
        Task<HubSnapshot> pull;
        using (new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None))
        {
            pull = new HubPull(settings, new HubCache(folder.Path)).RunAsync("org/tiny", progress: progress);
            await waiting.Task.WaitAsync(TimeSpan.FromSeconds(20));
            Snapshots().Should().BeEmpty();
        }

        File.ReadAllBytes(Path.Combine((await pull).Folder, "model.safetensors")).Should().Equal(Weights);
    }

    [Test]
    public async Task Waiting_for_a_lock_can_be_cancelled()
    {
        string path = folder.Below(".locks", "models--org--tiny", Convert.ToHexStringLower(SHA256.HashData(Weights)) + ".lock");
        using var held = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));

        await FluentActions.Awaiting(() => new HubPull(settings, new HubCache(folder.Path)).RunAsync("org/tiny", cancel: cancel.Token)).Should().ThrowAsync<OperationCanceledException>();
    }

    [Test]
    public async Task Random_cuts_never_break_the_cache()
    {
        var random = new Random(7);
        for (int round = 0; round < 25; round++)
        {
            hub.Add("model.safetensors", Weights).CutAtBytes([.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => random.Next(Weights.Length))]);
            try
            {
                HubSnapshot snapshot = await Pull();
                File.ReadAllBytes(Path.Combine(snapshot.Folder, "model.safetensors")).Should().Equal(Weights);
                Directory.Delete(Path.Combine(folder.Path, "models--org--tiny"), recursive: true);
            }
            catch (HubException)
            {
                Snapshots().Should().BeEmpty();
            }

            Broken().Should().BeEmpty();
        }
    }

    private LocalHub Restarted()
    {
        hub.Dispose();
        var other = new LocalHub();
        settings = settings with { Endpoint = new Uri(other.Address) };
        return other;
    }

    private Task<HubSnapshot> Pull(string model = "org/tiny", string[]? include = null) => new HubPull(settings, new HubCache(folder.Path)).RunAsync(model, include: include);

    private async Task Failing(string message, string[]? include = null) => await FluentActions.Awaiting(() => Pull(include: include)).Should().ThrowAsync<HubException>().WithMessage(message);

    private string[] Snapshots() => Directory.Exists(Path.Combine(folder.Path, "models--org--tiny", "snapshots")) ? Directory.GetFileSystemEntries(Path.Combine(folder.Path, "models--org--tiny", "snapshots")) : [];

    private List<string> Broken()
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

    private sealed class Synchronous(Action<HubProgress> told) : IProgress<HubProgress>
    {
        public void Report(HubProgress value) => told(value);
    }
}
