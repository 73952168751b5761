using FsCheck;
using FsCheck.Fluent;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Properties;

/// <summary>
/// One input of a property: the common shape, and for each operand its type, its layout (0 is dense) and the
/// dimensions in which it is broadcast. Everything else is drawn from the seed.
/// </summary>
internal sealed record Case(long[] Shape, ScalarType[] Types, int[] Layouts, int[] Ones, int[] Dropped, int Seed)
{
    /// <summary>Cases with operands of these types, each drawn from its list.</summary>
    public static Arbitrary<Case> Arbitrary(int minRank, int maxRank, bool broadcast, params ScalarType[][] types) => Arb.From(
        Gen.Sized(size => Gen.Choose(0, int.MaxValue - 1).Select(seed => Draw(new Random(seed), size, minRank, maxRank, broadcast, types))),
        c => c.Smaller(minRank));

    public long[] ShapeOf(int operand)
    {
        long[] shape = (long[])Shape.Clone();
        for (int d = 0; d < shape.Length; d++)
            if ((Ones[operand] >> d & 1) != 0) shape[d] = 1;
        return shape[Math.Min(Dropped[operand], shape.Length)..];
    }

    public Operand Operand(int operand, Domain domain, bool mayRepeat = true) =>
        Properties.Operand.Of(ShapeOf(operand), Types[operand], Layouts[operand], Seed + operand + 1, domain, mayRepeat);

    /// <summary>For what else a property needs to choose: the same choices each time it is asked.</summary>
    public Random Choices() => new(Seed ^ 0x5bd1e995);

    public override string ToString() =>
        $"shape [{string.Join(", ", Shape)}]; " + string.Join("; ", Types.Select((t, i) =>
            $"operand {i}: {t} [{string.Join(", ", ShapeOf(i))}]{(Layouts[i] == 0 ? string.Empty : $" layout {Layouts[i]}")}")) + $"; seed {Seed}";

    private static Case Draw(Random random, int size, int minRank, int maxRank, bool broadcast, ScalarType[][] types)
    {
        int rank = random.Next(minRank, maxRank + 1);
        var shape = new long[rank];
        long volume = 1;
        for (int d = 0; d < rank; d++)
        {
            int limit = random.Next(5) == 0 ? 1 + size / 2 : 1 + Math.Min(size / 4, 5);
            shape[d] = random.Next(25) == 0 ? 0 : Math.Min(1 + random.Next(limit), Math.Max(1, 1500 / Math.Max(volume, 1)));
            volume *= Math.Max(shape[d], 1);
        }

        // Once in a while a row long enough for every loop and block of a kernel.
        if (rank > 0 && random.Next(20) == 0)
        {
            Array.Fill(shape, 1);
            shape[random.Next(rank)] = 500 + random.Next(20 * size + 1);
        }

        int count = types.Length;
        var ones = new int[count];
        var dropped = new int[count];
        if (broadcast && count > 1)
        {
            for (int i = 0; i < count; i++)
            {
                for (int d = 0; d < rank; d++)
                    if (random.Next(5) == 0) ones[i] |= 1 << d;
                if (random.Next(4) == 0) dropped[i] = random.Next(rank + 1);
            }

            // One operand has the whole shape, unless all are broadcast in a dimension alike.
            int whole = random.Next(count);
            (ones[whole], dropped[whole]) = (0, 0);
        }

        return new Case(
            shape,
            types.Select(t => t[random.Next(t.Length)]).ToArray(),
            types.Select(_ => random.Next(3) == 0 ? 0 : 1 + random.Next(1 << 20)).ToArray(),
            ones, dropped, random.Next(1 << 28));
    }

    private IEnumerable<Case> Smaller(int minRank)
    {
        for (int i = 0; i < Layouts.Length; i++)
            if (Layouts[i] != 0) yield return this with { Layouts = Changed(Layouts, i, 0) };
        for (int i = 0; i < Ones.Length; i++)
        {
            if (Ones[i] != 0) yield return this with { Ones = Changed(Ones, i, 0) };
            if (Dropped[i] != 0) yield return this with { Dropped = Changed(Dropped, i, 0) };
        }

        if (Shape.Length > minRank && Ones.All(o => o == 0) && Dropped.All(d => d == 0))
            for (int d = 0; d < Shape.Length; d++) yield return this with { Shape = Elements.Without(Shape, d) };
        for (int d = 0; d < Shape.Length; d++)
        {
            if (Shape[d] > 3) yield return this with { Shape = Elements.Replace(Shape, d, Shape[d] / 2) };
            if (Shape[d] > 1) yield return this with { Shape = Elements.Replace(Shape, d, Shape[d] - 1) };
        }
    }

    private static int[] Changed(int[] list, int at, int value)
    {
        int[] copy = (int[])list.Clone();
        copy[at] = value;
        return copy;
    }
}
