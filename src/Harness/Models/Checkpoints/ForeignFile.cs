namespace CircuitSpecs.Models.Checkpoints;

/// <summary>Recognises what people find in place of a checkpoint, so that a refusal can say what to do.</summary>
internal static class ForeignFile
{
    /// <summary>How many bytes of a file tell what it is.</summary>
    public const int BytesNeeded = 512;

    private const int TarMagic = 257;

    /// <summary>A sentence as of <see cref="Hint"/>; also empty for what may be one of PyTorch's own files.</summary>
    /// <param name="first">The first bytes of the file.</param>
    public static string HintToPyTorch(ReadOnlySpan<byte> first) => first switch
    {
        [0x80, ..] or [(byte)'P', (byte)'K', ..] => "",
        [_, _, _, _, _, _, _, 0, (byte)'{', ..] => " It seems to be a safetensors file.",
        _ => Hint(first),
    };

    /// <summary>A sentence to end a message with, beginning with a space; empty where nothing is recognised.</summary>
    /// <param name="first">The first bytes of the file.</param>
    public static string Hint(ReadOnlySpan<byte> first) => first switch
    {
        _ when first.StartsWith("version https://git-lfs"u8) => " It seems to be a Git LFS pointer in place of the file: fetch the file itself with 'git lfs pull'.",
        _ when first.TrimStart("\n\r\t "u8).StartsWith("<"u8) => " It seems to be a web page in place of the file: download it again.",
        _ when first.StartsWith("PK"u8) => " It seems to be a zip archive, perhaps of PyTorch.",
        _ when first.StartsWith("GGUF"u8) => " It seems to be a GGUF file.",
        _ when first is [0x80, ..] => " It seems to be a pickle, perhaps of PyTorch.",
        _ when first.Length > TarMagic && first[TarMagic..].StartsWith("ustar"u8) => " It seems to be a tar archive, as PyTorch wrote them before version 0.2: load and save it with a later one.",
        _ => "",
    };
}
