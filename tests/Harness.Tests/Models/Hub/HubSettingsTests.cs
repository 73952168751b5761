using CircuitSpecs.Models;
using CircuitSpecs.Models.Hub;

namespace CircuitSpecs.Tests.Models.Hub;

/// <summary>The settings that Hugging Face's tools read from an environment, and from where they read them.</summary>
public sealed class HubSettingsTests
{
    private readonly Dictionary<string, string> environment = [];
    private TemporaryFolder home = null!;

    private HubSettings Settings => HubSettings.FromEnvironment(environment.GetValueOrDefault, home.Path);

    [SetUp]
    public void MakeHome()
    {
        home = new TemporaryFolder();
        environment.Clear();
    }

    [TearDown]
    public void RemoveHome() => home.Dispose();

    [Test]
    public void Empty_environment_means_the_public_hub_without_a_token()
    {
        Settings.Endpoint.Should().Be(new Uri("https://huggingface.co"));
        Settings.Token.Should().BeNull();
        Settings.Offline.Should().BeFalse();
    }

    [TestCase("https://mirror.example", "https://mirror.example/")]
    [TestCase("https://mirror.example/", "https://mirror.example/")]
    [TestCase("http://127.0.0.1:8080/hub/", "http://127.0.0.1:8080/hub")]
    [TestCase("", "https://huggingface.co/")]
    public void Endpoint_is_an_address(string text, string address)
    {
        environment["HF_ENDPOINT"] = text;

        Settings.Endpoint.AbsoluteUri.Should().Be(address);
    }

    [TestCase("mirror.example")]
    [TestCase("ftp://mirror.example")]
    [TestCase("file:///etc/passwd")]
    [TestCase("https://user:secret@mirror.example")]
    [TestCase("https://mirror.example/?x=1")]
    public void Endpoint_that_is_none_is_refused(string text)
    {
        environment["HF_ENDPOINT"] = text;

        FluentActions.Invoking(() => Settings).Should().Throw<HubException>().WithMessage("HF_ENDPOINT is '*'; expected an address such as https://huggingface.co.");
    }

    [TestCase("1", true)]
    [TestCase("true", true)]
    [TestCase("YES", true)]
    [TestCase("on", true)]
    [TestCase("0", false)]
    [TestCase("false", false)]
    [TestCase("", false)]
    public void Offline_is_a_switch(string value, bool offline)
    {
        environment["HF_HUB_OFFLINE"] = value;

        Settings.Offline.Should().Be(offline);
    }

    [Test]
    public void Token_of_the_environment_wins_over_the_file()
    {
        File.WriteAllText(home.Below(".cache", "huggingface", "token"), "hf_file");
        Settings.Token.Should().Be("hf_file");

        environment["HUGGING_FACE_HUB_TOKEN"] = "hf_old_name";
        Settings.Token.Should().Be("hf_old_name");

        environment["HF_TOKEN"] = " hf_environment\n";
        Settings.Token.Should().Be("hf_environment");
    }

    [TestCase("", "", ".cache/huggingface/token")]
    [TestCase("HF_HOME", "here", "here/token")]
    [TestCase("XDG_CACHE_HOME", "here", "here/huggingface/token")]
    [TestCase("HF_TOKEN_PATH", "here/mine", "here/mine")]
    public void File_with_the_token_is_where_its_own_tool_writes_it(string variable, string value, string file)
    {
        File.WriteAllText(home.Below(file.Split('/')), "hf_file\n");
        if (variable.Length > 0)
        {
            environment[variable] = Path.Combine(home.Path, value);
        }

        Settings.Token.Should().Be("hf_file");
    }

    [TestCase("HF_HOME", "~/here", "here/token")]
    [TestCase("HF_TOKEN_PATH", "~/here/mine", "here/mine")]
    public void Tilde_is_the_home_folder(string variable, string value, string file)
    {
        File.WriteAllText(home.Below(file.Split('/')), "hf_file");
        environment[variable] = value;

        Settings.Token.Should().Be("hf_file");
    }

    [TestCase("")]
    [TestCase("  \n")]
    public void Empty_token_is_none(string text)
    {
        File.WriteAllText(home.Below(".cache", "huggingface", "token"), text);
        environment["HF_TOKEN"] = text;

        Settings.Token.Should().BeNull();
    }

    [Test]
    public void Token_can_be_left_at_home()
    {
        environment["HF_TOKEN"] = "hf_environment";
        environment["HF_HUB_DISABLE_IMPLICIT_TOKEN"] = "1";

        Settings.Token.Should().BeNull();
    }

    [TestCase("hf_one hf_two")]
    [TestCase("hf_secret\r\nX-Injected: 1")]
    [TestCase("hf_sécret")]
    public void Token_that_cannot_be_one_is_refused_and_not_shown(string token)
    {
        environment["HF_TOKEN"] = token;

        FluentActions.Invoking(() => Settings).Should().Throw<HubException>().WithMessage("The token in HF_TOKEN holds characters that no token has*").And.Message.Should().NotContain("hf_");
    }

    [Test]
    public void File_that_is_no_token_is_not_read_whole()
    {
        string file = home.Below(".cache", "huggingface", "token");
        using (FileStream stream = File.Create(file))
        {
            stream.SetLength(3L << 30);
        }

        FluentActions.Invoking(() => Settings).Should().Throw<HubException>().WithMessage($"*{file}*bytes*");
    }

    [TestCase("HF_HUB_CACHE", "/x", "/x")]
    [TestCase("HF_HUB_CACHE", "~/x", "{home}/x")]
    [TestCase("HF_HOME", "/x", "/x/hub")]
    [TestCase("XDG_CACHE_HOME", "/x", "/x/huggingface/hub")]
    [TestCase("NONE", "", "{home}/.cache/huggingface/hub")]
    public void Cache_is_where_all_tools_look_for_it(string variable, string value, string cache)
    {
        environment[variable] = value;

        HubCache.At(environment.GetValueOrDefault, home.Path).Folder.Should().Be(Path.Combine(cache.Replace("{home}", home.Path, StringComparison.Ordinal).Split('/').Select((part, index) => index == 0 && part.Length == 0 ? "/" : part).ToArray()));
    }
}
