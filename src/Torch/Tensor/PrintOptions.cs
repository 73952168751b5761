namespace TorchSharp;

/// <summary>What <see cref="torch.set_printoptions(int, int?, string?, bool, int?, int?)"/> sets, for the process.</summary>
internal static class PrintOptions
{
    public static string FloatFormat { get; set; } = "g5";

    public static string NewLine { get; set; } = Environment.NewLine;

    public static int LineWidth { get; set; } = 100;

    public static int MaxRows { get; set; } = 6;

    public static int MaxColumns { get; set; } = 6;
}
