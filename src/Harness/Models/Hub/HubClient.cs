using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using CircuitSpecs.Models.Checkpoints;

namespace CircuitSpecs.Models.Hub;

/// <summary>
/// Speaks the hub's protocol: <c>api/models/{model}/revision/{revision}</c> lists files, <c>{model}/resolve/{commit}/{file}</c> gives one,
/// often by redirecting to another host. Proxies are those of the environment (<c>HTTPS_PROXY</c>, <c>NO_PROXY</c>).
/// </summary>
internal sealed class HubClient : IDisposable
{
    private const int MostRedirects = 8;
    private const long LargestListing = 64 << 20;

    private readonly HubSettings settings;
    private readonly HttpClient http;

    // Redirects are followed here, one by one, so that the token stays with the hub.
    public HubClient(HubSettings settings)
        : this(settings, new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = TimeSpan.FromSeconds(20), AutomaticDecompression = DecompressionMethods.None })
    {
    }

    /// <summary>Makes a client that sends its requests through <paramref name="handler"/>, which follows no redirects.</summary>
    public HubClient(HubSettings settings, HttpMessageHandler handler)
    {
        this.settings = settings;
        http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan, MaxResponseContentBufferSize = LargestListing };
        http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("circuitspecs", typeof(HubClient).Assembly.GetName().Version?.ToString(3) ?? "0"));
    }

    /// <summary>The files of a revision.</summary>
    public async Task<HubListing> ListAsync(string model, string revision, CancellationToken cancel)
    {
        string what = $"list of files of '{model}'";
        byte[] json = await PersistAsync(what, null, async () =>
        {
            using HttpResponseMessage response = await SendAsync(HttpMethod.Get, At($"api/models/{model}/revision/{Uri.EscapeDataString(revision)}"), model, revision, null, cancel).ConfigureAwait(false);
            return await Guarded(what, async limit => await response.Content.ReadAsByteArrayAsync(limit).ConfigureAwait(false), cancel).ConfigureAwait(false);
        }, cancel).ConfigureAwait(false);

        JsonElement root;
        try
        {
            root = StrictJson.Parse(settings.Endpoint.ToString(), what, json);
        }
        catch (ModelLoadException problem)
        {
            throw new HubException($"{problem.Message} Is {settings.Endpoint} a hub (HF_ENDPOINT)?", problem);
        }

        string commit = root.TryGetProperty("sha", out JsonElement sha) && sha.ValueKind == JsonValueKind.String ? sha.GetString()! : "";
        if (!HubNames.IsCommit(commit) || !root.TryGetProperty("siblings", out JsonElement siblings) || siblings.ValueKind != JsonValueKind.Array)
        {
            throw new HubException($"{settings.Endpoint}: the {what} lacks 'sha' (a commit of 40 hexadecimal digits) or 'siblings' (the files).");
        }

        return new HubListing(commit, [.. siblings.EnumerateArray().Select(sibling => NameOf(model, sibling)).Distinct(StringComparer.Ordinal)]);
    }

    /// <summary>What the hub says of a file without sending it.</summary>
    public async Task<HubFile> DescribeAsync(string model, string commit, string name, CancellationToken cancel)
    {
        using HttpResponseMessage response = await PersistAsync($"'{name}'", null, () => SendAsync(HttpMethod.Head, Resolve(model, commit, name), model, commit, name, cancel), cancel).ConfigureAwait(false);
        string? stated = Header(response, "X-Repo-Commit");
        if (stated is not null && stated != commit)
        {
            throw new HubException($"'{name}' of '{model}' comes from commit '{HubSettings.Quoted(stated)}', and the list of files from {commit}. Try again.");
        }

        string tag = (Header(response, "X-Linked-ETag") ?? response.Headers.ETag?.ToString() ?? Header(response, "ETag") ?? "").Trim();
        string hash = (tag.StartsWith("W/", StringComparison.Ordinal) ? tag[2..] : tag).Trim('"');
        if (!HubNames.IsHash(hash))
        {
            throw new HubException($"'{name}' of '{model}' cannot be verified: the hub names it by '{HubSettings.Quoted(hash)}'; expected a SHA-256 or a git blob id (ETag, X-Linked-ETag).");
        }

        string? size = Header(response, "X-Linked-Size");
        if (size is null)
        {
            // Of a redirect, the length is that of the redirect's own text.
            return new HubFile(name, hash, response.IsSuccessStatusCode ? response.Content.Headers.ContentLength : null);
        }

        return long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out long bytes)
            ? new HubFile(name, hash, bytes)
            : throw new HubException($"'{name}' of '{model}': the hub says its size is '{HubSettings.Quoted(size)}'; expected a number of bytes (X-Linked-Size).");
    }

    /// <summary>Starts to receive a file. One try: the caller knows where to go on.</summary>
    /// <param name="model">The model.</param>
    /// <param name="commit">The commit.</param>
    /// <param name="name">The file.</param>
    /// <param name="from">The first byte that is wanted.</param>
    /// <param name="validator">The entity tag of the bytes that are there already, where it is known: if the file has changed since, all of it comes.</param>
    /// <param name="cancel">Ends the request.</param>
    /// <returns>A response with 200 (all of it), 206 (the rest) or 416 (there is no rest).</returns>
    /// <exception cref="TransientHubException">It may work later.</exception>
    public Task<HttpResponseMessage> ReceiveAsync(string model, string commit, string name, long from, EntityTagHeaderValue? validator, CancellationToken cancel) =>
        SendAsync(HttpMethod.Get, Resolve(model, commit, name), model, commit, name, cancel, from, validator);

    /// <summary>Runs something that waits for the network; silence for too long and a cut connection become <see cref="TransientHubException"/>.</summary>
    public async Task<T> Guarded<T>(string what, Func<CancellationToken, Task<T>> work, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(settings.Silence);
        try
        {
            return await work(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException silence) when (!cancel.IsCancellationRequested)
        {
            throw new TransientHubException($"{what}: nothing came for {settings.Silence.TotalSeconds:0.#} s", inner: silence);
        }
        catch (HttpRequestException problem)
        {
            throw new TransientHubException($"the connection failed: {problem.Message}", inner: problem);
        }
        catch (IOException problem)
        {
            throw new TransientHubException($"the connection was cut: {problem.Message}", inner: problem);
        }
    }

    public void Dispose() => http.Dispose();

    private static string? Header(HttpResponseMessage response, string name) => response.Headers.TryGetValues(name, out IEnumerable<string>? values) ? values.FirstOrDefault() : null;

    private static string NameOf(string model, JsonElement sibling)
    {
        string name = sibling.ValueKind == JsonValueKind.Object && sibling.TryGetProperty("rfilename", out JsonElement text) && text.ValueKind == JsonValueKind.String ? text.GetString()! : "";
        return HubNames.IsSafePath(name) ? name : throw new HubException($"The hub lists a file '{HubSettings.Quoted(name)}' in '{model}', which is not a path below a folder on every system. Nothing was downloaded.");
    }

    private async Task<T> PersistAsync<T>(string what, Action<string>? note, Func<Task<T>> attempt, CancellationToken cancel)
    {
        var backoff = new HubBackoff(settings);
        while (true)
        {
            try
            {
                return await attempt().ConfigureAwait(false);
            }
            catch (TransientHubException failure)
            {
                await backoff.WaitAsync(what, failure, note, cancel).ConfigureAwait(false);
            }
        }
    }

    private Uri Resolve(string model, string commit, string name) => At($"{model}/resolve/{commit}/{string.Join('/', name.Split('/').Select(Uri.EscapeDataString))}");

    private Uri At(string path) => new($"{settings.Endpoint.ToString().TrimEnd('/')}/{path}");

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, Uri address, string model, string revision, string? file, CancellationToken cancel, long from = 0, EntityTagHeaderValue? validator = null)
    {
        for (int redirects = 0; redirects <= MostRedirects; redirects++)
        {
            bool atHub = IsAtHub(address);
            using var request = new HttpRequestMessage(method, address);
            request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("identity"));
            if (atHub && settings.Token is string token)
            {
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            }

            if (from > 0)
            {
                request.Headers.Range = new RangeHeaderValue(from, null);
                request.Headers.IfRange = validator is { IsWeak: false } ? new RangeConditionHeaderValue(validator) : null;
            }

            HttpResponseMessage response = await Guarded(address.Host, limit => http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit), cancel).ConfigureAwait(false);
            try
            {
                int status = (int)response.StatusCode;
                bool redirect = status is 301 or 302 or 303 or 307 or 308;
                if (!redirect)
                {
                    HttpResponseMessage wanted = Require(response, model, revision, file, atHub);
                    response = null!;
                    return wanted;
                }

                Uri target = Target(address, response);
                if (method == HttpMethod.Head && !IsAtHub(target))
                {
                    // The hub's own answer says what the file is; the other host's would say what that host thinks.
                    HttpResponseMessage description = response;
                    response = null!;
                    return description;
                }

                address = target;
            }
            finally
            {
                response?.Dispose();
            }
        }

        throw new HubException($"{settings.Endpoint} redirects '{model}' more than {MostRedirects} times.");
    }

    private bool IsAtHub(Uri address) => Uri.Compare(address, settings.Endpoint, UriComponents.SchemeAndServer, UriFormat.UriEscaped, StringComparison.OrdinalIgnoreCase) == 0;

    private static Uri Target(Uri address, HttpResponseMessage response)
    {
        Uri target = response.Headers.Location is Uri location ? new Uri(address, location) : throw new HubException($"{address.Host} redirects without saying where to.");
        return target.Scheme == "https" || (target.Scheme == "http" && address.Scheme == "http")
            ? target
            : throw new HubException($"{address.Host} redirects from {address.Scheme} to '{HubSettings.Quoted(target.Scheme)}', which is not followed.");
    }

    private HttpResponseMessage Require(HttpResponseMessage response, string model, string revision, string? file, bool atHub)
    {
        int status = (int)response.StatusCode;
        if (status is 200 or 206 or 416)
        {
            return response;
        }

        string host = response.RequestMessage!.RequestUri!.Authority;
        if (status is 429 or 408 or >= 500)
        {
            throw new TransientHubException($"{host} answers {status}", RetryAfter(response));
        }

        if (!atHub)
        {
            // Signed addresses run out; the hub gives a new one.
            throw status is 403 ? new TransientHubException($"{host} answers 403") : new HubException($"{host}, where the hub sends '{file}' of '{model}' from, answers {status}.");
        }

        throw new HubException(Refusal(status, Header(response, "X-Error-Code"), Header(response, "X-Error-Message"), model, revision, file));
    }

    private string Refusal(int status, string? code, string? said, string model, string revision, string? file)
    {
        string endpoint = settings.Endpoint.ToString().TrimEnd('/');
        string quote = string.IsNullOrEmpty(said) ? "" : $" The hub says: {HubSettings.Quoted(said)}";
        string tokens = $"set HF_TOKEN to a token of an account that has access ({endpoint}/settings/tokens)";
        return (status, code) switch
        {
            (401 or 403, "GatedRepo") when settings.Token is null => $"'{model}' is gated: ask for access at {endpoint}/{model}, then {tokens}.{quote}",
            (401 or 403, "GatedRepo") => $"'{model}' is gated, and the account of the token that was sent has no access: ask for it at {endpoint}/{model}.{quote}",
            (401, _) when settings.Token is null => $"The hub shows no model '{model}' to everybody (401): the name is wrong, or it is private or gated. If it is, {tokens}.{quote}",
            (401, _) => $"The hub does not accept the token for '{model}' (401): it is wrong or has run out, or there is no such model. Make one at {endpoint}/settings/tokens.{quote}",
            (403, _) => $"The hub refuses '{model}' (403): ask for access at {endpoint}/{model}, then {tokens}.{quote}",
            (404, "RevisionNotFound") => $"'{model}' has no revision '{revision}'.{quote}",
            (404, "EntryNotFound") => $"'{model}' has no file '{file}' at revision '{revision}'.{quote}",
            (404, "RepoNotFound") => $"There is no model '{model}' at {endpoint}. Private ones: {tokens}.{quote}",
            (404, _) => $"{endpoint} has no model '{model}' with revision '{revision}'{(file is null ? "" : $" and file '{file}'")} (404).{quote}",
            _ => $"{endpoint} answers {status} when asked for {(file is null ? "the files" : $"'{file}'")} of '{model}'.{quote}",
        };
    }

    private static TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        RetryConditionHeaderValue? after = response.Headers.RetryAfter;
        TimeSpan? wait = after?.Delta ?? (after?.Date is DateTimeOffset date ? date - DateTimeOffset.UtcNow : null);
        return wait is TimeSpan time && time < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }
}
