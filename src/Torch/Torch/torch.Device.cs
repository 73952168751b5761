namespace TorchSharp;

public static partial class torch
{
    public static Device CPU = new(DeviceType.CPU);

    public static Device device(string description) => new(description);

    public static Device device(string deviceType, int index = -1) => new(deviceType, index);

    public static Device device(DeviceType deviceType, int index = -1) => new(deviceType, index);

    public static Device get_default_device() => CPU;

    public static bool cuda_is_available() => cuda.is_available();

    public static bool mps_is_available() => false;

    /// <summary>The place of a tensor. The embedded engine has the CPU alone.</summary>
    public sealed class Device
    {
        public Device(string description)
        {
            ArgumentNullException.ThrowIfNull(description);
            string[] parts = description.Split(':');
            type = Parse(parts[0]);
            index = parts.Length == 2 && int.TryParse(parts[1], out int i) ? i : -1;
            if (parts.Length > 2 || (parts.Length == 2 && index < 0))
                throw new ArgumentException($"'{description}' is not a device: expected a type and an index, such as 'cpu' or 'cuda:0'.", nameof(description));
        }

        public Device(string deviceType, int index = -1)
        {
            type = Parse(deviceType);
            this.index = index;
        }

        public Device(DeviceType deviceType, int index = -1)
        {
            type = deviceType;
            this.index = index;
        }

        public DeviceType type { get; }

        public int index { get; }

        public static implicit operator Device(string description) => new(description);

        public override string ToString() => type.ToString().ToLowerInvariant() + (index >= 0 ? $":{index}" : "");

        private static DeviceType Parse(string name) =>
            Enum.TryParse(name, ignoreCase: true, out DeviceType parsed) && !int.TryParse(name, out _)
                ? parsed
                : throw new ArgumentException($"'{name}' is not a type of device.", nameof(name));
    }

    public static class cuda
    {
        public static bool is_available() => false;

        public static int device_count() => 0;
    }
}
