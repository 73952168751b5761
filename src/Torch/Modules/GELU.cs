namespace TorchSharp.Modules;

/// <summary>Only the choice of the formula: the module itself is not part of the engine.</summary>
public sealed class GELU
{
    private GELU()
    {
    }

    public enum Approximate
    {
        none,
        tanh,
    }
}
