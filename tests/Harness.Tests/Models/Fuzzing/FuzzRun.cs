using System.Diagnostics;
using CircuitSpecs.Models;

namespace CircuitSpecs.Tests.Models.Fuzzing;

/// <summary>Many changed files, each of which has to be loaded correctly or refused cleanly, in little time and memory.</summary>
internal static class FuzzRun
{
    /// <summary>How many files a test makes of a format's main form.</summary>
    public const int Many = 10_000;

    /// <summary>How many files a test makes of a variant.</summary>
    public const int Some = 1_000;

    // What a small file may cost, also one that is refused with a long message.
    private const long MostAllocated = 8_000_000;
    private static readonly TimeSpan MostTime = TimeSpan.FromSeconds(2);

    /// <summary>Makes the files and loads them.</summary>
    /// <param name="seed">Where the random numbers begin; the same files for the same seed.</param>
    /// <param name="mutate">Makes a file.</param>
    /// <param name="load">Writes and loads it, and checks what was loaded.</param>
    /// <param name="count">How many files.</param>
    /// <returns>How many were loaded and how many refused.</returns>
    public static (int Loaded, int Refused) Of(int seed, Func<Random, byte[]> mutate, Action<byte[]> load, int count = Many)
    {
        var random = new Random(seed);
        (int loaded, int refused) = (0, 0);
        for (int index = 0; index < count; index++)
        {
            byte[] mutated = mutate(random);
            long before = GC.GetAllocatedBytesForCurrentThread();
            long start = Stopwatch.GetTimestamp();
            try
            {
                load(mutated);
                loaded++;
            }
            catch (ModelLoadException refusal)
            {
                Require(refusal.Problem.Length is > 0 and < 20_000, "a refusal gives a reason of readable length");
                refused++;
            }
            catch (Exception other) when (other is not NUnit.Framework.ResultStateException)
            {
                throw new AssertionException($"Mutation {index} of seed {seed} ends in {other.GetType().Name}, expected {nameof(ModelLoadException)} or a load. Its bytes: {Convert.ToBase64String(mutated)}", other);
            }

            Require(Stopwatch.GetElapsedTime(start) < MostTime, $"mutation {index} of seed {seed} is a small file: it takes little time");
            Require(GC.GetAllocatedBytesForCurrentThread() - before < MostAllocated, $"mutation {index} of seed {seed} is a small file: it takes little memory");
        }

        TestContext.Out.WriteLine($"{loaded} loaded, {refused} refused");
        return (loaded, refused);
    }

    /// <summary>An assertion that costs nothing where it holds.</summary>
    public static void Require(bool condition, string expectation)
    {
        if (!condition)
        {
            throw new AssertionException($"Expected that {expectation}.");
        }
    }
}
