using CircuitSpecs.Interventions.Sweeps;
using CircuitSpecs.Models;
using CircuitSpecs.Prompts;
using CircuitSpecs.Tests.Models;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.Tests.Interventions.Sweeps;

/// <summary>A sweep on a model that is larger than the memory that it may take: all patches advance block by block.</summary>
[NonParallelizable]
public sealed class StreamedSweepTests
{
    [TearDown]
    public void ForgetTheLimit() => Environment.SetEnvironmentVariable(MemoryLimit.Variable, null);

    [Test]
    public void Streamed_weights_give_the_same_numbers()
    {
        using var folder = new TemporaryFolder();
        new TinyGpt2().WriteTo(folder.Path);
        var pairs = new EvaluationSet("tiny", 0, [new Prompt { Tokens = [0, 1, 2], Corrupt = [0, 3, 2], Answer = 1, Foil = 4, Text = "tiny" }]);
        using ModelWeights whole = ModelLoader.Load(folder.Path);
        Environment.SetEnvironmentVariable(MemoryLimit.Variable, "1500");
        using ModelWeights streamed = ModelLoader.Load(folder.Path);
        streamed.AreStreamed.Should().BeTrue();
        using var expected = new HookedTransformer(whole);
        using var actual = new HookedTransformer(streamed);

        SweepResult reference = Sweep.HeadsByPosition(expected, pairs, SweepDirection.Denoising).Run();
        SweepResult result = Sweep.HeadsByPosition(actual, pairs, SweepDirection.Denoising).Run();

        result.Cells.Should().Equal(reference.Cells);
        result.Cells.Should().OnlyContain(cell => result[cell].Value == reference[cell].Value);
        reference.Cells.Should().Contain(cell => reference.Effect(cell).Value != 0);
    }
}
