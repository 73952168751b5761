using System.Reflection;
using TorchSharp.Modules;
using TorchSharp.Utils;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>
        /// A part of a model: parameters, buffers and other modules, found in the fields of the derived class by
        /// <see cref="RegisterComponents"/> or registered by name.
        /// </summary>
        public partial class Module : IDisposable
        {
            protected DeviceType _deviceType = DeviceType.CPU;
            protected int _deviceIndex = -1;
            protected OrderedDict<string, Module> _internal_submodules = new();
            protected OrderedDict<string, (Tensor, bool)> _internal_buffers = new();
            protected OrderedDict<string, Parameter> _internal_params = new();
            protected string? name;

            private bool _training = true;
            private bool _areComponentsRegistered;

            protected Module(string name) => this.name = name;

            public virtual bool training => _training;

            internal bool IsDisposed { get; private set; }

            /// <summary>What <see cref="GetName"/> says of a module that has no name of its own.</summary>
            private protected virtual string DefaultName => GetType().Name;

            public void Dispose()
            {
                Dispose(true);
                GC.SuppressFinalize(this);
            }

            protected virtual void Dispose(bool disposing)
            {
                if (!disposing || IsDisposed) return;
                foreach ((_, Tensor buffer) in named_buffers(recurse: false).ToList()) buffer.DetachFromDisposeScope().Dispose();
                foreach ((_, Parameter parameter) in named_parameters(recurse: false).ToList()) parameter.DetachFromDisposeScope().Dispose();
                IsDisposed = true;
                foreach ((_, Module module) in named_modules().ToList()) module.Dispose();
            }

            public virtual string GetName() => string.IsNullOrEmpty(name) ? DefaultName : name;

            public virtual Module apply(Action<Module> fn)
            {
                foreach ((_, Module module) in _internal_submodules) module.apply(fn);
                fn(this);
                return this;
            }

            public virtual void train(bool train = true)
            {
                _training = train;
                foreach ((_, Module module) in named_children()) module.train(train);
            }

            public virtual void eval() => train(false);

            public virtual void zero_grad(bool set_to_none = true)
            {
                foreach ((_, Parameter parameter) in named_parameters())
                {
                    using Tensor? gradient = parameter.grad;
                    if (gradient is null) continue;
                    if (set_to_none) parameter.grad = null;
                    else gradient.zero_();
                }
            }

            /// <summary>Whether it is asked for or not, TorchSharp lists persistent buffers only.</summary>
            public virtual IEnumerable<(string name, Tensor buffer)> named_buffers(bool recurse = true, bool include_nonpersistent = true)
            {
                var seen = new HashSet<Tensor>(ReferenceEqualityComparer.Instance);
                foreach ((string key, (Tensor buffer, bool persistent)) in _internal_buffers)
                    if (persistent && !buffer.IsInvalid && seen.Add(buffer)) yield return (key, buffer);

                if (!recurse) yield break;
                foreach ((string child, Module module) in _internal_submodules)
                    foreach ((string key, Tensor buffer) in module.named_buffers(true, include_nonpersistent))
                        if (!buffer.IsInvalid && seen.Add(buffer)) yield return ($"{child}.{key}", buffer);
            }

            public virtual IEnumerable<Tensor> buffers(bool recurse = true, bool include_nonpersistent = true) =>
                named_buffers(recurse, include_nonpersistent).Select(b => b.buffer);

            public virtual IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true)
            {
                var seen = new HashSet<Tensor>(ReferenceEqualityComparer.Instance);
                foreach ((string key, Parameter parameter) in _internal_params)
                    if (!parameter.IsInvalid && seen.Add(parameter)) yield return (key, parameter);

                if (!recurse) yield break;
                foreach ((string child, Module module) in _internal_submodules)
                    foreach ((string key, Parameter parameter) in module.named_parameters(true))
                        if (!parameter.IsInvalid && seen.Add(parameter)) yield return ($"{child}.{key}", parameter);
            }

            public virtual IEnumerable<Parameter> parameters(bool recurse = true) => named_parameters(recurse).Select(p => p.parameter);

            public virtual IEnumerable<(string name, Module module)> named_children() => _internal_submodules;

            public virtual IEnumerable<Module> children() => named_children().Select(c => c.module);

            /// <summary>The modules below this one, this one excluded: its children, then what is below each.</summary>
            public virtual IEnumerable<(string name, Module module)> named_modules()
            {
                foreach ((string child, Module module) in _internal_submodules) yield return (child, module);
                foreach ((string child, Module module) in _internal_submodules)
                    foreach ((string key, Module below) in module.named_modules()) yield return ($"{child}.{key}", below);
            }

            public virtual IEnumerable<Module> modules() => named_modules().Select(m => m.module);

            public virtual bool has_buffer(string target) =>
                _internal_buffers.ContainsKey(target) || Below(target).Any(c => c.child.has_buffer(c.rest));

            public virtual bool has_parameter(string target) =>
                _internal_params.ContainsKey(target) || Below(target).Any(c => c.child.has_parameter(c.rest));

            public virtual Tensor? get_buffer(string target) =>
                _internal_buffers.TryGetValue(target, out (Tensor tensor, bool) buffer)
                    ? buffer.tensor
                    : Below(target).Select(c => c.child.get_buffer(c.rest)).FirstOrDefault(b => b is not null);

            public virtual Parameter? get_parameter(string target) =>
                _internal_params.TryGetValue(target, out Parameter? parameter)
                    ? parameter
                    : Below(target).Select(c => c.child.get_parameter(c.rest)).FirstOrDefault(p => p is not null);

            public virtual void register_buffer(string name, Tensor tensor, bool persistent = true)
            {
                if (tensor is null || tensor.IsInvalid)
                    throw new ArgumentNullException(nameof(tensor), "A null tensor cannot be registered as a buffer.");
                if (_internal_buffers.ContainsKey(name)) throw new InvalidOperationException($"Tensor {name} is already registered.");
                _internal_buffers.Add(name, (tensor, persistent));
            }

            public virtual void register_parameter(string name, Parameter param)
            {
                if (param is null || param.IsInvalid)
                    throw new ArgumentNullException(nameof(param), "A null tensor cannot be registered as a parameter.");
                if (_internal_params.ContainsKey(name)) throw new InvalidOperationException($"Parameter {name} is already registered.");
                _internal_params.Add(name, param);
            }

            public void add_module(string name, Module module) => register_module(name, module);

            /// <summary>Registers a part; a null or disposed one takes the name out of the register.</summary>
            public virtual void register_module(string name, Module submodule)
            {
                if (submodule is null || submodule.IsDisposed)
                {
                    if (_internal_submodules.ContainsKey(name)) _internal_submodules.Remove(name);
                    return;
                }

                if (name.Contains('.')) throw new ArgumentException($"module name can't contain \".\", got: {name}");
                if (name.Length == 0) throw new ArgumentException("module name can't be empty string \"\"");
                if (_internal_submodules.ContainsKey(name)) throw new InvalidOperationException($"Sub-module {name} is already registered.");
                submodule.RegisterComponents();
                _internal_submodules.Add(name, submodule);
            }

            /// <summary>
            /// Registers what the fields of the object hold, those of its own class first: modules, parameters, and other tensors as
            /// buffers. The name is the field's, or that of its <see cref="ComponentNameAttribute"/>. Runs once.
            /// </summary>
            protected virtual void RegisterComponents()
            {
                if (_areComponentsRegistered) return;
                foreach (FieldInfo field in Fields())
                {
                    string component = field.ComponentName();
                    if (_internal_submodules.ContainsKey(component) || _internal_params.ContainsKey(component) || _internal_buffers.ContainsKey(component)) continue;
                    switch (field.GetValue(this))
                    {
                        case Module module:
                            register_module(component, module);
                            break;
                        case Parameter parameter:
                            register_parameter(component, parameter);
                            break;
                        case Tensor tensor:
                            register_buffer(component, tensor);
                            break;
                    }
                }

                _areComponentsRegistered = true;
            }

            protected void ConditionallyRegisterParameter(string name, Tensor? value) => ConditionallyRegisterParameter(name, value as Parameter);

            protected void ConditionallyRegisterParameter(string name, Parameter? value)
            {
                if (value is not null) _internal_params[name] = value;
                else if (_internal_params.ContainsKey(name)) _internal_params.Remove(name);
            }

            protected void ConditionallyRegisterBuffer(string name, Tensor? value, bool persistent = true)
            {
                if (value is not null) _internal_buffers[name] = (value, persistent);
                else if (_internal_buffers.ContainsKey(name)) _internal_buffers.Remove(name);
            }

            protected void ClearModules() => _internal_submodules.clear();

            protected static (Device device, ScalarType dtype) GetDefaultDeviceAndType(Device? device = null, ScalarType? dtype = null) =>
                (device ?? get_default_device(), dtype ?? get_default_dtype());

            /// <summary>The fields of the object from its own class up; of those with one name, the most derived.</summary>
            private IEnumerable<FieldInfo> Fields()
            {
                var seen = new HashSet<string>();
                for (Type? type = GetType(); type is not null && type != typeof(object); type = type.BaseType)
                    foreach (FieldInfo field in type.GetFields(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance))
                        if (seen.Add(field.Name)) yield return field;
            }

            private IEnumerable<(Module child, string rest)> Below(string target)
            {
                int dot = target.IndexOf('.');
                if (dot < 0) yield break;
                foreach ((string child, Module module) in named_children())
                    if (target.AsSpan(0, dot).SequenceEqual(child)) yield return (module, target[(dot + 1)..]);
            }
        }
    }
}
