using TorchSharp.Autograd;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        private GradientState? _gradient;
        private Node? _producer;
        private int _output;

        // A view points to the tensor that it was first cut from; both count the times that this one's history changed.
        private Tensor? _base;
        private int _epoch;
        private bool _cutWithoutGrad;
        private int _cuts;

        public bool is_leaf => Producer is null;

        public bool requires_grad
        {
            get
            {
                ThrowIfInvalid();
                return _gradient is { Required: true } || Producer is not null;
            }

            set
            {
                ThrowIfInvalid();
                if (!value && Producer is not null)
                    throw new TorchException("requires_grad", "you can only change requires_grad flags of leaf variables. If you want to use a computed variable in a subgraph that doesn't require differentiation use var_no_grad = var.detach().");
                if (value && !_dtype.IsFloat())
                    throw new TorchException("requires_grad", $"only Tensors of floating point dtype can require gradients, got {_dtype}");
                if (value && IsInference && !is_inference_mode_enabled())
                    throw new TorchException("requires_grad", "Setting requires_grad=True on inference tensor outside InferenceMode is not allowed.");
                if (Producer is not null || (!value && _gradient is null)) return;
                (_gradient ??= new GradientState()).Required = value;
            }
        }

        /// <summary>The gradient that backward accumulated here, as another handle on it; null before the first.</summary>
        public Tensor? grad
        {
            get
            {
                ThrowIfInvalid();
                return _gradient?.Gradient?.Share(track: true);
            }

            set
            {
                ThrowIfInvalid();
                if (value is not null && (!value._sizes.AsSpan().SequenceEqual(_sizes) || value.dtype != _dtype))
                    throw new TorchException("grad", $"assigned grad has data of a different size or type: expected {_dtype} {Shapes.Text(_sizes)}, got {value._dtype} {Shapes.Text(value._sizes)}");
                if (value is null && _gradient is null) return;
                (_gradient ??= new GradientState()).Set(value?.Share());
            }
        }

        /// <summary>True if it was made in inference mode: it can never be part of a recorded operation that saves it.</summary>
        internal bool IsInference { get; } = t_inference;

        /// <summary>The operation that gave this tensor, if it was recorded.</summary>
        internal Node? Producer
        {
            get
            {
                if (_base is not null && _epoch != _base._epoch) FollowBase();
                return _producer;
            }
        }

        internal int OutputIndex => _output;

        public void backward() => backward(null);

        public void backward(IList<Tensor>? grad_tensors = null, bool retain_graph = false, bool create_graph = false, IList<Tensor>? inputs = null) =>
            autograd.backward([this], grad_tensors, retain_graph || create_graph, create_graph, inputs);

        public void retain_grad()
        {
            if (!requires_grad) throw new TorchException("retain_grad", "can't retain_grad on Tensor that has requires_grad=False");
            if (Producer is null || _gradient is { Retained: true }) return;
            _gradient ??= new GradientState();
            _gradient.Retained = true;
            Producer.Retain(_output, _gradient);
        }

        public Tensor requires_grad_(bool requires_grad = true)
        {
            this.requires_grad = requires_grad;
            return this;
        }

        public Tensor with_requires_grad(bool requires_grad = true) => requires_grad_(requires_grad);

        public Tensor detach() => View(_sizes, _strides, _offset);

        public Tensor detach_()
        {
            ThrowIfInvalid();
            if (_base is not null)
                throw new TorchException("detach_", "Can't detach views in-place. Use detach() instead.");
            SetProducer(null, 0);
            if (_gradient is not null) _gradient.Required = false;
            _epoch++;
            return this;
        }

        internal Edge GradientEdge()
        {
            if (Producer is { } producer) return new Edge(producer, _output);
            return _gradient is { Required: true } ? new Edge(_gradient.AccumulatorOf(this), 0) : default;
        }

        internal Tensor MadeBy(Node node)
        {
            SetProducer(node, node.AddOutput(this));
            return this;
        }

        internal void SetProducer(Node? producer, int output)
        {
            Node? old = _producer;
            _producer = producer?.AddReference();
            _output = output;
            if (_gradient is { Retained: true })
            {
                old?.Forget(_gradient);
                if (producer is null) _gradient.Retained = false;
                else producer.Retain(output, _gradient);
            }

            old?.Release();
        }

        /// <summary>Another handle on the same variable: its elements, its place in the graph and its gradient.</summary>
        internal Tensor Share(bool track = false)
        {
            Tensor result = View(_sizes, _strides, _offset, track);
            result.TakePlaceOf(this);
            return result;
        }

        /// <summary>Another handle, in the current scope, that counts as an output of the node.</summary>
        internal Tensor Handle(Node node, int output)
        {
            Tensor result = View(_sizes, _strides, _offset);
            result.SetProducer(node, output);
            return result;
        }

        internal void AccumulateGradient(Tensor gradient, bool keepHistory) =>
            (_gradient ??= new GradientState()).Accumulate(gradient, keepHistory);

        /// <summary>An untracked contiguous copy of the elements that no history belongs to.</summary>
        internal Tensor Copy()
        {
            Tensor result = Allocate(_sizes, _dtype, track: false);
            Kernels.StridedCopy.Run(this, result);
            return result;
        }

        /// <summary>A view as users see it: writes to it are writes to what it was cut from, also for the gradient.</summary>
        /// <param name="sizes">The sizes.</param>
        /// <param name="strides">The strides.</param>
        /// <param name="offset">The offset in the storage.</param>
        /// <param name="name">The node's name.</param>
        /// <param name="formula">From the gradient of the view to that of this tensor.</param>
        private Tensor Cut(long[] sizes, long[] strides, long offset, string name, Func<Tensor, Tensor> formula)
        {
            Tensor result = View(sizes, strides, offset);
            result.SetBase(_base ?? this);
            result._cutWithoutGrad = t_gradDisabled || _cutWithoutGrad;
            return result.Linear(name, this, formula);
        }

        /// <summary>The gradient of something that was cut out: zeros with the gradient in the same place.</summary>
        private static Tensor Embed(Tensor gradient, long[] sizes, Func<Tensor, Tensor> cut)
        {
            Tensor result = TensorFactory.Zeros(sizes, gradient.dtype, null, false);
            using (no_grad())
            {
                using Tensor place = cut(result);
                place.copy_(gradient);
            }

            return result.Linear("EmbedBackward0", gradient, cut);
        }

        /// <summary>
        /// Writes over this tensor what the computation makes of its old value, and makes the computation its history:
        /// an in-place operation that is part of a graph.
        /// </summary>
        private Tensor Rewrite(string operation, Func<Tensor, Tensor> compute)
        {
            CheckWritable(operation);
            using DisposeScope scope = NewDisposeScope();
            Tensor old = Copy().AsTracked();
            if (Producer is { } producer) old.SetProducer(producer, _output);
            Tensor result = compute(old);
            CheckResult(operation, result._dtype, result._sizes);
            if (result._dtype != _dtype) result = result.to_type(_dtype);
            if (!result._sizes.AsSpan().SequenceEqual(_sizes)) result = result.expand(_sizes);
            Kernels.Convert.Copy(result, this);
            SetHistory(result);
            return this;
        }

        /// <summary>An in-place change of shape takes over the geometry and the history of the view that it makes.</summary>
        private Tensor Become(string operation, Func<Tensor, Tensor> cut)
        {
            ThrowIfInvalid();
            CheckHistoryMayChange(operation);
            using DisposeScope scope = NewDisposeScope();
            Tensor viewed = cut(this);
            (_sizes, _strides) = (viewed._sizes, viewed._strides);
            if (viewed.Producer is { } producer) SetProducer(producer, viewed._output);
            return this;
        }

        /// <summary>After a write that no gradient goes through.</summary>
        internal void ForgetHistory()
        {
            if (!Derivative.Wanted(this)) return;
            using Tensor constant = Untracked();
            SetHistory(constant);
        }

        private void SetHistory(Tensor result)
        {
            if (_base is not { } origin)
            {
                if (result.Producer is null && Producer is null) return;
                SetProducer(result.Producer, result._output);
                _epoch++;
                return;
            }

            if (result.Producer is null && origin.Producer is null) return;
            var geometry = new Geometry(origin, this);
            var node = new FormulaNode("CopySlices", [origin, result], [], (gradients, n) =>
            {
                Tensor g = gradients[0]!;
                return [n.Needs(0) ? geometry.Without(g) : null, n.Needs(1) ? geometry.CutOf(g) : null];
            });
            origin.SetProducer(node, node.AddOutput(origin));
            origin._epoch++;
            SetProducer(result.Producer, result._output);
            _epoch = origin._epoch;
        }

        /// <summary>After a write through another view the history of this one is that of the base, seen from here.</summary>
        private void FollowBase()
        {
            Tensor origin = _base!;
            _epoch = origin._epoch;
            if (origin._producer is null && origin._gradient is not { Required: true })
            {
                SetProducer(null, 0);
                return;
            }

            var geometry = new Geometry(origin, this);
            var node = new UnaryNode("AsStridedBackward0", origin, geometry.Put);
            SetProducer(node, node.AddOutput(this));
        }

        private void TakePlaceOf(Tensor other)
        {
            if (other.Producer is { } producer) SetProducer(producer, other._output);
            _gradient = other._gradient?.Share();
            if (other._base is null) return;
            SetBase(other._base);
            _cutWithoutGrad = other._cutWithoutGrad;
        }

        private void SetBase(Tensor origin)
        {
            _base = origin;
            _epoch = origin._epoch;
            Interlocked.Increment(ref origin._cuts);
        }

        private void CheckHistoryMayChange(string operation)
        {
            if (IsInference && !t_inference)
                throw new TorchException(operation, "Inplace update to inference tensor outside InferenceMode is not allowed. You can make a clone to get a normal tensor before doing inplace update.");
            if (t_gradDisabled) return;
            if (_gradient is { Required: true } && Producer is null)
                throw new TorchException(operation, "a leaf Variable that requires grad is being used in an in-place operation.");
            if (_base is null) return;
            if (_base._gradient is { Required: true } && _base.Producer is null)
                throw new TorchException(operation, "a view of a leaf Variable that requires grad is being used in an in-place operation.");
            if (_cutWithoutGrad && _base.requires_grad)
                throw new TorchException(operation, "A view was created in no_grad mode and is being modified inplace with grad mode enabled. Given that this use case is ambiguous and error-prone, it is forbidden. You can clarify your code by moving both the view and the inplace either both inside the no_grad block (if you don't want the inplace to be tracked) or both outside (if you want the inplace to be tracked).");
        }

        // The history of a tensor that is gone is still wanted by views of it: a write through one of them continues it.
        private void ReleaseHistory()
        {
            if (Interlocked.Decrement(ref _cuts) >= 0) return;
            Interlocked.Exchange(ref _producer, null)?.Release();
            Interlocked.Exchange(ref _gradient, null)?.Release();
            Interlocked.Exchange(ref _base, null)?.ReleaseHistory();
        }
    }
}
