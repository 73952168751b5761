using System.Text;
using System.Text.RegularExpressions;
using TorchSharp;

namespace CircuitSpecs.Tests.Conformance;

/// <summary>Writes docs/torch-subset.md: what the assembly has of TorchSharp's surface, by area, and what it lacks.</summary>
internal static partial class SubsetDocument
{
    public const string RefreshCommand = "CIRCUITSPECS_WRITE_DOCS=1 dotnet test tests/Torch.Tests --filter SubsetDocumentTests";

    private const int Columns = 120;

    /// <summary>Title of an area, and the types that belong to it. A type belongs to the first area that takes it.</summary>
    private static readonly (string Title, Func<string, bool> Takes)[] Areas =
    [
        ("torch", name => name == "TorchSharp.torch"),
        ("torch.Tensor", name => name is "TorchSharp.torch.Tensor" or "TorchSharp.TensorExtensionMethods"),
        ("torch.nn.functional", name => name == "TorchSharp.torch.nn.functional"),
        ("torch.linalg", name => name == "TorchSharp.torch.linalg"),
        ("torch.special", name => name == "TorchSharp.torch.special"),
        ("torch.autograd", name => name.StartsWith("TorchSharp.torch.autograd", StringComparison.Ordinal) || name == "TorchSharp.AnomalyMode"),
        ("torch.optim", name => name.StartsWith("TorchSharp.torch.optim", StringComparison.Ordinal) || IsOptimizer(name)),
        ("torch.nn", name => name == "TorchSharp.torch.nn"),
        ("torch.nn.init and torch.nn.utils", name => name.StartsWith("TorchSharp.torch.nn.init", StringComparison.Ordinal) || name == "TorchSharp.torch.nn.utils"),
        ("Modules", name =>
            name.StartsWith("TorchSharp.torch.nn.", StringComparison.Ordinal) || name.StartsWith("TorchSharp.Modules.", StringComparison.Ordinal) ||
            name.Contains("Loss`", StringComparison.Ordinal) || name is "TorchSharp.ModuleExtensionMethods" or "TorchSharp.FieldInfoExtensionMethods"),
        ("Values, devices, scopes", _ => true),
    ];

    public static string Write(Dictionary<string, HashSet<string>> recorded)
    {
        Dictionary<string, HashSet<string>> here = typeof(torch).Assembly.GetExportedTypes()
            .ToDictionary(ApiListing.FullName, type => ApiListing.Members(type).ToHashSet());
        ILookup<string, Section> byArea = recorded.OrderBy(r => r.Key, StringComparer.Ordinal)
            .Select(r => new Section(r.Key, r.Value, here.GetValueOrDefault(r.Key) ?? [], here.ContainsKey(r.Key)))
            .ToLookup(section => Areas.First(area => area.Takes(section.Name)).Title);

        var text = new StringBuilder();
        text.Append("# What the embedded engine has of TorchSharp 0.107\n\n");
        text.Append("Written from the assembly; a test fails when it is out of date. To refresh it:\n");
        text.Append("```\n").Append(RefreshCommand).Append("\n```\n");
        Wrap(text, "Names, overloads, parameter names, defaults and values of enums are TorchSharp's, which a test checks member by member. Counted are "
            .Split(' ').Concat("public members of the types below; whole types that the engine lacks show as factories missing from `torch.nn` and `torch.optim`. "
            .Split(' ')).Concat("A number in brackets says how many of a name's overloads are here, if not all.".Split(' ')).Where(w => w.Length > 0), " ");
        text.Append("\n| area | members here | of TorchSharp's |\n|---|---:|---:|\n");
        foreach ((string title, _) in Areas)
            text.Append($"| [{title}](#{Anchor(title)}) | {byArea[title].Sum(s => s.Covered)} | {byArea[title].Sum(s => s.Recorded.Count)} |\n");

        foreach ((string title, _) in Areas)
        {
            text.Append($"\n## {title}\n");
            foreach (Section section in byArea[title])
            {
                if (section.Recorded.Count == 0 && !section.Exists) continue;
                text.Append($"\n### `{Short(section.Name)}`\n");
                if (!section.Exists) text.Append("Not here.\n");
                Wrap(text, section.Names().Where(n => n.Here > 0).Select(n => n.Here == n.All ? n.Name : $"{n.Name} ({n.Here} of {n.All})"), ", ");
                string[] absent = [.. section.Names().Where(n => n.Here == 0).Select(n => n.Name)];
                if (absent.Length == 0) continue;
                text.Append("\nAbsent:\n");
                Wrap(text, absent, ", ");
            }
        }

        return text.ToString();
    }

    private static bool IsOptimizer(string name) =>
        name.StartsWith("TorchSharp.Modules.", StringComparison.Ordinal) &&
        name["TorchSharp.Modules.".Length..].Split('.', '`')[0] is "SGD" or "Adam" or "AdamW" or "Adagrad" or "RMSProp" or "OptimizerHelper" or "OptimizerOptions"
            or "OptimizerState" or "ParamGroup";

    private static string Short(string name) => name["TorchSharp.".Length..];

    private static string Anchor(string title) => title.ToLowerInvariant().Replace(".", "").Replace(",", "").Replace(' ', '-');

    private static void Wrap(StringBuilder text, IEnumerable<string> items, string separator)
    {
        int column = 0;
        foreach (string item in items)
        {
            if (column > 0)
            {
                bool fits = column + separator.Length + item.Length <= Columns;
                text.Append(fits ? separator : separator.TrimEnd() + "\n");
                column = fits ? column + separator.Length : 0;
            }

            text.Append(item);
            column += item.Length;
        }

        if (column > 0) text.Append('\n');
    }

    [GeneratedRegex(@"(?<name>[\w@]+)(<[\w, ]+>)?(\(|;| \{| = |\[)")]
    private static partial Regex NameOf();

    /// <summary>A type of TorchSharp: its members, and those of the engine's type of that name.</summary>
    private sealed record Section(string Name, HashSet<string> Recorded, HashSet<string> Here, bool Exists)
    {
        public int Covered => Recorded.Count(Here.Contains);

        public IEnumerable<(string Name, int Here, int All)> Names() =>
            Recorded.GroupBy(MemberName).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => (g.Key, g.Count(Here.Contains), g.Count()));

        // Types may hold parentheses too, as tuples do; the name is the first word that something follows.
        private static string MemberName(string member)
        {
            int depth = 0;
            var flat = new StringBuilder();
            for (int i = 0; i < member.Length; i++)
            {
                bool tuple = member[i] == '(' && (i == 0 || member[i - 1] is ' ' or '<' or '(');
                if (tuple || depth > 0)
                {
                    if (member[i] == '(') depth++;
                    if (member[i] == ')') depth--;
                    continue;
                }

                flat.Append(member[i]);
                if (member[i] == '(') break;
            }

            Match match = NameOf().Match(flat.ToString());
            return match.Success ? match.Groups["name"].Value : member;
        }
    }
}
