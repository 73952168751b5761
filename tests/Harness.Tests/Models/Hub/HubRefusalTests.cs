using CircuitSpecs.Models.Hub;

namespace CircuitSpecs.Tests.Models.Hub;

/// <summary>What a pull refuses, and what it says.</summary>
public sealed class HubRefusalTests : HubPullFixture
{
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

    [TestCase("http://127.0.0.1/loop")]
    [TestCase("file:///etc/passwd")]
    public async Task Redirects_without_end_or_to_no_web_address_end_it(string location)
    {
        hub.Intercept = request => new LocalHub.Answer(302, [], new Dictionary<string, string> { ["Location"] = location.StartsWith("file", StringComparison.Ordinal) ? location : $"{hub.Address}/loop" });

        await Failing("*redirects*");
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
}
