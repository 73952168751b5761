using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Determinism;

/// <summary>
/// This assembly as a program of its own: says how wide the vectors of the process are and prints what the workload
/// gives, a line each: name, float64 bytes in base 64.
/// </summary>
public static class WorkloadProgram
{
    public const string Argument = "workload";

    public static int Main(string[] arguments)
    {
        if (arguments is not [Argument]) return 2;
        Console.WriteLine(Vector512.IsHardwareAccelerated ? "512" : Vector256.IsHardwareAccelerated ? "256" : Vector128.IsHardwareAccelerated ? "128" : "none");
        foreach ((string name, Tensor[] results) in Workload.Run())
            foreach (Tensor r in results)
                Console.WriteLine($"{name}\t{Convert.ToBase64String(MemoryMarshal.AsBytes(InstructionSetTests.Values(r).AsSpan()))}");
        return 0;
    }
}
