using CircuitSpecs.Components;
using CircuitSpecs.Tests.Transformer;

namespace CircuitSpecs.Tests.Components;

public class HeadSetTests
{
    [TestCase("3.2 3.0")]
    [TestCase("3.0,3.2")]
    [TestCase("3.0+3.2")]
    [TestCase("3.0, 3.2 , 3.0")]
    public void Order_repetition_and_separators_do_not_matter(string text)
    {
        var set = HeadSet.Parse(text);
        set.Should().Be(new HeadSet([new Head(3, 0), new Head(3, 2)]));
        set.GetHashCode().Should().Be(new HeadSet([new Head(3, 0), new Head(3, 2)]).GetHashCode());
        (set.Label, set.Kind).Should().Be(("3.0+3.2", "heads"));
    }

    [Test]
    public void Sets_of_other_heads_differ()
    {
        HeadSet.Parse("3.0 3.2").Should().NotBe(HeadSet.Parse("3.0 3.1"));
        HeadSet.Parse("3.0 3.2").Should().NotBe(HeadSet.Parse("3.0"));
        HeadSet.Parse("3.0").Equals((Component)new Head(3, 0)).Should().BeFalse("a set of one head is not the head");
    }

    [Test]
    public void Heads_are_ordered_by_number() => HeadSet.Parse("10.0 2.10 2.9").Heads.Select(head => head.Label).Should().Equal("2.9", "2.10", "10.0");

    [TestCase("")]
    [TestCase(" , ")]
    [TestCase("3.0 x")]
    public void Parse_refuses_what_names_no_heads(string text) => FluentActions.Invoking(() => HeadSet.Parse(text)).Should().Throw<FormatException>();

    [Test]
    public void Empty_set_is_refused() => FluentActions.Invoking(() => new HeadSet([])).Should().Throw<ArgumentException>();

    [Test]
    public void Set_exists_where_all_its_heads_do_and_is_its_only_peer()
    {
        HeadSet.Parse("0.0 2.2").ExistsIn(SmallTransformer.Config).Should().BeTrue();
        HeadSet.Parse("0.0 3.0").ExistsIn(SmallTransformer.Config).Should().BeFalse();
        var set = HeadSet.Parse("0.0 2.2");
        set.PeersIn(SmallTransformer.Config).Should().Equal(set);
    }
}
