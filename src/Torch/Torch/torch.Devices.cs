namespace TorchSharp;

public static partial class torch
{
    public static Device CUDA => new(DeviceType.CUDA, -1);

    public static Device MPS => new(DeviceType.MPS, -1);
}
