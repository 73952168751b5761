namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        public static partial class lr_scheduler
        {
            public static partial class impl
            {
                /// <summary>The rate times a factor when a metric has not got better for more than <c>patience</c> epochs.</summary>
                public class ReduceLROnPlateau : LRScheduler
                {
                    private readonly double _factor;
                    private readonly int _patience;
                    private readonly double _threshold;
                    private readonly bool _minimize;
                    private readonly bool _relative;
                    private readonly int _cooldown;
                    private readonly IList<double> _min_lrs;
                    private readonly double _eps;
                    private double _best;
                    private int _bad;
                    private int _cooling;

                    public ReduceLROnPlateau(
                        Optimizer optimizer, string mode = "min", double factor = 0.1, int patience = 10, double threshold = 1e-4, string threshold_mode = "rel",
                        int cooldown = 0, IList<double>? min_lr = null, double eps = 1e-8, bool verbose = false)
                        : base(optimizer, -1, verbose)
                    {
                        if (factor >= 1) throw new ArgumentException("Factor should be < 1.0");
                        if (mode is not ("min" or "max")) throw new ArgumentException($"mode {mode} is unknown!");
                        if (threshold_mode is not ("rel" or "abs")) throw new ArgumentException($"threshold mode {threshold_mode} is unknown!");
                        int groups = _base_lrs.Count;
                        _factor = factor;
                        _patience = patience;
                        _threshold = threshold;
                        _minimize = mode == "min";
                        _relative = threshold_mode == "rel";
                        _cooldown = cooldown;
                        _min_lrs = min_lr is null or [] ? new double[groups] : min_lr is [var one] ? Enumerable.Repeat(one, groups).ToArray() : min_lr;
                        _eps = eps;
                        _best = _minimize ? double.PositiveInfinity : double.NegativeInfinity;
                    }

                    public override void step() =>
                        throw new InvalidOperationException("step() should not be used with the ReduceLROnPlateau scheduler. Use step(double, int?), instead.");

                    public override void step(int? epoch) =>
                        throw new InvalidOperationException("step(int?) should not be used with the ReduceLROnPlateau scheduler. Use step(double, int?), instead.");

                    public override void step(double current, int? epoch = null)
                    {
                        _last_epoch = epoch ?? _last_epoch + 1;
                        if (IsBetter(current)) (_best, _bad) = (current, 0);
                        else _bad++;
                        if (_cooling > 0)
                        {
                            _cooling--;
                            _bad = 0;
                        }

                        if (_bad <= _patience) return;
                        int i = 0;
                        foreach (ILearningRateController group in _optimizer.ParamGroups)
                        {
                            double before = group.LearningRate, after = Math.Max(before * _factor, _min_lrs[i]);
                            if (before - after > _eps)
                            {
                                group.LearningRate = after;
                                if (_verbose) Console.WriteLine($"Epoch {_last_epoch}: reducing learning rate of group {i} to {after:g4}.");
                            }

                            i++;
                        }

                        (_cooling, _bad) = (_cooldown, 0);
                    }

                    private bool IsBetter(double value) => (_minimize, _relative) switch
                    {
                        (true, true) => value < _best * (1 - _threshold),
                        (true, false) => value < _best - _threshold,
                        (false, true) => value > _best * (1 + _threshold),
                        (false, false) => value > _best + _threshold,
                    };
                }
            }
        }
    }
}
