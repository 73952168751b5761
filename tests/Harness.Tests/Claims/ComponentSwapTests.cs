using CircuitSpecs.Claims;
using CircuitSpecs.Components;
using CircuitSpecs.Statistics;

namespace CircuitSpecs.Tests.Claims;

public class ComponentSwapTests
{
    [Test]
    public void Every_other_head_is_drawn_and_never_the_named_nor_an_excluded_one()
    {
        Head named = new(1, 1);
        Component[] excluded = [new Head(0, 0), new Head(2, 2)];
        HashSet<Component> drawn = [.. Enumerable.Range(0, 500).Select(seed => ComponentSwap.Draw(named, Synthetic.Config, excluded, Random(seed))!)];
        drawn.Should().BeEquivalentTo(Head.AllIn(Synthetic.Config).Except([named, new Head(0, 0), new Head(2, 2)]));
    }

    [Test]
    public void Mlp_is_swapped_for_an_mlp()
    {
        HashSet<Component> drawn = [.. Enumerable.Range(0, 50).Select(seed => ComponentSwap.Draw(new Mlp(1), Synthetic.Config, [], Random(seed))!)];
        drawn.Should().BeEquivalentTo([new Mlp(0), new Mlp(2)]);
    }

    [Test]
    public void Set_of_heads_is_swapped_for_as_many_others()
    {
        var named = HeadSet.Parse("0.0 1.1 2.2");
        HeadSet[] drawn = [.. Enumerable.Range(0, 200).Select(seed => (HeadSet)ComponentSwap.Draw(named, Synthetic.Config, [], Random(seed))!)];
        drawn.Should().OnlyContain(set => set.Heads.Length == 3 && !set.Heads.Intersect(named.Heads).Any());
        drawn.SelectMany(set => set.Heads).Distinct().Should().HaveCount(6);
    }

    [Test]
    public void Set_of_heads_shares_none_with_those_of_which_the_same_is_recorded()
    {
        Component[] excluded = [HeadSet.Parse("0.1 0.2"), new Head(1, 0)];
        foreach (int seed in Enumerable.Range(0, 100))
        {
            var drawn = (HeadSet)ComponentSwap.Draw(HeadSet.Parse("0.0 1.1"), Synthetic.Config, excluded, Random(seed))!;
            drawn.Heads.Should().NotContain([new Head(0, 0), new Head(1, 1), new Head(0, 1), new Head(0, 2), new Head(1, 0)]).And.HaveCount(2);
        }
    }

    [Test]
    public void Same_seed_draws_the_same()
    {
        foreach (Component named in (Component[])[new Head(1, 1), HeadSet.Parse("0.0 1.1")])
        {
            ComponentSwap.Draw(named, Synthetic.Config, [], Random(3)).Should().Be(ComponentSwap.Draw(named, Synthetic.Config, [], Random(3)));
        }
    }

    [Test]
    public void Nothing_is_drawn_where_nothing_is_left()
    {
        ComponentSwap.Draw(new Head(0, 0), Synthetic.Config with { Layers = 1, Heads = 1 }, [], Random(1)).Should().BeNull();
        ComponentSwap.Draw(new Mlp(0), Synthetic.Config, [new Mlp(1), new Mlp(2)], Random(1)).Should().BeNull();
        ComponentSwap.Draw(HeadSet.Parse("0.0 0.1"), Synthetic.Config with { Layers = 1 }, [], Random(1)).Should().BeNull("one head is left, and two are needed");
    }

    private static SeededRandom Random(int seed) => SeededRandom.For(seed, "swap");
}
