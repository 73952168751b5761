using System.Globalization;

namespace TorchSharp;

public static partial class torch
{
    public static TensorStringStyle TensorStringStyle { get; set; } = TorchSharp.TensorStringStyle.Julia;

    public static TensorStringStyle julia = TorchSharp.TensorStringStyle.Julia;

    public static TensorStringStyle numpy = TorchSharp.TensorStringStyle.Numpy;

    public static TensorStringStyle csharp = TorchSharp.TensorStringStyle.CSharp;

    public partial class Tensor
    {
        public override string ToString() => ToString(TorchSharp.TensorStringStyle.Metadata);

        /// <summary>Shape, type and device; with <paramref name="disamb"/> the elements as well.</summary>
        public string ToString(bool disamb, string? fltFormat = null, int? width = null, CultureInfo? cultureInfo = null, string? newLine = null) =>
            ToString(disamb ? torch.TensorStringStyle : TorchSharp.TensorStringStyle.Metadata, fltFormat, width, cultureInfo, newLine);

        public string ToString(TensorStringStyle style, string? fltFormat = null, int? width = null, CultureInfo? cultureInfo = null, string? newLine = null)
        {
            if (style == TorchSharp.TensorStringStyle.Default) style = torch.TensorStringStyle;
            string metadata = IsInvalid ? "[disposed]" : $"[{string.Join("x", _sizes)}], type = {_dtype}, device = {device}";
            if (IsInvalid || style == TorchSharp.TensorStringStyle.Metadata) return metadata;
            var printer = new TensorPrinter(style, fltFormat ?? "g5", width ?? 100, cultureInfo ?? CultureInfo.CurrentCulture, newLine ?? Environment.NewLine);
            return printer.Print(this, metadata);
        }
    }
}
