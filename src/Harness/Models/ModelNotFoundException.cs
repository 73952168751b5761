using System.Collections.Immutable;

namespace CircuitSpecs.Models;

/// <summary>No place of the search path holds the model. A claim about it is skipped with this message.</summary>
public sealed class ModelNotFoundException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="model">The name that was asked for.</param>
    /// <param name="lookedIn">Every place that was looked in, with what was the matter there.</param>
    public ModelNotFoundException(string model, IEnumerable<string> lookedIn)
        : this(model, lookedIn.ToImmutableArray())
    {
    }

    private ModelNotFoundException(string model, ImmutableArray<string> lookedIn)
        : base($"Model '{model}' is not on this machine. Looked in:\n{string.Concat(lookedIn.Select(place => $"  {place}\n"))}{(ModelSearchPath.IsPath(model) ? "Nothing brings a path: correct it, or write the model's name." : $"To download it: {CommandFor(model)}")}")
    {
        Model = model;
        LookedIn = lookedIn;
    }

    /// <summary>The name that was asked for.</summary>
    public string Model { get; }

    /// <summary>Every place that was looked in, with what was the matter there.</summary>
    public ImmutableArray<string> LookedIn { get; }

    /// <summary>The command that brings the model, where it is a name.</summary>
    public string Command => CommandFor(Model);

    private static string CommandFor(string model) => $"circuits pull {model}";
}
