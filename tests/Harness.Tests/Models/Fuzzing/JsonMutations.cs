using System.Text;
using System.Text.RegularExpressions;

namespace CircuitSpecs.Tests.Models.Fuzzing;

/// <summary>Changes a JSON text at random, reproducibly: a value or key becomes another one, is doubled or dropped; every fourth time the bytes are changed.</summary>
internal static partial class JsonMutations
{
    private static readonly string[] Values =
    [
        "0", "-0", "1", "-1", "2", "3", "0.5", "1e400", "-1e400", "1e-400", "2147483647", "2147483648", "-2147483648", "4294967296", "9223372036854775807",
        "9223372036854775808", "18446744073709551616", "1e2", "1.0", "null", "true", "false", "NaN", "\"\"", "\"x\"", "\"\\ud800\"", "\"\\u0000\"", "[]", "{}",
        "[0]", "[1,2,3]", "[[[]]]", "{\"a\":1}", "[null]", "[9223372036854775807,9223372036854775807]", "\"F16\"", "\"I64\"", "\"gelu\"", "\"gpt2\"",
        new string('[', 70) + new string(']', 70),
    ];

    /// <summary>A copy with one to three changes, most often one.</summary>
    public static byte[] Of(string original, Random random)
    {
        if (random.Next(4) == 0)
        {
            return ByteMutations.Of(Encoding.UTF8.GetBytes(original), random);
        }

        string changed = original;
        for (int change = random.Next(2) * random.Next(3); change >= 0; change--)
        {
            MatchCollection parts = Part().Matches(changed);
            if (parts.Count == 0)
            {
                break;
            }

            Match part = parts[random.Next(parts.Count)];
            string replacement = random.Next(6) switch
            {
                0 => "",
                1 => $"{part.Value},{part.Value}",
                2 => parts[random.Next(parts.Count)].Value,
                _ => Values[random.Next(Values.Length)],
            };
            changed = $"{changed[..part.Index]}{replacement}{changed[(part.Index + part.Length)..]}";
        }

        return Encoding.UTF8.GetBytes(changed);
    }

    // A text, a number or word, a key with its value, a list without lists in it.
    [GeneratedRegex("""("[^"]*"\s*:\s*)?(\[[^\[\]]*\]|"[^"]*"|[-+.\w]+)|"[^"]*"|[-+.\w]+""")]
    private static partial Regex Part();
}
