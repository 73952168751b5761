namespace CircuitSpecs.Tests.Conformance;

public sealed class SubsetDocumentTests
{
    [Test]
    public void The_document_is_what_the_assembly_has()
    {
        if (ApiListing.IsPackage) Assert.Ignore("This is the package itself.");
        Dictionary<string, HashSet<string>>? recorded = ApiListing.Read();
        if (recorded is null) Assert.Ignore("../shared/torchsharp-0.107-api.txt is not there to compare with.");
        string path = Path.Combine(ApiListing.Root, "docs", "torch-subset.md"), text = SubsetDocument.Write(recorded!);
        if (Environment.GetEnvironmentVariable(ApiListing.WriteVariable) == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
        }

        Assert.That(File.Exists(path) && File.ReadAllText(path) == text, Is.True, $"docs/torch-subset.md is out of date. Refresh it with\n{SubsetDocument.RefreshCommand}");
    }
}
