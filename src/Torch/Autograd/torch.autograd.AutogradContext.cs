using TorchSharp.Autograd;

namespace TorchSharp;

public static partial class torch
{
    public static partial class autograd
    {
        /// <summary>What the forward of a custom function leaves for its backward.</summary>
        public class AutogradContext : IDisposable
        {
            private readonly Dictionary<string, object> _data = [];
            private List<Tensor> _toSave = [];
            private List<SavedTensor?> _saved = [];
            private Node? _node;

            internal AutogradContext()
            {
            }

            public bool MaterializeGrads { get; private set; } = true;

            internal List<Tensor> DirtyTensors { get; private set; } = [];

            internal List<Tensor> NonDifferentiableTensors { get; private set; } = [];

            /// <summary>Saves inputs or outputs of the function; to be called once, in forward.</summary>
            public void save_for_backward(List<Tensor> tensors) => _toSave = tensors;

            public void save_data(string key, object value) => _data[key] = value;

            /// <summary>Inputs that forward wrote to.</summary>
            public void mark_dirty(List<Tensor> tensors) => DirtyTensors = [.. tensors];

            public void mark_non_differentiable(List<Tensor> tensors) => NonDifferentiableTensors = [.. tensors];

            /// <summary>Whether backward gets zeros (as it does by default) or null for an output without a gradient.</summary>
            public void set_materialize_grads(bool value) => MaterializeGrads = value;

            public List<Tensor> get_saved_variables() => _saved.ConvertAll(s => s?.Unpack(_node!)!);

            public object get_data(string key) => _data.GetValueOrDefault(key)!;

            public void Dispose()
            {
                Dispose(true);
                GC.SuppressFinalize(this);
            }

            /// <summary>Keeps what forward asked to keep, now that the outputs know their place.</summary>
            internal void Save(Node node, List<Tensor> outputs)
            {
                _node = node;
                _saved = _toSave.ConvertAll(t => t is null || t.IsInvalid ? null : new SavedTensor(t, outputs.IndexOf(t)));
                _toSave = [];
            }

            protected virtual void Dispose(bool disposing)
            {
                foreach (SavedTensor? saved in _saved) saved?.Release();
            }
        }
    }
}
