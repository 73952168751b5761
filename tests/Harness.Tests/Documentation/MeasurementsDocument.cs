using System.Reflection;
using System.Text;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.Tests.Documentation;

/// <summary>
/// Writes docs/measurements.md: every intervention, measurement and statistic with its definition, from the XML
/// documentation of the public members. The definition that a reader of the page sees is the one that an editor shows.
/// </summary>
internal static class MeasurementsDocument
{
    public const string RefreshCommand = "CIRCUITSPECS_WRITE_DOCS=1 dotnet test tests/Harness.Tests --filter MeasurementsDocumentTests";

    private static readonly (string Title, string Namespace, string About)[] Areas =
    [
        ("Interventions", "CircuitSpecs.Interventions", "What can be changed in a run."),
        ("Analysis", "CircuitSpecs.Analysis", "What can be measured, in runs and in weights."),
        ("Discovery", "CircuitSpecs.Discovery", "Which edges make up a circuit, and how good a circuit is."),
        ("Statistics", "CircuitSpecs.Statistics", "What a measurement over prompts says."),
        ("Prompts", "CircuitSpecs.Prompts", "The prompts that things are measured on."),
    ];

    /// <summary>The public types of an area, the area's sub-namespaces included.</summary>
    public static IEnumerable<Type> Types(string area) => typeof(HookedTransformer).Assembly.GetExportedTypes()
        .Where(type => !type.IsNested && (type.Namespace == area || type.Namespace!.StartsWith(area + ".", StringComparison.Ordinal)))
        .OrderBy(type => type.Name, StringComparer.Ordinal);

    public static string Write()
    {
        XmlDocumentation documentation = XmlDocumentation.Of(typeof(HookedTransformer).Assembly);
        var text = new StringBuilder();
        text.Append("# What is measured, and how it is defined\n\n");
        text.Append("Written from the documentation of the public members; a test fails when it is out of date. To refresh it:\n");
        text.Append("```\n").Append(RefreshCommand).Append("\n```\n");
        text.Append("Papers are cited by author and year where a definition is theirs. The numbers are compared with reference implementations in\n`tests/Harness.Tests`, category `Golden`.\n");
        foreach ((string title, string area, string about) in Areas)
        {
            text.Append($"\n## {title}\n{about}\n");
            foreach (Type type in Types(area))
            {
                text.Append($"\n### {Name(type)}\n{documentation.Summary(type)}\n");
                string[] methods = [.. Functions(type)];
                if (methods.Length > 0)
                {
                    text.Append("\n| | |\n|---|---|\n");
                }

                foreach (string method in methods)
                {
                    text.Append($"| `{method}` | {string.Join("<br>", documentation.Summaries(type, method)).Replace("|", "\\|", StringComparison.Ordinal)} |\n");
                }
            }
        }

        return text.ToString();
    }

    /// <summary>The static methods: factories of interventions, extension methods that measure, tests and intervals.</summary>
    private static IEnumerable<string> Functions(Type type) => type
        .GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly)
        .Where(method => !method.IsSpecialName && !method.Name.Contains('<', StringComparison.Ordinal))
        .Select(method => method.Name).Distinct().Order(StringComparer.Ordinal);

    private static string Name(Type type) => type.Name.Split('`')[0];
}
