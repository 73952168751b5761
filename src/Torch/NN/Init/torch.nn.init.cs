namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>First values of parameters. All write in place, record no derivative, and return their argument.</summary>
        public static partial class init
        {
            public static double calculate_gain(NonlinearityType nonlinearity, double param = 0.0) => nonlinearity switch
            {
                NonlinearityType.Tanh => 5.0 / 3,
                NonlinearityType.ReLU => Math.Sqrt(2),
                NonlinearityType.LeakyReLU => Math.Sqrt(2 / (1 + param * param)),
                _ => 1,
            };

            public static Tensor ones_(Tensor tensor) => Quietly(tensor, t => t.fill_(1));

            public static Tensor zeros_(Tensor tensor) => Quietly(tensor, t => t.zero_());

            public static Tensor constant_(Tensor tensor, Scalar val) => Quietly(tensor, t => t.fill_(val));

            public static Tensor uniform_(Tensor tensor, double low = 0, double high = 1, Generator? generator = null) =>
                Quietly(tensor, t => t.uniform_(low, high, generator));

            public static Tensor normal_(Tensor tensor, double mean = 0, double std = 1, Generator? generator = null) =>
                Quietly(tensor, t => t.normal_(mean, std, generator));

            /// <summary>
            /// Normal within [a, b], as PyTorch draws it: the inverse of the distribution function at uniform numbers. TorchSharp
            /// 0.107 itself gives a constant here, by a mistake that is not repeated.
            /// </summary>
            public static Tensor trunc_normal_(
                Tensor tensor, double mean = 0.0, double std = 1.0, double a = -2.0, double b = 2.0, Generator? generator = null)
            {
                if (!(a < b)) throw new TorchException("trunc_normal_", $"expects a < b, but found a={a} and b={b}");
                if (!(std > 0)) throw new TorchException("trunc_normal_", $"expects std > 0.0, but found std {std}");
                double low = Below((a - mean) / std), high = Below((b - mean) / std);
                return Quietly(tensor, t => t.uniform_(2 * low - 1, 2 * high - 1, generator).erfinv_().mul_(std * Math.Sqrt(2)).add_(mean).clamp_(a, b));

                static double Below(double x) => Kernels.Operations.ErrorFunction.Erfc(-x / Math.Sqrt(2)) / 2;
            }

            public static Tensor eye_(Tensor tensor)
            {
                if (tensor.dim() != 2) throw new TorchException("eye_", $"Only tensors with 2 dimensions are supported, got shape {Shapes.Text(tensor.shape)}");
                return Quietly(tensor, t =>
                {
                    t.zero_();
                    using Tensor diagonal = t.diagonal();
                    diagonal.fill_(1);
                });
            }

            /// <summary>Orthonormal rows, or columns where those are fewer, times the gain; dimensions after the first count as one.</summary>
            public static Tensor orthogonal_(Tensor tensor, double gain = 1.0)
            {
                if (tensor.dim() < 2) throw new TorchException("orthogonal_", $"Only tensors with 2 or more dimensions are supported, got shape {Shapes.Text(tensor.shape)}");
                long rows = tensor.shape[0], columns = rows == 0 ? 0 : tensor.numel() / rows;
                if (tensor.numel() == 0) return tensor;
                return Quietly(tensor, t =>
                {
                    bool turned = rows > columns;
                    Tensor draw = randn([Math.Min(rows, columns), Math.Max(rows, columns)], ScalarType.Float64);
                    Orthonormalize(draw);
                    t.copy_((turned ? draw.t() : draw).mul(gain).reshape(t.shape));
                });
            }

            /// <summary>Normal, but for a share of zeros in every column.</summary>
            public static Tensor sparse_(Tensor tensor, double sparsity, double std = 0.01)
            {
                if (tensor.dim() != 2) throw new TorchException("sparse_", $"Only tensors with 2 dimensions are supported, got shape {Shapes.Text(tensor.shape)}");
                long rows = tensor.shape[0], columns = tensor.shape[1], zeros = (long)Math.Ceiling(sparsity * rows);
                return Quietly(tensor, t =>
                {
                    t.normal_(0, std);
                    for (long column = 0; column < columns; column++)
                    {
                        using Tensor values = t.select(1, column);
                        values.index_fill_(0, randperm(rows).narrow(0, 0, zeros), 0);
                    }
                });
            }

            public static Tensor kaiming_uniform_(
                Tensor tensor, double a = 0, FanInOut mode = FanInOut.FanIn, NonlinearityType nonlinearity = NonlinearityType.LeakyReLU)
            {
                if (tensor.numel() == 0) return tensor;
                double bound = Math.Sqrt(3) * KaimingStd(tensor, a, mode, nonlinearity);
                return uniform_(tensor, -bound, bound);
            }

            public static Tensor kaiming_normal_(
                Tensor tensor, double a = 0, FanInOut mode = FanInOut.FanIn, NonlinearityType nonlinearity = NonlinearityType.LeakyReLU) =>
                tensor.numel() == 0 ? tensor : normal_(tensor, 0, KaimingStd(tensor, a, mode, nonlinearity));

            public static Tensor xavier_uniform_(Tensor tensor, double gain = 1.0)
            {
                double bound = Math.Sqrt(3) * XavierStd(tensor, gain);
                return uniform_(tensor, -bound, bound);
            }

            /// <summary>Normal, as the name says and PyTorch does; TorchSharp 0.107 draws from the uniform distribution here.</summary>
            public static Tensor xavier_normal_(Tensor tensor, double gain = 1.0) => normal_(tensor, 0, XavierStd(tensor, gain));

            public static Tensor glorot_uniform_(Tensor tensor, double gain = 1.0) => xavier_uniform_(tensor, gain);

            public static Tensor glorot_normal_(Tensor tensor, double gain = 1.0) => xavier_normal_(tensor, gain);

            /// <summary>Inputs and outputs of a weight [out, in, …], each times the size of the dimensions after them.</summary>
            public static (long fanIn, long fanOut) CalculateFanInAndFanOut(Tensor tensor)
            {
                long[] shape = tensor.shape;
                if (shape.Length < 2)
                    throw new ArgumentException("Fan in and fan out can not be computed for tensor with fewer than 2 dimensions");
                long field = Shapes.Count(shape.AsSpan(2));
                return (shape[1] * field, shape[0] * field);
            }

            private static double KaimingStd(Tensor tensor, double a, FanInOut mode, NonlinearityType nonlinearity)
            {
                (long fanIn, long fanOut) = CalculateFanInAndFanOut(tensor);
                return calculate_gain(nonlinearity, a) / Math.Sqrt(mode == FanInOut.FanIn ? fanIn : fanOut);
            }

            private static double XavierStd(Tensor tensor, double gain)
            {
                (long fanIn, long fanOut) = CalculateFanInAndFanOut(tensor);
                return gain * Math.Sqrt(2.0 / (fanIn + fanOut));
            }

            /// <summary>Gram–Schmidt on the rows, twice over, so that they are orthogonal to the last digits.</summary>
            private static void Orthonormalize(Tensor rows)
            {
                for (long i = 0; i < rows.shape[0]; i++)
                {
                    Tensor row = rows.select(0, i);
                    for (int pass = 0; pass < 2 && i > 0; pass++)
                    {
                        Tensor before = rows.narrow(0, 0, i);
                        row.sub_(before.t().mv(before.mv(row)));
                    }

                    row.div_(linalg.vector_norm(row));
                }
            }

            private static Tensor Quietly(Tensor tensor, Action<Tensor> write)
            {
                using IDisposable mode = no_grad();
                using DisposeScope scope = NewDisposeScope();
                write(tensor);
                return tensor;
            }
        }
    }
}
