using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace TorchSharp.Kernels;

/// <summary>Lays lines side by side, as packed operands of a product want them: element x of line l goes to place x · step + l.</summary>
internal static unsafe class Interleave
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<T>(T* source, long lineStep, int lines, long length, T* to, long step) where T : unmanaged
    {
        int line = 0;
        if (sizeof(T) == sizeof(float) && Avx.IsSupported)
        {
            for (; line + 8 <= lines; line += 8) Eight((float*)(source + line * lineStep), lineStep, length, (float*)(to + line), step);
            for (; line + 4 <= lines; line += 4) Four((float*)(source + line * lineStep), lineStep, length, (float*)(to + line), step);
        }

        for (; line < lines; line++)
        {
            T* from = source + line * lineStep, at = to + line;
            for (long x = 0; x < length; x++, at += step) *at = from[x];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Eight(float* source, long lineStep, long length, float* to, long step)
    {
        long x = 0;
        for (; x + 8 <= length; x += 8)
        {
            float* s = source + x;
            Vector256<float> a = Vector256.Load(s), b = Vector256.Load(s + lineStep), c = Vector256.Load(s + 2 * lineStep), d = Vector256.Load(s + 3 * lineStep);
            s += 4 * lineStep;
            Vector256<float> e = Vector256.Load(s), f = Vector256.Load(s + lineStep), g = Vector256.Load(s + 2 * lineStep), h = Vector256.Load(s + 3 * lineStep);

            // Pairs, fours, then halves.
            Vector256<float> ab = Avx.UnpackLow(a, b), AB = Avx.UnpackHigh(a, b), cd = Avx.UnpackLow(c, d), CD = Avx.UnpackHigh(c, d);
            Vector256<float> ef = Avx.UnpackLow(e, f), EF = Avx.UnpackHigh(e, f), gh = Avx.UnpackLow(g, h), GH = Avx.UnpackHigh(g, h);
            a = Avx.Shuffle(ab, cd, 0x44);
            b = Avx.Shuffle(ab, cd, 0xEE);
            c = Avx.Shuffle(AB, CD, 0x44);
            d = Avx.Shuffle(AB, CD, 0xEE);
            e = Avx.Shuffle(ef, gh, 0x44);
            f = Avx.Shuffle(ef, gh, 0xEE);
            g = Avx.Shuffle(EF, GH, 0x44);
            h = Avx.Shuffle(EF, GH, 0xEE);
            float* t = to + x * step;
            Avx.Permute2x128(a, e, 0x20).Store(t);
            Avx.Permute2x128(b, f, 0x20).Store(t + step);
            Avx.Permute2x128(c, g, 0x20).Store(t + 2 * step);
            Avx.Permute2x128(d, h, 0x20).Store(t + 3 * step);
            t += 4 * step;
            Avx.Permute2x128(a, e, 0x31).Store(t);
            Avx.Permute2x128(b, f, 0x31).Store(t + step);
            Avx.Permute2x128(c, g, 0x31).Store(t + 2 * step);
            Avx.Permute2x128(d, h, 0x31).Store(t + 3 * step);
        }

        for (; x < length; x++)
            for (int line = 0; line < 8; line++) to[x * step + line] = source[line * lineStep + x];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Four(float* source, long lineStep, long length, float* to, long step)
    {
        long x = 0;
        for (; x + 4 <= length; x += 4)
        {
            float* s = source + x;
            Vector128<float> a = Vector128.Load(s), b = Vector128.Load(s + lineStep), c = Vector128.Load(s + 2 * lineStep), d = Vector128.Load(s + 3 * lineStep);
            Vector128<float> ab = Sse.UnpackLow(a, b), AB = Sse.UnpackHigh(a, b), cd = Sse.UnpackLow(c, d), CD = Sse.UnpackHigh(c, d);
            float* t = to + x * step;
            Sse.MoveLowToHigh(ab, cd).Store(t);
            Sse.MoveHighToLow(cd, ab).Store(t + step);
            Sse.MoveLowToHigh(AB, CD).Store(t + 2 * step);
            Sse.MoveHighToLow(CD, AB).Store(t + 3 * step);
        }

        for (; x < length; x++)
            for (int line = 0; line < 4; line++) to[x * step + line] = source[line * lineStep + x];
    }
}
