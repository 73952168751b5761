using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace CircuitSpecs.Interventions;

/// <summary>A short name for numbers that are too many for a description.</summary>
internal static class ContentHash
{
    /// <summary>SHA-256 of the numbers as little-endian float32, first 8 hexadecimal digits.</summary>
    public static string Of(ReadOnlySpan<float> values) => Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(values)))[..8];
}
