using System.Collections.Immutable;
using System.Text.Json;
using CircuitSpecs.Claims;

namespace CircuitSpecs.Reporting;

/// <summary>What a results log holds.</summary>
/// <param name="Results">The results, in the order in which they were written.</param>
/// <param name="Warnings">What could not be read without the log being wrong as a whole: a torn last line.</param>
public sealed record ResultsLogContent(ImmutableArray<ClaimResult> Results, ImmutableArray<string> Warnings)
{
    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    internal static ResultsLogContent Parse(string path, ReadOnlySpan<byte> bytes)
    {
        ImmutableArray<ClaimResult>.Builder results = ImmutableArray.CreateBuilder<ClaimResult>();
        ReadOnlySpan<byte> rest = bytes.StartsWith(ByteOrderMark) ? bytes[ByteOrderMark.Length..] : bytes;
        for (int number = 1; !rest.IsEmpty; number++)
        {
            int newline = rest.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = (newline < 0 ? rest : rest[..newline]).TrimEnd((byte)'\r');
            rest = newline < 0 ? [] : rest[(newline + 1)..];
            try
            {
                results.Add(JsonSerializer.Deserialize<ClaimResult>(line, ResultJson.Options) ?? throw new JsonException("the line is null"));
            }
            catch (JsonException) when (newline < 0)
            {
                return new(results.ToImmutable(), [$"{path}, line {number}: the last line is torn ({line.Length} bytes without an end); the run was interrupted while it wrote. The {results.Count} results before it are whole."]);
            }
            catch (JsonException exception)
            {
                throw new ResultsLogException(path, number, exception);
            }
        }

        return new(results.ToImmutable(), []);
    }
}
