using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace CircuitSpecs.Tests.Models.Hub;

/// <summary>
/// A hub on this machine, written from the protocol's description and not from the client: the list of files, <c>resolve</c> with
/// entity tags, a second address that large files are sent from, and every kind of failure that a test asks for.
/// </summary>
public sealed class LocalHub : IDisposable
{
    public const string Commit = "0123456789abcdef0123456789abcdef01234567";

    private readonly TcpListener hub = new(IPAddress.Loopback, 0);
    private readonly TcpListener cdn = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentDictionary<string, ServedFile> files = new(StringComparer.Ordinal);

    public LocalHub(string model = "org/tiny")
    {
        Model = model;
        hub.Start();
        cdn.Start();
        _ = AcceptAsync(hub, isHub: true);
        _ = AcceptAsync(cdn, isHub: false);
    }

    public string Model { get; }

    public string Address => $"http://127.0.0.1:{((IPEndPoint)hub.LocalEndpoint).Port}";

    public string CdnAddress => $"http://127.0.0.1:{((IPEndPoint)cdn.LocalEndpoint).Port}";

    /// <summary>Every request in order, the second address's too.</summary>
    public ConcurrentQueue<Request> Requests { get; } = new();

    public IEnumerable<Request> Downloads => Requests.Where(request => request.Method == "GET" && !request.Path.StartsWith("/api/", StringComparison.Ordinal) && !request.Redirected);

    /// <summary>Answers that come before the real ones: return null to let a request through.</summary>
    public Func<Request, Answer?> Intercept { get; set; } = _ => null;

    /// <summary>Names that are listed although there is no such file.</summary>
    public List<string> AlsoListed { get; } = [];

    public string Listed { get; set; } = Commit;

    public ServedFile Add(string name, string text) => Add(name, Encoding.UTF8.GetBytes(text), lfs: false);

    public ServedFile Add(string name, byte[] bytes, bool lfs = true) => files[name] = new ServedFile(bytes, lfs);

    public static byte[] Random(int count, int seed = 1)
    {
        byte[] bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    public void Dispose()
    {
        // A test may stop it early, to have nobody at the address.
        if (stop.IsCancellationRequested)
        {
            return;
        }

        stop.Cancel();
        hub.Stop();
        cdn.Stop();
        stop.Dispose();
    }

    private async Task AcceptAsync(TcpListener listener, bool isHub)
    {
        try
        {
            while (true)
            {
                TcpClient client = await listener.AcceptTcpClientAsync(stop.Token);
                _ = Task.Run(() => ServeAsync(client, isHub));
            }
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client, bool isHub)
    {
        using (client)
        {
            try
            {
                NetworkStream stream = client.GetStream();
                if (await ReadRequestAsync(stream, isHub) is not Request request)
                {
                    return;
                }

                Answer answer = Answered(request);
                Requests.Enqueue(request);
                await WriteAsync(client, stream, request, answer);
            }
            catch (Exception end) when (end is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // The client hung up, which some tests want.
            }
        }
    }

    private static async Task<Request?> ReadRequestAsync(NetworkStream stream, bool isHub)
    {
        using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
        if (await reader.ReadLineAsync() is not string first)
        {
            return null;
        }

        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        while (await reader.ReadLineAsync() is { Length: > 0 } line)
        {
            headers[line[..line.IndexOf(':')]] = line[(line.IndexOf(':') + 1)..].Trim();
        }

        string[] parts = first.Split(' ');
        return new Request(parts[0], parts[1], headers, isHub);
    }

    private Answer Answered(Request request)
    {
        if (Intercept(request) is Answer instead)
        {
            return instead;
        }

        string listing = $"/api/models/{Model}/revision/";
        if (request.IsHub && request.Path.StartsWith(listing, StringComparison.Ordinal))
        {
            var siblings = files.Keys.Order(StringComparer.Ordinal).Concat(AlsoListed).Select(name => new { rfilename = name });
            return new Answer(200, JsonSerializer.SerializeToUtf8Bytes(new { id = Model, sha = Listed, siblings }));
        }

        string resolve = $"/{Model}/resolve/{Commit}/";
        string cdnPath = "/cdn/";
        if (request.IsHub && request.Path.StartsWith(resolve, StringComparison.Ordinal) && files.TryGetValue(Uri.UnescapeDataString(request.Path[resolve.Length..]), out ServedFile? file))
        {
            var headers = new Dictionary<string, string> { ["X-Repo-Commit"] = Commit };
            if (!file.Lfs)
            {
                headers["ETag"] = $"\"{file.Tag}\"";
                return Ranged(request, file, headers);
            }

            request.Redirected = true;
            headers["X-Linked-ETag"] = $"\"{file.Tag}\"";
            headers["X-Linked-Size"] = (file.StatedSize ?? file.Bytes.Length).ToString(CultureInfo.InvariantCulture);
            headers["Location"] = $"{CdnAddress}{cdnPath}{request.Path[resolve.Length..]}?signature=1";
            return new Answer(302, "Found. Redirecting"u8.ToArray(), headers);
        }

        if (!request.IsHub && request.Path.StartsWith(cdnPath, StringComparison.Ordinal) && files.TryGetValue(Uri.UnescapeDataString(request.Path[cdnPath.Length..].Split('?')[0]), out ServedFile? large))
        {
            return Ranged(request, large, new Dictionary<string, string> { ["ETag"] = $"\"cdn-{large.Tag[..8]}\"" });
        }

        return new Answer(404, "Not found"u8.ToArray(), new Dictionary<string, string> { ["X-Error-Code"] = "EntryNotFound" });
    }

    private static Answer Ranged(Request request, ServedFile file, Dictionary<string, string> headers)
    {
        if (file.Ranges && request.Headers.TryGetValue("Range", out string? range) && (!request.Headers.TryGetValue("If-Range", out string? condition) || condition == headers["ETag"]))
        {
            int from = int.Parse(range["bytes=".Length..^1], CultureInfo.InvariantCulture);
            if (from >= file.Bytes.Length)
            {
                return new Answer(416, [], new Dictionary<string, string>(headers) { ["Content-Range"] = $"bytes */{file.Bytes.Length}" });
            }

            headers["Content-Range"] = $"bytes {from}-{file.Bytes.Length - 1}/{file.Bytes.Length}";
            return new Answer(206, file.Bytes[from..], headers) { CutAfter = file.CutAt(from), Pause = file.Pause };
        }

        return new Answer(200, file.Bytes, headers) { CutAfter = file.CutAt(0), Pause = file.Pause };
    }

    private async Task WriteAsync(TcpClient client, NetworkStream stream, Request request, Answer answer)
    {
        if (answer.Hang)
        {
            await Task.Delay(Timeout.Infinite, stop.Token);
        }

        bool body = request.Method != "HEAD";
        var head = new StringBuilder($"HTTP/1.1 {answer.Status} Answer\r\nConnection: close\r\n");
        if (answer.WithLength)
        {
            head.Append(CultureInfo.InvariantCulture, $"Content-Length: {answer.Body.Length}\r\n");
        }

        foreach ((string name, string value) in answer.Headers)
        {
            head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        }

        await stream.WriteAsync(Encoding.Latin1.GetBytes(head.Append("\r\n").ToString()), stop.Token);
        if (!body)
        {
            return;
        }

        int end = body && answer.CutAfter is int cut ? Math.Min(cut, answer.Body.Length) : answer.Body.Length;
        const int Piece = 1 << 14;
        for (int start = 0; start < end; start += Piece)
        {
            await stream.WriteAsync(answer.Body.AsMemory(start, Math.Min(Piece, end - start)), stop.Token);
            if (answer.Pause > TimeSpan.Zero)
            {
                await Task.Delay(answer.Pause, stop.Token);
            }
        }

        await stream.FlushAsync(stop.Token);
        client.Client.Shutdown(SocketShutdown.Send);

        // Lets the client read what was sent before the socket goes.
        byte[] rest = new byte[64];
        while (await stream.ReadAsync(rest, stop.Token) > 0)
        {
        }
    }

    /// <summary>A request as it came.</summary>
    public sealed record Request(string Method, string Path, IReadOnlyDictionary<string, string> Headers, bool IsHub)
    {
        public bool Redirected { get; set; }
    }

    /// <summary>An answer as it goes.</summary>
    public sealed record Answer(int Status, byte[] Body, IReadOnlyDictionary<string, string> Headers)
    {
        public Answer(int status, byte[] body)
            : this(status, body, new Dictionary<string, string>())
        {
        }

        public int? CutAfter { get; init; }

        public TimeSpan Pause { get; init; }

        public bool Hang { get; init; }

        public bool WithLength { get; init; } = true;
    }

    /// <summary>A file, and how it is served.</summary>
    public sealed class ServedFile(byte[] bytes, bool lfs)
    {
        private readonly ConcurrentQueue<int> cuts = new();

        public byte[] Bytes { get; set; } = bytes;

        public bool Lfs { get; } = lfs;

        /// <summary>The hash that the hub claims the file has.</summary>
        public string Tag { get; set; } = lfs
            ? Convert.ToHexStringLower(SHA256.HashData(bytes))
            : Convert.ToHexStringLower(SHA1.HashData([.. Encoding.ASCII.GetBytes($"blob {bytes.Length}\0"), .. bytes]));

        public int? StatedSize { get; set; }

        public bool Ranges { get; set; } = true;

        public TimeSpan Pause { get; set; }

        /// <summary>Cuts the next connections at these bytes of the file, one each.</summary>
        public ServedFile CutAtBytes(params int[] at)
        {
            Array.ForEach(at, cuts.Enqueue);
            return this;
        }

        public int? CutAt(int from) => cuts.TryDequeue(out int at) ? Math.Max(0, at - from) : null;
    }
}
