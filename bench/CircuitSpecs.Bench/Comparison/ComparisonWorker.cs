using System.Diagnostics;
using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Bench.Comparison;

/// <summary>
/// Our side of <c>bench/compare.sh</c>: reads one request a line, runs that work for about as long as it says, and
/// answers with the shortest time. The other side is <c>compare.py</c>, which asks both in turn.
/// </summary>
internal static class ComparisonWorker
{
    /// <summary>
    /// Answers requests until the input ends: <c>time NAME THREADS SECONDS</c> with the shortest time in milliseconds,
    /// <c>write NAME FILE</c> by writing the result as float32 to the file.
    /// </summary>
    /// <param name="model">The folder of a model of GPT-2's shape, for the work that runs one.</param>
    public static void Run(string? model)
    {
        using var work = new ComparedWork(model);
        while (Console.ReadLine() is string line)
        {
            string[] request = line.Split(' ');
            Console.WriteLine(request[0] switch
            {
                "time" => Time(work.Named(request[1]), int.Parse(request[2], CultureInfo.InvariantCulture), double.Parse(request[3], CultureInfo.InvariantCulture))
                    .ToString("R", CultureInfo.InvariantCulture),
                "write" => Write(work.Named(request[1]), request[2]),
                _ => throw new InvalidOperationException($"Unknown request: {line}"),
            });
        }
    }

    private static double Time(Func<Tensor> action, int threads, double seconds)
    {
        set_num_threads(threads);
        double best = double.PositiveInfinity;
        long begin = Stopwatch.GetTimestamp();
        int times = 0;
        while (times < 3 || Stopwatch.GetElapsedTime(begin).TotalSeconds < seconds)
        {
            long start = Stopwatch.GetTimestamp();
            using (DisposeScope scope = NewDisposeScope())
            {
                action();
            }

            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            times++;
        }

        return best;
    }

    private static string Write(Func<Tensor> action, string file)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor result = action().contiguous();
        File.WriteAllBytes(file, result.bytes.ToArray());
        return string.Join(' ', result.shape);
    }
}
