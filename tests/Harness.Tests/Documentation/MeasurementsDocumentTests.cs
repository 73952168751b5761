namespace CircuitSpecs.Tests.Documentation;

public sealed class MeasurementsDocumentTests
{
    [Test]
    public void The_document_is_what_the_members_say()
    {
        string path = Path.Combine(RepositoryRoot.Path, "docs", "measurements.md");
        string text = MeasurementsDocument.Write();
        if (Environment.GetEnvironmentVariable("CIRCUITSPECS_WRITE_DOCS") == "1")
        {
            File.WriteAllText(path, text);
        }

        (File.Exists(path) && File.ReadAllText(path) == text).Should().BeTrue($"docs/measurements.md has to be what the members' documentation says; refresh it with\n{MeasurementsDocument.RefreshCommand}");
    }
}
