using CircuitSpecs.Snapshots;

namespace CircuitSpecs.Tests.Snapshots;

public class BuildServerTests
{
    [TestCase("GITHUB_ACTION", "run1")]
    [TestCase("TF_BUILD", "True")]
    [TestCase("TEAMCITY_VERSION", "2024.1")]
    [TestCase("GITLAB_CI", "true")]
    [TestCase("JENKINS_URL", "http://jenkins")]
    [TestCase("APPVEYOR", "True")]
    [TestCase("TRAVIS_BUILD_ID", "17")]
    [TestCase("GO_SERVER_URL", "http://go")]
    [TestCase("BuildRunner", "MyGet")]
    [TestCase("CI", "true")]
    [TestCase("CI", "TRUE")]
    public void Each_variable_gives_a_build_server_away(string variable, string value) =>
        BuildServer.Detect(name => name == variable ? value : null).Should().Be($"{variable}={value}");

    [TestCase("CI", "false")]
    [TestCase("CI", "")]
    [TestCase("GITHUB_ACTION", "")]
    [TestCase("BuildRunner", "mine")]
    [TestCase("PATH", "/bin")]
    public void Other_variables_and_values_do_not(string variable, string value) => BuildServer.Detect(name => name == variable ? value : null).Should().BeNull();
}
