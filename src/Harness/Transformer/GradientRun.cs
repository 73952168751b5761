using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Transformer;

/// <summary>A run that was differentiated: the metric, and at each point that was asked for the activation and the metric's gradient. Disposing of it frees them.</summary>
public sealed class GradientRun : IDisposable
{
    internal GradientRun(double metric, Tensor output, ActivationCache activations, ActivationCache gradients)
    {
        Metric = metric;
        Output = output.DetachFromDisposeScope();
        Activations = activations;
        Gradients = gradients;
    }

    /// <summary>The metric's value.</summary>
    public double Metric { get; }

    /// <summary>What the run gave: the logits [batch, pos, d_vocab], or what the options ask for.</summary>
    public Tensor Output { get; }

    /// <summary>The activations, after every hook of their point.</summary>
    public ActivationCache Activations { get; }

    /// <summary>d(metric)/d(activation), of the activation's shape, in units of the metric per unit of the activation; zero where the metric does not depend on it.</summary>
    public ActivationCache Gradients { get; }

    /// <summary>Frees output, activations and gradients.</summary>
    public void Dispose()
    {
        Output.Dispose();
        Activations.Dispose();
        Gradients.Dispose();
    }
}
