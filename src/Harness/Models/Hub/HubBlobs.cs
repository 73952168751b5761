using System.Net;
using System.Net.Http.Headers;

namespace CircuitSpecs.Models.Hub;

/// <summary>
/// Brings files into <c>blobs/</c> under their hashes. What is under way is <c>&lt;hash&gt;.incomplete</c>; it gets the hash as its name only
/// when size and hash are right and its bytes are on the disk, so that nothing under a hash is ever broken by what happens here.
/// </summary>
/// <param name="settings">How to talk to the hub.</param>
/// <param name="client">Talks to it.</param>
/// <param name="folder">The model's <c>blobs/</c>.</param>
/// <param name="locks">The folder of the locks of its blobs.</param>
internal sealed class HubBlobs(HubSettings settings, HubClient client, string folder, string locks)
{
    private const int Piece = 1 << 17;
    private const int MostRestarts = 2;

    /// <summary>Brings a file, or finds it there.</summary>
    /// <returns>The blob, its bytes, and how many of them came over the network.</returns>
    public async Task<(string Blob, long Bytes, long Received)> BringAsync(string model, string commit, HubFile file, Action<HubProgress> report, CancellationToken cancel)
    {
        Directory.CreateDirectory(folder);
        string blob = Path.Combine(folder, file.Hash);
        if (await PresentAsync(blob, file, report, cancel).ConfigureAwait(false) is long there)
        {
            return (blob, there, 0);
        }

        using IDisposable alone = await HubLock.AcquireAsync(
            Path.Combine(locks, file.Hash + ".lock"),
            () => report(new HubProgress(file.Name, 0, file.Size, "another download of the same file is under way; waiting for it")),
            cancel).ConfigureAwait(false);

        // Whoever had the lock may have brought it.
        if (await PresentAsync(blob, file, report, cancel).ConfigureAwait(false) is long brought)
        {
            return (blob, brought, 0);
        }

        string incomplete = blob + ".incomplete";
        long received = 0;
        for (int restarts = 0; ; restarts++)
        {
            received += await ReceiveAsync(model, commit, file, incomplete, report, cancel).ConfigureAwait(false);
            string? problem = await ProblemOf(incomplete, file, cancel).ConfigureAwait(false);
            if (problem is null)
            {
                break;
            }

            // Going on from wrong bytes would never end.
            File.Delete(incomplete);
            if (restarts + 1 >= MostRestarts)
            {
                throw new HubException($"'{file.Name}' of '{model}' did not arrive as the hub describes it, {MostRestarts} times: {problem}. It was thrown away; a proxy or a mirror (HF_ENDPOINT) may change what passes through it.");
            }

            report(new HubProgress(file.Name, 0, file.Size, $"what arrived is wrong ({problem}); downloading it again"));
        }

        long bytes = new FileInfo(incomplete).Length;
        File.Move(incomplete, blob, overwrite: true);
        report(new HubProgress(file.Name, bytes, bytes, Done: true));
        return (blob, bytes, received);
    }

    private static async Task<long?> PresentAsync(string blob, HubFile file, Action<HubProgress> report, CancellationToken cancel)
    {
        if (!File.Exists(blob))
        {
            return null;
        }

        if (await ProblemOf(blob, file, cancel).ConfigureAwait(false) is string damage)
        {
            report(new HubProgress(file.Name, 0, file.Size, $"the file in the cache is damaged ({damage}); downloading it again"));
            return null;
        }

        long present = new FileInfo(blob).Length;
        report(new HubProgress(file.Name, present, present, "already there", Done: true));
        return present;
    }

    private static async Task<string?> ProblemOf(string path, HubFile file, CancellationToken cancel)
    {
        long length = new FileInfo(path).Length;
        if (file.Size is long size && length != size)
        {
            return $"it has {length} bytes, expected {size}";
        }

        string hash = await BlobHash.OfAsync(path, file.Hash, cancel).ConfigureAwait(false);
        return hash == file.Hash ? null : $"its {(hash.Length == 64 ? "SHA-256" : "git blob id")} is {hash}, expected {file.Hash}";
    }

    private static FileStream OpenIncomplete(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.Asynchronous);
        }
        catch (IOException busy) when (File.Exists(path))
        {
            throw new HubException($"'{path}' is in use: another download of the same file is under way. Wait for it, and try again.", busy);
        }
    }

    // Receives until the server says that this is all; whether it is right is for the caller to find out.
    private async Task<long> ReceiveAsync(string model, string commit, HubFile file, string path, Action<HubProgress> report, CancellationToken cancel)
    {
        await using FileStream stream = OpenIncomplete(path);
        var backoff = new HubBackoff(settings);
        long received = 0;
        long furthest = stream.Length;
        EntityTagHeaderValue? validator = null;
        while (true)
        {
            long start = stream.Length;
            if (file.Size is long size && start >= size)
            {
                stream.Flush(flushToDisk: true);
                return received;
            }

            stream.Position = start;
            report(new HubProgress(file.Name, start, file.Size));
            try
            {
                using HttpResponseMessage response = await client.ReceiveAsync(model, commit, file.Name, start, validator, cancel).ConfigureAwait(false);
                if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
                {
                    // There is no more of it: whether what is there is the file, its size and hash say.
                    if (start > 0)
                    {
                        stream.Flush(flushToDisk: true);
                        return received;
                    }

                    throw new TransientHubException($"the server has no byte {start} of it");
                }

                validator = response.Headers.ETag;
                if (response.StatusCode == HttpStatusCode.PartialContent)
                {
                    if (response.Content.Headers.ContentRange is not { From: long from } || from != start)
                    {
                        throw new TransientHubException($"the server was asked for byte {start} and sends '{response.Content.Headers.ContentRange}'");
                    }
                }
                else
                {
                    // All of it, whether a part was asked for or not.
                    stream.SetLength(0);
                    stream.Position = 0;
                }

                long? end = file.Size ?? (response.Content.Headers.ContentLength is long length ? stream.Position + length : null);
                await CopyAsync(response, stream, end, file, report, count => received += count, cancel).ConfigureAwait(false);
                if (end is null || stream.Position >= end)
                {
                    stream.Flush(flushToDisk: true);
                    return received;
                }

                throw new TransientHubException($"the connection was cut at byte {stream.Position} of {end}");
            }
            catch (TransientHubException failure)
            {
                // The same bytes once more, from a server without ranges, are no progress.
                if (stream.Length > furthest)
                {
                    furthest = stream.Length;
                    backoff.Reset();
                }

                await backoff.WaitAsync($"'{file.Name}' of '{model}'", failure, note => report(new HubProgress(file.Name, stream.Length, file.Size, note)), cancel).ConfigureAwait(false);
            }
        }
    }

    private async Task CopyAsync(HttpResponseMessage response, FileStream stream, long? end, HubFile file, Action<HubProgress> report, Action<int> counted, CancellationToken cancel)
    {
        byte[] buffer = new byte[Piece];
        Stream body = await client.Guarded("the file", limit => response.Content.ReadAsStreamAsync(limit), cancel).ConfigureAwait(false);
        await using (body.ConfigureAwait(false))
        {
            while (true)
            {
                int count = await client.Guarded("the file", limit => body.ReadAsync(buffer, limit).AsTask(), cancel).ConfigureAwait(false);
                if (count == 0)
                {
                    return;
                }

                // One byte too many is as wrong as a thousand, and a server that never stops must not fill the disk.
                bool beyond = end is long last && stream.Position + count > last;
                await stream.WriteAsync(buffer.AsMemory(0, beyond ? (int)(end!.Value - stream.Position) + 1 : count), cancel).ConfigureAwait(false);
                counted(count);
                report(new HubProgress(file.Name, stream.Position, file.Size));
                if (beyond)
                {
                    return;
                }
            }
        }
    }
}
