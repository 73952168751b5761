namespace TorchSharp;

public static partial class torch
{
    public static Tensor randint(long high, long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) =>
        TensorFactory.Randint(0, high, size, dtype, device, requires_grad, generator);

    public static Tensor randint(long high, Size size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) =>
        TensorFactory.Randint(0, high, size.Shape, dtype, device, requires_grad, generator);

    public static Tensor randint(int high, int[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) =>
        TensorFactory.Randint(0, high, Array.ConvertAll(size, s => (long)s), dtype, device, requires_grad, generator);

    public static Tensor randint(long low, long high, long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) =>
        TensorFactory.Randint(low, high, size, dtype, device, requires_grad, generator);

    public static Tensor randint(long low, long high, Size size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) =>
        TensorFactory.Randint(low, high, size.Shape, dtype, device, requires_grad, generator);

    public static Tensor randint(int low, int high, int[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) =>
        TensorFactory.Randint(low, high, Array.ConvertAll(size, s => (long)s), dtype, device, requires_grad, generator);

    public static Tensor randint_like(Tensor input, long low, long high, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        TensorFactory.Randint(low, high, input.shape, dtype ?? input.dtype, device, requires_grad, null);

    public static Tensor randperm(long n, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null)
    {
        Tensor.RequireCpu(device);
        if (n < 0) throw new TorchException("randperm", $"n must be non-negative, got {n}");
        var order = new long[n];
        for (long i = 0; i < n; i++) order[i] = i;
        Generator g = generator ?? Generator.Default;
        lock (g.Gate)
        {
            for (long i = 0; i < n - 1; i++)
            {
                long j = i + g.Next() % (n - i);
                (order[i], order[j]) = (order[j], order[i]);
            }
        }

        return TensorFactory.Create<long>(order, [n], dtype, device, requires_grad);
    }

    public static Tensor normal(double mean, double std, ReadOnlySpan<long> size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) =>
        TensorFactory.Wanting(requires_grad, TensorFactory.Empty(size, dtype, device, false).normal_(mean, std, generator));

    public static Tensor multinomial(Tensor input, long num_samples, bool replacement = false, Generator? generator = null) =>
        input.multinomial(num_samples, replacement, generator);

    public static Tensor bernoulli(Tensor input, Generator? generator = null) => input.bernoulli(generator);

    /// <summary>Numbers around one mean each, with one deviation each.</summary>
    public static Tensor normal(Tensor mean, Tensor std, Generator? generator = null)
    {
        if (std.lt(0).any().item<bool>()) throw new TorchException("normal", "expects all elements of std >= 0.0");
        using DisposeScope scope = NewDisposeScope();
        long[] sizes = Shapes.Broadcast("normal", mean._sizes, std._sizes);
        return empty(sizes, mean.dtype).normal_(0, 1, generator).mul_(std.detach()).add_(mean.detach()).MoveToOuterDisposeScope();
    }

    public static Tensor poisson(Tensor input, Generator? generator = null) => input.poisson(generator);

    public static double rand_float(Generator? generator = null) => One(rand(1, ScalarType.Float64, generator: generator)).Real;

    public static double randn_float(Generator? generator = null) => One(randn(1, ScalarType.Float64, generator: generator)).Real;

    public static bool randint_bool(Generator? generator = null) => randint_long(0, 2, generator) != 0;

    public static int randint_int(int high, Generator? generator = null) => randint_int(0, high, generator);

    public static int randint_int(int low, int high, Generator? generator = null) => (int)randint_long(low, high, generator);

    public static long randint_long(long high, Generator? generator = null) => randint_long(0, high, generator);

    public static long randint_long(long low, long high, Generator? generator = null) => One(TensorFactory.Randint(low, high, [1], null, null, false, generator)).Integer;

    private static Scalar One(Tensor drawn)
    {
        using (drawn) return drawn.ToScalar();
    }
}
