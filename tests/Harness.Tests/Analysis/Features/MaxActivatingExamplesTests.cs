using System.Collections.Immutable;
using CircuitSpecs.Analysis;
using CircuitSpecs.Models;
using CircuitSpecs.Tests.Transformer;
using CircuitSpecs.Transformer;
using TorchSharp;

namespace CircuitSpecs.Tests.Analysis.Features;

public sealed class MaxActivatingExamplesTests
{
    private static readonly int[][] Corpus = Make(60);

    private static IEnumerable<ModelConfig> Shapes => SmallTransformer.Shapes.Values;

    [TestCaseSource(nameof(Shapes))]
    public void The_strongest_places_are_those_of_a_full_search(ModelConfig config)
    {
        using HookedTransformer model = SmallTransformer.Create(config: config);
        int[] features = [3, 0, 19];
        (double Value, int Document, int Position)[][] all = All(model, Hook.Post(1), features);
        ImmutableArray<ImmutableArray<ActivatingExample>> free = MaxActivatingExamples.Of(model, Hook.Post(1), features, Corpus, count: 7, context: 2, onePerDocument: false);
        ImmutableArray<ImmutableArray<ActivatingExample>> one = MaxActivatingExamples.Of(model, Hook.Post(1), features, Corpus, count: 7, context: 2);
        for (int feature = 0; feature < 3; feature++)
        {
            Same(free[feature], all[feature].OrderByDescending(place => place.Value).Take(7));
            Same(one[feature], all[feature].GroupBy(place => place.Document).Select(document => document.MaxBy(place => place.Value)).OrderByDescending(place => place.Value).Take(7));
            foreach (ActivatingExample example in free[feature])
            {
                int first = Math.Max(0, example.Position - 2);
                example.Tokens.Should().Equal(Corpus[example.Document][first..Math.Min(Corpus[example.Document].Length, example.Position + 3)]);
                example.Tokens[example.Index].Should().Be(Corpus[example.Document][example.Position]);
            }
        }

        static void Same(IEnumerable<ActivatingExample> found, IEnumerable<(double Value, int Document, int Position)> expected)
        {
            found.Select(example => (example.Document, example.Position)).Should().Equal(expected.Select(place => (place.Document, place.Position)));
            found.Zip(expected, (example, place) => Math.Abs(example.Activation - place.Value)).Max().Should().BeLessThan(1e-5);
        }
    }

    [Test]
    public void Directions_are_read_as_dot_products()
    {
        using HookedTransformer model = SmallTransformer.Create();
        using var scope = torch.NewDisposeScope();
        torch.Tensor directions = torch.zeros(12, 2);
        directions[4, 0] = torch.tensor(1f);
        directions[9, 1] = torch.tensor(-2f);
        var byDirection = MaxActivatingExamples.OfDirections(model, Hook.ResidPost(0), directions, Corpus, count: 3);
        var byDimension = MaxActivatingExamples.Of(model, Hook.ResidPost(0), [4], Corpus, count: 3);
        byDirection[0].Select(example => (example.Document, example.Position)).Should().Equal(byDimension[0].Select(example => (example.Document, example.Position)));
        double smallest = All(model, Hook.ResidPost(0), [9])[0].Min(place => place.Value);
        byDirection[1][0].Activation.Should().BeApproximately(-2 * smallest, 1e-5);
        FluentActions.Invoking(() => MaxActivatingExamples.OfDirections(model, Hook.Post(0), directions, Corpus)).Should().Throw<ArgumentException>().WithMessage("*12 entries*");
        FluentActions.Invoking(() => MaxActivatingExamples.OfDirections(model, Hook.Post(0), directions[0], Corpus)).Should().Throw<ArgumentException>();
    }

    [Test]
    public void Documents_longer_than_the_context_are_read_in_pieces()
    {
        using HookedTransformer model = SmallTransformer.Create();
        int[] document = [.. Enumerable.Range(0, 23).Select(index => index * 5 % 17)];
        var found = MaxActivatingExamples.Of(model, Hook.Post(0), [2], [document], count: 100, context: 0, onePerDocument: false);
        found[0].Select(example => example.Position).Should().BeEquivalentTo(Enumerable.Range(0, 23));
        var alone = MaxActivatingExamples.Of(model, Hook.Post(0), [2], [document[10..20]], count: 100, context: 0, onePerDocument: false);
        found[0].Single(example => example.Position == 14).Activation.Should().BeApproximately(alone[0].Single(example => example.Position == 4).Activation, 1e-6);
        MaxActivatingExamples.Of(model, Hook.Post(0), [2], [document], count: 100, onePerDocument: false, skipFirst: true)[0].Select(example => example.Position).Should().NotContain([0, 10, 20]).And.HaveCount(20);
    }

    [Test]
    public void Equal_activations_keep_the_earlier_place()
    {
        using HookedTransformer model = SmallTransformer.Create();
        int[][] same = [.. Enumerable.Repeat(Corpus[0], 9)];
        MaxActivatingExamples.Of(model, Hook.Post(0), [2], same, count: 4)[0].Select(example => example.Document).Should().Equal(0, 1, 2, 3);
    }

    [Test]
    public void The_corpus_is_a_stream_that_can_be_watched_and_left()
    {
        using HookedTransformer model = SmallTransformer.Create();
        var reports = new List<CorpusProgress>();
        int read = 0;
        IEnumerable<int[]> Endless()
        {
            while (true)
            {
                read++;
                yield return Corpus[read % Corpus.Length];
            }
        }

        using var source = new CancellationTokenSource();
        var progress = new Reports<CorpusProgress>(report =>
        {
            reports.Add(report);
            if (reports.Count == 3)
            {
                source.Cancel();
            }
        });
        FluentActions.Invoking(() => MaxActivatingExamples.Of(model, Hook.Post(0), [0], Endless(), progress: progress, cancellation: source.Token)).Should().Throw<OperationCanceledException>();
        reports.Should().HaveCount(3);
        reports.Select(report => report.Tokens).Should().BeInAscendingOrder();
        read.Should().BeLessThan(20_000, "batches run while the corpus is read");
    }

    [Test]
    public void What_cannot_be_searched_says_why()
    {
        using HookedTransformer model = SmallTransformer.Create();
        FluentActions.Invoking(() => MaxActivatingExamples.Of(model, Hook.Post(0), [20], Corpus)).Should().Throw<ArgumentException>().WithMessage("*no dimension 20*0 to 19*");
        FluentActions.Invoking(() => MaxActivatingExamples.Of(model, Hook.Post(0), [], Corpus)).Should().Throw<ArgumentException>().WithMessage("*no feature*");
        FluentActions.Invoking(() => MaxActivatingExamples.Of(model, Hook.Post(0), [0], Array.Empty<int[]>())).Should().Throw<ArgumentException>().WithMessage("*empty*");
        FluentActions.Invoking(() => MaxActivatingExamples.Of(model, Hook.Post(0), [0], [[1, 2], []])).Should().Throw<ArgumentException>().WithMessage("*Document 1*no tokens*");
        FluentActions.Invoking(() => MaxActivatingExamples.Of(model, Hook.Pattern(0), [0], Corpus)).Should().Throw<ArgumentException>().WithMessage("*?batch, pos, width?*");
    }

    private static (double Value, int Document, int Position)[][] All(HookedTransformer model, HookPoint point, int[] features) => [.. features.Select(feature => Corpus.SelectMany((document, index) =>
    {
        using CachedRun run = model.RunWithCache(torch.tensor(document.Select(token => (long)token).ToArray(), [1, document.Length]), point);
        return run.Cache[point].select(0, 0).select(1, feature).contiguous().data<float>().ToArray().Select((value, position) => ((double)value, index, position)).ToArray();
    }).ToArray())];

    private static int[][] Make(int count)
    {
        var random = new Random(8);
        return [.. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, random.Next(1, 11)).Select(_ => random.Next(17)).ToArray())];
    }
}
