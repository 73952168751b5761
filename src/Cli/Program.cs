namespace CircuitSpecs.Cli;

/// <summary>The entry point of <c>circuits</c>.</summary>
internal static class Program
{
    public static int Main(string[] args) => CircuitsCommand.Run(args, new CommandSurroundings());
}
