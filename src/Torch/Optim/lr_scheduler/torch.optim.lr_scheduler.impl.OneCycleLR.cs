namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        public static partial class lr_scheduler
        {
            public static partial class impl
            {
                /// <summary>Up to a largest rate and down to a tiny one within one cycle; momentum goes the other way.</summary>
                public class OneCycleLR : LRScheduler
                {
                    private readonly int _total_steps;
                    private readonly List<double> _max_lrs;
                    private readonly List<double> _initial_lrs;
                    private readonly List<double> _min_lrs;
                    private readonly List<double> _base_momentum = [];
                    private readonly List<double> _max_momentum = [];
                    private readonly AnnealStrategy _strategy;
                    private readonly bool _cycle_momentum;
                    private readonly Phase[] _phases;

                    public OneCycleLR(
                        Optimizer optimizer, double max_lr, int total_steps = -1, int epochs = -1, int steps_per_epoch = -1, double pct_start = 0.3,
                        AnnealStrategy anneal_strategy = AnnealStrategy.Cos, bool cycle_momentum = true, double base_momentum = 0.85, double max_momentum = 0.95,
                        double div_factor = 25, double final_div_factor = 1e4, bool three_phase = false, int last_epoch = -1, bool verbose = false)
                        : this(
                            optimizer, Each(optimizer, max_lr), total_steps, epochs, steps_per_epoch, pct_start, anneal_strategy, cycle_momentum,
                            Each(optimizer, base_momentum), Each(optimizer, max_momentum), div_factor, final_div_factor, three_phase, last_epoch, verbose)
                    {
                    }

                    public OneCycleLR(
                        Optimizer optimizer, IEnumerable<double> max_lr, int total_steps = -1, int epochs = -1, int steps_per_epoch = -1, double pct_start = 0.3,
                        AnnealStrategy anneal_strategy = AnnealStrategy.Cos, bool cycle_momentum = true, IEnumerable<double>? base_momentum = null,
                        IEnumerable<double>? max_momentum = null, double div_factor = 25, double final_div_factor = 1e4, bool three_phase = false,
                        int last_epoch = -1, bool verbose = false)
                        : base(optimizer, last_epoch, verbose)
                    {
                        if (cycle_momentum && optimizer is not (IMomentum or IBetas))
                            throw new ArgumentException("optimizer must support momentum with `cycle_momentum` option enabled");
                        if (pct_start is < 0 or > 1) throw new ArgumentException($"Expected float between 0 and 1 for pct_start, but got {pct_start}");
                        _total_steps = Steps(total_steps, epochs, steps_per_epoch);
                        _max_lrs = [.. max_lr];
                        _initial_lrs = _max_lrs.ConvertAll(rate => rate / div_factor);
                        _min_lrs = _initial_lrs.ConvertAll(rate => rate / final_div_factor);
                        _strategy = anneal_strategy;
                        _cycle_momentum = cycle_momentum;
                        double last = _total_steps - 1, up = pct_start * _total_steps - 1;
                        _phases = three_phase
                            ?
                            [
                                new(up, _initial_lrs, _max_lrs, _max_momentum, _base_momentum),
                                new(2 * pct_start * _total_steps - 2, _max_lrs, _initial_lrs, _base_momentum, _max_momentum),
                                new(last, _initial_lrs, _min_lrs, _max_momentum, _max_momentum),
                            ]
                            : [new(up, _initial_lrs, _max_lrs, _max_momentum, _base_momentum), new(last, _max_lrs, _min_lrs, _base_momentum, _max_momentum)];
                        if (cycle_momentum)
                        {
                            _base_momentum.AddRange(base_momentum ?? Each(optimizer, 0.85));
                            _max_momentum.AddRange(max_momentum ?? Each(optimizer, 0.95));
                            if (last_epoch == -1)
                            {
                                int i = 0;
                                foreach (ILearningRateController group in optimizer.ParamGroups) SetMomentum(group, _max_momentum[i++]);
                            }
                        }

                        step();
                    }

                    protected override IEnumerable<double> get_lr()
                    {
                        if (_last_epoch > _total_steps)
                            throw new InvalidOperationException($"Tried to step {_last_epoch + 1} times. The specified number of total steps is {_total_steps}");
                        double start = 0;
                        int p = 0;
                        while (p < _phases.Length - 1 && _last_epoch > _phases[p].End) start = _phases[p++].End;
                        Phase phase = _phases[p];
                        double share = (_last_epoch - start) / (phase.End - start);
                        var rates = new List<double>();
                        int i = 0;
                        foreach (ILearningRateController group in _optimizer.ParamGroups)
                        {
                            rates.Add(Between(phase.FromRate[i], phase.ToRate[i], share));
                            if (_cycle_momentum) SetMomentum(group, Between(phase.FromMomentum[i], phase.ToMomentum[i], share));
                            i++;
                        }

                        return rates;
                    }

                    private static IEnumerable<double> Each(Optimizer optimizer, double value) => Enumerable.Repeat(value, optimizer.ParamGroups.Count());

                    private static int Steps(int total, int epochs, int each)
                    {
                        if (total == -1 && epochs == -1 && each == -1) throw new ArgumentException("You must define either total_steps OR (epochs AND steps_per_epoch)");
                        if (total != -1) return total > 0 ? total : throw new ArgumentException($"Expected positive integer total_steps, but got {total}");
                        if (epochs <= 0) throw new ArgumentException($"Expected positive integer epochs, but got {epochs}");
                        if (each <= 0) throw new ArgumentException($"Expected positive integer steps_per_epoch, but got {each}");
                        return epochs * each;
                    }

                    private static void SetMomentum(ILearningRateController group, double value)
                    {
                        if (group is IBetas betas) betas.Betas = (value, betas.Betas.Item2);
                        else if (group is IMomentum momentum) momentum.Momentum = value;
                    }

                    private double Between(double from, double to, double share) => _strategy == AnnealStrategy.Cos
                        ? to + (from - to) / 2 * (Math.Cos(Math.PI * share) + 1)
                        : (to - from) * share + from;

                    public enum AnnealStrategy
                    {
                        Cos,
                        Linear,
                    }

                    private sealed record Phase(double End, List<double> FromRate, List<double> ToRate, List<double> FromMomentum, List<double> ToMomentum);
                }
            }
        }
    }
}
