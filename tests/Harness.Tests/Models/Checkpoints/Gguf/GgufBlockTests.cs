using System.Buffers.Binary;
using System.Runtime.InteropServices;
using CircuitSpecs.Models.Checkpoints;
using CircuitSpecs.Models.Checkpoints.Gguf;

namespace CircuitSpecs.Tests.Models.Checkpoints.Gguf;

/// <summary>Quantised blocks of random bytes against the formulas of the format, written here weight by weight.</summary>
public sealed class GgufBlockTests
{
    private const int Blocks = 70;

    public static IEnumerable<string> Types => GgufTensorType.Read.Values.Where(type => type.BlockElements > 1).Select(type => type.Name);

    [TestCaseSource(nameof(Types))]
    public void Weights_are_exactly_those_of_the_formula(string name)
    {
        using var folder = new TemporaryFolder();
        (GgufFile file, byte[] bytes, GgufTensorType type) = Write(folder, name);
        using (file)
        {
            float[] expected = [.. Enumerable.Range(0, Blocks * type.BlockElements).Select(i => Weight(name, bytes.AsSpan(i / type.BlockElements * type.BlockBytes, type.BlockBytes), i % type.BlockElements))];

            Floats(file, 0, expected.Length).Should().Equal(expected);
        }
    }

    [TestCaseSource(nameof(Types))]
    public void Any_range_of_bytes_is_a_part_of_the_whole(string name)
    {
        using var folder = new TemporaryFolder();
        (GgufFile file, _, GgufTensorType type) = Write(folder, name);
        using (file)
        {
            StoredTensor tensor = file.Tensors["t"];
            byte[] whole = MemoryMarshal.AsBytes(Floats(file, 0, Blocks * type.BlockElements).AsSpan()).ToArray();
            var random = new Random(3);
            for (int i = 0; i < 200; i++)
            {
                int start = random.Next(whole.Length);
                byte[] part = new byte[random.Next(Math.Min(whole.Length - start, i % 2 == 0 ? 600 : int.MaxValue) + 1)];
                file.CopyBytes(tensor, start, part);
                part.AsSpan().SequenceEqual(whole.AsSpan(start, part.Length)).Should().BeTrue("bytes {0} and the {1} after it were asked for", start, part.Length);
            }
        }
    }

    private static (GgufFile File, byte[] Bytes, GgufTensorType Type) Write(TemporaryFolder folder, string name)
    {
        GgufTensorType type = GgufTensorType.Read.Values.Single(type => type.Name == name);
        byte[] bytes = new byte[Blocks * type.BlockBytes];
        new Random(11).NextBytes(bytes);
        int[] halves = name switch { "Q2_K" => [80, 82], "Q3_K" => [108], "Q4_K" or "Q5_K" or "Q4_1" or "Q5_1" => [0, 2], "Q6_K" => [208], _ => [0] };
        for (int block = 0; block < Blocks; block++)
        {
            foreach (int at in halves)
            {
                BinaryPrimitives.WriteHalfLittleEndian(bytes.AsSpan((block * type.BlockBytes) + at), (Half)((block - 31.7) / 97 * (at + 1)));
            }
        }

        string path = new GgufWriter().Tensor("t", type.Id, [2, Blocks / 2 * type.BlockElements], bytes).Save(folder.Below("t.gguf"));
        return (GgufFile.Open(path), bytes, type);
    }

    private static float[] Floats(GgufFile file, int start, int count)
    {
        float[] values = new float[count];
        file.CopyBytes(file.Tensors["t"], start * sizeof(float), MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }

    // Weight i of a block: each case finds its bits by arithmetic on i alone.
    private static float Weight(string name, ReadOnlySpan<byte> block, int i)
    {
        switch (name)
        {
            case "Q4_0": return Half(block, 0) * (Nibble(block[2..], i) - 8);
            case "Q4_1": return Rounded(Half(block, 0) * Nibble(block[4..], i)) + Half(block, 2);
            case "Q5_0": return Half(block, 0) * ((Nibble(block[6..], i) | (Bit(block[2..], i) << 4)) - 16);
            case "Q5_1": return Rounded(Half(block, 0) * (Nibble(block[8..], i) | (Bit(block[4..], i) << 4))) + Half(block, 2);
            case "Q8_0": return Half(block, 0) * (sbyte)block[2 + i];
            case "Q2_K":
            {
                int packed = block[i / 16];
                int quant = (block[16 + (i / 128 * 32) + (i % 32)] >> (i % 128 / 32 * 2)) & 3;
                return Rounded(Rounded(Half(block, 80) * (packed & 15)) * quant) - Rounded(Half(block, 82) * (packed >> 4));
            }

            case "Q3_K":
            {
                int group = i / 16;
                int low = (block[96 + (group % 8)] >> (group / 8 * 4)) & 15;
                int high = (block[104 + (group % 4)] >> (group / 4 * 2)) & 3;
                int quant = (block[32 + (i / 128 * 32) + (i % 32)] >> (i % 128 / 32 * 2)) & 3;
                bool third = (block[i % 32] >> (i / 32) & 1) == 1;
                return Rounded(Half(block, 108) * ((low + (16 * high)) - 32)) * (quant - (third ? 0 : 4));
            }

            case "Q4_K":
            case "Q5_K":
            {
                (int scale, int minimum) = SixBits(block.Slice(4, 12), i / 32);
                int at = name == "Q4_K" ? 16 : 48;
                int quant = (block[at + (i / 64 * 32) + (i % 32)] >> (i % 64 / 32 * 4)) & 15;
                int fifth = name == "Q4_K" ? 0 : (block[16 + (i % 32)] >> (i / 32)) & 1;
                return Rounded(Rounded(Half(block, 0) * scale) * (quant + (16 * fifth))) - Rounded(Half(block, 2) * minimum);
            }

            case "Q6_K":
            {
                int low = (block[(i / 128 * 64) + (i % 64)] >> (i % 128 / 64 * 4)) & 15;
                int high = (block[128 + (i / 128 * 32) + (i % 32)] >> (i % 128 / 32 * 2)) & 3;
                return Rounded(Half(block, 208) * (sbyte)block[192 + (i / 16)]) * ((low | (high << 4)) - 32);
            }

            default: throw new NotSupportedException($"No formula for {name}.");
        }
    }

    private static (int Scale, int Minimum) SixBits(ReadOnlySpan<byte> packed, int group) => group < 4
        ? (packed[group] % 64, packed[group + 4] % 64)
        : ((packed[group + 4] % 16) + (16 * (packed[group - 4] / 64)), (packed[group + 4] / 16) + (16 * (packed[group] / 64)));

    private static int Nibble(ReadOnlySpan<byte> quants, int i) => i < 16 ? quants[i] % 16 : quants[i - 16] / 16;

    private static int Bit(ReadOnlySpan<byte> bits, int i) => (bits[i / 8] >> (i % 8)) & 1;

    private static float Half(ReadOnlySpan<byte> block, int at) => (float)BinaryPrimitives.ReadHalfLittleEndian(block[at..]);

    private static float Rounded(float value) => value;
}
