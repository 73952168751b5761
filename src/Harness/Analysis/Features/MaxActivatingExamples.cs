using System.Collections.Immutable;
using CircuitSpecs.Transformer;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Analysis;

/// <summary>
/// The places of a corpus at which features (neurons, residual dimensions, or directions) are most active. The corpus is
/// read as a stream: memory holds one batch and the best examples, whatever its length.
/// </summary>
public static class MaxActivatingExamples
{
    private const int TokensAtOnce = 2048;

    /// <summary>Finds the examples of neurons or of other dimensions of an activation.</summary>
    /// <param name="model">The model.</param>
    /// <param name="point">An activation [batch, pos, width], for example <c>Hook.Post(2)</c>.</param>
    /// <param name="features">Which of its dimensions.</param>
    /// <param name="corpus">Documents as token ids, with BOS where the model expects one. One longer than the context is read in pieces of that length, each with its first token as it is.</param>
    /// <param name="count">How many examples of each feature.</param>
    /// <param name="context">How many tokens to keep before and after each.</param>
    /// <param name="onePerDocument">Whether a document gives each feature its strongest place only, so that one text does not fill the list.</param>
    /// <param name="skipFirst">Whether to leave out position 0 of each piece, whose residual is often far from all others.</param>
    /// <param name="progress">Told after every batch.</param>
    /// <param name="cancellation">Ends the search with an <see cref="OperationCanceledException"/> between batches.</param>
    /// <returns>For each feature, in the order given, its examples, the strongest first. Of equal ones the earlier in the corpus stay.</returns>
    /// <exception cref="ArgumentException">No feature, one that the activation does not have, an empty corpus or document.</exception>
    public static ImmutableArray<ImmutableArray<ActivatingExample>> Of(
        HookedTransformer model,
        HookPoint point,
        IReadOnlyList<int> features,
        IEnumerable<IReadOnlyList<int>> corpus,
        int count = 20,
        int context = 10,
        bool onePerDocument = true,
        bool skipFirst = false,
        IProgress<CorpusProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(features);
        long[] chosen = [.. features.Select(feature => (long)feature)];
        return Search(model, point, features.Count, activation => Choose(point, activation, chosen), corpus, count, context, onePerDocument, skipFirst, progress, cancellation);
    }

    /// <summary>Finds the examples of directions, for example of a <see cref="LinearProbe"/> or a steering vector: the dot products with an activation.</summary>
    /// <param name="model">The model.</param>
    /// <param name="point">An activation [batch, pos, width], for example <c>Hook.ResidPost(2)</c>.</param>
    /// <param name="directions">[width, feature].</param>
    /// <param name="corpus">Documents as token ids.</param>
    /// <param name="count">How many examples of each direction.</param>
    /// <param name="context">How many tokens to keep before and after each.</param>
    /// <param name="onePerDocument">Whether a document gives each direction its strongest place only.</param>
    /// <param name="skipFirst">Whether to leave out position 0 of each piece.</param>
    /// <param name="progress">Told after every batch.</param>
    /// <param name="cancellation">Ends the search with an <see cref="OperationCanceledException"/> between batches.</param>
    /// <returns>For each direction its examples, the strongest first.</returns>
    /// <exception cref="ArgumentException">The directions do not fit the activation, or an empty corpus or document.</exception>
    public static ImmutableArray<ImmutableArray<ActivatingExample>> OfDirections(
        HookedTransformer model,
        HookPoint point,
        Tensor directions,
        IEnumerable<IReadOnlyList<int>> corpus,
        int count = 20,
        int context = 10,
        bool onePerDocument = true,
        bool skipFirst = false,
        IProgress<CorpusProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(directions);
        if (directions.dim() != 2)
        {
            throw new ArgumentException($"Directions are [width, feature]; these are [{string.Join(", ", directions.shape)}].", nameof(directions));
        }

        return Search(
            model,
            point,
            (int)directions.shape[1],
            activation => activation.dim() == 3 && activation.shape[2] == directions.shape[0]
                ? activation.matmul(directions)
                : throw new ArgumentException($"The directions have {directions.shape[0]} entries; '{point}' is [{string.Join(", ", activation.shape)}].", nameof(directions)),
            corpus,
            count,
            context,
            onePerDocument,
            skipFirst,
            progress,
            cancellation);
    }

    private static ImmutableArray<ImmutableArray<ActivatingExample>> Search(
        HookedTransformer model,
        HookPoint point,
        int features,
        Func<Tensor, Tensor> read,
        IEnumerable<IReadOnlyList<int>> corpus,
        int count,
        int context,
        bool onePerDocument,
        bool skipFirst,
        IProgress<CorpusProgress>? progress,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(point);
        ArgumentNullException.ThrowIfNull(corpus);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(context);
        if (features == 0)
        {
            throw new ArgumentException("There is no feature to find examples of: name at least one.", nameof(features));
        }

        HookPoint counted = point.In(model.Config);
        ForwardOptions options = counted.Layer is int layer ? new ForwardOptions { StopAtLayer = layer + 1 } : ForwardOptions.Default;
        var search = new ExampleSearch(features, count, context, onePerDocument, skipFirst);
        long tokens = 0;
        foreach ((IReadOnlyList<CorpusPiece> pieces, int done) in CorpusPiece.Batches(corpus, model.Config.Context, TokensAtOnce))
        {
            cancellation.ThrowIfCancellationRequested();
            using DisposeScope scope = NewDisposeScope();
            int length = pieces[0].Length;
            float[]? values = null;
            Tensor input = tensor(pieces.SelectMany(piece => piece.Tokens.Select(token => (long)token)).ToArray(), [pieces.Count, length]);
            model.RunWithHooks(input, options, [ForwardHook.Observing(counted, activation => values = read(activation).contiguous().data<float>().ToArray())]);
            search.Add(pieces, values!);
            tokens += (long)pieces.Count * length;
            progress?.Report(new CorpusProgress(done, tokens));
        }

        return tokens > 0 ? search.Found() : throw new ArgumentException("The corpus is empty: there is no document.", nameof(corpus));
    }

    private static Tensor Choose(HookPoint point, Tensor activation, long[] features)
    {
        long width = activation.shape[^1];
        int wrong = Array.FindIndex(features, feature => feature < 0 || feature >= width);
        return activation.dim() != 3 ? throw new ArgumentException($"'{point}' is [{string.Join(", ", activation.shape)}]; take an activation [batch, pos, width].", nameof(point))
            : wrong >= 0 ? throw new ArgumentException($"'{point}' has no dimension {features[wrong]}: they are 0 to {width - 1}.", nameof(features))
            : activation.index_select(2, tensor(features));
    }
}
