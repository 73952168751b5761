namespace CircuitSpecs.Models.Hub;

/// <summary>
/// Lets one download of a blob at a time into a cache, of this process or another: <c>.locks/models--org--name/&lt;hash&gt;.lock</c>, held open by who downloads.
/// Place and kind are those of Hugging Face's own tools, which wait for it too. A process that dies gives it back; the file itself stays.
/// </summary>
internal static class HubLock
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>Waits until nobody else downloads the blob.</summary>
    /// <param name="path">The lock's file.</param>
    /// <param name="waiting">Told once, if there is a wait.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <returns>The lock, which disposal gives back.</returns>
    /// <exception cref="HubException">The file cannot be made.</exception>
    public static async Task<IDisposable> AcquireAsync(string path, Action waiting, CancellationToken cancel)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        for (bool first = true; ; first = false)
        {
            try
            {
                // No share: an advisory lock of the whole file on Unix, a refusal by the system on Windows.
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            }
            catch (IOException busy) when (IsBusy(busy))
            {
                if (first)
                {
                    waiting();
                }
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
            {
                throw new HubException($"'{path}' cannot be opened, without which two downloads would get in each other's way: {problem.Message}", problem);
            }

            await Task.Delay(Pause, cancel).ConfigureAwait(false);
        }
    }

    // What .NET makes of EWOULDBLOCK on Linux and macOS, and of ERROR_SHARING_VIOLATION on Windows; other failures do not pass by waiting.
    private static bool IsBusy(IOException failure) => failure.HResult is 11 or 35 or unchecked((int)0x80070020);
}
