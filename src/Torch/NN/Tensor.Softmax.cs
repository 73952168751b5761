using TorchSharp.Autograd;
using TorchSharp.Kernels;

namespace TorchSharp;

public static partial class torch
{
    public unsafe partial class Tensor
    {
        public Tensor softmax(long dim, ScalarType? dtype = null) => Recorded("softmax", dim, dtype, log: false);

        public Tensor log_softmax(long dim, ScalarType? dtype = null) => Recorded("log_softmax", dim, dtype, log: true);

        private Tensor Recorded(string operation, long dim, ScalarType? type, bool log)
        {
            if (!Derivative.Wanted(this)) return Softmax(operation, dim, type, log);
            Tensor result;
            using (no_grad()) result = Softmax(operation, dim, type, log);
            return result.OfResult(log ? "LogSoftmaxBackward0" : "SoftmaxBackward0", this, (g, y) =>
            {
                if (!is_grad_enabled() && y._sizes.Length > 0 && y.numel() > 0) return SoftmaxSlope(g, y, dim, log);
                if (log) return g.sub(y.exp().mul(g.sum(dim, keepdim: true)));
                Tensor weighted = g.mul(y);
                return weighted.sub(y.mul(weighted.sum(dim, keepdim: true)));
            });
        }

        private static Tensor SoftmaxSlope(Tensor gradient, Tensor result, long dim, bool log)
        {
            ScalarType type = result._dtype.Compute();
            using Tensor turnedG = gradient.transpose(dim, -1), turnedY = result.transpose(dim, -1);
            using Tensor g = turnedG.AsContiguous(type), y = turnedY.AsContiguous(type);
            Tensor z = Allocate(y._sizes, type);
            long n = y._sizes[^1], rows = y.numel() / n;
            if (type == ScalarType.Float32) RowSlopes.Softmax((float*)g.Bytes, (float*)y.Bytes, (float*)z.Bytes, rows, n, log);
            else RowSlopes.Softmax((double*)g.Bytes, (double*)y.Bytes, (double*)z.Bytes, rows, n, log);
            GC.KeepAlive(z);
            return z.transpose(dim, -1);
        }

        private Tensor Softmax(string operation, long dim, ScalarType? type, bool log)
        {
            ScalarType result = type ?? dtype;
            if (!result.IsFloat()) throw new TorchException(operation, $"not implemented for {result}: give a floating point dtype");
            int axis = Axis(dim, operation);
            if (numel() == 0) return to_type(result, copy: true);
            if (_sizes.Length == 0)
            {
                using Tensor row = reshape(1).DetachFromDisposeScope();
                using Tensor one = row.Softmax(operation, 0, type, log).DetachFromDisposeScope();
                return one.reshape([]);
            }

            using Tensor moved = transpose(axis, -1).DetachFromDisposeScope();
            using Tensor x = moved.AsContiguous(result.Compute());
            Tensor y = Allocate(x._sizes, x._dtype);
            long n = x._sizes[^1], rows = x.numel() / n;
            if (x._dtype == ScalarType.Float32) RowKernels.Softmax((float*)x.Bytes, (float*)y.Bytes, rows, n, log);
            else RowKernels.Softmax((double*)x.Bytes, (double*)y.Bytes, rows, n, log);
            GC.KeepAlive(x);
            GC.KeepAlive(y);
            y = y.Into(result);
            if (axis == _sizes.Length - 1) return y;
            using Tensor back = y;
            using Tensor turned = y.transpose(axis, -1).DetachFromDisposeScope();
            return turned.Copied();
        }
    }
}
