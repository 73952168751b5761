using CircuitSpecs.Components;
using CircuitSpecs.Models;
using CircuitSpecs.Statistics;

namespace CircuitSpecs.Claims;

/// <summary>Draws the component that stands in for a named one: the sharpest null, since the model stays whole.</summary>
internal static class ComponentSwap
{
    /// <summary>The name of this null.</summary>
    public const string Kind = "swapped-component";

    /// <summary>
    /// Another component of the same kind, at random among those of which the same is not recorded to hold; for a set of
    /// heads, a random set of the same size that shares no head with it, nor with those others.
    /// </summary>
    /// <param name="component">The named component.</param>
    /// <param name="config">The model's shape.</param>
    /// <param name="excluded">Components that the claim is recorded to hold for as well.</param>
    /// <param name="random">Source of the draw.</param>
    /// <returns>Null where no other component is left.</returns>
    public static Component? Draw(Component component, ModelConfig config, IReadOnlyCollection<Component> excluded, SeededRandom random)
    {
        if (component is HeadSet set)
        {
            HashSet<Head> taken = [.. set.Heads, .. excluded.OfType<Head>(), .. excluded.OfType<HeadSet>().SelectMany(other => other.Heads)];
            Head[] pool = [.. Head.AllIn(config).Where(head => !taken.Contains(head))];
            random.Shuffle(pool.AsSpan());
            return pool.Length >= set.Heads.Length ? new HeadSet(pool.Take(set.Heads.Length)) : null;
        }

        Component[] others = [.. component.PeersIn(config).Where(peer => !peer.Equals(component) && !excluded.Contains(peer))];
        return others.Length == 0 ? null : others[random.Next(others.Length)];
    }
}
