using System.Runtime.ExceptionServices;

namespace TorchSharp.Threading;

/// <summary>
/// Runs numbered tasks on several threads. The caller decides what a task is before it knows how many threads
/// there are, so that a result never depends on their number.
/// </summary>
internal static class ParallelFor
{
    private static int s_threads = Environment.ProcessorCount;

    [ThreadStatic] private static bool t_inside;

    public static int Threads
    {
        get => Volatile.Read(ref s_threads);
        set
        {
            if (value < 1) throw new TorchException("set_num_threads", $"expected a positive number of threads, got {value}");
            Volatile.Write(ref s_threads, value);
        }
    }

    public static void Run(int tasks, Action<int> body)
    {
        int threads = Math.Min(Threads, tasks);
        if (threads <= 1 || t_inside)
        {
            for (int i = 0; i < tasks; i++) body(i);
            return;
        }

        var job = new Job(tasks, body);
        for (int i = 1; i < threads; i++) ThreadPool.UnsafeQueueUserWorkItem(job, preferLocal: false);
        job.Execute();
        job.Wait();
    }

    private sealed class Job(int tasks, Action<int> body) : IThreadPoolWorkItem
    {
        private int _next;
        private int _done;
        private ExceptionDispatchInfo? _failure;

        public void Execute()
        {
            bool outer = t_inside;
            t_inside = true;
            try
            {
                for (int task; (task = Interlocked.Increment(ref _next) - 1) < tasks;)
                {
                    try
                    {
                        if (Volatile.Read(ref _failure) is null) body(task);
                    }
                    catch (Exception e)
                    {
                        Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(e), null);
                    }
                    finally
                    {
                        Interlocked.Increment(ref _done);
                    }
                }
            }
            finally
            {
                t_inside = outer;
            }
        }

        // A helper that starts late finds no task left, so only tasks that are running are waited for.
        public void Wait()
        {
            var spin = new SpinWait();
            while (Volatile.Read(ref _done) < tasks) spin.SpinOnce(sleep1Threshold: -1);
            _failure?.Throw();
        }
    }
}
