using System.Reflection;
using static TorchSharp.torch;

namespace CircuitSpecs.Claims;

/// <summary>Which tensor engine computed a result.</summary>
public static class EngineIdentity
{
    /// <summary>Assembly, version and threads: <c>CircuitSpecs.Torch 0.1.0, 2 threads</c>.</summary>
    public static string Description { get; } = Describe();

    private static string Describe()
    {
        AssemblyName assembly = typeof(Tensor).Assembly.GetName();
        return $"{assembly.Name} {assembly.Version?.ToString(3)}, {get_num_threads()} threads";
    }
}
