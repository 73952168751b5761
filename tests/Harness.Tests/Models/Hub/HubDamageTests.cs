using System.Security.Cryptography;
using CircuitSpecs.Models.Hub;

namespace CircuitSpecs.Tests.Models.Hub;

/// <summary>Cut connections, wrong bytes, wrong sizes: what is broken never stays, and what is right is not fetched twice.</summary>
public sealed class HubDamageTests : HubPullFixture
{
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
        var progress = new Reports<HubProgress>(step =>
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

    [Test]
    public async Task Silent_connection_counts_as_cut()
    {
        settings = settings with { Silence = TimeSpan.FromMilliseconds(300) };
        int silent = 1;
        hub.Intercept = request => !request.IsHub && Interlocked.Exchange(ref silent, 0) == 1 ? new LocalHub.Answer(200, []) { Hang = true } : null;

        HubSnapshot snapshot = await Pull();

        File.ReadAllBytes(Path.Combine(snapshot.Folder, "model.safetensors")).Should().Equal(Weights);
    }
}
