using System.Collections.Immutable;
using System.Globalization;
using CircuitSpecs.Prompts;
using CircuitSpecs.Statistics;
using CircuitSpecs.Transformer;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Interventions;

/// <summary>
/// Corrupts what a prompt says about its subject by adding noise to the subject's token embeddings (<c>hook_embed</c>,
/// before positions are added), as causal tracing does (Meng et al. 2022, arXiv 2202.05262, section 2.1). There are
/// several samples of noise; prompt i of a set is run with sample i modulo their number, and
/// <c>CausalTrace</c> runs every prompt with each of them.
/// </summary>
public sealed class EmbeddingNoise : Intervention
{
    private readonly ImmutableArray<Position> subject;
    private readonly Func<HookedTransformer, float[]> noiseFor;
    private readonly long width;

    private EmbeddingNoise(string description, ImmutableArray<Position> subject, int samples, long width, Func<HookedTransformer, float[]> noiseFor)
    {
        Description = $"{description} on the embedding of {string.Join(", ", subject)}";
        Samples = samples;
        this.subject = subject;
        this.noiseFor = noiseFor;
        this.width = width;
    }

    /// <inheritdoc/>
    public override string Description { get; }

    /// <summary>How many samples of noise there are.</summary>
    public int Samples { get; }

    /// <summary>Gaussian noise whose standard deviation is a multiple of that of the model's embeddings (<see cref="StandardDeviation"/>).</summary>
    /// <param name="subject">The positions of the subject's tokens, at least one; each gets noise of its own.</param>
    /// <param name="samples">How many samples.</param>
    /// <param name="seed">Decides the noise.</param>
    /// <param name="deviations">How many standard deviations; 3 in the source.</param>
    public static EmbeddingNoise Gaussian(IEnumerable<Position> subject, int samples, int seed, double deviations = 3)
    {
        ImmutableArray<Position> positions = Named(subject);
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 1);
        if (!(deviations > 0) || double.IsInfinity(deviations))
        {
            throw new ArgumentOutOfRangeException(nameof(deviations), deviations, "The scale of noise is a number above 0.");
        }

        return new EmbeddingNoise(
            string.Create(CultureInfo.InvariantCulture, $"corrupt with Gaussian noise of {deviations} standard deviations, {samples} samples, seed {seed},"),
            positions,
            samples,
            0,
            model =>
            {
                float scale = (float)(deviations * StandardDeviation(model));
                float[] noise = GaussianNoise.Draw(SeededRandom.For(seed, "noise/subject"), checked(samples * positions.Length * model.Config.DModel));
                return Array.ConvertAll(noise, number => number * scale);
            });
    }

    /// <summary>Noise that was drawn elsewhere.</summary>
    /// <param name="subject">The positions of the subject's tokens, at least one.</param>
    /// <param name="noise">What is added: [sample, d_model] for a subject of one token, or [sample, token of the subject, d_model]. It is copied.</param>
    /// <exception cref="ArgumentException">Another shape, or numbers that are not finite; on use: another d_model.</exception>
    public static EmbeddingNoise Given(IEnumerable<Position> subject, Tensor noise)
    {
        ImmutableArray<Position> positions = Named(subject);
        ArgumentNullException.ThrowIfNull(noise);
        bool fits = (noise.dim() == 2 && positions.Length == 1) || (noise.dim() == 3 && noise.shape[1] == positions.Length);
        if (!fits || noise.numel() == 0)
        {
            throw new ArgumentException($"Noise for {positions.Length} positions is [sample, {positions.Length}, d_model]{(positions.Length == 1 ? " or [sample, d_model]" : string.Empty)}; this is [{string.Join(", ", noise.shape)}].", nameof(noise));
        }

        float[] values = noise.to_type(ScalarType.Float32).contiguous().data<float>().ToArray();
        return values.All(float.IsFinite)
            ? new EmbeddingNoise(string.Create(CultureInfo.InvariantCulture, $"corrupt with {noise.shape[0]} given samples of noise ({ContentHash.Of(values)})"), positions, checked((int)noise.shape[0]), noise.shape[^1], _ => values)
            : throw new ArgumentException("The noise has numbers that are not finite.", nameof(noise));
    }

    /// <summary>
    /// The (sample) standard deviation of all entries of the token embeddings, over the tokens that the tokenizer
    /// knows, or over all rows of the embedding where the model has no tokenizer. (In the source, over the tokens of its
    /// data set's subjects.)
    /// </summary>
    /// <param name="model">The model.</param>
    public static double StandardDeviation(HookedTransformer model)
    {
        ArgumentNullException.ThrowIfNull(model);
        int tokens = model.HasTokenizer ? Math.Min(model.Tokenizer.VocabularySize, model.Config.Vocabulary) : model.Config.Vocabulary;
        return model.Memo.GetOrAdd($"embedding deviation|{tokens}", () => new Spread(Measure(model, tokens)), _ => sizeof(double)).Deviation;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<ForwardHook> HooksFor(HookedTransformer model, PromptBatch batch)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(batch);
        int size = model.Config.DModel;
        if (width > 0 && width != size)
        {
            throw new ArgumentException($"The noise has {width} numbers a token; the model's embeddings have {size}.");
        }

        float[] noise = noiseFor(model);
        float[] added = new float[batch.Count * batch.Length * size];
        for (int token = 0; token < subject.Length; token++)
        {
            ImmutableArray<int> positions = subject[token].In(batch);
            for (int row = 0; row < batch.Count; row++)
            {
                int sample = batch.Indices[row] % Samples;
                noise.AsSpan(((sample * subject.Length) + token) * size, size).CopyTo(added.AsSpan(((row * batch.Length) + positions[row]) * size));
            }
        }

        return [new ForwardHook(Hook.Embed, (embed, _) => embed + tensor(added, [batch.Count, batch.Length, size]))];
    }

    private static ImmutableArray<Position> Named(IEnumerable<Position> subject)
    {
        ArgumentNullException.ThrowIfNull(subject);
        ImmutableArray<Position> positions = [.. subject];
        return positions.Length > 0 && positions.Distinct().Count() == positions.Length
            ? positions
            : throw new ArgumentException(positions.IsEmpty ? "Name at least one position of the subject." : "A position of the subject is named twice.", nameof(subject));
    }

    /// <summary>Runs every token through the embedding, so that norms and factors after the table count.</summary>
    private static double Measure(HookedTransformer model, int tokens)
    {
        double sum = 0;
        double squares = 0;
        foreach (int[] ids in Enumerable.Range(0, tokens).Chunk(Math.Min(model.Config.Context, 1024)))
        {
            using DisposeScope scope = NewDisposeScope();
            var hook = ForwardHook.Observing(Hook.Embed, embed =>
            {
                Tensor values = embed.to_type(ScalarType.Float64);
                sum += values.sum().item<double>();
                squares += values.square().sum().item<double>();
            });
            model.RunPristine(tensor([.. ids.Select(id => (long)id)], [1, ids.Length]), ReferenceActivations.Until(Hook.Embed), [hook]);
        }

        double count = (double)tokens * model.Config.DModel;
        return Math.Sqrt(Math.Max(squares - (sum * sum / count), 0) / (count - 1));
    }

    private sealed record Spread(double Deviation);
}
