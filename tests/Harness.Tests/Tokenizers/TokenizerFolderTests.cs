using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Tests.Tokenizers;

public class TokenizerFolderTests
{
    [Test]
    public void A_folder_without_vocabulary_says_what_it_holds()
    {
        using var folder = new VocabularyFolder(merges: "#version: 0.2\n");
        FluentActions.Invoking(() => TokenizerFolder.Load(folder.Path)).Should().Throw<FileNotFoundException>().WithMessage("*holds merges.txt*expected tokenizer.json, or vocab.json*");
        FluentActions.Invoking(() => TokenizerFolder.Load(Path.Combine(folder.Path, "absent"))).Should().Throw<FileNotFoundException>().WithMessage("*no such folder*");
    }

    [Test]
    public void A_vocabulary_of_no_known_kind_is_refused()
    {
        using var folder = new VocabularyFolder("""{"a": 0, "[inst]": 1}""");
        FluentActions.Invoking(() => TokenizerFolder.Load(folder.Path)).Should().Throw<InvalidDataException>().WithMessage("*neither '<bos>'*nor '[inst]' and '[/inst]'*merges.txt*");
        FluentActions.Invoking(() => WordLevelTokenizer.Load(folder.Path)).Should().Throw<InvalidDataException>().WithMessage("*no token '<bos>'*");
        FluentActions.Invoking(() => DialogueTokenizer.Load(folder.Path)).Should().Throw<InvalidDataException>();
    }

    [Test]
    public void A_vocabulary_of_two_kinds_is_refused()
    {
        using var folder = new VocabularyFolder("""{"<bos>": 0, "[inst]": 1, "[/inst]": 2}""");
        FluentActions.Invoking(() => TokenizerFolder.Load(folder.Path)).Should().Throw<InvalidDataException>().WithMessage("*both*");
    }
}
