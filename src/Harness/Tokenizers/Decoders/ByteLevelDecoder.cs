using System.Buffers;
using System.Text;

namespace CircuitSpecs.Tokenizers.Decoders;

/// <summary>Byte-level spellings to text; a spelling with another character in it stands for itself.</summary>
internal sealed class ByteLevelDecoder : TokenDecoder
{
    /// <inheritdoc/>
    public override List<string> Apply(List<string> spellings)
    {
        var bytes = new ArrayBufferWriter<byte>();
        foreach (string spelling in spellings)
        {
            Write(spelling, bytes);
        }

        return [Encoding.UTF8.GetString(bytes.WrittenSpan)];
    }

    /// <summary>Writes the bytes that a token spells.</summary>
    public static void Write(string spelling, IBufferWriter<byte> bytes)
    {
        Span<byte> span = bytes.GetSpan(Math.Max(1, spelling.Length));
        for (int index = 0; index < spelling.Length; index++)
        {
            if (!ByteSpelling.TryGetByte(spelling[index], out span[index]))
            {
                Encoding.UTF8.GetBytes(spelling, bytes);
                return;
            }
        }

        bytes.Advance(spelling.Length);
    }
}
