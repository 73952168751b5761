namespace CircuitSpecs.Tokenizers.Patterns;

/// <summary>What a step of a compiled pattern does.</summary>
internal enum PatternOp
{
    /// <summary>The (sub-)program has matched.</summary>
    Done,

    /// <summary>One code point of the set.</summary>
    One,

    /// <summary>A run of members of the set.</summary>
    Run,

    /// <summary>The targets one after the other.</summary>
    Try,

    /// <summary>On to <see cref="PatternStep.Target"/>.</summary>
    Jump,

    /// <summary>Remembers the position in the register <see cref="PatternStep.Least"/>.</summary>
    Mark,

    /// <summary>Fails where nothing was read since the mark.</summary>
    Progress,

    /// <summary>A condition on the place.</summary>
    At,

    /// <summary>The sub-program from the next step on is a condition.</summary>
    Look,

    /// <summary>The sub-program from the next step on is matched for good.</summary>
    Atomic,
}

/// <summary>One step of a compiled pattern; which fields matter depends on <see cref="Op"/>.</summary>
internal sealed class PatternStep
{
    public required PatternOp Op { get; init; }

    public CodePointSet? Set { get; init; }

    public int Least { get; init; }

    public int Most { get; init; }

    public Greed Greed { get; init; }

    public Place Place { get; init; }

    public bool Negative { get; init; }

    /// <summary>For a look-behind: how many code points to go back; otherwise −1.</summary>
    public int Behind { get; init; } = -1;

    /// <summary>Where to go on.</summary>
    public int Target { get; set; }

    /// <summary>For <see cref="PatternOp.Try"/>.</summary>
    public int[] Targets { get; set; } = [];

    /// <summary>For <see cref="PatternOp.Try"/>: the targets that can match where an ASCII character comes next.</summary>
    public int[][]? TargetsByAscii { get; set; }
}

/// <summary>Turns a parsed pattern into steps.</summary>
internal sealed class PatternProgram
{
    private const int MostSteps = 20_000;
    private readonly List<PatternStep> steps = [];

    private PatternProgram()
    {
    }

    /// <summary>How many registers the marks use.</summary>
    public int Registers { get; private set; }

    /// <summary>Compiles.</summary>
    /// <exception cref="FormatException">The repetitions unfold to too many steps.</exception>
    public static (PatternStep[] Steps, int Registers) Compile(PatternNode node)
    {
        var program = new PatternProgram();
        program.Add(node);
        program.Append(new PatternStep { Op = PatternOp.Done });
        return ([.. program.steps], program.Registers);
    }

    private int Append(PatternStep step)
    {
        if (steps.Count >= MostSteps)
        {
            throw new FormatException($"its repetitions unfold to more than {MostSteps} steps");
        }

        steps.Add(step);
        return steps.Count - 1;
    }

    private void Add(PatternNode node)
    {
        switch (node)
        {
            case PatternNode.One one:
                Append(new PatternStep { Op = PatternOp.One, Set = one.Set });
                break;
            case PatternNode.Chain chain:
                foreach (PatternNode part in chain.Parts)
                {
                    Add(part);
                }

                break;
            case PatternNode.Choice choice:
                AddChoice(choice.Branches);
                break;
            case PatternNode.Repeat { Part: PatternNode.One single } run:
                Append(new PatternStep { Op = PatternOp.Run, Set = single.Set, Least = run.Least, Most = run.Most, Greed = run.Greed });
                break;
            case PatternNode.Repeat { Greed: Greed.Possessive } possessive:
                Add(new PatternNode.Atomic(possessive with { Greed = Greed.Greedy }));
                break;
            case PatternNode.Repeat repeat:
                AddRepeat(repeat);
                break;
            case PatternNode.Atomic atomic:
                AddSubProgram(new PatternStep { Op = PatternOp.Atomic }, atomic.Part);
                break;
            case PatternNode.Look look:
                AddSubProgram(new PatternStep { Op = PatternOp.Look, Negative = look.Negative, Behind = look.Behind ? look.Part.FixedLength!.Value : -1 }, look.Part);
                break;
            case PatternNode.At at:
                Append(new PatternStep { Op = PatternOp.At, Place = at.Place });
                break;
            default:
                throw new InvalidOperationException($"No step for {node.GetType().Name}.");
        }
    }

    private void AddSubProgram(PatternStep step, PatternNode part)
    {
        Append(step);
        Add(part);
        step.Target = Append(new PatternStep { Op = PatternOp.Done }) + 1;
    }

    private void AddChoice(IReadOnlyList<PatternNode> branches)
    {
        var choice = new PatternStep { Op = PatternOp.Try, Targets = new int[branches.Count] };
        Append(choice);
        var ends = new List<PatternStep>();
        for (int index = 0; index < branches.Count; index++)
        {
            choice.Targets[index] = steps.Count;
            Add(branches[index]);
            if (index < branches.Count - 1)
            {
                ends.Add(steps[Append(new PatternStep { Op = PatternOp.Jump })]);
            }
        }

        ends.ForEach(end => end.Target = steps.Count);
        choice.TargetsByAscii = [.. Enumerable.Range(0, 128).Select(next => choice.Targets.Where((_, index) => CanBegin(branches[index], next)).ToArray())];
    }

    private void AddRepeat(PatternNode.Repeat repeat)
    {
        for (int times = 0; times < repeat.Least; times++)
        {
            Add(repeat.Part);
        }

        if (repeat.Most == int.MaxValue)
        {
            var loop = new PatternStep { Op = PatternOp.Try };
            int start = Append(loop);
            int register = Registers++;
            Append(new PatternStep { Op = PatternOp.Mark, Least = register });
            Add(repeat.Part);
            Append(new PatternStep { Op = PatternOp.Progress, Least = register });
            Append(new PatternStep { Op = PatternOp.Jump, Target = start });
            loop.Targets = repeat.Greed == Greed.Lazy ? [steps.Count, start + 1] : [start + 1, steps.Count];
            return;
        }

        var optional = new List<(PatternStep Step, int Inside)>();
        for (int times = repeat.Least; times < repeat.Most; times++)
        {
            var step = new PatternStep { Op = PatternOp.Try };
            optional.Add((step, Append(step) + 1));
            Add(repeat.Part);
        }

        optional.ForEach(each => each.Step.Targets = repeat.Greed == Greed.Lazy ? [steps.Count, each.Inside] : [each.Inside, steps.Count]);
    }

    /// <summary>Whether a match of the node can begin with this ASCII character, or be empty.</summary>
    private static bool CanBegin(PatternNode node, int ascii) => node switch
    {
        PatternNode.One one => one.Set.ContainsAscii(ascii),
        PatternNode.Choice choice => choice.Branches.Any(branch => CanBegin(branch, ascii)),
        PatternNode.Atomic atomic => CanBegin(atomic.Part, ascii),
        PatternNode.Repeat repeat => repeat.Least == 0 || CanBegin(repeat.Part, ascii),
        PatternNode.Chain chain => ChainCanBegin(chain.Parts, ascii),
        _ => true,
    };

    private static bool ChainCanBegin(IReadOnlyList<PatternNode> parts, int ascii)
    {
        foreach (PatternNode part in parts)
        {
            bool skippable = part is PatternNode.Repeat { Least: 0 };
            bool begins = part is PatternNode.Repeat repeat ? CanBegin(repeat.Part, ascii) : CanBegin(part, ascii);
            if (begins)
            {
                return true;
            }

            if (!skippable)
            {
                return false;
            }
        }

        return true;
    }
}
