using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Tests.Tokenizers;

public class GgufTokenizerTests
{
    private static readonly string[] Bytes = ByteTokens();

    [Test]
    public void Byte_level_lists_encode_with_the_pattern_that_pre_names()
    {
        GgufVocabulary lists = ByteLevel("1 2", "Ġ a") with { BosToken = 258, EosToken = 258, TokenTypes = Types(259, (258, 3)), Tokens = [.. Bytes, "12", "Ġa", "<s>"] };
        Spelled(BpeTokenizer.FromGguf(lists with { Pre = "gpt-2" }), "12 a").Should().Equal("12", "Ġa");
        Spelled(BpeTokenizer.FromGguf(lists with { Pre = "smollm" }), "12 a").Should().Equal("1", "2", "Ġa");
        BpeTokenizer tokenizer = BpeTokenizer.FromGguf(lists with { Pre = "llama-bpe" });
        Spelled(tokenizer, "12 a<s>").Should().Equal("12", "Ġa", "<s>");
        tokenizer.EncodeAsPlainText("<s>").Should().HaveCount(3);
        (tokenizer.BosToken, tokenizer.EosToken).Should().Be((258, 258));
        tokenizer.SpecialTokens.Should().Equal(258);
    }

    [Test]
    public void Sentencepiece_lists_join_what_scores_best_and_fall_back_on_bytes()
    {
        // "ab" scores best, then "▁a"; so "ab" is joined before "▁" and "a" can be.
        string[] tokens = ["<unk>", "<s>", "</s>", .. Enumerable.Range(0, 256).Select(value => $"<0x{value:X2}>"), "ab", "▁a", "abb", "▁", "a", "b"];
        var lists = new GgufVocabulary
        {
            File = "model.gguf",
            Model = "llama",
            Tokens = tokens,
            Scores = [.. Enumerable.Repeat(0f, 259), 0f, -1f, -2f, -3f, -4f, -5f],
            TokenTypes = [2, 3, 3, .. Enumerable.Repeat(6, 256), 1, 1, 1, 1, 1, 1],
            BosToken = 1,
            EosToken = 2,
            UnknownToken = 0,
        };
        BpeTokenizer tokenizer = BpeTokenizer.FromGguf(lists);
        Spelled(tokenizer, "ab a").Should().Equal("▁", "ab", "▁a");
        Spelled(tokenizer, "abbb</s>").Should().Equal("▁", "abb", "b", "</s>");
        Spelled(tokenizer, "é").Should().Equal("▁", "<0xC3>", "<0xA9>");
        tokenizer.Encode("ab é").Select(token => (token.Start, token.End)).Should().Equal((0, 1), (0, 2), (2, 3), (3, 4), (3, 4));
        foreach (string text in new[] { "ab a", " ab", "é\n  a", "日本 a 😀" })
        {
            tokenizer.Decode(tokenizer.ToTokens(text, prependBos: false)).Should().Be(text);
        }

        Spelled(BpeTokenizer.FromGguf(lists with { AddSpacePrefix = false }), "ab").Should().Equal("ab");
    }

    [Test]
    public void What_does_not_fit_together_is_refused_by_its_key()
    {
        GgufVocabulary lists = ByteLevel("a b") with { Tokens = [.. Bytes, "ab"] };
        BpeTokenizer.FromGguf(lists).ToTokens("ab", prependBos: false).Should().Equal(256);
        Refused(lists with { Model = "bert" }, "*tokenizer.ggml.model*'bert'*gpt2*llama*");
        Refused(lists with { Pre = null }, "*tokenizer.ggml.pre*missing*gpt-2*qwen2*");
        Refused(lists with { Pre = "novel" }, "*tokenizer.ggml.pre*'novel'*gpt-2*qwen2*");
        Refused(lists with { Merges = null }, "*tokenizer.ggml.merges*missing*");
        Refused(lists with { Merges = ["a b", "ab"] }, "*tokenizer.ggml.merges[1]*two tokens*");
        Refused(lists with { Merges = ["a b", "b b"] }, "*tokenizer.ggml.merges[1]*'bb'*");
        Refused(lists with { Merges = ["a b", "a b"] }, "*tokenizer.ggml.merges[1]*already*");
        Refused(lists with { Tokens = [.. Bytes, "a"] }, "*tokenizer.ggml.tokens[256]*twice*");
        Refused(lists with { Tokens = [] }, "*tokenizer.ggml.tokens*no token*");
        Refused(lists with { TokenTypes = [1] }, "*tokenizer.ggml.token_type*1 entries for 257*");
        Refused(lists with { TokenTypes = Types(257, (4, 99)) }, "*tokenizer.ggml.token_type[4]*99*");
        Refused(lists with { BosToken = 257 }, "*tokenizer.ggml.bos_token_id*257*");
        Refused(lists with { EosToken = long.MaxValue }, "*tokenizer.ggml.eos_token_id*9223372036854775807*");
        Refused(lists with { Model = "llama" }, "*tokenizer.ggml.scores*missing*");
        Refused(lists with { Model = "llama", Scores = [.. Enumerable.Repeat(float.NaN, 257)] }, "*tokenizer.ggml.scores[256]*NaN*");

        static void Refused(GgufVocabulary lists, string message) =>
            FluentActions.Invoking(() => BpeTokenizer.FromGguf(lists)).Should().Throw<InvalidDataException>().WithMessage("'model.gguf'" + message);
    }

    private static GgufVocabulary ByteLevel(params string[] merges) => new() { File = "model.gguf", Model = "gpt2", Pre = "gpt-2", Tokens = Bytes, Merges = merges };

    private static int[] Types(int count, params (int Id, int Type)[] others)
    {
        int[] types = [.. Enumerable.Repeat(1, count)];
        foreach ((int id, int type) in others)
        {
            types[id] = type;
        }

        return types;
    }

    private static string[] ByteTokens()
    {
        var printable = Enumerable.Range('!', '~' - '!' + 1).Concat(Enumerable.Range(0xA1, 0xAC - 0xA1 + 1)).Concat(Enumerable.Range(0xAE, 0xFF - 0xAE + 1)).ToList();
        return [.. printable.Concat(Enumerable.Range(256, 256 - printable.Count)).Select(character => ((char)character).ToString())];
    }

    private static IEnumerable<string> Spelled(BpeTokenizer tokenizer, string text) => tokenizer.Encode(text).Select(token => tokenizer.TokenSpelling(token.Id));
}
