namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor normal_(double mean = 0, double std = 1, Generator? generator = null)
        {
            CheckWritable("normal_");
            if (std < 0) throw new TorchException("normal_", $"expects std >= 0.0, but found std {std}");
            TensorFactory.Fill(this, generator, g => mean + std * g.NextNormal());
            return this;
        }

        public Tensor uniform_(double from, double to, Generator? generator = null)
        {
            CheckWritable("uniform_");
            if (from > to) throw new TorchException("uniform_", $"expects to return a [from, to) range, but found from={from} > to={to}");
            TensorFactory.Fill(this, generator, _dtype == ScalarType.Float64
                ? g => from + (to - from) * g.NextUniform()
                : g => from + (to - from) * g.NextSingle());
            return this;
        }

        public Tensor bernoulli_(double p = 0.5, Generator? generator = null)
        {
            CheckWritable("bernoulli_");
            TensorFactory.Fill(this, generator, g => g.NextUniform() < p ? 1 : 0);
            return this;
        }

        public Tensor bernoulli(Generator? generator = null)
        {
            using DisposeScope scope = NewDisposeScope();
            return torch.rand(shape, ScalarType.Float64, generator: generator).lt(this).to_type(dtype).MoveToOuterDisposeScope();
        }

        /// <summary>Indices drawn by unnormalised probabilities along the last dimension.</summary>
        public Tensor multinomial(long num_samples, bool replacement = false, Generator? generator = null)
        {
            if (ndim is < 1 or > 2) throw new TorchException("multinomial", $"prob_dist must be 1 or 2 dim, got shape {Shapes.Text(_sizes)}");
            using DisposeScope scope = NewDisposeScope();
            long n = _sizes[^1], rows = n == 0 ? 0 : numel() / n;
            double[] weights = to_type(ScalarType.Float64).data<double>().ToArray();
            var result = new long[rows * num_samples];
            Generator g = generator ?? Generator.Default;
            lock (g.Gate)
            {
                for (long r = 0; r < rows; r++)
                {
                    Span<double> row = weights.AsSpan((int)(r * n), (int)n);
                    for (long k = 0; k < num_samples; k++)
                    {
                        double total = 0;
                        foreach (double w in row)
                        {
                            if (!(w >= 0) || double.IsInfinity(w)) throw new TorchException("multinomial", "probability tensor contains either `inf`, `nan` or element < 0");
                            total += w;
                        }

                        if (total == 0) throw new TorchException("multinomial", $"row {r} has no more than {k} categories with a probability above 0");
                        double at = g.NextUniform() * total;
                        int pick = 0;
                        while (pick < row.Length - 1 && (at -= row[pick]) >= 0) pick++;
                        while (row[pick] == 0) pick--;
                        result[r * num_samples + k] = pick;
                        if (!replacement) row[pick] = 0;
                    }
                }
            }

            long[] sizes = ndim == 1 ? [num_samples] : [rows, num_samples];
            return torch.tensor(result, sizes).MoveToOuterDisposeScope();
        }
    }
}
