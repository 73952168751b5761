using System.Text;
using CircuitSpecs.Models.Checkpoints;
using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Tests.Models.Checkpoints;

public sealed class BoundedFileTests
{
    private TemporaryFolder folder = null!;

    [SetUp]
    public void MakeFolder() => folder = new TemporaryFolder();

    [TearDown]
    public void RemoveFolder() => folder.Dispose();

    // The file has a length and no content on the disk.
    [TestCase("tokenizer.json")]
    [TestCase("vocab.json")]
    [TestCase("vocab.json", "merges.txt")]
    public void Files_of_a_tokenizer_that_are_too_large_are_not_read(params string[] names)
    {
        foreach (string name in names)
        {
            File.WriteAllText(folder.Below(name), """{"a":0}""");
        }

        using (FileStream last = File.OpenWrite(folder.Below(names[^1])))
        {
            last.SetLength(10L << 30);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        FluentActions.Invoking(() => TokenizerFolder.Load(folder.Path)).Should().Throw<InvalidDataException>().WithMessage($"'{folder.Below(names[^1])}' has {10L << 30} bytes; expected a file of at most *");
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(5_000_000);
    }

    [Test, Platform("Unix")]
    public void A_device_without_an_end_is_not_read()
    {
        File.CreateSymbolicLink(folder.Below("tokenizer.json"), "/dev/zero");

        FluentActions.Invoking(() => TokenizerFolder.Load(folder.Path)).Should().Throw<InvalidDataException>();
    }

    [Test]
    public void A_mark_of_utf_8_in_front_is_skipped()
    {
        byte[] text = Encoding.UTF8.GetBytes("\uFEFF{}");

        BoundedFile.WithoutMark(text).ToArray().Should().Equal("{}"u8.ToArray());
        BoundedFile.WithoutMark("{}"u8.ToArray()).ToArray().Should().Equal("{}"u8.ToArray());
    }
}
