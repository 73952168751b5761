using CircuitSpecs.Claims;
using CircuitSpecs.Components;
using CircuitSpecs.Models;
using CircuitSpecs.Tests.Transformer;
using CircuitSpecs.Transformer;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests;

/// <summary>What the README shows that no shipped claim contains.</summary>
public class ReadmeExamples
{
    [Test]
    public void Cache_takes_hooks_names_and_shorthands_side_by_side()
    {
        HookedTransformer model = SmallTransformer.Create();
        using Tensor tokens = SmallTransformer.Tokens();

        using CachedRun run = model.RunWithCache(tokens, [Hook.Pattern(2), "blocks.2.attn.hook_z", ("resid_post", 1)]);
        Tensor pattern = run.Cache[Hook.Pattern(2)];

        pattern.shape.Should().Equal(2, 3, 6, 6);
        run.Cache.Points.Should().HaveCount(3);
    }
}
