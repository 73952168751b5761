using CircuitSpecs.Models;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.Interventions.Sweeps;

/// <summary>How much work a patched row is: positions times blocks, a block's MLP counting as its share of the block's parameters.</summary>
internal sealed class SweepWork
{
    private readonly ModelConfig config;
    private readonly SweepTask task;
    private readonly double mlpShare;
    private readonly double blockParameters;

    public SweepWork(ModelConfig config, SweepTask task)
    {
        this.config = config;
        this.task = task;
        double attention = 2.0 * config.DModel * config.DHead * (config.Heads + config.KeyValueHeads);
        double mlp = config.AttentionOnly ? 0 : (config.GatedMlp ? 3.0 : 2.0) * config.DModel * config.DMlp;
        blockParameters = attention + mlp;
        mlpShare = mlp / blockParameters;
    }

    /// <summary>Positions times blocks of a row.</summary>
    /// <param name="layer">The block that it enters.</param>
    /// <param name="atMlp">Whether only the MLP is left of that block.</param>
    /// <param name="positions">Positions that are run.</param>
    public double Of(int layer, bool atMlp, int positions)
    {
        int blocks = config.Layers - layer;
        if (blocks <= 0 || task.Path == SweepPath.Direct)
        {
            return 0;
        }

        // The last block's MLP runs at the answer position only.
        double perBlock = task.Path == SweepPath.ThroughMlps ? mlpShare : 1;
        double first = atMlp ? mlpShare : perBlock;
        return blocks == 1 ? LastBlock(first, atMlp, positions) : (positions * (first + ((blocks - 2) * perBlock))) + LastBlock(perBlock, false, positions);
    }

    /// <summary>The work of a cell at the sweep's activation, if it has to be run at so many positions.</summary>
    public double OfCell(int layer, int positions)
    {
        (int next, bool atMlp) = Entry(layer);
        return Of(next, atMlp, task.ReadsLastOnly(config, next, atMlp) ? 1 : positions);
    }

    /// <summary>Whether of a change in a layer only what reaches the answer position at once can matter.</summary>
    public bool ReadsLastOnly(int layer)
    {
        (int next, bool atMlp) = Entry(layer);
        return task.ReadsLastOnly(config, next, atMlp);
    }

    /// <summary>Floating-point operations of an amount of work.</summary>
    public double Operations(double work) => 2 * work * blockParameters;

    private (int Next, bool AtMlp) Entry(int layer) => (task.ByHead ? "hook_attn_out" : task.Point(layer).Site) switch
    {
        "hook_resid_pre" => (layer, false),
        "hook_resid_mid" => (layer, true),
        "hook_attn_out" => config.AttentionOnly || config.ParallelBlock ? (layer + 1, false) : (layer, true),
        _ => (layer + 1, false),
    };

    private double LastBlock(double whole, bool atMlp, int positions) =>
        atMlp || task.Path == SweepPath.ThroughMlps ? mlpShare : mlpShare + ((whole - mlpShare) * positions);
}
