using TorchSharp;

namespace CircuitSpecs.Tests.Conformance;

public sealed class PublicSurfaceTests
{
    /// <summary>
    /// Types that the listing names in signatures, or that TorchSharp has without the listing extracting them; their
    /// members are checked by what uses them.
    /// </summary>
    private static readonly HashSet<string> Unlisted =
    [
        "TorchSharp.AnomalyMode", "TorchSharp.torch.autograd.AutogradContext", "TorchSharp.torch.autograd.Function`1",
        "TorchSharp.torch.autograd.MultiTensorFunction`1", "TorchSharp.torch.autograd.SingleTensorFunction`1", "TorchSharp.BFloat16", "TorchSharp.DisposeScopeManager", "TorchSharp.ThreadDisposeScopeStatistics", "TorchSharp.TensorStringStyle",
        "TorchSharp.Modules.GELU", "TorchSharp.Modules.GELU.Approximate", "TorchSharp.Utils.TensorAccessor`1", "TorchSharp.torch.RoundingMode",
        "TorchSharp.torch.nn", "TorchSharp.torch.nn.Reduction",
    ];

    [Test]
    public void Every_public_member_is_one_of_TorchSharp_0_107()
    {
        Dictionary<string, HashSet<string>>? listing = ApiListing.Read(out string text);
        if (listing is null) Assert.Ignore("../shared/torchsharp-0.107-api.txt is not there to compare with.");

        var differences = new List<string>();
        foreach (Type type in typeof(torch).Assembly.GetExportedTypes())
        {
            string name = type.FullName!.Replace('+', '.');
            if (Unlisted.Contains(name)) continue;
            if (!listing!.TryGetValue(name, out HashSet<string>? members))
            {
                differences.Add($"type {name}");
                continue;
            }

            differences.AddRange(
                from member in ApiListing.Members(type)
                where !members.Contains(member) && !IsPlumbing(type, member)
                select $"{name}: {member}");
        }

        differences.Should().BeEmpty();
        text.Should().Contain("TensorAccessor<").And.Contain("GELU.Approximate").And.Contain("BFloat16");
    }

    [Test]
    public void The_comparison_sees_a_member_that_TorchSharp_lacks()
    {
        Dictionary<string, HashSet<string>>? listing = ApiListing.Read(out _);
        if (listing is null) Assert.Ignore("../shared/torchsharp-0.107-api.txt is not there to compare with.");
        ApiListing.Members(typeof(Impostor)).Should().Contain("static torch.Tensor abs(torch.Tensor x)");
        listing!["TorchSharp.torch"].Should().Contain("static torch.Tensor abs(torch.Tensor input)").And.NotContain("static torch.Tensor abs(torch.Tensor x)");
    }

    // What a struct or class has by being one: the listing was extracted from what the sources declare.
    private static bool IsPlumbing(Type type, string member) =>
        (type.Name is "Scalar" or "Device" && member == "string ToString()") ||
        (type.Name == "Tensor" && member is "int GetHashCode()" or "bool Equals(object obj)");

    private static class Impostor
    {
        public static torch.Tensor abs(torch.Tensor x) => x.abs();
    }
}
