using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace CircuitSpecs.Tests;

/// <summary>An HTTP proxy on this machine: requests for hosts of the name <c>.invalid</c> go to one server here, and all are written down.</summary>
internal sealed class LocalProxy : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly Uri server;

    public LocalProxy(string server)
    {
        this.server = new Uri(server);
        listener.Start();
        _ = AcceptAsync();
    }

    public string Address => $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";

    /// <summary>The addresses that were asked for, as clients name them to a proxy.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    public void Dispose() => listener.Stop();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                TcpClient client = await listener.AcceptTcpClientAsync();
                _ = Task.Run(() => PassAsync(client));
            }
        }
        catch (Exception end) when (end is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The test is over.
        }
    }

    // One request a connection: the server here closes each after its answer.
    private async Task PassAsync(TcpClient client)
    {
        using (client)
        using (TcpClient onward = new())
        {
            try
            {
                NetworkStream from = client.GetStream();
                StringBuilder head = new();
                byte[] letter = new byte[1];
                while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await from.ReadAsync(letter) > 0)
                {
                    head.Append((char)letter[0]);
                }

                string[] first = head.ToString().Split("\r\n")[0].Split(' ');
                Asked.Enqueue(first[1]);
                Uri asked = new(first[1]);
                Uri target = asked.Host.EndsWith(".invalid", StringComparison.Ordinal) ? server : asked;
                await onward.ConnectAsync(target.Host, target.Port);
                await onward.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head.ToString().Replace($" {first[1]} ", $" {asked.PathAndQuery} ", StringComparison.Ordinal)));
                await onward.GetStream().CopyToAsync(from);
            }
            catch (Exception end) when (end is IOException or SocketException or ObjectDisposedException)
            {
                // One of the two hung up.
            }
        }
    }
}
