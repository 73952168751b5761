using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;

namespace CircuitSpecs.Tests.Conformance;

/// <summary>
/// The recorded surface of TorchSharp, and the engine's members written in its notation. There are two records: a listing of
/// the main types that was extracted from the sources, and one of the types that it lacks, taken from the package itself.
/// </summary>
internal static partial class ApiListing
{
    /// <summary>Set to 1, it makes the tests write what they otherwise compare with.</summary>
    public const string WriteVariable = "CIRCUITSPECS_WRITE_DOCS";

    /// <summary>The repository.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The record of the types that the listing lacks.</summary>
    public static string RecordPath { get; } = Path.Combine(Root, "tests", "Torch.Tests", "Conformance", "torchsharp-0.107-types.txt");

    /// <summary>True where these tests run against the package: there is nothing to compare it with but itself.</summary>
    public static bool IsPackage { get; } = typeof(TorchSharp.torch).Assembly.GetName().Name == "TorchSharp";

    /// <summary>Section (full name of a type) to its lines, of listing and record; null where the listing is absent.</summary>
    public static Dictionary<string, HashSet<string>>? Read()
    {
        string path = Path.Combine(Root, "..", "shared", "torchsharp-0.107-api.txt");
        if (!File.Exists(path)) return null;
        Dictionary<string, HashSet<string>> sections = Sections(File.ReadAllText(path));
        foreach ((string name, HashSet<string> members) in Sections(File.ReadAllText(RecordPath)))
            if (!sections.TryAdd(name, members)) sections[name].UnionWith(members);
        return sections;
    }

    public static Dictionary<string, HashSet<string>> Sections(string text)
    {
        var sections = new Dictionary<string, HashSet<string>>();
        HashSet<string> current = [];
        foreach (string line in text.Split('\n'))
        {
            if (line.StartsWith("## ", StringComparison.Ordinal)) sections[line[3..].Split(' ')[0]] = current = [];
            else if (line.Trim().Length > 0) current.Add(Normalize(line.Trim()));
        }

        return sections;
    }

    public static string FullName(Type type) => type.FullName!.Replace('+', '.');

    public static IEnumerable<string> Members(Type type)
    {
        const BindingFlags Declared = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        if (type.IsEnum)
        {
            foreach (string name in Enum.GetNames(type))
                yield return $"{name} = {System.Convert.ToInt64(Enum.Parse(type, name), CultureInfo.InvariantCulture)}";
            yield break;
        }

        foreach (ConstructorInfo c in type.GetConstructors()) yield return $"new({Parameters(c)})";
        foreach (FieldInfo f in type.GetFields(Declared)) yield return $"{(f.IsStatic ? "static " : "")}{Name(f.FieldType)} {f.Name};";
        foreach (PropertyInfo p in type.GetProperties(Declared))
        {
            string accessors = (p.GetMethod is { IsPublic: true } ? "get; " : "") + (p.SetMethod is { IsPublic: true } ? "set; " : "");
            string index = p.GetIndexParameters().Length == 0 ? "" : $"[{string.Join(", ", p.GetIndexParameters().Select(Parameter))}]";
            bool isStatic = (p.GetMethod ?? p.SetMethod)!.IsStatic;
            yield return $"{(isStatic ? "static " : "")}{Name(p.PropertyType)} {p.Name}{index} {{ {accessors}}}";
        }

        foreach (MethodInfo m in type.GetMethods(Declared))
        {
            if (m.IsSpecialName && !m.Name.StartsWith("op_", StringComparison.Ordinal)) continue;
            string generic = m.IsGenericMethod ? $"<{string.Join(", ", m.GetGenericArguments().Select(a => a.Name))}>" : "";
            yield return $"{(m.IsStatic ? "static " : "")}{Name(m.ReturnType)} {m.Name}{generic}({Parameters(m)})";
        }
    }

    /// <summary>The name of a type as the listing writes it, without the ranks of arrays.</summary>
    public static string Name(Type type)
    {
        if (type.IsByRef) return Name(type.GetElementType()!);
        if (type.IsArray) return Name(type.GetElementType()!) + "[]";
        if (type.IsGenericParameter) return type.Name;
        if (Nullable.GetUnderlyingType(type) is { } inner) return Name(inner) + "?";
        if (type.IsGenericType)
        {
            string arguments = string.Join(", ", type.GetGenericArguments().Select(Name));
            return type.Name.StartsWith("ValueTuple", StringComparison.Ordinal) ? $"({arguments})" : $"{type.Name.Split('`')[0]}<{arguments}>";
        }

        string? keyword = Keywords.GetValueOrDefault(type);
        if (keyword is not null) return keyword;
        if (type.DeclaringType is null) return type.Name;
        return Name(type.DeclaringType) + "." + type.Name;
    }

    /// <summary>Evens out spellings that say the same: numbers, names of enum values, the listing's own quirks.</summary>
    public static string Normalize(string line)
    {
        line = Number().Replace(line, m => " = " + double.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture).ToString("R", CultureInfo.InvariantCulture));
        return line.Replace("Char ", "char ").Replace("UInt64 ", "ulong ").Replace("= default", "= null");
    }

    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(bool)] = "bool", [typeof(byte)] = "byte", [typeof(sbyte)] = "sbyte", [typeof(short)] = "short", [typeof(int)] = "int",
        [typeof(long)] = "long", [typeof(ulong)] = "ulong", [typeof(float)] = "float", [typeof(double)] = "double", [typeof(char)] = "char",
        [typeof(string)] = "string", [typeof(object)] = "object", [typeof(void)] = "void",
    };

    private static string FindRoot()
    {
        string? root = AppContext.BaseDirectory;
        while (root is not null && !File.Exists(Path.Combine(root, "CircuitSpecs.sln"))) root = Path.GetDirectoryName(root);
        return root ?? throw new InvalidOperationException("The tests do not run inside the repository.");
    }

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(Parameter));

    private static string Parameter(ParameterInfo p)
    {
        var text = new StringBuilder();
        if (p.IsDefined(typeof(ParamArrayAttribute))) text.Append("params ");
        text.Append(Name(p.ParameterType)).Append(' ').Append(p.Name);
        if (p.HasDefaultValue) text.Append(" = ").Append(Default(p));
        return Normalize(text.ToString());
    }

    private static string Default(ParameterInfo p)
    {
        object? value = p.DefaultValue;
        Type type = Nullable.GetUnderlyingType(p.ParameterType) ?? p.ParameterType;
        return value switch
        {
            null => "null",
            bool b => b ? "true" : "false",
            string s => $"\"{s}\"",
            _ when type.IsEnum => Enum.GetName(type, value)!,
            IFormattable f => f.ToString(null, CultureInfo.InvariantCulture),
            _ => value.ToString()!,
        };
    }

    [GeneratedRegex(@" = (-?[0-9][0-9.]*(?:E[-+]?[0-9]+)?)(?=[,)\]])")]
    private static partial Regex Number();
}
