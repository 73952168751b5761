using NUnit.Framework;
using NUnit.Framework.Interfaces;
using NUnit.Framework.Internal;

namespace CircuitSpecs;

/// <summary>
/// The problem that a class of claims is about, by its number in Neel Nanda's "200 concrete open problems in mechanistic
/// interpretability", section 2. The number is a test category: <c>dotnet test --filter TestCategory=2.26</c>.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ProblemAttribute : NUnitAttribute, IApplyToTest
{
    /// <summary>Names the problem.</summary>
    /// <param name="number">For example <c>2.26</c>.</param>
    /// <param name="title">A short title, the first words of every test's name: <c>Previous-token head</c>.</param>
    public ProblemAttribute(string number, string title)
    {
        Number = number;
        Title = title;
    }

    /// <summary>The problem's number.</summary>
    public string Number { get; }

    /// <summary>The short title.</summary>
    public string Title { get; }

    /// <summary>The problem in the list's own words.</summary>
    public string Statement { get; init; } = "";

    /// <inheritdoc/>
    public void ApplyToTest(Test test)
    {
        ArgumentNullException.ThrowIfNull(test);
        test.Properties.Set("Problem", $"{Number} {Title}");
        if (Statement.Length > 0)
        {
            test.Properties.Set(PropertyNames.Description, Statement);
        }
    }
}
