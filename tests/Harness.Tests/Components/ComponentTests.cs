using CircuitSpecs.Components;
using CircuitSpecs.Tests.Transformer;

namespace CircuitSpecs.Tests.Components;

public class ComponentTests
{
    [Test]
    public void Head_is_read_and_written_as_layer_dot_head()
    {
        Head.Parse("4.11").Should().Be(new Head(4, 11));
        new Head(4, 11).Label.Should().Be("4.11");
    }

    [TestCase("")]
    [TestCase("4")]
    [TestCase("4.")]
    [TestCase("4.-1")]
    [TestCase("4.11.2")]
    [TestCase(" 4.11")]
    [TestCase("L4H11")]
    public void Anything_else_is_no_head(string text)
    {
        Action parse = () => Head.Parse(text);
        parse.Should().Throw<FormatException>().WithMessage($"'{text}' is not a head*");
    }

    [Test]
    public void Set_of_heads_has_no_order_and_no_repetition()
    {
        HeadSet.Parse("3.2 3.0, 3.2").Should().Be(HeadSet.Parse("3.0+3.2"));
        HeadSet.Parse("10.0 9.1").Label.Should().Be("9.1+10.0");
        HeadSet.Parse("3.2 3.0").GetHashCode().Should().Be(HeadSet.Parse("3.0 3.2").GetHashCode());
    }

    [Test]
    public void Component_exists_only_inside_the_models_shape()
    {
        new Head(2, 2).ExistsIn(SmallTransformer.Config).Should().BeTrue();
        new Head(3, 0).ExistsIn(SmallTransformer.Config).Should().BeFalse();
        new Head(0, 3).ExistsIn(SmallTransformer.Config).Should().BeFalse();
        new Mlp(3).ExistsIn(SmallTransformer.Config).Should().BeFalse();
        new Neuron(0, 19).ExistsIn(SmallTransformer.Config).Should().BeTrue();
        new Neuron(0, 20).ExistsIn(SmallTransformer.Config).Should().BeFalse();
    }

    [Test]
    public void Peers_are_all_of_the_kind()
    {
        new Head(0, 0).PeersIn(SmallTransformer.Config).Should().HaveCount(9);
        new Mlp(0).PeersIn(SmallTransformer.Config).Should().HaveCount(3);
        new AttentionLayer(1).PeersIn(SmallTransformer.Config).Should().HaveCount(3);
        new Neuron(1, 4).PeersIn(SmallTransformer.Config).Should().HaveCount(20).And.OnlyContain(peer => ((Neuron)peer).Layer == 1);
    }
}
