using CircuitSpecs.Statistics;

namespace CircuitSpecs.Tests.Statistics;

public class SeededRandomTests
{
    [Test]
    public void The_sequence_is_that_of_the_authors_program()
    {
        // xoshiro256starstar.c started in the state 1, 2, 3, 4.
        var random = new SeededRandom(1, 2, 3, 4);
        Enumerable.Range(0, 6).Select(_ => random.NextUInt64()).Should().Equal(
            11520, 0, 1509978240, 1215971899390074240, 1216172134540287360, 607988272756665600);
    }

    [Test]
    public void A_seed_fills_the_state_by_SplitMix64()
    {
        // splitmix64.c from 0 gives e220a8397b1dcdaf, 6e789e6aa1b965f4, 06c45d188009454f, f88bb8a8724c81ec.
        var filled = new SeededRandom(0xe220a8397b1dcdaf, 0x6e789e6aa1b965f4, 0x06c45d188009454f, 0xf88bb8a8724c81ec);
        var seeded = new SeededRandom(0);
        Enumerable.Range(0, 5).Select(_ => seeded.NextUInt64()).Should().Equal(Enumerable.Range(0, 5).Select(_ => filled.NextUInt64()));
    }

    [Test]
    public void Each_purpose_and_each_seed_has_its_own_sequence()
    {
        static ulong First(int seed, string purpose) => SeededRandom.For(seed, purpose).NextUInt64();
        First(1, "a").Should().Be(First(1, "a"));
        new[] { First(1, "a"), First(2, "a"), First(1, "b"), First(11, "a"), First(-1, "a") }.Should().OnlyHaveUniqueItems();
    }

    [TestCase(3)]
    [TestCase(10)]
    public void Numbers_below_a_bound_are_equally_likely(int bound)
    {
        var random = new SeededRandom(7);
        int[] counts = new int[bound];
        const int Draws = 100_000;
        for (int draw = 0; draw < Draws; draw++)
        {
            counts[random.Next(bound)]++;
        }

        double expected = (double)Draws / bound;
        double chiSquare = counts.Sum(count => (count - expected) * (count - expected) / expected);
        chiSquare.Should().BeLessThan(bound + (5 * Math.Sqrt(2.0 * bound)));
    }

    [Test]
    public void Every_order_is_equally_likely()
    {
        var random = new SeededRandom(7);
        var counts = new Dictionary<string, int>();
        for (int repeat = 0; repeat < 24_000; repeat++)
        {
            char[] items = ['a', 'b', 'c', 'd'];
            random.Shuffle(items.AsSpan());
            string order = new(items);
            counts[order] = counts.GetValueOrDefault(order) + 1;
        }

        counts.Should().HaveCount(24);
        counts.Values.Should().OnlyContain(count => count > 840 && count < 1160); // five standard deviations
    }

    [Test]
    public void A_sample_has_no_item_twice()
    {
        int[] items = [.. Enumerable.Range(0, 20)];
        var random = new SeededRandom(7);
        random.Sample(items, 20).Should().BeEquivalentTo(items).And.NotEqual(items);
        random.Sample(items, 5).Should().HaveCount(5).And.OnlyHaveUniqueItems();
        random.Invoking(it => it.Sample(items, 21)).Should().Throw<ArgumentOutOfRangeException>();
    }
}
