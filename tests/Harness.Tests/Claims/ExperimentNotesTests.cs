using CircuitSpecs.Claims;

namespace CircuitSpecs.Tests.Claims;

public class ExperimentNotesTests
{
    [Test]
    public void First_note_on_a_topic_stays()
    {
        using ExperimentNotes notes = ExperimentNotes.Begin();
        ExperimentNotes.Add("intervention", "first");
        ExperimentNotes.Add("intervention", "second");
        ExperimentNotes.Add("data", "third");
        notes.All.Should().BeEquivalentTo(new Dictionary<string, string> { ["intervention"] = "first", ["data"] = "third" });
    }

    [Test]
    public void Notes_without_a_collector_are_dropped()
    {
        ExperimentNotes.Add("intervention", "nobody listens");
        using ExperimentNotes notes = ExperimentNotes.Begin();
        notes.All.Should().BeEmpty();
    }

    [Test]
    public void Inner_collector_keeps_its_notes_from_the_outer_one()
    {
        using ExperimentNotes outer = ExperimentNotes.Begin();
        using (ExperimentNotes inner = ExperimentNotes.Begin())
        {
            ExperimentNotes.Add("a", "inner");
            inner.All.Should().ContainSingle();
        }

        ExperimentNotes.Add("b", "outer");
        outer.All.Should().ContainSingle().Which.Should().Be(KeyValuePair.Create("b", "outer"));
    }

    [Test]
    public void Notes_from_other_threads_of_the_same_work_arrive_and_those_of_other_work_do_not()
    {
        using ExperimentNotes notes = ExperimentNotes.Begin();
        Parallel.For(0, 20, index => ExperimentNotes.Add($"topic {index}", "noted"));
        Task elsewhere;
        using (ExecutionContext.SuppressFlow())
        {
            elsewhere = Task.Run(() => ExperimentNotes.Add("elsewhere", "another test"));
        }

        elsewhere.Wait();
        notes.All.Should().HaveCount(20).And.NotContain(note => note.Key == "elsewhere");
    }
}
