namespace TorchSharp;

public static partial class torch
{
    public static Tensor arange(Scalar stop, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        arange(0, stop, 1, dtype, device, requires_grad);

    public static Tensor arange(Scalar start, Scalar stop, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        arange(start, stop, 1, dtype, device, requires_grad);

    public static Tensor arange(Scalar start, Scalar stop, Scalar step, ScalarType? dtype = null, Device? device = null, bool requires_grad = false)
    {
        Tensor.RequireCpu(device);
        bool integers = start.IsInteger && stop.IsInteger && step.IsInteger;
        ScalarType type = dtype ?? (integers ? ScalarType.Int64 : get_default_dtype());
        if (step.Real == 0) throw new TorchException("arange", "step must be nonzero");
        if ((step.Real > 0 && start.Real > stop.Real) || (step.Real < 0 && start.Real < stop.Real))
            throw new TorchException("arange", $"upper bound and larger bound inconsistent with step sign: {start} to {stop} by {step}");
        if (integers)
        {
            long by = step.Integer, distance = stop.Integer - start.Integer;
            var whole = new long[(distance + by - Math.Sign(by)) / by];
            for (long i = 0; i < whole.Length; i++) whole[i] = start.Integer + i * by;
            return TensorFactory.Create<long>(whole, [whole.Length], type, device, requires_grad);
        }

        var values = new double[(long)Math.Ceiling((stop.Real - start.Real) / step.Real)];
        for (long i = 0; i < values.Length; i++) values[i] = start.Real + i * step.Real;
        return TensorFactory.Create<double>(values, [values.Length], type, device, requires_grad);
    }

    public static Tensor linspace(double start, double end, long steps, ScalarType? dtype = null, Device? device = null, bool requires_grad = false)
    {
        Tensor.RequireCpu(device);
        if (steps < 0) throw new TorchException("linspace", "number of steps must be non-negative");
        var values = new double[steps];
        double by = steps > 1 ? (end - start) / (steps - 1) : 0;

        // From both ends, so that both are exact.
        for (long i = 0; i < steps; i++) values[i] = i < (steps + 1) / 2 ? start + i * by : end - (steps - 1 - i) * by;
        return TensorFactory.Create<double>(values, [steps], dtype ?? get_default_dtype(), device, requires_grad);
    }

    public static Tensor logspace(double start, double end, long steps, double @base = 10, ScalarType? dtype = null, Device? device = null, bool requires_grad = false)
    {
        using DisposeScope scope = NewDisposeScope();
        double[] powers = linspace(start, end, steps, ScalarType.Float64, device).data<double>().ToArray();
        return TensorFactory.Create<double>(Array.ConvertAll(powers, p => Math.Pow(@base, p)), [steps], dtype ?? get_default_dtype(), device, requires_grad).MoveToOuterDisposeScope();
    }

    public static Tensor eye(long rows, long columns = -1, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
    {
        Tensor result = TensorFactory.Zeros([rows, columns < 0 ? rows : columns], dtype, device, false);
        using Tensor diagonal = result.diagonal().DetachFromDisposeScope();
        diagonal.fill_(1);
        return TensorFactory.Wanting(requires_grad, result);
    }

    public static Tensor tril_indices(long row, long col, long offset = 0, ScalarType dtype = ScalarType.Int64, Device? device = null) =>
        Triangle(row, col, (r, c) => c - r <= offset, dtype, device);

    public static Tensor triu_indices(long row, long col, long offset = 0, ScalarType dtype = ScalarType.Int64, Device? device = null) =>
        Triangle(row, col, (r, c) => c - r >= offset, dtype, device);

    private static Tensor Triangle(long rows, long columns, Func<long, long, bool> inside, ScalarType dtype, Device? device)
    {
        var r = new List<long>();
        var c = new List<long>();
        for (long i = 0; i < rows; i++)
        {
            for (long j = 0; j < columns; j++)
            {
                if (!inside(i, j)) continue;
                r.Add(i);
                c.Add(j);
            }
        }

        return TensorFactory.Create<long>([.. r, .. c], [2, r.Count], dtype, device, false);
    }
}
