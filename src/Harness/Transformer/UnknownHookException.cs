using CircuitSpecs.Models;

namespace CircuitSpecs.Transformer;

/// <summary>A hook point was named that the model, or the cache, does not have. The message lists the nearest names.</summary>
public sealed class UnknownHookException : ArgumentException
{
    private const int Listed = 4;

    private UnknownHookException(string message)
        : base(message)
    {
    }

    internal static UnknownHookException For(HookPoint point, ModelConfig config)
    {
        string layers = point.Layer is int layer && (layer < -config.Layers || layer >= config.Layers)
            ? $" Its layers are 0 to {config.Layers - 1}."
            : string.Empty;
        return new UnknownHookException($"This model ({config.ModelType}, {config.Layers} layers) has no hook point '{point}'.{layers} Nearest: {Nearest(point, HookCatalog.PointsIn(config, onDemand: true))}.");
    }

    internal static UnknownHookException NotCached(HookPoint point, IReadOnlyCollection<HookPoint> cached) =>
        new($"'{point}' is not in this cache, which holds {cached.Count} activations; name it in RunWithCache. Nearest cached: {Nearest(point, cached)}.");

    internal static UnknownHookException Matched(string what) => new(what);

    private static string Nearest(HookPoint point, IEnumerable<HookPoint> candidates) =>
        string.Join(", ", candidates.OrderBy(candidate => Distance(point, candidate)).Take(Listed).Select(candidate => candidate.Name));

    /// <summary>
    /// The whole names are compared, and also their last parts, since a shorthand with a typing error ("patern4") was
    /// expanded without knowing the part of the block it belongs to.
    /// </summary>
    private static int Distance(HookPoint wanted, HookPoint candidate)
    {
        int whole = EditDistance(wanted.Name, candidate.Name);
        int lastPart = EditDistance(LastPart(wanted), LastPart(candidate)) + (wanted.Layer == candidate.Layer ? 0 : 2) + 1;
        return Math.Min(whole, lastPart);
    }

    private static string LastPart(HookPoint point) => point.Name[(point.Name.LastIndexOf('.') + 1)..];

    /// <summary>Levenshtein's distance: insertions, deletions and substitutions.</summary>
    private static int EditDistance(string left, string right)
    {
        int[] row = [.. Enumerable.Range(0, right.Length + 1)];
        for (int i = 1; i <= left.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= right.Length; j++)
            {
                int substitution = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substitution, 1 + Math.Min(row[j], row[j - 1]));
            }
        }

        return row[^1];
    }
}
