using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Determinism;

/// <summary>
/// The workload in a process of its own with instruction sets switched off, compared with this process. The child says
/// which vectors it has, so that a switch that does nothing fails.
/// </summary>
public sealed class InstructionSetTests
{
    private const double Tolerance = 1e-5;

    [Test]
    public void Without_AVX512()
    {
        RequireX64(Vector512.IsHardwareAccelerated, "AVX-512");
        Compare("256", ("DOTNET_EnableAVX512F", "0"), ("DOTNET_EnableAVX512", "0"));
    }

    [Test]
    public void Without_AVX2()
    {
        RequireX64(Vector256.IsHardwareAccelerated, "AVX2");
        Compare("128", ("DOTNET_EnableAVX2", "0"));
    }

    [Test]
    public void Without_any_vector_instructions() => Compare("none", ("DOTNET_EnableHWIntrinsic", "0"));

    /// <summary>On Arm this process itself runs on NEON; what it gives is compared with the code without it.</summary>
    [Test]
    public void Neon_on_Arm_machines_only()
    {
        if (RuntimeInformation.ProcessArchitecture != Architecture.Arm64) Assert.Ignore("Not an Arm machine: NEON is not tested here.");
        Vector128.IsHardwareAccelerated.Should().BeTrue();
        Compare("none", ("DOTNET_EnableHWIntrinsic", "0"));
    }

    private static void RequireX64(bool accelerated, string name)
    {
        if (!accelerated) Assert.Ignore($"This machine has no {name} to switch off.");
    }

    private static void Compare(string widest, params (string Name, string Value)[] environment)
    {
        Dictionary<string, double[][]> theirs = Child(widest, environment);
        int compared = 0;
        foreach ((string name, Tensor[] results) in Workload.Run())
        {
            theirs.Should().ContainKey(name);
            for (int r = 0; r < results.Length; r++)
            {
                double[] mine = Values(results[r]), other = theirs[name][r];
                other.Should().HaveCount(mine.Length);
                double scale = mine.Sum(Math.Abs) / mine.Length, tolerance = results[r].dtype switch
                {
                    ScalarType.Float16 => Math.Pow(2, -10),
                    ScalarType.BFloat16 => Math.Pow(2, -7),
                    _ => Tolerance,
                };
                for (int i = 0; i < mine.Length; i++)
                {
                    if (mine[i].Equals(other[i])) continue;
                    if (!(Math.Abs(mine[i] - other[i]) <= tolerance * Math.Max(Math.Abs(mine[i]), scale)))
                        Assert.Fail($"{name}, result {r}, element {i}: {mine[i]:R} here, {other[i]:R} there");
                    compared++;
                }
            }
        }

        TestContext.Out.WriteLine($"{compared} elements differ, none by more than {Tolerance}.");
    }

    private static Dictionary<string, double[][]> Child(string widest, (string Name, string Value)[] environment)
    {
        string assembly = typeof(InstructionSetTests).Assembly.Location;
        var start = new ProcessStartInfo(Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet")
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.ArgumentList.Add("exec");
        start.ArgumentList.Add(assembly);
        start.ArgumentList.Add(WorkloadProgram.Argument);
        foreach ((string name, string value) in environment) start.Environment[name] = value;
        using Process child = Process.Start(start)!;
        Task<string> errors = child.StandardError.ReadToEndAsync();
        var results = new Dictionary<string, List<double[]>>();
        using (StreamReader reader = child.StandardOutput)
        {
            reader.ReadLine().Should().Be(widest, "the switches {0} take effect", string.Join(", ", environment));
            while (reader.ReadLine() is { } line)
            {
                string[] cells = line.Split('\t');
                if (!results.TryGetValue(cells[0], out List<double[]>? list)) results[cells[0]] = list = [];
                list.Add(MemoryMarshal.Cast<byte, double>(Convert.FromBase64String(cells[1])).ToArray());
            }
        }

        child.WaitForExit();
        if (child.ExitCode != 0) Assert.Fail($"The child ended with {child.ExitCode.ToString(CultureInfo.InvariantCulture)}: {errors.Result}");
        return results.ToDictionary(p => p.Key, p => p.Value.ToArray());
    }

    internal static double[] Values(Tensor t) => t.to_type(ScalarType.Float64).data<double>().ToArray();
}
