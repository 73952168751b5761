namespace CircuitSpecs.Tests.Transformer.Parity;

[Category("Golden"), Category("Slow")]
public sealed class ParityDocumentTests
{
    private const string Head = "| golden | architecture | stored as | keys | logits ≤ 5.0e-5 | nearest to its tolerance | SHA-256 |\n";
    private const string Page = Head + "| `architectures/gpt2/golden.safetensors` | gpt2 | safetensors, F32 | 90 | 4.0e-6 | 4.0e-7 | 9.0e-6 | `logits` (8%) | `0123456789ab` |\n";

    [Test]
    public void The_document_is_what_the_goldens_give()
    {
        GoldenFolder.PathOrIgnore("architectures");
        GoldenFolder.PathOrIgnore("formats");

        string path = Path.Combine(RepositoryRoot.Path, "docs", "parity.md");
        string now = ParityDocument.Write();
        IReadOnlyList<string>? problems = File.Exists(path) ? ParityDocument.Problems(File.ReadAllText(path), now) : ["it is not there"];
        if (problems is not { Count: 0 } && Environment.GetEnvironmentVariable("CIRCUITSPECS_WRITE_DOCS") == "1")
        {
            File.WriteAllText(path, now);
            problems = ParityDocument.Problems(now, now);
        }

        if (problems is null)
        {
            // Another set of goldens has other differences: its tolerances are asserted by the architecture and format tests, and it has no page here.
            Assert.Ignore($"docs/parity.md is about other goldens than those in '{GoldenFolder.Root}'.");
        }

        problems.Should().BeEmpty($"docs/parity.md has to be what the goldens give; refresh it with\n{ParityDocument.RefreshCommand}");
    }

    [TestCase("4.0e-6", "4.0e-6", true)]
    [TestCase("4.0e-6", "1.5e-5", true, Description = "another machine")]
    [TestCase("4.0e-6", "0", true, Description = "both are next to nothing")]
    [TestCase("4.0e-6", "3.0e-5", false, Description = "worse")]
    [TestCase("4.0e-6", "6.0e-5", false, Description = "past the tolerance")]
    [TestCase("4.0e-6", "–", false, Description = "no longer compared")]
    public void Differences_are_compared_by_size(string stated, string now, bool right)
    {
        IReadOnlyList<string> problems = ParityDocument.Problems(Page.Replace("4.0e-6", stated, StringComparison.Ordinal), Page.Replace("4.0e-6", now, StringComparison.Ordinal))!;
        problems.Count(problem => problem.Contains(", logits: ", StringComparison.Ordinal)).Should().Be(right ? 0 : 1);
    }

    [Test]
    public void Everything_else_is_compared_exactly()
    {
        ParityDocument.Problems(Page, Page.Replace("| 90 |", "| 91 |", StringComparison.Ordinal)).Should().Contain(problem => problem.Contains("it is 'gpt2 | safetensors, F32 | 91'", StringComparison.Ordinal));
        ParityDocument.Problems(Page, Page + Page.Split('\n')[1].Replace("gpt2/", "gpt3/", StringComparison.Ordinal)).Should().Contain("the row of architectures/gpt3/golden.safetensors is missing");
        ParityDocument.Problems(Page, "# Title\n" + Page).Should().Contain("the text around the tables is another one");
    }

    [Test]
    public void Other_goldens_are_not_compared() =>
        ParityDocument.Problems(Page, Page.Replace("0123456789ab", "ba9876543210", StringComparison.Ordinal).Replace("4.0e-6", "4.0e-5", StringComparison.Ordinal)).Should().BeNull();
}
