namespace CircuitSpecs.Tests;

public class PromptsCommandTests
{
    private static readonly string Organism = Path.Combine(Repository(), "fixtures", "models", "organism-a");

    private CommandRun run = null!;

    [SetUp]
    public void MakeRun() => run = new CommandRun();

    [TearDown]
    public void RemoveRun() => run.Dispose();

    [Test]
    public void Prompts_are_shown_with_twin_answer_and_positions()
    {
        run.Circuits("prompts", "Successors", "--tokenizer", Organism, "-n", "2", "--seed", "3").Should().Be(0);

        run.Output.Should().MatchRegex(@"^Successors, seed 3, 2 prompts, hash [0-9a-f]{16}").And.MatchRegex(@"\n  corrupt  .*\n  answer   '\w+', foil '\w+'\n  tokens   <bos>\|.*<ITEM>.*<END>\n");
    }

    [Test]
    public void A_problem_shows_its_families()
    {
        run.Circuits("prompts", "2.26", "--tokenizer", Organism, "-n", "1").Should().Be(0);

        run.Output.Should().Contain("RepeatedRandomTokens (2 × 20), seed 1").And.Contain("Prose, seed 1").And.Contain("InductionPairs, seed 1").And.Contain("scored   19 of 41 positions: 21 to 39");
    }

    [Test]
    public void Without_a_family_all_are_listed_with_their_problems()
    {
        run.Circuits("prompts").Should().Be(0);

        run.Output.Should().MatchRegex(@"\nBrackets \(nested\) +result = .* → \]  \[2\.14\]\n");
    }

    [Test]
    public void What_is_unknown_is_an_error_with_what_there_is()
    {
        run.Circuits("prompts", "Bracket", "--tokenizer", Organism).Should().Be(1);
        run.Error.Should().Contain("'Brackets'");
        run.Circuits("prompts", "Brackets").Should().Be(1);
        run.Error.Should().Contain("--tokenizer is missing");
        run.Circuits("prompts", "Brackets", "--tokenizer", Organism).Should().Be(1);
        run.Error.Should().Contain("WordLevelTokenizer");
    }

    private static string Repository()
    {
        DirectoryInfo folder = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "CircuitSpecs.sln")))
        {
            folder = folder.Parent ?? throw new DirectoryNotFoundException("No folder above the tests holds CircuitSpecs.sln.");
        }

        return folder.FullName;
    }
}
