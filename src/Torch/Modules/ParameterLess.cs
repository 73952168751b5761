using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>What a module that is declared to have no parameters refuses.</summary>
internal static class ParameterLess
{
    public static InvalidOperationException NoBuffer() => new("Cannot register a buffer on a module that is declared 'parameter-less.'");

    public static InvalidOperationException NoParameter() => new("Cannot register a parameter on a module that is declared 'parameter-less.'");

    public static void Check(nn.Module submodule)
    {
        if (submodule is not IParameterLessModule)
            throw new InvalidOperationException("Submodules of a parameter-less module must also be parameter-less.");
    }
}
