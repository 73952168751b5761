using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace CircuitSpecs.Tests.Documentation;

/// <summary>The XML documentation that the compiler wrote beside an assembly, as plain Markdown.</summary>
internal sealed partial class XmlDocumentation
{
    private readonly ILookup<string, XElement> members;

    private XmlDocumentation(ILookup<string, XElement> members) => this.members = members;

    public static XmlDocumentation Of(Assembly assembly)
    {
        var file = XDocument.Load(Path.ChangeExtension(assembly.Location, ".xml"));

        // Overloads share a name: M:Type.Name(parameters) and M:Type.Name``1(parameters) are both looked up as M:Type.Name.
        return new XmlDocumentation(file.Descendants("member").ToLookup(member => member.Attribute("name")!.Value.Split('(', '`')[0]));
    }

    /// <summary>The summary of a type.</summary>
    public string Summary(Type type) => Text(members[$"T:{type.FullName!.Replace('+', '.').Split('`')[0]}"].First());

    /// <summary>The summaries of a method's overloads, each once, the longest first: it is the one that defines.</summary>
    public IReadOnlyList<string> Summaries(Type type, string method) => [.. members[$"M:{type.FullName!.Replace('+', '.').Split('`')[0]}.{method}"]
        .Select(Text).Where(text => text.Length > 0).Distinct().OrderByDescending(text => text.Length)];

    private static string Text(XElement member) => member.Element("summary") is XElement summary
        ? Spaces().Replace(string.Concat(summary.Nodes().Select(Flat)), " ").Trim()
        : string.Empty;

    private static string Flat(XNode node) => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
        XElement { Name.LocalName: "see" } link when link.Attribute("href") is XAttribute target => $"[{(link.Value.Length > 0 ? link.Value : target.Value)}]({target.Value})",
        XElement { Name.LocalName: "see" or "seealso" } link => $"`{(link.Attribute("cref") ?? link.Attribute("langword"))!.Value.Split(':')[^1].Split('(', '`')[0].Split('.')[^1]}`",
        XElement { Name.LocalName: "paramref" or "typeparamref" } parameter => $"`{parameter.Attribute("name")!.Value}`",
        XElement other => " " + string.Concat(other.Nodes().Select(Flat)) + " ",
        _ => string.Empty,
    };

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
