using TorchSharp.Kernels;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor normal_(double mean = 0, double std = 1, Generator? generator = null)
        {
            if (std < 0) throw new TorchException("normal_", $"expects std >= 0.0, but found std {std}");
            return Drawn("normal_", () => RandomNumbers.Normal(this, mean, std, generator));
        }

        public Tensor uniform_(double from, double to, Generator? generator = null)
        {
            if (from > to) throw new TorchException("uniform_", $"expects to return a [from, to) range, but found from={from} > to={to}");
            return Drawn("uniform_", () => RandomNumbers.Uniform(this, from, to, generator));
        }

        public Tensor bernoulli_(double p = 0.5, Generator? generator = null)
        {
            if (!(p is >= 0 and <= 1)) throw new TorchException("bernoulli_", $"expects p to be in [0, 1], but got p={p}");
            return Drawn("bernoulli_", () => RandomNumbers.Integers(this, generator, g => g.NextUniform() < p ? 1 : 0));
        }

        public Tensor bernoulli_(Tensor p, Generator? generator = null)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor wide = p.detach().expand(_sizes);
            bool inDouble = wide._dtype == ScalarType.Float64;
            double[] chances = Probabilities("bernoulli_", wide);
            long i = 0;
            Tensor drawn = zeros(_sizes, ScalarType.Float32);
            RandomNumbers.Integers(drawn, generator, g => (inDouble ? g.NextUniform() : g.NextSingle()) < chances[i++] ? 1 : 0);
            return Drawn("bernoulli_", () => Kernels.Convert.Copy(drawn, this));
        }

        public Tensor bernoulli(Generator? generator = null)
        {
            if (!dtype.IsFloat()) throw new TorchException("bernoulli", $"not implemented for {_dtype}");
            using Tensor chances = detach().DetachFromDisposeScope();
            return TensorFactory.Empty(shape, _dtype, null, false).bernoulli_(chances, generator);
        }

        public Tensor exponential_(double lambda = 1, Generator? generator = null)
        {
            if (!(lambda > 0)) throw new TorchException("exponential_", $"expects lambda > 0.0, but found lambda={lambda}");
            return Drawn("exponential_", () => RandomNumbers.Doubles("exponential_", this, generator, g => -Math.Log(1 - g.NextUniform()) / lambda));
        }

        public Tensor cauchy_(double median = 0, double sigma = 1, Generator? generator = null)
        {
            if (!(sigma > 0)) throw new TorchException("cauchy_", $"expects sigma > 0.0, but found sigma={sigma}");
            return Drawn("cauchy_", () => RandomNumbers.Doubles("cauchy_", this, generator, g => median + sigma * Math.Tan(Math.PI * (g.NextUniform() - 0.5))));
        }

        public Tensor log_normal_(double mean = 0, double std = 1, Generator? generator = null)
        {
            if (!(std > 0)) throw new TorchException("log_normal_", $"expects std > 0.0, but found std={std}");
            return Drawn("log_normal_", () => RandomNumbers.Doubles("log_normal_", this, generator, g => Math.Exp(g.NextNormal() * std + mean)));
        }

        public Tensor geometric_(double p, Generator? generator = null)
        {
            if (!(p is > 0 and < 1)) throw new TorchException("geometric_", $"expects p to be in (0, 1), but got p={p}");
            return Drawn("geometric_", () => RandomNumbers.Integers(this, generator, g => (long)Math.Ceiling(Math.Log(g.NextUniform()) / double.LogP1(-p))));
        }

        /// <summary>Whole numbers from <paramref name="from"/> up to below <paramref name="to"/>.</summary>
        public Tensor random_(double from, double to, Generator? generator = null)
        {
            (long low, long high) = ((long)from, (long)to);
            if (low >= high) throw new TorchException("random_", $"expects 'from' to be less than 'to', but got from={low} >= to={high}");
            ulong range = unchecked((ulong)(high - low));
            return Drawn("random_", () => RandomNumbers.Integers(this, generator, g => unchecked((long)(g.NextBelow(range) + (ulong)low))));
        }

        /// <summary>How many events happen where this many are expected.</summary>
        public Tensor poisson(Generator? generator = null)
        {
            if (!dtype.IsFloat()) throw new TorchException("poisson", $"not implemented for {_dtype}");
            using DisposeScope scope = NewDisposeScope();
            double[] rates = detach().to_type(ScalarType.Float64).data<double>().ToArray();
            foreach (double rate in rates)
                if (!(rate >= 0)) throw new TorchException("poisson", $"invalid Poisson rate, expected rate to be non-negative, got {rate}");
            Generator g = generator ?? Generator.Default;
            lock (g.Gate)
                for (int i = 0; i < rates.Length; i++) rates[i] = RandomNumbers.Poisson(rates[i], g);
            return torch.tensor(rates, shape, _dtype).MoveToOuterDisposeScope();
        }

        /// <summary>Indices drawn by unnormalised probabilities along the last dimension.</summary>
        public Tensor multinomial(long num_samples, bool replacement = false, Generator? generator = null)
        {
            const string operation = "multinomial";
            if (!dtype.IsFloat()) throw new TorchException(operation, $"only supports floating-point dtypes for input, got: {_dtype}");
            if (ndim is < 1 or > 2) throw new TorchException(operation, $"prob_dist must be 1 or 2 dim, got shape {Shapes.Text(_sizes)}");
            if (num_samples <= 0) throw new TorchException(operation, $"cannot sample n_sample <= 0 samples, got {num_samples}");
            long n = _sizes[^1];
            if (!replacement && num_samples > n) throw new TorchException(operation, $"cannot sample n_sample > prob_dist.size(-1) samples without replacement: {num_samples} > {n}");
            using DisposeScope scope = NewDisposeScope();
            using IDisposable quiet = no_grad();
            double[] weights = to_type(ScalarType.Float64).data<double>().ToArray();
            foreach (double w in weights)
                if (!(w >= 0) || double.IsInfinity(w)) throw new TorchException(operation, "probability tensor contains either `inf`, `nan` or element < 0");
            for (long start = 0; start < weights.Length; start += n)
                if (weights.AsSpan((int)start, (int)n).IndexOfAnyExcept(0.0) < 0) throw new TorchException(operation, "invalid multinomial distribution (sum of probabilities <= 0)");
            if (!replacement || num_samples == 1)
            {
                // The largest of p / q, q exponential: one draw by the probabilities, and the next largest the next.
                Tensor race = div(torch.empty_like(this).exponential_(1, generator));
                return (num_samples == 1 ? race.argmax(-1, keepdim: true) : race.topk((int)num_samples).indexes).MoveToOuterDisposeScope();
            }

            long rows = weights.Length / n;
            var picked = new long[rows * num_samples];
            bool single = _dtype != ScalarType.Float64;
            Generator g = generator ?? Generator.Default;
            lock (g.Gate)
            {
                for (long r = 0; r < rows; r++)
                {
                    // Added up in the type of the tensor, as libtorch does.
                    Span<double> row = weights.AsSpan((int)(r * n), (int)n);
                    double sum = 0;
                    for (int i = 0; i < row.Length; i++) row[i] = sum = single ? (float)(sum + row[i]) : sum + row[i];
                    for (int i = 0; i < row.Length; i++) row[i] = single ? (float)row[i] / (float)sum : row[i] / sum;
                    row[^1] = 1;
                    for (long k = 0; k < num_samples; k++)
                    {
                        double at = g.NextUniform();
                        int low = 0, high = row.Length;
                        while (high > low)
                        {
                            int middle = low + (high - low) / 2;
                            if (row[middle] < at) low = middle + 1;
                            else high = middle;
                        }

                        picked[r * num_samples + k] = low;
                    }
                }
            }

            long[] sizes = ndim == 1 ? [num_samples] : [rows, num_samples];
            return torch.tensor(picked, sizes).MoveToOuterDisposeScope();
        }

        private static double[] Probabilities(string operation, Tensor p)
        {
            double[] chances = p.to_type(ScalarType.Float64).data<double>().ToArray();
            foreach (double chance in chances)
                if (!(chance is >= 0 and <= 1)) throw new TorchException(operation, $"Expected p_in >= 0 && p_in <= 1 to be true, but got {chance}");
            return chances;
        }

        /// <summary>Overwrites this tensor with random numbers, which have no history.</summary>
        private Tensor Drawn(string operation, Action draw)
        {
            CheckWritable(operation);
            draw();
            ForgetHistory();
            return this;
        }
    }
}
