using System.Runtime.InteropServices;

namespace TorchSharp.Storage;

/// <summary>
/// Keeps freed blocks for reuse: a forward pass asks for the same sizes again and again, and a fresh large block
/// from the operating system costs a page fault every 4 KiB.
/// </summary>
internal static unsafe class StoragePool
{
    public const int Alignment = 64;
    private const long MaxKept = 512L << 20;
    private const long MaxPooledBlock = 256L << 20;
    private const int Classes = 40 * 4;
    private const int HugePage = 2 << 20;
    private const int WantHugePages = 14;

    private static readonly Stack<nint>[] Free = new Stack<nint>[Classes];
    private static readonly Lock[] Gates = new Lock[Classes];
    private static long s_kept;

    static StoragePool()
    {
        for (int i = 0; i < Classes; i++)
        {
            Free[i] = new Stack<nint>();
            Gates[i] = new Lock();
        }
    }

    // Only advice: where it is refused, pages stay small, so nothing is made of the answer.
    [DllImport("libc", EntryPoint = "madvise")]
    private static extern int MemoryAdvice(nint start, nint length, int advice);

    /// <summary>Returns an uninitialised block of at least <paramref name="bytes"/> bytes and its real size.</summary>
    public static byte* Rent(long bytes, out long capacity)
    {
        int index = ClassOf(Math.Max(bytes, Alignment), out capacity);
        if (capacity <= MaxPooledBlock)
        {
            lock (Gates[index])
            {
                if (Free[index].TryPop(out nint block))
                {
                    Interlocked.Add(ref s_kept, -capacity);
                    return (byte*)block;
                }
            }
        }

        byte* fresh = (byte*)NativeMemory.AlignedAlloc((nuint)capacity, capacity >= HugePage ? (nuint)HugePage : Alignment);
        if (capacity >= HugePage && OperatingSystem.IsLinux()) _ = MemoryAdvice((nint)fresh, (nint)capacity, WantHugePages);
        if (capacity >= 1 << 16) GC.AddMemoryPressure(capacity);
        return fresh;
    }

    public static void Return(byte* block, long capacity)
    {
        if (capacity <= MaxPooledBlock && Interlocked.Read(ref s_kept) + capacity <= MaxKept)
        {
            int index = ClassOf(capacity, out _);
            lock (Gates[index]) Free[index].Push((nint)block);
            Interlocked.Add(ref s_kept, capacity);
            return;
        }

        NativeMemory.AlignedFree(block);
        if (capacity >= 1 << 16) GC.RemoveMemoryPressure(capacity);
    }

    // Four classes an octave: at most a fifth of a block is wasted.
    private static int ClassOf(long bytes, out long capacity)
    {
        int octave = 63 - System.Numerics.BitOperations.LeadingZeroCount((ulong)bytes);
        long low = 1L << octave;
        long step = Math.Max(low >> 2, 1);
        long quarter = (bytes - low + step - 1) / step;
        if (quarter == 4)
        {
            octave++;
            quarter = 0;
            low <<= 1;
            step <<= 1;
        }

        capacity = low + quarter * step;
        return Math.Min(octave, 39) * 4 + (int)quarter;
    }
}
