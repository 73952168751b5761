using CircuitSpecs.Models;

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
}
