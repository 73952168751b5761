using CircuitSpecs.Claims;
using CircuitSpecs.Components;
using CircuitSpecs.Statistics;
using CircuitSpecs.Tests.Transformer;

namespace CircuitSpecs.Tests.Claims;

public class ComponentSwapTests
{
    [Test]
    public void Every_other_component_comes_up_but_never_the_named_nor_an_excluded_one()
    {
        var named = new Head(0, 0);
        Component[] excluded = [new Head(0, 1), new Head(1, 0)];
        Component?[] drawn = [.. Enumerable.Range(0, 200).Select(seed => ComponentSwap.Draw(named, SmallTransformer.Config, excluded, SeededRandom.For(seed, "swap")))];
        drawn.Distinct().Should().BeEquivalentTo(Head.AllIn(SmallTransformer.Config).Where(head => head != named && !excluded.Contains(head)));
    }

    [Test]
    public void Set_of_heads_is_swapped_for_as_many_that_it_does_not_hold()
    {
        HeadSet named = HeadSet.Parse("0.0 1.1 2.2");
        for (int seed = 0; seed < 20; seed++)
        {
            var drawn = (HeadSet)ComponentSwap.Draw(named, SmallTransformer.Config, [], SeededRandom.For(seed, "swap"))!;
            drawn.Heads.Should().HaveCount(3).And.NotContain(named.Heads);
        }
    }

    [Test]
    public void There_is_none_where_nothing_is_left() =>
        ComponentSwap.Draw(new Mlp(0), SmallTransformer.Config, [new Mlp(1), new Mlp(2)], SeededRandom.For(1, "swap")).Should().BeNull();
}
