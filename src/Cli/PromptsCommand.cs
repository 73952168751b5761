using System.CommandLine;
using System.Globalization;
using CircuitSpecs.Models;
using CircuitSpecs.Prompts;
using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Cli;

/// <summary><c>circuits prompts</c>: prompts of a family as a model's tokenizer cuts them.</summary>
internal static class PromptsCommand
{
    public static Command Create(CommandSurroundings surroundings)
    {
        Argument<string?> family = new("family") { Description = "The family's name, or the number of a problem; without one, all families are listed.", Arity = ArgumentArity.ZeroOrOne };
        Option<string?> tokenizer = new("--tokenizer", "-t") { Description = "A folder with a tokenizer, or a model's name as in 'circuits models'.", HelpName = "dir" };
        Option<int> count = new("--count", "-n") { Description = "How many prompts.", HelpName = "n", DefaultValueFactory = _ => 5 };
        count.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1)
            {
                result.AddError("--count expects a number of 1 or more.");
            }
        });
        Option<int> seed = new("--seed", "-s") { Description = "Fixes the prompts.", HelpName = "n", DefaultValueFactory = _ => 1 };
        Command command = new("prompts", """
            Show prompts of a family: text, corrupted twin, answer and foil, tokens with the named positions, and what was dropped and why. Reads no weights.

            Examples:
              circuits prompts
              circuits prompts IndirectObjectIdentification --tokenizer gpt2
              circuits prompts 2.14 --tokenizer smollm2-135m -n 2 --seed 7

            Exit codes: 0 prompts were drawn; 1 the family or the tokenizer is unknown, or there are not as many prompts.
            """) { family, tokenizer, count, seed };
        command.SetAction(parsed => Run(surroundings, parsed.GetValue(family), parsed.GetValue(tokenizer), parsed.GetValue(count), parsed.GetValue(seed)));
        return command;
    }

    private static int Run(CommandSurroundings surroundings, string? name, string? tokenizerName, int count, int seed)
    {
        try
        {
            Tokenizer? tokenizer = tokenizerName is null ? null : TokenizerOf(surroundings, tokenizerName);
            if (name is null)
            {
                List(surroundings.Output, tokenizer);
                return CircuitsCommand.Success;
            }

            if (tokenizer is null)
            {
                surroundings.Error.WriteLine("circuits prompts: --tokenizer is missing: the same family is other words in another vocabulary.");
                return CircuitsCommand.Failure;
            }

            PromptFamily[] families = PromptFamilies.ByProblem.TryGetValue(name, out var posed) ? [.. posed.Where(family => family.Serves(tokenizer))] : [PromptFamilies.Named(name)];
            if (families.Length == 0)
            {
                surroundings.Error.WriteLine($"circuits prompts: problem {name} has no family for this vocabulary; it has {string.Join(", ", posed.Select(family => family.Name))}.");
                return CircuitsCommand.Failure;
            }

            foreach (PromptFamily family in families)
            {
                Write(surroundings.Output, tokenizer, family.Evaluation(tokenizer, count, seed));
            }

            return CircuitsCommand.Success;
        }
        catch (Exception problem) when (problem is ModelLoadException or ModelNotFoundException or ArgumentException or InvalidOperationException or InvalidDataException or FileNotFoundException)
        {
            surroundings.Error.WriteLine($"circuits prompts: {problem.Message}");
            return CircuitsCommand.Failure;
        }
    }

    private static Tokenizer TokenizerOf(CommandSurroundings surroundings, string name)
    {
        string folder = surroundings.FullPath(name);
        if (!Path.Exists(folder))
        {
            using ModelStore store = new(ModelsCommand.SearchPath(surroundings));
            folder = store.Find(name);
        }

        return TokenizerFolder.Load(folder);
    }

    private static void List(TextWriter output, Tokenizer? tokenizer)
    {
        int width = PromptFamilies.All.Max(family => family.Name.Length);
        foreach (PromptFamily family in PromptFamilies.All.Where(family => tokenizer is null || family.Serves(tokenizer)))
        {
            string problems = string.Join(", ", PromptFamilies.ByProblem.Where(problem => problem.Value.Contains(family)).Select(problem => problem.Key));
            output.WriteLine($"{family.Name.PadRight(width)}  {family.Example}{(problems.Length == 0 ? "" : $"  [{problems}]")}");
        }
    }

    private static void Write(TextWriter output, Tokenizer tokenizer, EvaluationSet set)
    {
        string dropped = string.Join(", ", set.Dropped.Select(pair => $"{pair.Value} dropped: {pair.Key}"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{set.Family}, seed {set.Seed}, {set.Count} prompts, hash {set.Hash}{(dropped.Length == 0 ? "" : $"; {dropped}")}"));
        foreach (Prompt prompt in set.Prompts)
        {
            output.WriteLine();
            output.WriteLine($"  {Shown(prompt.Text)}");
            if (prompt.Corrupt is { } corrupt)
            {
                output.WriteLine($"  corrupt  {Shown(tokenizer.Decode(corrupt.SkipWhile(token => token == tokenizer.BosToken)))}");
            }

            if (prompt.Answer is { } answer && prompt.Foil is { } foil)
            {
                string sets = prompt.AnswerSet.IsEmpty ? "" : $" (of {prompt.AnswerSet.Length} answers and {prompt.FoilSet.Length} foils)";
                output.WriteLine($"  answer   '{Shown(tokenizer.TokenText(answer))}', foil '{Shown(tokenizer.TokenText(foil))}'{sets}");
            }

            if (!prompt.ScoredPositions.IsEmpty)
            {
                output.WriteLine($"  scored   {prompt.ScoredPositions.Length} of {prompt.Tokens.Length} positions: {prompt.ScoredPositions[0]} to {prompt.ScoredPositions[^1]}");
            }

            ILookup<int, string> names = prompt.Positions.ToLookup(pair => pair.Value, pair => pair.Key);
            output.WriteLine($"  tokens   {string.Join("|", prompt.Tokens.Select((token, position) => Shown(tokenizer.TokenText(token)) + (names.Contains(position) ? $"<{string.Join(",", names[position])}>" : "")))}");
        }

        output.WriteLine();
    }

    private static string Shown(string text) => text.Replace("\n", "\\n", StringComparison.Ordinal);
}
