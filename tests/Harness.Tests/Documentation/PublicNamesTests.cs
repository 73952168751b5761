using CircuitSpecs.Transformer;

namespace CircuitSpecs.Tests.Documentation;

public sealed class PublicNamesTests
{
    [Test]
    public void No_two_public_types_share_a_name()
    {
        // A claim imports Analysis, Prompts, Statistics and more at once: a name that two of them have would not compile there.
        typeof(HookedTransformer).Assembly.GetExportedTypes().Where(type => !type.IsNested).GroupBy(type => type.Name)
            .Where(group => group.Count() > 1).Select(group => string.Join(" and ", group.Select(type => type.FullName)))
            .Should().BeEmpty();
    }
}
