using System.CommandLine;
using CircuitSpecs.Snapshots;

namespace CircuitSpecs.Cli;

/// <summary><c>circuits accept</c>: makes received snapshots the verified ones and shows what that changes.</summary>
internal static class AcceptCommand
{
    public static Command Create(CommandSurroundings surroundings)
    {
        Argument<string> path = new("path") { Description = "A folder, searched with its subfolders, or one .received.txt file.", DefaultValueFactory = _ => "." };
        Option<bool> list = new("--list", "-l") { Description = "Show what would change, and change nothing." };
        Option<string?> filter = new("--filter", "-f") { Description = "Only snapshots whose path holds this text (case does not matter).", HelpName = "text" };
        Option<bool> force = new("--force") { Description = "Accept on a build server too." };
        Command command = new("accept", "Accept received snapshots: rename every .received.txt to .verified.txt, and show what changes.") { path, list, filter, force };
        command.SetAction(parsed => Run(surroundings, parsed.GetRequiredValue(path), parsed.GetValue(list), parsed.GetValue(filter), parsed.GetValue(force)));
        return command;
    }

    private static int Run(CommandSurroundings surroundings, string path, bool list, string? filter, bool force)
    {
        if (!list && !force && BuildServer.Detect(surroundings.Environment) is { } server)
        {
            surroundings.Error.WriteLine($"circuits accept: this is a build server ({server}); a person accepts snapshots, on a machine of their own. Use --list to look, or --force to accept all the same.");
            return CircuitsCommand.Failure;
        }

        if (Find(surroundings, path) is not { } all)
        {
            return CircuitsCommand.Failure;
        }

        SnapshotPair[] pairs = [.. all.Where(pair => filter is null || surroundings.Shown(pair.Received).Contains(filter, StringComparison.OrdinalIgnoreCase))];
        int refused = pairs.Count(pair => !Accept(surroundings, pair, list));
        int done = pairs.Length - refused;
        string left = all.Count > pairs.Length ? $"; {all.Count - pairs.Length} others do not match the filter" : "";
        surroundings.Output.WriteLine(pairs.Length == 0 ? $"No received snapshots{left}." : $"{done} snapshot(s) {(list ? "to accept" : "accepted")}{(refused > 0 ? $", {refused} refused" : "")}{left}.");
        return refused == 0 ? CircuitsCommand.Success : CircuitsCommand.Failure;
    }

    private static IReadOnlyList<SnapshotPair>? Find(CommandSurroundings surroundings, string path)
    {
        string full = surroundings.FullPath(path);
        if (Directory.Exists(full))
        {
            return SnapshotPair.AllReceivedIn(full);
        }

        if (File.Exists(full) && full.EndsWith(SnapshotPair.ReceivedSuffix, StringComparison.Ordinal))
        {
            return [new SnapshotPair(Path.GetDirectoryName(full)!, Path.GetFileName(full)[..^SnapshotPair.ReceivedSuffix.Length])];
        }

        surroundings.Error.WriteLine(File.Exists(full)
            ? $"circuits accept: '{path}' is not a received snapshot; its name does not end in {SnapshotPair.ReceivedSuffix}."
            : $"circuits accept: there is no folder or file '{path}'.");
        return null;
    }

    private static bool Accept(CommandSurroundings surroundings, SnapshotPair pair, bool list)
    {
        Snapshot received;
        try
        {
            received = SnapshotFile.Read(pair.Received);
        }
        catch (SnapshotFormatException exception)
        {
            surroundings.Error.WriteLine($"refused: {exception.Message}");
            return false;
        }

        int notNumbers = received.Content.Cells.Count(cell => double.IsNaN(cell.Value));
        if (notNumbers > 0)
        {
            surroundings.Error.WriteLine($"refused: {surroundings.Shown(pair.Received)} holds NaN in {notNumbers} of {received.Content.Cells.Count} values; NaN never passes.");
            return false;
        }

        string change = Change(pair, received);
        if (!list)
        {
            pair.Accept();
        }

        surroundings.Output.WriteLine($"{surroundings.Shown(pair.Verified)}\n    {change.Replace("\n", "\n    ", StringComparison.Ordinal)}");
        return true;
    }

    private static string Change(SnapshotPair pair, Snapshot received)
    {
        if (!File.Exists(pair.Verified))
        {
            return $"new: {received.Content.Kind} {received.Content.Shape}, {received.Header.Model}";
        }

        try
        {
            return SnapshotComparer.Compare(SnapshotFile.Read(pair.Verified), received).Describe(most: 3);
        }
        catch (SnapshotFormatException exception)
        {
            return $"replaces a file that cannot be read: {exception.Message}";
        }
    }
}
