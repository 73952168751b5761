using System.Globalization;
using CircuitSpecs.Models;

namespace CircuitSpecs.Transformer;

/// <summary>
/// A place in the forward pass where an activation can be read or replaced, under TransformerLens's name
/// (<c>blocks.4.attn.hook_pattern</c>). Made from a name, from a shorthand (<c>"pattern4"</c>, <c>"scale4ln1"</c>,
/// <c>("pattern", 4)</c>) or by <see cref="Hook"/>, whose members cannot be misspelt. Whether a model has the point
/// is decided when it is used with that model.
/// </summary>
public sealed record HookPoint
{
    private const string BlockPrefix = "blocks.";

    internal HookPoint(string name)
    {
        Name = name;
        Site = name;
        if (name.StartsWith(BlockPrefix, StringComparison.Ordinal))
        {
            int dot = name.IndexOf('.', BlockPrefix.Length);
            if (dot > 0 && int.TryParse(name.AsSpan(BlockPrefix.Length, dot - BlockPrefix.Length), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int layer))
            {
                Layer = layer;
                Site = name[(dot + 1)..];
            }
        }
    }

    internal HookPoint(int layer, string site)
        : this(string.Create(CultureInfo.InvariantCulture, $"{BlockPrefix}{layer}.{site}"))
    {
    }

    /// <summary>The full name, for example <c>blocks.4.attn.hook_pattern</c>.</summary>
    public string Name { get; }

    /// <summary>The block, or null outside of the blocks. Negative layers count from the last one until a model resolves them.</summary>
    public int? Layer { get; }

    /// <summary>The name without its block: <c>attn.hook_pattern</c>.</summary>
    public string Site { get; }

    /// <summary>Reads a full name or one of TransformerLens's shorthands (<c>k6</c>, <c>resid_post5</c>, <c>scale4ln1</c>, <c>embed</c>).</summary>
    /// <param name="text">The name. One that no model knows is kept as it stands; the model that it is used with refuses it and lists the nearest ones.</param>
    public static HookPoint Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return HookShorthand.Parse(text);
    }

    /// <summary>Reads a name or shorthand; the same as <see cref="Parse"/>.</summary>
    /// <param name="text">For example <c>"resid_post5"</c>.</param>
    public static implicit operator HookPoint(string text) => Parse(text);

    /// <summary>Reads TransformerLens's pair of activation and layer, <c>("pattern", 4)</c>; a negative layer counts from the last.</summary>
    /// <param name="shorthand">The activation's short name and its layer.</param>
    public static implicit operator HookPoint((string Name, int Layer) shorthand) => HookShorthand.Expand(shorthand.Name, shorthand.Layer, null);

    /// <summary>Reads TransformerLens's triple of activation, layer and part of the block, <c>("normalized", 2, "ln2")</c>.</summary>
    /// <param name="shorthand">The activation's short name, its layer, and <c>ln1</c>, <c>ln2</c>, <c>a</c>/<c>attn</c> or <c>m</c>/<c>mlp</c>.</param>
    public static implicit operator HookPoint((string Name, int Layer, string Part) shorthand) => HookShorthand.Expand(shorthand.Name, shorthand.Layer, shorthand.Part);

    /// <summary>The same point with a layer that counts from the front, if a model of this shape has it.</summary>
    /// <param name="config">The shape of the model.</param>
    /// <exception cref="UnknownHookException">The model has no such point; the message lists the nearest ones.</exception>
    public HookPoint In(ModelConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        HookPoint point = Layer is < 0 and int layer ? new HookPoint(layer + config.Layers, Site) : this;
        return HookCatalog.Find(point, config) is null ? throw UnknownHookException.For(this, config) : point;
    }

    /// <inheritdoc/>
    public bool Equals(HookPoint? other) => other is not null && Name == other.Name;

    /// <inheritdoc/>
    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);

    /// <summary>The full name.</summary>
    public override string ToString() => Name;
}
