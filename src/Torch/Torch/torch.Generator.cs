using System.Numerics;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>
    /// A stream of random numbers (xoshiro256**, seeded through splitmix64). The same seed gives the same numbers on
    /// every platform and number of threads; they are not libtorch's numbers.
    /// </summary>
    public sealed class Generator : IDisposable
    {
        private static readonly Generator s_default = new((ulong)Random.Shared.NextInt64());
        private readonly Lock _gate = new();
        private long _seed;
        private ulong _a, _b, _c, _d;
        private double _spare = double.NaN;

        public Generator(ulong seed = 0, Device? device = null)
        {
            this.device = device ?? CPU;
            manual_seed(unchecked((long)seed));
        }

        public static Generator Default => s_default;

        public Device device { get; }

        internal Lock Gate => _gate;

        public Generator manual_seed(long seed)
        {
            _seed = seed;
            ulong state = unchecked((ulong)seed);
            _a = SplitMix(ref state);
            _b = SplitMix(ref state);
            _c = SplitMix(ref state);
            _d = SplitMix(ref state);
            _spare = double.NaN;
            return this;
        }

        public long initial_seed() => _seed;

        public long seed()
        {
            manual_seed(Random.Shared.NextInt64());
            return _seed;
        }

        public Tensor get_state() => tensor(new[]
        {
            _seed, unchecked((long)_a), unchecked((long)_b), unchecked((long)_c), unchecked((long)_d),
            BitConverter.DoubleToInt64Bits(_spare),
        });

        public void set_state(Tensor value)
        {
            if (value.dtype != ScalarType.Int64 || value.numel() != 6)
                throw new ArgumentException("Not a state that get_state gave.", nameof(value));
            long[] state = value.data<long>().ToArray();
            _seed = state[0];
            (_a, _b, _c, _d) = unchecked(((ulong)state[1], (ulong)state[2], (ulong)state[3], (ulong)state[4]));
            _spare = BitConverter.Int64BitsToDouble(state[5]);
        }

        public void Dispose()
        {
            // Holds nothing; TorchSharp's holds a native handle.
        }

        internal ulong NextBits()
        {
            ulong result = BitOperations.RotateLeft(_b * 5, 7) * 9;
            ulong t = _b << 17;
            _c ^= _a;
            _d ^= _b;
            _b ^= _c;
            _a ^= _d;
            _c ^= t;
            _d = BitOperations.RotateLeft(_d, 45);
            return result;
        }

        /// <summary>Uniform in [0, 1), on multiples of 2⁻⁵³.</summary>
        internal double NextUniform() => (NextBits() >> 11) * (1.0 / (1L << 53));

        /// <summary>Uniform in [0, 1), on multiples of 2⁻²⁴, so that it stays below 1 as a float32.</summary>
        internal float NextSingle() => (NextBits() >> 40) * (1.0f / (1 << 24));

        /// <summary>Standard normal, by the polar method.</summary>
        internal double NextNormal()
        {
            if (!double.IsNaN(_spare))
            {
                double spare = _spare;
                _spare = double.NaN;
                return spare;
            }

            while (true)
            {
                double u = 2 * NextUniform() - 1, v = 2 * NextUniform() - 1, s = u * u + v * v;
                if (s >= 1 || s == 0) continue;
                double scale = Math.Sqrt(-2 * Math.Log(s) / s);
                _spare = v * scale;
                return u * scale;
            }
        }

        /// <summary>Uniform over 0 … <paramref name="bound"/> − 1 without bias (Lemire).</summary>
        internal ulong NextBelow(ulong bound)
        {
            ulong high = Math.BigMul(NextBits(), bound, out ulong low);
            if (low < bound)
            {
                ulong threshold = unchecked(0 - bound) % bound;
                while (low < threshold) high = Math.BigMul(NextBits(), bound, out low);
            }

            return high;
        }

        private static ulong SplitMix(ref ulong state)
        {
            ulong z = state += 0x9E3779B97F4A7C15;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }

    public static Generator manual_seed(long seed) => Generator.Default.manual_seed(seed);

    public static long initial_seed() => Generator.Default.initial_seed();

    public static long seed() => Generator.Default.seed();

    public static class random
    {
        public static Generator manual_seed(long seed) => torch.manual_seed(seed);

        public static long initial_seed() => torch.initial_seed();

        public static long seed() => torch.seed();
    }
}
