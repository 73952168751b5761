using System.Text;
using CircuitSpecs.Snapshots;

namespace CircuitSpecs.Tests.Snapshots;

public class SnapshotNameTests
{
    [Test]
    public void Name_is_type_method_and_parameters()
    {
        SnapshotName name = new("IoiSpecs", "NameMovers", KeyValuePair.Create("model", "gpt2"), KeyValuePair.Create("head", "9.9"));

        name.VerifiedFileName.Should().Be("IoiSpecs.NameMovers_model=gpt2_head=9.9.verified.txt");
        name.ReceivedFileName.Should().Be("IoiSpecs.NameMovers_model=gpt2_head=9.9.received.txt");
    }

    [Test]
    public void Nested_types_are_written_with_their_outer_types() => SnapshotName.For(typeof(Nested), "Test").Stem.Should().Be("SnapshotNameTests.Nested.Test");

    [TestCase("org/name", "org-name")]
    [TestCase("a\\b:c*d?e\"f<g>h|i", "a-b-c-d-e-f-g-h-i")]
    [TestCase("tab\there", "tab-here")]
    [TestCase("größe 4.11", "größe 4.11")]
    public void Characters_that_no_file_name_takes_everywhere_become_dashes(string text, string clean) =>
        new SnapshotName("T", "M", KeyValuePair.Create("p", text)).Stem.Should().Be("T.M_p=" + clean);

    [TestCase("a")]
    [TestCase("€")]
    [TestCase("😀")]
    public void Long_names_are_bounded_and_stay_distinct(string character)
    {
        string start = string.Concat(Enumerable.Repeat(character, 300));
        SnapshotName one = new("T", "M", KeyValuePair.Create("p", start + "1"));
        SnapshotName other = new("T", "M", KeyValuePair.Create("p", start + "2"));

        Encoding.UTF8.GetByteCount(one.VerifiedFileName).Should().BeLessThan(200);
        one.Stem.Should().NotBe(other.Stem).And.StartWith("T.M_p=" + character);
        one.Stem.Should().NotContain("\uFFFD");
        one.Stem.Should().Be(new SnapshotName("T", "M", KeyValuePair.Create("p", start + "1")).Stem);
    }

    [Test]
    public void Name_at_the_bound_is_kept_whole()
    {
        string method = new('m', 148);

        new SnapshotName("T", method).Stem.Should().Be("T." + method);
        new SnapshotName("T", method + "m").Stem.Should().HaveLength(150);
    }

    private sealed class Nested;
}
