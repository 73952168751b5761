using System.Collections.Immutable;
using CircuitSpecs.Claims;
using CircuitSpecs.Prompts;

namespace CircuitSpecs.Interventions;

/// <summary>Which other prompt lends each prompt its activations.</summary>
internal sealed class PromptPairing
{
    private readonly Func<PromptBatch, PromptBatch> partners;

    private PromptPairing(string description, Func<PromptBatch, PromptBatch> partners)
    {
        Description = description;
        this.partners = partners;
    }

    public string Description { get; }

    /// <summary>A permutation within each length that leaves no prompt in place.</summary>
    public static PromptPairing Shuffled(int seed) => new(
        $"from the other prompts that are run, seed {seed}",
        batch =>
        {
            int[] partner = [.. Enumerable.Range(0, batch.Source.Count)];
            foreach (PromptBatch group in batch.Source.Batches())
            {
                if (group.Count < 2)
                {
                    throw new InvalidExperimentException($"Resampling needs another prompt of {group.Length} tokens in '{group.Source.Family}'; there is only one.");
                }

                // Sattolo's algorithm: one cycle, so that no prompt stays in place.
                var random = new Random(seed);
                int[] order = [.. group.Indices];
                for (int i = order.Length - 1; i > 0; i--)
                {
                    int j = random.Next(i);
                    (order[i], order[j]) = (order[j], order[i]);
                }

                for (int i = 0; i < order.Length; i++)
                {
                    partner[group.Indices[i]] = order[i];
                }
            }

            return new PromptBatch(batch.Source, [.. batch.Indices.Select(index => partner[index])]);
        });

    /// <summary>A prompt of another set, of equal length, for each prompt.</summary>
    public static PromptPairing Drawn(PromptSet from, int seed) => new(
        $"from {from.Count} prompts of {from.Family} ({from.Hash}), seed {seed}",
        batch =>
        {
            int[] fitting = [.. Enumerable.Range(0, from.Count).Where(index => from.Prompts[index].Tokens.Length == batch.Length)];
            return fitting.Length > 0
                ? new PromptBatch(from, [.. batch.Indices.Select(index => fitting[new Random(HashCode(seed, index)).Next(fitting.Length)])])
                : throw new InvalidExperimentException($"Resampling needs prompts of {batch.Length} tokens in '{from.Family}'; there is none.");
        });

    /// <summary>A permutation given by hand.</summary>
    public static PromptPairing Given(ImmutableArray<int> permutation) => new(
        $"from prompts {string.Join(", ", permutation)}",
        batch => permutation.Length == batch.Source.Count && permutation.All(index => index >= 0 && index < batch.Source.Count)
            ? new PromptBatch(batch.Source, [.. batch.Indices.Select(index => permutation[index])])
            : throw new ArgumentException($"The permutation has {permutation.Length} entries; it has to name one of the {batch.Source.Count} prompts of '{batch.Source.Family}' for each of them."));

    public PromptBatch PartnersOf(PromptBatch batch) => partners(batch);

    /// <summary>Mixes seed and prompt, the same in every process.</summary>
    private static int HashCode(int seed, int index) => unchecked((int)(((uint)seed * 2654435761u) ^ ((uint)index * 2246822519u)));
}
