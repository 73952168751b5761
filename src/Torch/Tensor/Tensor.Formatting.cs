using System.ComponentModel;
using System.Globalization;

namespace TorchSharp;

public static partial class torch
{
    public static TensorStringStyle julia = TorchSharp.TensorStringStyle.Julia;

    public static TensorStringStyle numpy = TorchSharp.TensorStringStyle.Numpy;

    public static TensorStringStyle csharp = TorchSharp.TensorStringStyle.CSharp;

    private static TensorStringStyle s_style = TorchSharp.TensorStringStyle.Julia;

    public static TensorStringStyle TensorStringStyle
    {
        get => s_style;
        set => s_style = value == TorchSharp.TensorStringStyle.Default ? throw new ArgumentException("The style cannot be set to 'Default'") : value;
    }

    public static void set_printoptions(int precision, int? linewidth = null, string? newLine = null, bool sci_mode = false, int? maxRows = null, int? maxColumns = null) =>
        set_printoptions(null, (sci_mode ? "E" : "F") + precision.ToString(CultureInfo.InvariantCulture), linewidth, newLine, maxRows, maxColumns);

    public static void set_printoptions(
        TensorStringStyle? style = null, string? floatFormat = null, int? linewidth = null, string? newLine = null, int? maxRows = null, int? maxColumns = null)
    {
        s_style = style ?? s_style;
        PrintOptions.FloatFormat = floatFormat ?? PrintOptions.FloatFormat;
        PrintOptions.LineWidth = linewidth ?? PrintOptions.LineWidth;
        PrintOptions.NewLine = newLine ?? PrintOptions.NewLine;
        PrintOptions.MaxRows = maxRows ?? PrintOptions.MaxRows;
        PrintOptions.MaxColumns = maxColumns ?? PrintOptions.MaxColumns;
    }

    public partial class Tensor
    {
        public override string ToString() => IsInvalid ? "" : $"[{string.Join("x", _sizes)}], type = {_dtype}, device = {device}";

        /// <summary>Shape, type and device; with <paramref name="disamb"/> the elements as well.</summary>
        public string ToString(bool disamb, string? fltFormat = null, int? width = null, CultureInfo? cultureInfo = null, string? newLine = null) =>
            ToString(disamb ? torch.TensorStringStyle : TorchSharp.TensorStringStyle.Metadata, fltFormat, width, cultureInfo, newLine);

        public string ToString(TensorStringStyle style, string? fltFormat = null, int? width = null, CultureInfo? cultureInfo = null, string? newLine = null)
        {
            if (style == TorchSharp.TensorStringStyle.Default) style = torch.TensorStringStyle;
            string metadata = ToString();
            if (style == TorchSharp.TensorStringStyle.Metadata) return metadata;
            ThrowIfInvalid();
            var printer = new TensorPrinter(
                fltFormat ?? PrintOptions.FloatFormat, width ?? PrintOptions.LineWidth, cultureInfo ?? CultureInfo.CurrentCulture, newLine ?? PrintOptions.NewLine);
            return style switch
            {
                TorchSharp.TensorStringStyle.Julia => printer.Julia(this, metadata),
                TorchSharp.TensorStringStyle.Numpy => printer.Numpy(this),
                TorchSharp.TensorStringStyle.CSharp => printer.CSharp(this, metadata),
                _ => throw new InvalidEnumArgumentException($"Unsupported tensor string style: {style}"),
            };
        }
    }
}
