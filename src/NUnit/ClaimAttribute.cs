using CircuitSpecs.Models;
using NUnit.Framework;
using NUnit.Framework.Interfaces;
using NUnit.Framework.Internal;
using NUnit.Framework.Internal.Commands;

namespace CircuitSpecs;

/// <summary>
/// Makes a method that returns a <see cref="Claims.Claim"/> a test: one case for every <see cref="HoldsOnAttribute"/> and
/// <see cref="FailsOnAttribute"/>. The method's first parameter is the model
/// (<see cref="Transformer.HookedTransformer"/>, or <see cref="ModelWeights"/> for claims about weights alone); a second
/// one, where there is one, is the component (<see cref="Components.Head"/>, <see cref="Components.Mlp"/>, …). It has to
/// be a pure function of them: the runner calls it again for other components and for null models.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ClaimAttribute : NUnitAttribute, ITestBuilder, IImplyFixture, IWrapTestMethod
{
    /// <summary>States the claim.</summary>
    /// <param name="sentence">A sentence without its subject: <c>attends to the previous token</c>.</param>
    public ClaimAttribute(string sentence) => Sentence = sentence;

    /// <summary>The claim as a sentence.</summary>
    public string Sentence { get; }

    /// <summary>The stable id, by which history is kept; made from problem number and method name where left out.</summary>
    public string? Id { get; init; }

    /// <summary>The processing of the weights that the claim is about; none unless said.</summary>
    public WeightProcessing Processing { get; init; }

    /// <inheritdoc/>
    public IEnumerable<TestMethod> BuildFrom(IMethodInfo method, Test? suite)
    {
        ArgumentNullException.ThrowIfNull(method);
        return ClaimCases.Of(this, method, suite);
    }

    /// <inheritdoc/>
    /// <remarks>The method itself is not run as a test: the runner calls it as often as the controls need.</remarks>
    public TestCommand Wrap(TestCommand command)
    {
        ArgumentNullException.ThrowIfNull(command);
        return new ClaimCommand(command.Test);
    }
}
