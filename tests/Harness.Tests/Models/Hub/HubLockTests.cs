using System.Security.Cryptography;
using CircuitSpecs.Models.Hub;

namespace CircuitSpecs.Tests.Models.Hub;

/// <summary>Pulls of the same files at the same time.</summary>
public sealed class HubLockTests : HubPullFixture
{
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
        var progress = new Reports<HubProgress>(step =>
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
}
