namespace TorchSharp.Kernels.Operations;

internal static class Block
{
    /// <summary>Elements of a temporary on the stack: small enough to stay in the first cache.</summary>
    public const int Size = 512;
}
