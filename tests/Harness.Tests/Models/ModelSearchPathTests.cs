using CircuitSpecs.Models;
using CircuitSpecs.Models.Hub;

namespace CircuitSpecs.Tests.Models;

[TestFixture, FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ModelSearchPathTests
{
    private readonly TinyGpt2 model = new();
    private TemporaryFolder folder = null!;

    [SetUp]
    public void MakeFolder() => folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => folder.Dispose();

    [Test]
    public void The_environment_comes_first_then_fixtures_then_what_is_shared()
    {
        File.WriteAllText(folder.Below("repository", "CircuitSpecs.sln"), "");
        string start = Directory.CreateDirectory(folder.Below("repository", "tests", "bin")).FullName;
        string list = string.Join(Path.PathSeparator, folder.Below("one"), folder.Below("two"));

        ModelSearchPath path = ModelSearchPath.FromEnvironment(name => name == "CIRCUITSPECS_MODELS" ? list : null, start, folder.Path);

        path.Folders.Should().Equal(
            Path.Combine(folder.Path, "one"),
            Path.Combine(folder.Path, "two"),
            Path.Combine(folder.Path, "repository", "fixtures", "models"),
            Path.Combine(folder.Path, "shared", "models"));
    }

    [Test]
    public void Fixtures_mark_a_repository_too()
    {
        Directory.CreateDirectory(folder.Below("repository", "fixtures", "models"));
        string start = Directory.CreateDirectory(folder.Below("repository", "bin")).FullName;
        ModelSearchPath.FromEnvironment(_ => null, start, folder.Path).Folders.Should().StartWith([Path.Combine(folder.Path, "repository", "fixtures", "models")]);
    }

    [TestCase("HF_HUB_CACHE", "", "hub-cache")]
    [TestCase("HF_HOME", "", "hub-cache/hub")]
    [TestCase("XDG_CACHE_HOME", "", "hub-cache/huggingface/hub")]
    [TestCase("", "", ".cache/huggingface/hub")]
    [TestCase("HF_HUB_CACHE", "HF_HOME", "hub-cache")]
    [TestCase("HF_HOME", "XDG_CACHE_HOME", "hub-cache/hub")]
    public void The_Hugging_Face_cache_is_where_its_own_tools_keep_it(string variable, string weakerVariable, string below)
    {
        string cache = Path.Combine(folder.Path, "hub-cache");
        string snapshot = model.WriteTo(folder.Below([.. below.Split('/'), "models--org--name", "snapshots", "0a1b"]));
        Directory.CreateDirectory(folder.Below([.. below.Split('/'), "models--org--name", "snapshots", "ffff"]));
        File.WriteAllText(folder.Below([.. below.Split('/'), "models--org--name", "refs", "main"]), "0a1b\n");

        ModelSearchPath path = ModelSearchPath.FromEnvironment(Variable, Path.GetPathRoot(folder.Path)!, folder.Path);
        path.Find("org/name", out _).Should().Be(snapshot);

        string? Variable(string name) => name.Length == 0 ? null : name == variable ? cache : name == weakerVariable ? "/weaker" : null;
    }

    [TestCase("../0a1b")]
    [TestCase("..")]
    [TestCase("")]
    public void A_reference_that_is_no_revision_is_not_followed(string reference)
    {
        model.WriteTo(folder.Below("models--gpt2", "snapshots", "0a1b"));
        model.WriteTo(folder.Below("models--gpt2", "0a1b"));
        File.WriteAllText(folder.Below("models--gpt2", "refs", "main"), reference);
        ModelSearchPath path = ModelSearchPath.FromEnvironment(name => name == "HF_HUB_CACHE" ? folder.Path : null, Path.GetPathRoot(folder.Path)!, folder.Path);
        path.Find("gpt2", out var lookedIn).Should().BeNull();
        lookedIn.Should().ContainSingle().Which.Should().Contain("not among its snapshots");
    }

    [TestCase("org/name@main", "0a1b0a1b0a1b0a1b0a1b0a1b0a1b0a1b0a1b0a1b")]
    [TestCase("org/name@v2", "ffffffffffffffffffffffffffffffffffffffff")]
    [TestCase("org/name@refs/pr/1", "ffffffffffffffffffffffffffffffffffffffff")]
    [TestCase("org/name@ffffffffffffffffffffffffffffffffffffffff", "ffffffffffffffffffffffffffffffffffffffff")]
    [TestCase("org/name", "0a1b0a1b0a1b0a1b0a1b0a1b0a1b0a1b0a1b0a1b")]
    public void Revisions_are_those_of_the_cache(string name, string commit)
    {
        ModelSearchPath path = WithRevisions();

        path.Find(name, out _).Should().Be(name == "org/name" ? folder.Below("models", "org", "name") : folder.Below("models--org--name", "snapshots", commit));
    }

    [TestCase("org/name@v3", "no revision 'v3' among its 2 snapshots")]
    [TestCase("org/name@eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee", "no revision 'eeee*' among its 2 snapshots")]
    [TestCase("org/name@dangling", "refs/dangling names the revision 'bbbb', which is not among its snapshots")]
    [TestCase("org/name@huge", "refs/huge cannot be read: *bytes*")]
    public void Revisions_that_are_not_there_are_named(string name, string problem)
    {
        WithRevisions().Find(name, out var lookedIn).Should().BeNull();

        lookedIn.Should().ContainSingle().Which.Should().Match($"{folder.Below("models--org--name")} ({problem})");
    }

    [TestCase("org/name@")]
    [TestCase("org/name@../x")]
    [TestCase("org/name@a@b")]
    public void Revisions_that_cannot_be_are_refused(string name) =>
        FluentActions.Invoking(() => WithRevisions().Find(name, out _)).Should().Throw<ArgumentException>().WithMessage("* is not a model's name.*");

    [Test]
    public void Paths_are_not_downloaded() =>
        new ModelNotFoundException("./models/x", ["/models/x (not there)"]).Message.Should().EndWith("  /models/x (not there)\nNothing brings a path: correct it, or write the model's name.");

    private ModelSearchPath WithRevisions()
    {
        model.WriteTo(folder.Below("models", "org", "name"));
        foreach (string commit in (string[])["0a1b0a1b0a1b0a1b0a1b0a1b0a1b0a1b0a1b0a1b", "ffffffffffffffffffffffffffffffffffffffff"])
        {
            model.WriteTo(folder.Below("models--org--name", "snapshots", commit));
        }

        File.WriteAllText(folder.Below("models--org--name", "refs", "main"), "0a1b0a1b0a1b0a1b0a1b0a1b0a1b0a1b0a1b0a1b");
        File.WriteAllText(folder.Below("models--org--name", "refs", "v2"), "ffffffffffffffffffffffffffffffffffffffff");
        File.WriteAllText(folder.Below("models--org--name", "refs", "refs", "pr", "1"), "ffffffffffffffffffffffffffffffffffffffff\n");
        File.WriteAllText(folder.Below("models--org--name", "refs", "dangling"), "bbbb");
        File.WriteAllText(folder.Below("models--org--name", "refs", "huge"), new string('f', 10_000));
        return new ModelSearchPath([folder.Below("models")], new HubCache(folder.Path));
    }
}
