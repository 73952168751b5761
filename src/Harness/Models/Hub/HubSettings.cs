using System.Text;
using CircuitSpecs.Models.Checkpoints;

namespace CircuitSpecs.Models.Hub;

/// <summary>How to talk to a hub: the settings that Hugging Face's own tools read, from the same places.</summary>
public sealed record HubSettings
{
    private const int LongestToken = 10_000;
    private const string DefaultEndpoint = "https://huggingface.co";

    /// <summary>The hub's address, without a slash at its end.</summary>
    public Uri Endpoint { get; init; } = new(DefaultEndpoint);

    /// <summary>The access token; null without. It is sent to <see cref="Endpoint"/> and to no other host, wherever that redirects to.</summary>
    public string? Token { get; init; }

    /// <summary>Whether the network may not be used.</summary>
    public bool Offline { get; init; }

    /// <summary>How many files are downloaded at a time.</summary>
    public int Parallel { get; init; } = 4;

    /// <summary>How often in a row a request may fail without a byte having arrived in between.</summary>
    public int Attempts { get; init; } = 6;

    /// <summary>How long to wait after the first failure; doubles with each further one.</summary>
    public TimeSpan FirstWait { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait between two tries. A server that asks for more (<c>Retry-After</c>) ends the download with that message.</summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long a connection may be silent before it counts as cut.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Whether snapshots are made of symbolic links where the file system has them; otherwise of copies.</summary>
    public bool SymbolicLinks { get; init; } = true;

    /// <summary>
    /// The settings of an environment: <c>HF_ENDPOINT</c>; <c>HF_TOKEN</c> (or <c>HUGGING_FACE_HUB_TOKEN</c>), else the file that
    /// <c>hf auth login</c> writes (<c>HF_TOKEN_PATH</c>, else <c>HF_HOME</c>/token), unless <c>HF_HUB_DISABLE_IMPLICIT_TOKEN</c> is set; <c>HF_HUB_OFFLINE</c>.
    /// </summary>
    /// <param name="variable">Gives the value of an environment variable, or null.</param>
    /// <param name="home">The user's home folder.</param>
    /// <exception cref="HubException">A setting makes no sense.</exception>
    public static HubSettings FromEnvironment(Func<string, string?> variable, string home)
    {
        ArgumentNullException.ThrowIfNull(variable);
        return new HubSettings { Endpoint = EndpointIn(variable), Token = TokenIn(variable, home), Offline = IsOn(variable("HF_HUB_OFFLINE")) };
    }

    private static Uri EndpointIn(Func<string, string?> variable)
    {
        string text = variable("HF_ENDPOINT") is { Length: > 0 } named ? named : DefaultEndpoint;
        return Uri.TryCreate(text.TrimEnd('/'), UriKind.Absolute, out Uri? endpoint) && endpoint.Scheme is "http" or "https" && endpoint.Query.Length == 0 && endpoint.UserInfo.Length == 0
            ? endpoint
            : throw new HubException($"HF_ENDPOINT is '{Quoted(text)}'; expected an address such as {DefaultEndpoint}.");
    }

    private static string? TokenIn(Func<string, string?> variable, string home)
    {
        if (IsOn(variable("HF_HUB_DISABLE_IMPLICIT_TOKEN")))
        {
            return null;
        }

        string source = "HF_TOKEN";
        string? token = new[] { variable("HF_TOKEN"), variable("HUGGING_FACE_HUB_TOKEN") }.FirstOrDefault(value => !string.IsNullOrWhiteSpace(value));
        if (token is null)
        {
            source = variable("HF_TOKEN_PATH") is { Length: > 0 } named ? HubCache.Expanded(named, home) : Path.Combine(HubCache.HomeIn(variable, home), "token");
            token = File.Exists(source) ? TextOf(source) : null;
        }

        token = token?.Trim();
        if (string.IsNullOrEmpty(token))
        {
            return null;
        }

        // Not shown: a token that is wrong in one character is still nearly a token.
        return token.All(letter => letter is > ' ' and <= '~') ? token : throw new HubException($"The token in {source} holds characters that no token has (blanks, line breaks or the like).");
    }

    private static string TextOf(string file)
    {
        try
        {
            return Encoding.UTF8.GetString(BoundedFile.ReadAll(file, LongestToken));
        }
        catch (Exception problem) when (problem is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new HubException($"The file with the token cannot be read: {problem.Message} (HF_TOKEN, HF_TOKEN_PATH and HF_HOME name another one.)", problem);
        }
    }

    private static bool IsOn(string? value) => value?.ToUpperInvariant() is "1" or "ON" or "YES" or "TRUE";

    /// <summary>A text that came from elsewhere, fit for a message: one line, no control characters, not too long.</summary>
    internal static string Quoted(string text)
    {
        const int Longest = 200;
        string line = string.Concat(text.Take(Longest).Select(letter => char.IsControl(letter) || char.IsSurrogate(letter) || char.GetUnicodeCategory(letter) == System.Globalization.UnicodeCategory.Format ? '?' : letter));
        return text.Length > Longest ? line + "…" : line;
    }
}
