using TorchSharp;

namespace CircuitSpecs.Tests.Conformance;

public sealed class PublicSurfaceTests
{
    [Test]
    public void Every_public_member_is_one_of_TorchSharp_0_107()
    {
        Dictionary<string, HashSet<string>> recorded = Recorded();
        var differences = new List<string>();
        foreach (Type type in typeof(torch).Assembly.GetExportedTypes())
        {
            string name = ApiListing.FullName(type);
            if (!recorded.TryGetValue(name, out HashSet<string>? members))
            {
                differences.Add($"type {name}");
                continue;
            }

            differences.AddRange(
                from member in ApiListing.Members(type)
                where !members.Contains(member) && !IsPlumbing(type, member)
                select $"{name}: {member}");
        }

        string.Join("\n", differences).Should().BeEmpty();
    }

    [Test]
    public void The_comparison_sees_a_member_that_TorchSharp_lacks()
    {
        Dictionary<string, HashSet<string>> recorded = Recorded();
        ApiListing.Members(typeof(Impostor)).Should().Contain("static torch.Tensor abs(torch.Tensor x)");
        recorded["TorchSharp.torch"].Should().Contain("static torch.Tensor abs(torch.Tensor input)").And.NotContain("static torch.Tensor abs(torch.Tensor x)");
        recorded["TorchSharp.Modules.Linear"].Should().Contain("torch.Tensor forward(torch.Tensor tensor)");
    }

    /// <summary>
    /// Holds the record to the package. To extend it, add the headings of types, and run this test with -p:Torch=cpu and
    /// CIRCUITSPECS_WRITE_DOCS=1.
    /// </summary>
    [Test]
    public void The_record_is_what_the_package_says()
    {
        if (!ApiListing.IsPackage) Assert.Ignore("Compares the record with the package: build with -p:Torch=cpu.");
        string recorded = File.ReadAllText(ApiListing.RecordPath);
        var text = new System.Text.StringBuilder();
        foreach (string name in ApiListing.Sections(recorded).Keys.Order(StringComparer.Ordinal))
        {
            Type type = typeof(torch).Assembly.GetExportedTypes().Single(t => ApiListing.FullName(t) == name);
            text.Append("## ").Append(name).Append('\n');
            foreach (string member in ApiListing.Members(type).Distinct().Order(StringComparer.Ordinal)) text.Append("  ").Append(member).Append('\n');
        }

        if (Environment.GetEnvironmentVariable(ApiListing.WriteVariable) == "1") File.WriteAllText(ApiListing.RecordPath, text.ToString());
        else recorded.Should().Be(text.ToString());
    }

    private static Dictionary<string, HashSet<string>> Recorded()
    {
        if (ApiListing.IsPackage) Assert.Ignore("This is the package itself.");
        Dictionary<string, HashSet<string>>? recorded = ApiListing.Read();
        if (recorded is null) Assert.Ignore("../shared/torchsharp-0.107-api.txt is not there to compare with.");
        return recorded!;
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
