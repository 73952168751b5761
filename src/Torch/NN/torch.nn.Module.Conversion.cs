using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public partial class Module
        {
            protected internal virtual Module _to(Device device, ScalarType dtype, bool non_blocking)
            {
                CheckType(dtype);
                CheckDevice(device.type);
                _toEpilog(device, dtype, non_blocking);
                return this;
            }

            protected internal virtual Module _to(DeviceType deviceType, int deviceIndex, bool non_blocking)
            {
                CheckDevice(deviceType);
                if (deviceType != DeviceType.CUDA) deviceIndex = -1;
                if (deviceType != _deviceType || deviceIndex != _deviceIndex) _toEpilog(deviceType, deviceIndex, non_blocking);
                return this;
            }

            protected internal virtual Module _to(ScalarType dtype, bool non_blocking)
            {
                CheckType(dtype);
                _toEpilog(dtype, non_blocking);
                return this;
            }

            public Module _to(Tensor other, bool non_blocking)
            {
                _to(other.dtype, non_blocking);
                return _to(other.device_type, other.device_index, non_blocking);
            }

            protected void _toEpilog(ScalarType dtype, bool non_blocking) => _toEpilog(dtype, null, non_blocking);

            protected void _toEpilog(Device device, ScalarType dtype, bool non_blocking) => _toEpilog(dtype, device, non_blocking);

            protected void _toEpilog(DeviceType deviceType, int deviceIndex, bool non_blocking) =>
                _toEpilog(null, new Device(deviceType, deviceIndex), non_blocking);

            /// <summary>Converts what is registered here and below; a public property or a field that holds it gets the new tensor.</summary>
            protected virtual void _toEpilog(ScalarType? dtype, Device? device, bool non_blocking)
            {
                if (dtype is null && device is null) throw new ArgumentNullException(nameof(dtype), $"{nameof(dtype)} and {nameof(device)} are both null.");
                foreach ((_, Module child) in named_children())
                {
                    if (device is null) child._to(dtype!.Value, non_blocking);
                    else if (dtype is null) child._to(device.type, device.index, non_blocking);
                    else child._to(device, dtype.Value, non_blocking);
                }

                foreach ((string key, Parameter parameter) in named_parameters(recurse: false).ToList())
                {
                    if (!ReplaceParameter(dtype, device, parameter, out Parameter? replacement)) continue;
                    if (Property(key) is { } property)
                    {
                        property.SetValue(this, replacement);
                        continue;
                    }

                    parameter.Dispose();
                    ConditionallyRegisterParameter(key, replacement);
                    Field(key)?.SetValue(this, replacement);
                }

                foreach ((string key, Tensor buffer) in named_buffers(recurse: false).ToList())
                {
                    if (!ReplaceBuffer(dtype, device, buffer, out Tensor? replacement)) continue;
                    if (Property(key) is { } property)
                    {
                        property.SetValue(this, replacement);
                        continue;
                    }

                    ConditionallyRegisterBuffer(key, replacement);
                    Field(key)?.SetValue(this, replacement);
                }

                if (device is null) return;
                _deviceType = device.type;
                _deviceIndex = device.index;
            }

            /// <summary>The buffer in another type or place, if that needs a copy; the old one is disposed. Integers stay integers.</summary>
            protected static bool ReplaceBuffer(ScalarType? dtype, Device? device, Tensor buffer, [NotNullWhen(true)] out Tensor? result)
            {
                result = null;
                if (!WillCopy(buffer, dtype, device)) return false;
                result = buffer.to(TypeOf(buffer, dtype), device ?? buffer.device, copy: true).DetachFromDisposeScope();
                buffer.Dispose();
                return true;
            }

            /// <summary>The parameter, with its gradient, in another type or place, if that needs a copy. The caller disposes of the old one.</summary>
            protected static bool ReplaceParameter(ScalarType? dtype, Device? device, Parameter param, [NotNullWhen(true)] out Parameter? p)
            {
                p = null;
                using Tensor? gradient = param.grad;
                if (!WillCopy(param, dtype, device) && (gradient is null || !WillCopy(gradient, dtype, device))) return false;

                ScalarType type = TypeOf(param, dtype);
                Device place = device ?? param.device;
                using (no_grad())
                {
                    p = new Parameter(param.to(type, place, copy: true), param.requires_grad);
                    p.DetachFromDisposeScope();
                    if (gradient is not null)
                    {
                        using Tensor moved = gradient.to(type, place, copy: true);
                        p.grad = moved.with_requires_grad(gradient.requires_grad);
                    }
                }

                return true;
            }

            internal T MoveModule<T>(Device? device, ScalarType? dtype)
                where T : Module
            {
                (Device place, ScalarType type) = GetDefaultDeviceAndType(device, dtype);
                return (T)_to(place, type, false);
            }

            private static bool WillCopy(Tensor tensor, ScalarType? dtype, Device? device) =>
                (dtype is not null && dtype != tensor.dtype) ||
                (device is not null && (device.type != tensor.device_type || device.index != tensor.device_index));

            private static ScalarType TypeOf(Tensor tensor, ScalarType? dtype) =>
                dtype is { } type && tensor.dtype.IsFloat() ? type : tensor.dtype;

            private static void CheckType(ScalarType dtype)
            {
                if (!dtype.IsFloat())
                    throw new ArgumentException($"nn.Module.to only accepts floating point or complex types, but got desired dtype={dtype}");
            }

            private static void CheckDevice(DeviceType type)
            {
                if (type == DeviceType.CUDA && !cuda.is_available()) throw new InvalidOperationException("CUDA is not available.");
            }

            private PropertyInfo? Property(string component) =>
                GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).FirstOrDefault(p => p.Name == component && p.CanWrite);

            private FieldInfo? Field(string component) => Fields().FirstOrDefault(f => f.ComponentName() == component);
        }
    }
}
