using System.Text;
using System.Text.Json;
using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Tests.Tokenizers;

public class BpeTokenizerTests
{
    private const string EndOfText = "<|endoftext|>";

    [Test]
    public void Merges_are_done_in_the_order_of_the_file_and_from_the_left()
    {
        using VocabularyFolder folder = Folder("b c", "a b", "a a");
        var tokenizer = BpeTokenizer.Load(folder.Path);
        Spelled(tokenizer, "abc").Should().Equal("a", "bc");
        Spelled(tokenizer, "ab").Should().Equal("ab");
        Spelled(tokenizer, "aaaaa").Should().Equal("aa", "aa", "a");
    }

    [Test]
    public void Merging_equals_a_plain_search_for_the_best_pair_on_random_words()
    {
        string[] merges = ["a b", "c a", "ab c", "b b", "ca ca", "abc a", "a a", "bb a"];
        using VocabularyFolder folder = Folder(merges);
        var tokenizer = BpeTokenizer.Load(folder.Path);
        var random = new Random(1);
        for (int repeat = 0; repeat < 300; repeat++)
        {
            string word = string.Concat(Enumerable.Range(0, random.Next(1, 100)).Select(_ => "abc"[random.Next(3)]));
            Spelled(tokenizer, word).Should().Equal(MergedPlainly(word, merges), "of {0}", word);
        }
    }

    [Test]
    public void A_very_long_word_is_encoded()
    {
        using VocabularyFolder folder = Folder("a a", "aa aa");
        BpeTokenizer.Load(folder.Path).Encode(new string('a', 400_003)).Should().HaveCount(100_002);
    }

    [Test]
    public void Offsets_of_part_of_a_character_cover_the_whole_character()
    {
        using VocabularyFolder folder = Folder();
        var tokens = BpeTokenizer.Load(folder.Path).Encode("x\U0001F600y");
        tokens.Select(token => (token.Start, token.End)).Should().Equal((0, 1), (1, 2), (1, 2), (1, 2), (1, 2), (2, 3));
    }

    [Test]
    public void Letters_and_digits_above_FFFF_are_letters_and_digits()
    {
        // GOTHIC LETTER AHSA and MATHEMATICAL BOLD DIGIT TWO: if they were symbols, neither piece could be one with what precedes it.
        using VocabularyFolder folder = Folder("a ð", "1 ð");
        var tokenizer = BpeTokenizer.Load(folder.Path);
        Spelled(tokenizer, "a\U00010330")[0].Should().Be("að");
        Spelled(tokenizer, "1\U0001D7D0")[0].Should().Be("1ð");
        Spelled(tokenizer, "a\U0001D7D0")[0].Should().Be("a", "a digit is not part of a word");
    }

    [Test]
    public void A_double_bos_is_refused()
    {
        using VocabularyFolder folder = Folder();
        var tokenizer = BpeTokenizer.Load(folder.Path);
        tokenizer.ToTokens("a", prependBos: true).Should().Equal(tokenizer.BosToken!.Value, tokenizer.ToSingleToken("a"));
        tokenizer.Invoking(it => it.ToTokens(EndOfText + "a", prependBos: true)).Should().Throw<TokenizationException>().WithMessage("*Double BOS*");
        tokenizer.ToTokens(EndOfText + "a", prependBos: false).Should().HaveCount(2);
    }

    [Test]
    public void ToSingleToken_lists_the_tokens_when_there_are_several()
    {
        using VocabularyFolder folder = Folder();
        var tokenizer = BpeTokenizer.Load(folder.Path);
        tokenizer.Invoking(it => it.ToSingleToken("ab")).Should().Throw<TokenizationException>().WithMessage("*2 tokens*['a', 'b']*");
        tokenizer.Invoking(it => it.ToSingleToken("")).Should().Throw<TokenizationException>();
    }

    [Test]
    public void An_id_outside_the_vocabulary_is_refused()
    {
        using VocabularyFolder folder = Folder();
        var tokenizer = BpeTokenizer.Load(folder.Path);
        tokenizer.Invoking(it => it.Decode([257])).Should().Throw<ArgumentOutOfRangeException>().WithMessage("*257*vocab.json*");
        tokenizer.Invoking(it => it.TokenText(-1)).Should().Throw<ArgumentOutOfRangeException>();
    }

    [Test]
    public void Any_bytes_come_back_from_their_tokens()
    {
        using VocabularyFolder folder = Folder("a b", "Ã ©", "ð Ł", "ðŁ ĺ");
        var tokenizer = BpeTokenizer.Load(folder.Path);
        tokenizer.MissingBytes.Should().BeEmpty();
        byte[] every = [.. Enumerable.Range(0, 256).Select(value => (byte)value)];
        tokenizer.DecodeToBytes(tokenizer.EncodeBytes(every)).Should().Equal(every);
        var random = new Random(3);
        for (int repeat = 0; repeat < 1_000; repeat++)
        {
            byte[] bytes = new byte[random.Next(40)];
            random.NextBytes(bytes);
            tokenizer.DecodeToBytes(tokenizer.EncodeBytes(bytes)).Should().Equal(bytes);
            byte[] text = Encoding.UTF8.GetBytes(RandomText.Of(random, random.Next(30)));
            tokenizer.DecodeToBytes(tokenizer.EncodeBytes(text)).Should().Equal(text);
        }
    }

    [Test]
    public void Any_text_comes_back_from_its_tokens()
    {
        using VocabularyFolder folder = Folder("a b", "t h", "Ġ th", "Ġth e", "ð Ł");
        var tokenizer = BpeTokenizer.Load(folder.Path);
        var random = new Random(4);
        for (int repeat = 0; repeat < 2_000; repeat++)
        {
            string text = RandomText.Of(random, random.Next(50));
            tokenizer.Decode(tokenizer.ToTokens(text, prependBos: false)).Should().Be(text);
            tokenizer.Decode(tokenizer.EncodeAsPlainText(text).Select(token => token.Id)).Should().Be(text);
        }

        tokenizer.Decode(tokenizer.ToTokens("a\uD800b", prependBos: false)).Should().Be("a\uFFFDb", "half a surrogate pair is no text");
    }

    [Test]
    public void Several_threads_may_encode_at_once()
    {
        using VocabularyFolder folder = Folder("a b", "ab a", "b b");
        var tokenizer = BpeTokenizer.Load(folder.Path);
        var random = new Random(6);
        string[] texts = [.. Enumerable.Range(0, 200).Select(_ => RandomText.Of(random, 40))];
        var alone = texts.Select(text => BpeTokenizer.Load(folder.Path).ToTokens(text, prependBos: false)).Take(20).ToList();
        var together = texts.AsParallel().AsOrdered().WithDegreeOfParallelism(4).Select(text => tokenizer.ToTokens(text, prependBos: false)).ToList();
        for (int index = 0; index < alone.Count; index++)
        {
            together[index].Should().Equal(alone[index]);
        }
    }

    [Test]
    public void The_files_beside_it_name_special_and_added_tokens()
    {
        // As OPT has it: special tokens inside the vocabulary, filler that nothing makes, BOS by the configuration.
        using var folder = new VocabularyFolder(JsonOf("ab", "<pad>", "</s>", "madeupword0000"), "#version: 0.2\na b\n");
        folder.Write("tokenizer_config.json", """{"bos_token": {"content": "</s>"}, "pad_token": "<pad>", "add_prefix_space": false}""");
        folder.Write("added_tokens.json", """{"<new>": 270}""");
        var tokenizer = BpeTokenizer.Load(folder.Path);
        tokenizer.TokenSpelling(tokenizer.BosToken!.Value).Should().Be("</s>");
        Spelled(tokenizer, "ab</s><new>ab").Should().Equal("ab", "</s>", "<new>", "ab");
        tokenizer.VocabularySize.Should().Be(271);

        folder.Write("added_tokens.json", """{"<new>": 1}""");
        folder.Invoking(it => BpeTokenizer.Load(it.Path)).Should().Throw<InvalidDataException>().WithMessage("*added_tokens.json'*id 1*contradicts*");
        folder.Write("added_tokens.json", """{"<new>": 2000000000}""");
        folder.Invoking(it => BpeTokenizer.Load(it.Path)).Should().Throw<InvalidDataException>().WithMessage("*added_tokens.json'*larger*");
    }

    [Test]
    public void A_prefix_space_belongs_to_the_first_character()
    {
        using VocabularyFolder folder = Folder("Ġ a");
        folder.Write("tokenizer_config.json", """{"add_prefix_space": true}""");
        var tokenizer = BpeTokenizer.Load(folder.Path);
        Spelled(tokenizer, "ab").Should().Equal("Ġa", "b");
        tokenizer.Encode("ab").Select(token => (token.Start, token.End)).Should().Equal((0, 1), (1, 2));
    }

    [TestCase("a b\na b\n", "*merges.txt', line 3*already, in line 2*")]
    [TestCase("a b\nab  c\n", "*merges.txt', line 3*two tokens separated by one space*")]
    [TestCase("a b\n\nab c\n", "*merges.txt', line 3*")]
    [TestCase("a b\nab d\n", "*merges.txt', line 3*'abd' is not in*vocab.json*")]
    [TestCase("ab c\n", "*merges.txt' has no merge that makes the token 'ab'*vocab.json*")]
    [TestCase("a b\n", "*merges.txt' has no merge that makes the token 'abc'*vocab.json*")]
    public void A_faulty_merge_file_is_refused_with_file_and_line(string merges, string message)
    {
        using var folder = new VocabularyFolder(JsonOf("ab", "abc"), "#version: 0.2\n" + merges);
        FluentActions.Invoking(() => BpeTokenizer.Load(folder.Path)).Should().Throw<InvalidDataException>().WithMessage(message);
    }

    [TestCase("{\"a\": 0,\n\"a\": 1}", "*vocab.json', line 2*\"a\"*twice*")]
    [TestCase("{\"a\": 0,\n\"b\": 0}", "*vocab.json', line 2*id 0*\"a\"*\"b\"*")]
    [TestCase("{\"a\": -1}", "*vocab.json', line 1*\"a\"*")]
    [TestCase("{\"a\": 2000000000}", "*vocab.json', line 1*2000000000*")]
    [TestCase("{\"a\": 0,\n\"b\": \"1\"}", "*vocab.json', line 2*\"b\"*")]
    [TestCase("[1]", "*vocab.json', line 1*object*")]
    [TestCase("{\"a\": 0,\n\"b\": 1", "*vocab.json', line 2*not JSON*")]
    [TestCase("{\"\\ud800\": 0}", "*vocab.json', line 1*Unicode*")]
    [TestCase("{}", "*vocab.json', line 1*no token*")]
    [TestCase("{\"a\": 0}", "*vocab.json' has no token*byte 0x00*")]
    public void A_faulty_vocabulary_is_refused_with_file_and_line(string vocabulary, string message)
    {
        using var folder = new VocabularyFolder(vocabulary, "#version: 0.2\n");
        FluentActions.Invoking(() => BpeTokenizer.Load(folder.Path)).Should().Throw<InvalidDataException>().WithMessage(message);
    }

    /// <summary>256 byte tokens, the results of the merges, and the special token.</summary>
    private static VocabularyFolder Folder(params string[] merges) =>
        new(JsonOf([.. merges.Select(merge => merge.Replace(" ", "", StringComparison.Ordinal))]), "#version: 0.2\n" + string.Concat(merges.Select(merge => merge + "\n")));

    private static string JsonOf(params string[] merged)
    {
        // The byte alphabet, built as its definition has it: printable Latin-1 characters, then U+0100 on for the rest.
        var printable = Enumerable.Range('!', '~' - '!' + 1).Concat(Enumerable.Range(0xA1, 0xAC - 0xA1 + 1)).Concat(Enumerable.Range(0xAE, 0xFF - 0xAE + 1)).ToHashSet();
        IEnumerable<string> bytes = printable.Concat(Enumerable.Range(256, 256 - printable.Count)).Select(character => ((char)character).ToString());
        return JsonSerializer.Serialize(bytes.Concat(merged.Distinct()).Append(EndOfText).Select((token, id) => (token, id)).ToDictionary(pair => pair.token, pair => pair.id));
    }

    private static List<string> Spelled(BpeTokenizer tokenizer, string text) => [.. tokenizer.Encode(text).Select(token => tokenizer.TokenSpelling(token.Id))];

    private static List<string> MergedPlainly(string word, string[] merges)
    {
        List<string> symbols = [.. word.Select(character => character.ToString())];
        while (true)
        {
            int best = merges.Length;
            for (int left = 0; left + 1 < symbols.Count; left++)
            {
                int rank = Array.IndexOf(merges, $"{symbols[left]} {symbols[left + 1]}");
                best = rank >= 0 && rank < best ? rank : best;
            }

            if (best == merges.Length)
            {
                return symbols;
            }

            for (int left = 0; left + 1 < symbols.Count; left++)
            {
                if ($"{symbols[left]} {symbols[left + 1]}" == merges[best])
                {
                    symbols[left] += symbols[left + 1];
                    symbols.RemoveAt(left + 1);
                }
            }
        }
    }
}
