using CircuitSpecs.Components;
using CircuitSpecs.Tests.Transformer;

namespace CircuitSpecs.Tests.Components;

public class HeadTests
{
    [TestCase("4.11", 4, 11)]
    [TestCase("0.0", 0, 0)]
    public void Parse_reads_layer_and_head(string text, int layer, int index)
    {
        Head.Parse(text).Should().Be(new Head(layer, index));
        Head.Parse(text).ToString().Should().Be(text);
        Head converted = text;
        converted.Should().Be(new Head(layer, index));
    }

    [TestCase("")]
    [TestCase("4")]
    [TestCase("4.")]
    [TestCase("4.11.1")]
    [TestCase("-1.3")]
    [TestCase("4,11")]
    [TestCase(" 4.11")]
    [TestCase("L4H11")]
    [TestCase("4.99999999999")]
    public void Parse_refuses_what_is_no_head(string text) => FluentActions.Invoking(() => Head.Parse(text)).Should().Throw<FormatException>().WithMessage($"'{text}' is not a head*\"4.11\".");

    [Test]
    public void Peers_are_all_heads_of_all_layers_in_order()
    {
        string[] all = ["0.0", "0.1", "0.2", "1.0", "1.1", "1.2", "2.0", "2.1", "2.2"];
        Head.AllIn(SmallTransformer.Config).Select(head => head.Label).Should().Equal(all);
        new Head(1, 1).PeersIn(SmallTransformer.Config).Select(head => head.Label).Should().Equal(all);
    }

    [TestCase(2, 2, true)]
    [TestCase(3, 0, false)]
    [TestCase(0, 3, false)]
    [TestCase(-1, 0, false)]
    [TestCase(0, -1, false)]
    public void Head_exists_within_the_shape(int layer, int index, bool expected) => new Head(layer, index).ExistsIn(SmallTransformer.Config).Should().Be(expected);

    [Test]
    public void Heads_are_ordered_by_number_and_not_by_text() =>
        new Head[] { "10.0", "2.10", "2.9", "0.11" }.Order().Select(head => head.Label).Should().Equal("0.11", "2.9", "2.10", "10.0");
}
