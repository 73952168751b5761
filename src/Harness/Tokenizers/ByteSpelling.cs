using System.Collections.Immutable;

namespace CircuitSpecs.Tokenizers;

/// <summary>
/// The spelling of bytes as visible characters in byte-level vocabularies (GPT-2, <c>bytes_to_unicode</c>): printable
/// Latin-1 bytes stand for themselves, the others for U+0100 on in the order of the bytes, so that a space is <c>Ġ</c>.
/// </summary>
internal static class ByteSpelling
{
    private static readonly ImmutableArray<char> Characters = Spell();
    private static readonly ImmutableDictionary<char, byte> Bytes = Enumerable.Range(0, 256).ToImmutableDictionary(value => Characters[value], value => (byte)value);

    public static char CharacterOf(byte value) => Characters[value];

    public static bool TryGetByte(char character, out byte value) => Bytes.TryGetValue(character, out value);

    private static ImmutableArray<char> Spell()
    {
        var characters = ImmutableArray.CreateBuilder<char>(256);
        char substitute = '\u0100';
        for (int value = 0; value < 256; value++)
        {
            bool printable = value is >= '!' and <= '~' or >= 0xA1 and <= 0xAC or >= 0xAE and <= 0xFF;
            characters.Add(printable ? (char)value : substitute++);
        }

        return characters.MoveToImmutable();
    }
}
