using NUnit.Framework.Interfaces;
using NUnit.Framework.Internal;

namespace CircuitSpecs;

/// <summary>A test case of a claim. Carries the claim as an object: properties of a test are written out by every runner as text.</summary>
internal sealed class ClaimTestMethod : TestMethod
{
    /// <summary>Makes the case.</summary>
    /// <param name="method">The claim's method.</param>
    /// <param name="suite">Its fixture.</param>
    /// <param name="claimCase">What the case checks.</param>
    /// <param name="name">The name that Test Explorer shows.</param>
    public ClaimTestMethod(IMethodInfo method, Test? suite, ClaimCase claimCase, string name)
        : base(method, suite)
    {
        Case = claimCase;
        Name = name;
        FullName = $"{method.TypeInfo.FullName}.{method.Name}.{name}";
    }

    /// <summary>What the case checks.</summary>
    public ClaimCase Case { get; }
}
