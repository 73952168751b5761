using CircuitSpecs.Components;
using CircuitSpecs.Models;
using CircuitSpecs.Tests.Transformer;

namespace CircuitSpecs.Tests.Components;

public class LayerComponentTests
{
    private static readonly ModelConfig Config = SmallTransformer.Config;

    [Test]
    public void Labels_tell_the_kinds_apart()
    {
        Component[] components = [new Head(1, 2), new Mlp(1), new AttentionLayer(1), new Neuron(1, 2)];
        components.Select(component => component.Label).Should().Equal("1.2", "mlp1", "attn1", "n1.2");
        components.Select(component => component.Kind).Should().Equal("head", "mlp", "attention", "neuron");
        components.Select(component => component.ToString()).Should().Equal("1.2", "mlp1", "attn1", "n1.2");
        components.Should().OnlyHaveUniqueItems();
    }

    [Test]
    public void Mlps_and_attention_layers_have_a_peer_a_layer()
    {
        new Mlp(1).PeersIn(Config).Should().Equal(new Mlp(0), new Mlp(1), new Mlp(2));
        new AttentionLayer(1).PeersIn(Config).Should().Equal(new AttentionLayer(0), new AttentionLayer(1), new AttentionLayer(2));
    }

    [Test]
    public void Neurons_are_compared_within_their_layer() =>
        new Neuron(1, 5).PeersIn(Config).Should().Equal(Enumerable.Range(0, 20).Select(index => new Neuron(1, index)));

    [TestCase(2, true)]
    [TestCase(3, false)]
    [TestCase(-1, false)]
    public void Layer_has_to_exist(int layer, bool expected)
    {
        new Mlp(layer).ExistsIn(Config).Should().Be(expected);
        new AttentionLayer(layer).ExistsIn(Config).Should().Be(expected);
        new Neuron(layer, 0).ExistsIn(Config).Should().Be(expected);
    }

    [TestCase(19, true)]
    [TestCase(20, false)]
    [TestCase(-1, false)]
    public void Neuron_has_to_exist(int index, bool expected) => new Neuron(0, index).ExistsIn(Config).Should().Be(expected);
}
