namespace CircuitSpecs.Tests.Models.Compiled;

[Category("Slow")]
public sealed class GroundTruthDocumentTests
{
    [Test]
    public void The_document_is_what_discovery_finds()
    {
        string path = Path.Combine(RepositoryRoot.Path, "docs", "ground-truth.md");
        string now = GroundTruthDocument.Write();
        if (Environment.GetEnvironmentVariable("CIRCUITSPECS_WRITE_DOCS") == "1")
        {
            File.WriteAllText(path, now);
        }

        File.Exists(path).Should().BeTrue($"docs/ground-truth.md is written by\n{GroundTruthDocument.RefreshCommand}");
        File.ReadAllText(path).Should().Be(now, $"docs/ground-truth.md has to be what discovery finds; refresh it with\n{GroundTruthDocument.RefreshCommand}");
    }
}
