namespace CircuitSpecs.Snapshots;

/// <summary>
/// Tells a build server from a person's machine, by the variables that Verify's <c>BuildServerDetector</c> reads and
/// by <c>CI=true</c>. Verify also counts containers and WSL, so that no diff tool opens there; people work in both, and
/// nothing here opens windows, so they do not count.
/// </summary>
public static class BuildServer
{
    private static readonly string[] Variables =
        ["GITHUB_ACTION", "TF_BUILD", "TEAMCITY_VERSION", "GITLAB_CI", "JENKINS_URL", "APPVEYOR", "TRAVIS_BUILD_ID", "GO_SERVER_URL"];

    /// <summary>The variable that gives a build server away, as <c>NAME=value</c>; null on a person's machine.</summary>
    /// <param name="environment">Reads an environment variable; null for the real ones.</param>
    public static string? Detect(Func<string, string?>? environment = null)
    {
        environment ??= Environment.GetEnvironmentVariable;
        string? name = Array.Find(Variables, variable => !string.IsNullOrEmpty(environment(variable)))
            ?? (Is("CI", "true") ? "CI" : Is("BuildRunner", "MyGet") ? "BuildRunner" : null);
        return name is null ? null : $"{name}={environment(name)}";

        bool Is(string variable, string value) => string.Equals(environment(variable), value, StringComparison.OrdinalIgnoreCase);
    }
}
