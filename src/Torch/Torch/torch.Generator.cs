namespace TorchSharp;

public static partial class torch
{
    /// <summary>
    /// A stream of random numbers: the Mersenne twister of libtorch's generator on the CPU, so that the same seed gives the
    /// same numbers as there (where libtorch does not hand the work to MKL, which draws by another generator: bernoulli_ and
    /// exponential_ in its x86 builds).
    /// </summary>
    public sealed class Generator : IDisposable
    {
        private const int N = 624, M = 397;

        // The seed, 'left' and 'seeded', 'next', the state as 64-bit words, three doubles, a flag; then a float and a flag.
        private const int StateBytes = 5056, NormalAt = 24 + N * 8;

        private static readonly Generator s_default = new((ulong)Random.Shared.NextInt64());
        private readonly Lock _gate = new();
        private readonly uint[] _state = new uint[N];
        private long _seed;
        private int _left, _next;
        private double _normal;
        private bool _hasNormal;

        public Generator(ulong seed = 0, Device? device = null)
        {
            Tensor.RequireCpu(device);
            this.device = device ?? CPU;
            manual_seed(unchecked((long)seed));
        }

        public static Generator Default => s_default;

        public Device device { get; }

        internal Lock Gate => _gate;

        public Generator manual_seed(long seed)
        {
            lock (_gate)
            {
                _seed = seed;
                _state[0] = unchecked((uint)seed);
                for (uint i = 1; i < N; i++) _state[i] = unchecked(1812433253 * (_state[i - 1] ^ (_state[i - 1] >> 30)) + i);
                _left = 1;
                _next = 0;
                _hasNormal = false;
                _normal = 0;
            }

            return this;
        }

        public long initial_seed() => _seed;

        public long seed()
        {
            manual_seed(Random.Shared.NextInt64());
            return _seed;
        }

        /// <summary>The state in the layout of PyTorch's get_rng_state: 5056 bytes.</summary>
        public Tensor get_state()
        {
            var bytes = new byte[StateBytes];
            lock (_gate)
            {
                BitConverter.TryWriteBytes(bytes.AsSpan(0), _seed);
                BitConverter.TryWriteBytes(bytes.AsSpan(8), _left);
                BitConverter.TryWriteBytes(bytes.AsSpan(12), 1);
                BitConverter.TryWriteBytes(bytes.AsSpan(16), (long)_next);
                for (int i = 0; i < N; i++) BitConverter.TryWriteBytes(bytes.AsSpan(24 + 8 * i), (ulong)_state[i]);
                BitConverter.TryWriteBytes(bytes.AsSpan(NormalAt + 8), _normal);
                BitConverter.TryWriteBytes(bytes.AsSpan(NormalAt + 24), _hasNormal ? 1 : 0);
            }

            return tensor(bytes);
        }

        public void set_state(Tensor value)
        {
            if (value.dtype != ScalarType.Byte || value.numel() != StateBytes)
                throw new TorchException("set_state", $"expected a CPUGeneratorImplState of size {StateBytes} of type Byte but found the input RNG state of shape {Shapes.Text(value._sizes)} and type {value._dtype}");
            byte[] bytes = value.data<byte>().ToArray();
            int left = BitConverter.ToInt32(bytes, 8);
            long next = BitConverter.ToInt64(bytes, 16);
            if (left is < 1 or > N || next is < 0 or > N) throw new TorchException("set_state", "Invalid mt19937 state");
            lock (_gate)
            {
                _seed = BitConverter.ToInt64(bytes, 0);
                (_left, _next) = (left, (int)next);
                for (int i = 0; i < N; i++) _state[i] = unchecked((uint)BitConverter.ToUInt64(bytes, 24 + 8 * i));
                _normal = BitConverter.ToDouble(bytes, NormalAt + 8);
                _hasNormal = BitConverter.ToInt32(bytes, NormalAt + 24) != 0;
            }
        }

        public void Dispose()
        {
            // Holds nothing; TorchSharp's holds a native handle.
        }

        /// <summary>32 random bits. The caller holds the gate.</summary>
        internal uint Next()
        {
            if (--_left == 0) Renew();
            uint y = _state[_next++];
            y ^= y >> 11;
            y ^= (y << 7) & 0x9d2c5680;
            y ^= (y << 15) & 0xefc60000;
            return y ^ (y >> 18);
        }

        internal ulong NextLong()
        {
            ulong high = Next();
            return (high << 32) | Next();
        }

        /// <summary>Uniform in [0, 1), on multiples of 2⁻⁵³.</summary>
        internal double NextUniform() => (NextLong() & ((1UL << 53) - 1)) * (1.0 / (1UL << 53));

        /// <summary>Uniform in [0, 1), on multiples of 2⁻²⁴.</summary>
        internal float NextSingle() => (Next() & ((1u << 24) - 1)) * (1.0f / (1 << 24));

        /// <summary>Standard normal, by Box and Muller; every other one is the second of a pair.</summary>
        internal double NextNormal()
        {
            if (_hasNormal)
            {
                _hasNormal = false;
                return _normal;
            }

            double u1 = NextUniform(), u2 = NextUniform();
            double radius = Math.Sqrt(-2 * double.LogP1(-u2)), angle = 2 * Math.PI * u1;
            _normal = radius * Math.Sin(angle);
            _hasNormal = true;
            return radius * Math.Cos(angle);
        }

        /// <summary>Uniform over 0 … <paramref name="range"/> − 1, by the remainder as in libtorch 2 (1.13 drew 32 bits up to 2³² for most types).</summary>
        internal ulong NextBelow(ulong range) => (range >= 1UL << 28 ? NextLong() : Next()) % range;

        private void Renew()
        {
            _left = N;
            _next = 0;
            for (int i = 0; i < N; i++)
            {
                uint u = _state[i], v = _state[(i + 1) % N], mixed = (u & 0x80000000) | (v & 0x7fffffff);
                _state[i] = _state[(i + M) % N] ^ (mixed >> 1) ^ ((v & 1) == 0 ? 0 : 0x9908b0df);
            }
        }
    }

    public static Generator manual_seed(long seed) => Generator.Default.manual_seed(seed);

    public static long initial_seed() => Generator.Default.initial_seed();

    public static long seed() => Generator.Default.seed();

    public static Tensor get_rng_state() => Generator.Default.get_state();

    public static void set_rng_state(Tensor new_state) => Generator.Default.set_state(new_state);

    public static class random
    {
        public static Generator manual_seed(long seed) => torch.manual_seed(seed);

        public static long initial_seed() => torch.initial_seed();

        public static long seed() => torch.seed();

        public static Tensor get_rng_state() => torch.get_rng_state();

        public static void set_rng_state(Tensor new_state) => torch.set_rng_state(new_state);
    }
}
