using TorchSharp.Autograd;
using TorchSharp.Kernels;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static unsafe partial class functional
        {
            public static Tensor softmax(Tensor input, long dim, ScalarType? dtype = null) => input.softmax(dim, dtype);

            public static Tensor log_softmax(Tensor x, long dim) => x.log_softmax(dim);

            public static Tensor softmin(Tensor x, long dim)
            {
                using Tensor negative = x.neg().DetachFromDisposeScope();
                return negative.softmax(dim);
            }

            public static Tensor relu(Tensor x, bool inplace = false) => inplace ? x.relu_().alias() : x.relu();

            public static Tensor gelu(Tensor x) => x.gelu();

            public static Tensor gelu(Tensor x, bool inplace) => inplace ? x.gelu_().alias() : x.gelu();

            public static Tensor gelu(Tensor x, Modules.GELU.Approximate approximate, bool inplace = false) =>
                inplace ? x.gelu_(approximate).alias() : x.gelu(approximate);

            public static Tensor silu(Tensor x, bool inplace = false) => inplace ? x.silu_().alias() : x.silu();

            public static Tensor sigmoid(Tensor x) => x.sigmoid();

            public static Tensor sigmoid(Tensor x, bool inplace) => inplace ? x.sigmoid_().alias() : x.sigmoid();

            public static Tensor tanh(Tensor x, bool inplace = false) => inplace ? x.tanh_().alias() : x.tanh();

            public static Tensor logsigmoid(Tensor x) => x.log_sigmoid();

            /// <summary>Zeros elements with probability p while training and scales the others by 1 / (1 - p); libtorch's mask for a seed.</summary>
            public static Tensor dropout(Tensor input, double p = 0.5, bool training = true, bool inplace = false)
            {
                if (p is < 0 or > 1) throw new TorchException("dropout", $"probability has to be between 0 and 1, but got {p}");
                if (!training || p == 0 || input.numel() == 0) return input.alias();
                using DisposeScope scope = NewDisposeScope();
                Tensor noise = p == 1 ? zeros_like(input) : empty_like(input).bernoulli_(1 - p).div_(1 - p);
                return (inplace ? input.mul_(noise).alias() : input.mul(noise)).MoveToOuterDisposeScope();
            }

            public static Tensor linear(Tensor input, Tensor weights, Tensor? bias = null)
            {
                using DisposeScope scope = NewDisposeScope();
                Tensor product = input.matmul(weights.t());
                if (bias is not null) product = Derivative.Wanted(product, bias) ? product.add(bias) : product.add_(bias);
                return product.MoveToOuterDisposeScope();
            }

            public static Tensor layer_norm(Tensor input, long[] normalized_shape, Tensor? weight = null, Tensor? bias = null, double eps = 1e-05)
            {
                long[] sizes = input.shape;
                int lead = sizes.Length - normalized_shape.Length;
                if (normalized_shape.Length == 0 || lead < 0 || !sizes.AsSpan(lead).SequenceEqual(normalized_shape))
                    throw new TorchException("layer_norm", $"Given normalized_shape={Shapes.Text(normalized_shape)}, expected input with shape [*, {Shapes.Text(normalized_shape)[1..]}, but got input of size {Shapes.Text(sizes)}");
                Check("weight", weight);
                Check("bias", bias);
                ScalarType type = input.dtype;
                if (!type.IsFloat()) throw new TorchException("layer_norm", $"not implemented for {type}");
                using Tensor x = input.AsContiguous(type.Compute());
                using Tensor? w = weight?.AsContiguous(x._dtype), b = bias?.AsContiguous(x._dtype);
                Tensor y = Tensor.Allocate(sizes, type.Compute());
                long n = Shapes.Count(normalized_shape), rows = n == 0 ? 0 : x.numel() / n;
                if (x._dtype == ScalarType.Float32)
                    RowKernels.LayerNorm((float*)x.Bytes, w is null ? null : (float*)w.Bytes, b is null ? null : (float*)b.Bytes, (float*)y.Bytes, rows, n, eps);
                else
                    RowKernels.LayerNorm((double*)x.Bytes, w is null ? null : (double*)w.Bytes, b is null ? null : (double*)b.Bytes, (double*)y.Bytes, rows, n, eps);
                GC.KeepAlive(y);
                y = y.Into(type);
                if (!Derivative.Wanted(input, weight, bias)) return y;
                Tensor[] inputs = [input, weight ?? Absent(input), bias ?? Absent(input)];
                return y.From("NativeLayerNormBackward0", inputs, [input, weight], (gradients, node) => LayerNormSlopes(gradients[0]!, node, lead, weight is not null, eps));

                void Check(string name, Tensor? t)
                {
                    if (t is not null && !t.shape.AsSpan().SequenceEqual(normalized_shape))
                        throw new TorchException("layer_norm", $"Expected {name} to be of same shape as normalized_shape, but got {name} of shape {Shapes.Text(t.shape)} and normalized_shape = {Shapes.Text(normalized_shape)}");
                }
            }

            /// <summary>An operand that is not there: nothing to send a gradient to.</summary>
            private static Tensor Absent(Tensor like) => zeros([], like.dtype);

            private static Tensor?[] LayerNormSlopes(Tensor g, FormulaNode node, int lead, bool weighted, double eps)
            {
                Tensor x = node[0];
                if (!is_grad_enabled()) return LayerNormSlopesAtOnce(g, x, weighted ? node[1] : null, node, lead, eps);
                long[] rows = Enumerable.Range(0, lead).Select(d => (long)d).ToArray(), within = Enumerable.Range(lead, (int)x.ndim - lead).Select(d => (long)d).ToArray();
                Tensor centred = x.sub(x.mean(within, keepdim: true));
                Tensor scale = centred.square().mean(within, keepdim: true).add(eps).rsqrt();
                Tensor normal = centred.mul(scale);
                Tensor inner = weighted ? g.mul(node[1]) : g;
                return
                [
                    node.Needs(0)
                        ? inner.sub(inner.mean(within, keepdim: true)).sub(normal.mul(inner.mul(normal).mean(within, keepdim: true))).mul(scale)
                        : null,
                    node.Needs(1) ? Total(g.mul(normal)) : null,
                    node.Needs(2) ? Total(g) : null,
                ];

                Tensor Total(Tensor t) => lead == 0 ? t : t.sum(rows);
            }

            private static Tensor?[] LayerNormSlopesAtOnce(Tensor gradient, Tensor input, Tensor? weight, FormulaNode node, int lead, double eps)
            {
                ScalarType type = input._dtype.Compute();
                using Tensor g = gradient.AsContiguous(type), x = input.AsContiguous(type);
                using Tensor? w = weight?.AsContiguous(type);
                long[] within = input._sizes[lead..];
                long n = Shapes.Count(within), rows = n == 0 ? 0 : x.numel() / n;
                Tensor? dx = node.Needs(0) ? Tensor.Allocate(x._sizes, type) : null;
                Tensor? dw = node.Needs(1) ? Tensor.Allocate(within, type) : null, db = node.Needs(2) ? Tensor.Allocate(within, type) : null;
                if (type == ScalarType.Float32) Run<float>();
                else Run<double>();
                return [dx, dw, db];

                void Run<T>() where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
                {
                    RowSlopes.LayerNorm((T*)g.Bytes, (T*)x.Bytes, At<T>(w), At<T>(dx), At<T>(dw), At<T>(db), rows, n, eps);
                    GC.KeepAlive(dx);
                    GC.KeepAlive(dw);
                    GC.KeepAlive(db);
                }

                static T* At<T>(Tensor? t) where T : unmanaged => t is null ? null : (T*)t.Bytes;
            }

            public static Tensor one_hot(Tensor x, long num_classes = -1)
            {
                if (x.dtype != ScalarType.Int64) throw new TorchException("one_hot", $"is only applicable to index tensor of type LongTensor, got {x.dtype}");
                using DisposeScope scope = NewDisposeScope();
                if (x.numel() > 0)
                {
                    long low = x.min().item<long>(), high = x.max().item<long>();
                    if (low < 0) throw new TorchException("one_hot", $"Class values must be non-negative, got {low}");
                    if (num_classes >= 0 && high >= num_classes) throw new TorchException("one_hot", $"Class values must be smaller than num_classes = {num_classes}, got {high}");
                    if (num_classes < 0) num_classes = high + 1;
                }
                else if (num_classes <= 0)
                {
                    throw new TorchException("one_hot", "Can not infer total number of classes from empty tensor.");
                }

                return x.unsqueeze(-1).eq(arange(num_classes)).to_type(ScalarType.Int64).MoveToOuterDisposeScope();
            }

            public static Tensor scaled_dot_product_attention(Tensor query, Tensor key, Tensor value, Tensor? attn_mask = null, double p = 0.0, bool is_casual = false)
            {
                long[] q = query.shape, k = key.shape, v = value.shape;
                if (q.Length < 2 || k.Length < 2 || v.Length < 2 || q[^1] != k[^1] || k[^2] != v[^2])
                    throw new TorchException("scaled_dot_product_attention", $"query {Shapes.Text(q)}, key {Shapes.Text(k)} and value {Shapes.Text(v)} do not fit: query and key need the same width, key and value the same length");
                using DisposeScope scope = NewDisposeScope();
                Tensor scores = query.mul(1 / Math.Sqrt(query.shape[^1])).matmul(key.mT);
                if (is_casual)
                {
                    if (attn_mask is not null) throw new TorchException("scaled_dot_product_attention", "Explicit attn_mask should not be set when is_causal=True");
                    Tensor past = ones([scores.shape[^2], scores.shape[^1]], ScalarType.Bool).tril();
                    scores = scores.masked_fill(past.logical_not(), double.NegativeInfinity);
                }

                if (attn_mask is not null)
                    scores = attn_mask.dtype == ScalarType.Bool ? scores.masked_fill(attn_mask.logical_not(), double.NegativeInfinity) : scores.add(attn_mask);
                Tensor pattern = scores.softmax(-1);
                if (p > 0) pattern = dropout(pattern, p);
                return pattern.matmul(value).MoveToOuterDisposeScope();
            }

            public static Tensor cosine_similarity(Tensor x1, Tensor x2, long dim = 1, double eps = 1e-08)
            {
                using DisposeScope scope = NewDisposeScope();
                Tensor a = x1.square().sum(dim, keepdim: true).sqrt().clamp(min: eps), b = x2.square().sum(dim, keepdim: true).sqrt().clamp(min: eps);
                return x1.div(a).mul(x2.div(b)).sum(dim).MoveToOuterDisposeScope();
            }

            public static Tensor normalize(Tensor input, double p = 2, long dim = 1, double eps = 1e-12)
            {
                using DisposeScope scope = NewDisposeScope();
                Tensor norm = linalg.vector_norm(input, p, [dim], keepdim: true).clamp(min: eps);
                return input.div(norm).MoveToOuterDisposeScope();
            }

            public static Tensor cross_entropy(
                Tensor input, Tensor target, Tensor? weight = null, long ignore_index = -100, Reduction reduction = Reduction.Mean, double label_smoothing = 0.0)
            {
                using DisposeScope scope = NewDisposeScope();
                long[] sizes = input.shape, goals = target.shape;
                if (sizes.Length == 0) throw new TorchException("cross_entropy", "input must have a dimension of classes, got shape []");
                int classDim = sizes.Length == 1 ? 0 : 1;
                long[] wanted = target.is_floating_point() ? sizes : [.. sizes[..classDim], .. sizes[(classDim + 1)..]];
                if (!goals.AsSpan().SequenceEqual(wanted))
                    throw new TorchException("cross_entropy", $"Expected target of shape {Shapes.Text(wanted)} for input of shape {Shapes.Text(sizes)}, got {Shapes.Text(goals)}");
                long classes = sizes[classDim];
                Tensor logs = input.log_softmax(classDim);
                if (target.is_floating_point())
                {
                    Tensor goal = label_smoothing > 0 ? target.mul(1 - label_smoothing).add(label_smoothing / classes) : target;
                    Tensor each = logs.mul(goal);
                    if (weight is not null) each = each.mul(AlongClasses(weight, input, classDim));
                    Tensor perItem = each.sum(classDim).neg();
                    long items = Math.Max(perItem.numel(), 1);
                    return (reduction switch
                    {
                        Reduction.None => perItem,
                        Reduction.Sum => perItem.sum(),
                        _ => perItem.sum().div(items),
                    }).MoveToOuterDisposeScope();
                }

                Tensor ignored = target.eq(ignore_index);
                Tensor safe = target.masked_fill(ignored, 0L);
                CheckClasses(safe, classes);
                Tensor index = safe.unsqueeze(classDim);
                Tensor w = weight is null ? ones_like(target, dtype: input.dtype) : weight.index_select(0, safe.reshape(-1)).reshape(target.shape);
                w = w.masked_fill(ignored, 0);
                Tensor loss = logs.gather(classDim, index).squeeze(classDim).neg().mul(w);
                if (label_smoothing > 0)
                {
                    Tensor spread = weight is null ? logs : logs.mul(AlongClasses(weight, input, classDim));
                    Tensor uniform = spread.sum(classDim).neg().masked_fill(ignored, 0).div(classes);
                    loss = loss.mul(1 - label_smoothing).add(uniform.mul(label_smoothing));
                }

                loss = loss.masked_fill(ignored, 0);
                return (reduction switch
                {
                    Reduction.None => loss,
                    Reduction.Sum => loss.sum(),
                    _ => loss.sum().div(w.sum()),
                }).MoveToOuterDisposeScope();
            }

            public static Tensor nll_loss(Tensor input, Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean)
            {
                using DisposeScope scope = NewDisposeScope();
                int classDim = input.ndim == 1 ? 0 : 1;
                CheckClasses(target, input.shape[classDim]);
                Tensor w = weight is null ? ones_like(target, dtype: input.dtype) : weight.index_select(0, target.reshape(-1)).reshape(target.shape);
                Tensor loss = input.gather(classDim, target.unsqueeze(classDim)).squeeze(classDim).neg().mul(w);
                return (reduction switch
                {
                    Reduction.None => loss,
                    Reduction.Sum => loss.sum(),
                    _ => loss.sum().div(w.sum()),
                }).MoveToOuterDisposeScope();
            }

            /// <summary>Pointwise KL divergence of a target from the distribution whose logarithms are given; the target holds logarithms by default.</summary>
            public static Tensor kl_div(Tensor input, Tensor target, bool log_target = true, Reduction reduction = Reduction.Mean)
            {
                using DisposeScope scope = NewDisposeScope();
                Tensor each;
                if (log_target)
                {
                    each = target.exp().mul(target.sub(input));
                }
                else
                {
                    Tensor entropy = target.mul(target.log());
                    each = where(target.gt(0), entropy, zeros_like(entropy)).sub(target.mul(input));
                }

                return Reduced(each, reduction).MoveToOuterDisposeScope();
            }

            public static Tensor mse_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean)
            {
                using DisposeScope scope = NewDisposeScope();
                return Reduced(input.sub(target).square(), reduction).MoveToOuterDisposeScope();
            }

            public static Tensor l1_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean)
            {
                using DisposeScope scope = NewDisposeScope();
                return Reduced(input.sub(target).abs(), reduction).MoveToOuterDisposeScope();
            }

            private static Tensor Reduced(Tensor each, Reduction reduction) => reduction switch
            {
                Reduction.None => each,
                Reduction.Sum => each.sum(),
                _ => each.mean(),
            };

            private static Tensor AlongClasses(Tensor weight, Tensor input, int classDim)
            {
                var sizes = new long[input.ndim];
                Array.Fill(sizes, 1);
                sizes[classDim] = -1;
                return weight.reshape(sizes);
            }

            private static void CheckClasses(Tensor target, long classes)
            {
                if (target.numel() == 0) return;
                long low = target.min().to_type(ScalarType.Int64).item<long>(), high = target.max().to_type(ScalarType.Int64).item<long>();
                if (low < 0 || high >= classes)
                    throw new TorchException("cross_entropy", $"Target {(low < 0 ? low : high)} is out of bounds: expected 0 to {classes - 1}.");
            }
        }
    }
}
