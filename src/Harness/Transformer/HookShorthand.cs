using System.Globalization;
using System.Text.RegularExpressions;

namespace CircuitSpecs.Transformer;

/// <summary>TransformerLens's rules for short activation names (<c>utils.get_act_name</c>), with underscores allowed before the layer (<c>resid_post5</c>).</summary>
internal static partial class HookShorthand
{
    private static readonly Dictionary<string, string> Aliases = new(StringComparer.Ordinal)
    {
        ["attn"] = "pattern",
        ["attn_logits"] = "attn_scores",
        ["key"] = "k",
        ["query"] = "q",
        ["value"] = "v",
        ["mlp_pre"] = "pre",
        ["mlp_mid"] = "mid",
        ["mlp_post"] = "post",
    };

    private static readonly Dictionary<string, string> Parts = new(StringComparer.Ordinal)
    {
        ["a"] = "attn",
        ["attention"] = "attn",
        ["m"] = "mlp",
        ["b"] = string.Empty,
        ["block"] = string.Empty,
        ["blocks"] = string.Empty,
    };

    private static readonly HashSet<string> OfAttention = new(["k", "v", "q", "z", "rot_q", "rot_k", "result", "pattern", "attn_scores"], StringComparer.Ordinal);

    private static readonly HashSet<string> OfMlp = new(["pre", "post", "mid", "pre_linear"], StringComparer.Ordinal);

    public static HookPoint Parse(string text)
    {
        if (text.Contains('.', StringComparison.Ordinal) || text.StartsWith("hook_", StringComparison.Ordinal))
        {
            return new HookPoint(text);
        }

        Match match = LayerInName().Match(text);
        return match.Success
            ? Expand(match.Groups[1].Value, int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture), match.Groups[3].Value)
            : Expand(text, null, null);
    }

    public static HookPoint Expand(string name, int? layer, string? part)
    {
        name = Aliases.GetValueOrDefault(name, name);
        if (OfAttention.Contains(name))
        {
            part = "attn";
        }
        else if (OfMlp.Contains(name))
        {
            part = "mlp";
        }
        else if (part is not null)
        {
            part = Parts.GetValueOrDefault(part, part);
        }

        if (layer is null && name is "scale" or "normalized" && string.IsNullOrEmpty(part))
        {
            part = "ln_final";
        }

        string site = string.IsNullOrEmpty(part) ? $"hook_{name}" : $"{part}.hook_{name}";
        return layer is int number ? new HookPoint(number, site) : new HookPoint(site);
    }

    [GeneratedRegex(@"^([a-z_]+?)_?(-?\d+)([a-z]?.*)$")]
    private static partial Regex LayerInName();
}
