namespace TorchSharp.Utils;

/// <summary>Non-negative numbers as TorchSharp's files have them: seven bits a byte, low ones first (unsigned LEB128).</summary>
internal static class BinaryLengths
{
    public static void WriteLength(this BinaryWriter writer, long value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        writer.Write7BitEncodedInt64(value);
    }

    public static long ReadLength(this BinaryReader reader)
    {
        long value = reader.Read7BitEncodedInt64();
        return value >= 0 ? value : throw new InvalidDataException($"A length of {value}: not a file that TorchSharp wrote.");
    }
}
