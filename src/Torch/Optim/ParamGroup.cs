using static TorchSharp.torch.optim;

namespace TorchSharp.Modules;

/// <summary>Parameters with numbers of their own.</summary>
public class ParamGroup : ILearningRateController
{
    public IEnumerable<Parameter>? Parameters { get; set; }

    public OptimizerOptions? Options { get; set; }

    public double LearningRate
    {
        get => Options!.LearningRate!.Value;
        set => Options!.LearningRate = value;
    }

    public double InitialLearningRate
    {
        get => Options!.InitialLearningRate;
        set => Options!.InitialLearningRate = value;
    }
}
