using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace CircuitSpecs.Models.Compiled;

/// <summary>The models whose circuits are known, by name. <see cref="ModelStore"/> makes them when a claim asks for one.</summary>
public static class CompiledModels
{
    /// <summary>
    /// The attention score of a key that matches, over 0 for one that does not: e⁻⁴⁰ is far below float32's resolution of 1, so a head that looks for something
    /// gives it all its attention. The softmax is flat there, and its gradient vanishes with it.
    /// </summary>
    internal const float Sharpness = 40;

    /// <summary>How many logits an answer is above what is no answer.</summary>
    internal const float Height = 10;

    /// <summary>A B … A → B, by a previous-token head and an induction head.</summary>
    public static CompiledModel Induction { get; } = InductionModel.Create();

    /// <summary>Names the word that occurs twice, by a duplicate-token head and a head that reads where it fires.</summary>
    public static CompiledModel DuplicateToken { get; } = DuplicateTokenModel.Create();

    /// <summary>Indirect object identification by duplicate-token, S-inhibition and name-mover heads (Wang et al. 2022).</summary>
    public static CompiledModel IndirectObject { get; } = IndirectObjectModel.Create();

    /// <summary>How many brackets are open, or that one was closed too many, by an averaging head, an MLP of thresholds and a head that looks for the fault.</summary>
    public static CompiledModel BracketDepth { get; } = BracketDepthModel.Create();

    /// <summary>The day, month or number after the one that was named, by an MLP that knows them and a successor head (Gould et al. 2023).</summary>
    public static CompiledModel Successor { get; } = SuccessorModel.Create();

    /// <summary>a + b modulo 10, by two heads that add, an MLP that knows the carry and an MLP that reads the digit off.</summary>
    public static CompiledModel ModularAddition { get; } = ModularAdditionModel.Create();

    /// <summary>All of them.</summary>
    public static ImmutableArray<CompiledModel> All { get; } = [Induction, DuplicateToken, IndirectObject, BracketDepth, Successor, ModularAddition];

    /// <summary>The model of a name.</summary>
    /// <param name="name">For example <c>compiled-induction</c>.</param>
    /// <param name="model">The model.</param>
    public static bool TryGet(string name, [NotNullWhen(true)] out CompiledModel? model)
    {
        model = All.FirstOrDefault(compiled => compiled.Name == name);
        return model is not null;
    }
}
