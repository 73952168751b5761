using System.Net;
using CircuitSpecs.Models.Hub;

namespace CircuitSpecs.Tests.Models.Hub;

/// <summary>Where redirects may lead, and where the token goes, for addresses that no server on this machine can have.</summary>
public sealed class HubClientTests
{
    private const string Commit = LocalHub.Commit;
    private const string File = "https://hub.example/org/tiny/resolve/" + Commit + "/model.safetensors";

    private static readonly HubSettings Settings = new() { Endpoint = new Uri("https://hub.example"), Token = "hf_secret", FirstWait = TimeSpan.FromMilliseconds(1), Attempts = 2 };

    [TestCase("http://hub.example/elsewhere")]
    [TestCase("http://cdn.example/file")]
    [TestCase("file:///etc/passwd")]
    [TestCase("ftp://cdn.example/file")]
    [TestCase("data:text/plain,x")]
    public async Task Redirect_to_a_lesser_scheme_is_not_followed(string location)
    {
        var network = new Network((_, _) => Redirect(location));
        using var client = new HubClient(Settings, network);

        await FluentActions.Awaiting(() => client.ReceiveAsync("org/tiny", Commit, "model.safetensors", 0, null, CancellationToken.None)).Should().ThrowAsync<HubException>().WithMessage("hub.example redirects from https to '*', which is not followed.");
        network.Requests.Should().ContainSingle();
    }

    [Test]
    public async Task Redirect_to_a_lesser_scheme_is_not_followed_later_either()
    {
        var network = new Network((address, _) => Redirect(address.Host == "hub.example" ? "https://cdn.example/file" : "http://cdn.example/file"));
        using var client = new HubClient(Settings, network);

        await FluentActions.Awaiting(() => client.ReceiveAsync("org/tiny", Commit, "model.safetensors", 0, null, CancellationToken.None)).Should().ThrowAsync<HubException>().WithMessage("cdn.example redirects from https to 'http', which is not followed.");
        network.Requests.Should().HaveCount(2);
    }

    [TestCase("https://hub.example/other", true)]
    [TestCase("/other", true)]
    [TestCase("https://HUB.example:443/other", true)]
    [TestCase("https://hub.example:8443/other", false)]
    [TestCase("https://cdn.hub.example/other", false)]
    [TestCase("https://hub.example.evil.example/other", false)]
    [TestCase("https://hub.example@evil.example/other", false)]
    [TestCase("//evil.example/other", false)]
    public async Task Token_is_sent_to_the_endpoint_alone(string location, bool sent)
    {
        var network = new Network((address, _) => address.AbsoluteUri == File ? Redirect(location) : new HttpResponseMessage(HttpStatusCode.OK));
        using var client = new HubClient(Settings, network);

        using HttpResponseMessage response = await client.ReceiveAsync("org/tiny", Commit, "model.safetensors", 0, null, CancellationToken.None);

        network.Requests.Should().HaveCount(2);
        network.Requests[0].Token.Should().Be("hf_secret");
        network.Requests[1].Token.Should().Be(sent ? "hf_secret" : null);
    }

    [Test]
    public async Task Token_comes_back_with_the_way_back()
    {
        var network = new Network((address, count) => count switch { 0 => Redirect("https://cdn.example/a"), 1 => Redirect("https://hub.example/b"), _ => new HttpResponseMessage(HttpStatusCode.OK) });
        using var client = new HubClient(Settings, network);

        using HttpResponseMessage response = await client.ReceiveAsync("org/tiny", Commit, "model.safetensors", 0, null, CancellationToken.None);

        network.Requests.Select(request => request.Token).Should().Equal("hf_secret", null, "hf_secret");
    }

    private static HttpResponseMessage Redirect(string location) => new(HttpStatusCode.Found) { Headers = { Location = new Uri(location, UriKind.RelativeOrAbsolute) } };

    private sealed class Network(Func<Uri, int, HttpResponseMessage> answer) : HttpMessageHandler
    {
        public List<(Uri Address, string? Token)> Requests { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            HttpResponseMessage response = answer(request.RequestUri!, Requests.Count);
            response.RequestMessage = request;
            Requests.Add((request.RequestUri!, request.Headers.Authorization?.Parameter));
            return Task.FromResult(response);
        }
    }
}
