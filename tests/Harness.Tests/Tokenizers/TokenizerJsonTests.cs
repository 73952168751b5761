using System.Text;
using System.Text.Json.Nodes;
using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Tests.Tokenizers;

public class TokenizerJsonTests
{
    private const string Bos = "<|endoftext|>";

    [Test]
    public void A_folder_with_tokenizer_json_is_read_from_it_whatever_lies_beside_it()
    {
        using VocabularyFolder folder = Folder(_ => { });
        folder.Write("vocab.json", """{"<bos>": 0}""");
        Tokenizer tokenizer = TokenizerFolder.Load(folder.Path);
        tokenizer.Should().BeOfType<BpeTokenizer>();
        tokenizer.VocabularySize.Should().Be(260);
        tokenizer.ToTokens("abc", prependBos: true).Should().Equal(259, 257);
        tokenizer.SpecialTokens.Should().Equal(259);
    }

    [Test]
    public void Merges_may_be_pairs_or_lines()
    {
        using VocabularyFolder folder = Folder(json => json["model"]!["merges"] = JsonNode.Parse("""[["a", "b"], ["ab", "c"]]"""));
        BpeTokenizer.Load(folder.Path).ToTokens("abcab", prependBos: false).Should().Equal(257, 256);
    }

    [Test]
    public void A_word_that_is_a_token_is_not_merged_where_merges_are_ignored()
    {
        // No merge makes "cab".
        using VocabularyFolder merged = Folder(_ => { });
        using VocabularyFolder whole = Folder(json => json["model"]!["ignore_merges"] = true);
        BpeTokenizer.Load(merged.Path).ToTokens("cab cab", prependBos: false).Should().HaveCount(5);
        BpeTokenizer.Load(whole.Path).ToTokens("cab cab", prependBos: false).Should().HaveCount(4).And.StartWith(258);
    }

    [Test]
    public void Bytes_without_a_token_are_dropped_or_unknown()
    {
        using VocabularyFolder dropping = Folder(json => json["model"]!["vocab"]!.AsObject().Remove("z"));
        var tokenizer = BpeTokenizer.Load(dropping.Path);
        tokenizer.MissingBytes.Should().Equal((byte)'z');
        tokenizer.Decode(tokenizer.ToTokens("azzb", prependBos: false)).Should().Be("ab");
        tokenizer.ToTokens("azzb", prependBos: false).Should().Equal([256], "what is left stands side by side");

        foreach ((bool fuse, int unknown) in new[] { (false, 2), (true, 1) })
        {
            using VocabularyFolder folder = Folder(json =>
            {
                json["model"]!["vocab"]!.AsObject().Remove("z");
                json["model"]!["unk_token"] = "?";
                json["model"]!["fuse_unk"] = fuse;
            });
            BpeTokenizer.Load(folder.Path).Encode("azzb").Should().HaveCount(2 + unknown);
        }
    }

    [TestCase("""{"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "a", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "b", "type_id": 0}}], "pair": [], "special_tokens": {}}""")]
    [TestCase("""{"type": "RobertaProcessing", "cls": ["a", 64], "sep": ["b", 65], "trim_offsets": true, "add_prefix_space": false}""")]
    [TestCase("""{"type": "Sequence", "processors": [{"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": false}, {"type": "BertProcessing", "cls": ["a", 64], "sep": ["b", 65]}]}""")]
    public void The_post_processor_tells_BOS_and_EOS_and_adds_nothing(string processor)
    {
        using VocabularyFolder folder = Folder(json => json["post_processor"] = JsonNode.Parse(processor));
        var tokenizer = BpeTokenizer.Load(folder.Path);
        tokenizer.BosToken.Should().Be(IdOf('a'));
        tokenizer.EosToken.Should().Be(IdOf('b'));
        tokenizer.Encode("c").Should().HaveCount(1);
    }

    [TestCase("""{"bos_token": "a"}""", "{}", "a")]
    [TestCase("""{"bos_token": {"__type": "AddedToken", "content": "b"}}""", """{"bos_token": "a"}""", "b")]
    [TestCase("""{"bos_token": null}""", """{"bos_token": "a"}""", null)]
    [TestCase("""{"chat_template": "x"}""", """{"bos_token": "c", "additional_special_tokens": ["a"]}""", "c")]
    [TestCase("{}", "{}", Bos)]
    public void The_configuration_beside_it_has_the_last_word_on_BOS(string config, string special, string? expected)
    {
        using VocabularyFolder folder = Folder(_ => { });
        folder.Write("tokenizer_config.json", config);
        folder.Write("special_tokens_map.json", special);
        var tokenizer = BpeTokenizer.Load(folder.Path);
        (tokenizer.BosToken is { } bos ? tokenizer.TokenSpelling(bos) : null).Should().Be(expected);
    }

    [Test]
    public void A_BOS_token_that_the_vocabulary_lacks_is_refused()
    {
        using VocabularyFolder folder = Folder(_ => { });
        folder.Write("tokenizer_config.json", """{"bos_token": "<s>"}""");
        folder.Invoking(it => BpeTokenizer.Load(it.Path)).Should().Throw<InvalidDataException>().WithMessage("*tokenizer_config.json'*bos_token*\"<s>\"*");
    }

    [Test]
    public void A_word_that_is_written_like_a_special_token_can_be_taken_literally()
    {
        using VocabularyFolder folder = Folder(_ => { });
        var tokenizer = BpeTokenizer.Load(folder.Path);
        tokenizer.Encode($"a{Bos}b").Select(token => (token.Id, token.Start, token.End)).Should().Equal((IdOf('a'), 0, 1), (259, 1, 14), (IdOf('b'), 14, 15));
        tokenizer.EncodeAsPlainText($"a{Bos}b").Should().HaveCount(15);
        tokenizer.Decode([259]).Should().Be(Bos);
    }

    // One change each to a tokenizer.json that is fine: the place, what is put there, and what the message has to say.
    [TestCase("extra", "1", "*$.extra*not known*pre_tokenizer*")]
    [TestCase("version", "\"2.0\"", "*$.version*\"2.0\"*\"1.0\"*")]
    [TestCase("model.type", "\"Unigram\"", "*$.model.type*\"Unigram\"*BPE*")]
    [TestCase("model.dropout", "0.1", "*$.model.dropout*0.1*null*")]
    [TestCase("model.end_of_word_suffix", "\"</w>\"", "*$.model.end_of_word_suffix*null*")]
    [TestCase("model.unk_token", "\"nope\"", "*$.model.unk_token*not in the vocabulary*")]
    [TestCase("model.byte_fallback", "1", "*$.model.byte_fallback*true or false*")]
    [TestCase("model.novelty", "true", "*$.model.novelty*not known*ignore_merges*")]
    [TestCase("model.vocab", "{}", "*$.model.vocab*no token*")]
    [TestCase("model.vocab", "[]", "*$.model.vocab*an array*an object*")]
    [TestCase("model.vocab.q", "-1", "*$.model.vocab.q*-1*whole number*")]
    [TestCase("model.vocab.q", "0.5", "*$.model.vocab.q*0.5*")]
    [TestCase("model.vocab.q", "1e99", "*$.model.vocab.q*1e99*")]
    [TestCase("model.vocab.q", "99999999999999999999", "*$.model.vocab.q*")]
    [TestCase("model.vocab.q", "2000000000", "*$.model.vocab.q*2000000000*larger*")]
    [TestCase("model.vocab.q", "3", "*id 3 belongs to both*")]
    [TestCase("model.merges", "[\"a nope\"]", "*$.model.merges[0]*'nope'*")]
    [TestCase("model.merges", "[\"a b\", \"b a\"]", "*$.model.merges[1]*'ba'*")]
    [TestCase("model.merges", "[\"a b\", \"a b\"]", "*$.model.merges[1]*already*")]
    [TestCase("model.merges", "[\"ab\"]", "*$.model.merges[0]*two tokens*")]
    [TestCase("model.merges", "[[\"\", \"a\"]]", "*$.model.merges[0]*two tokens*")]
    [TestCase("model.merges", "[[\"a\"]]", "*$.model.merges[0]*two tokens*")]
    [TestCase("model.merges", "{}", "*$.model.merges*an object*an array*")]
    [TestCase("added_tokens", "[{\"id\": 1, \"content\": \"new\"}]", "*$.added_tokens[0]*id 1*contradicts*")]
    [TestCase("added_tokens", "[{\"id\": 900, \"content\": \"a\"}]", "*$.added_tokens[0]*900*contradicts*")]
    [TestCase("added_tokens", "[{\"id\": 900, \"content\": \"\"}]", "*$.added_tokens[0]*no text*")]
    [TestCase("added_tokens", "[{\"id\": 2000000000, \"content\": \"x\"}]", "*$.added_tokens[0]*larger*")]
    [TestCase("added_tokens", "[{\"id\": 900, \"content\": \"x1\"}, {\"id\": 900, \"content\": \"x2\"}]", "*$.added_tokens[1]*another*")]
    [TestCase("added_tokens", "[{\"id\": 900, \"content\": \"x1\", \"weight\": 1}]", "*$.added_tokens[0].weight*not known*lstrip*")]
    [TestCase("added_tokens", "[{\"content\": \"x1\"}]", "*$.added_tokens[0].id*nothing*")]
    [TestCase("normalizer", "{\"type\": \"NFKC\"}", "*$.normalizer.type*\"NFKC\"*NFC*")]
    [TestCase("normalizer", "{\"type\": \"Sequence\", \"normalizers\": [{\"type\": \"NFC\"}, {\"type\": \"Lowercase\"}]}", "*$.normalizer.normalizers[1].type*\"Lowercase\"*")]
    [TestCase("normalizer", "{}", "*$.normalizer.type*nothing*")]
    [TestCase("pre_tokenizer", "{\"type\": \"UnicodeScripts\"}", "*$.pre_tokenizer.type*\"UnicodeScripts\"*ByteLevel*")]
    [TestCase("pre_tokenizer", "{\"type\": \"Split\", \"pattern\": {\"Regex\": \"(a\"}, \"behavior\": \"Isolated\", \"invert\": false}", "*$.pre_tokenizer.pattern.Regex*(a*character 2*")]
    [TestCase("pre_tokenizer", "{\"type\": \"Split\", \"pattern\": {\"Regex\": \"a\"}, \"behavior\": \"Isolate\", \"invert\": false}", "*$.pre_tokenizer.behavior*MergedWithNext*")]
    [TestCase("pre_tokenizer", "{\"type\": \"Split\", \"pattern\": {\"Regex\": \"a\"}, \"behavior\": \"1\", \"invert\": false}", "*$.pre_tokenizer.behavior*MergedWithNext*")]
    [TestCase("pre_tokenizer", "{\"type\": \"ByteLevel\"}", "*$.pre_tokenizer.add_prefix_space*nothing*")]
    [TestCase("post_processor", "{\"type\": \"Novel\"}", "*$.post_processor.type*TemplateProcessing*")]
    [TestCase("decoder", "{\"type\": \"WordPiece\", \"prefix\": \"##\"}", "*$.decoder.type*\"WordPiece\"*ByteLevel*")]
    public void What_is_not_understood_is_refused_with_its_place(string place, string value, string message)
    {
        using VocabularyFolder folder = Folder(json =>
        {
            string[] keys = place.Split('.');
            JsonNode parent = keys[..^1].Aggregate(json, (node, key) => node[key]!);
            parent[keys[^1]] = JsonNode.Parse(value);
        });
        folder.Invoking(it => TokenizerFolder.Load(it.Path)).Should().Throw<InvalidDataException>().WithMessage("*tokenizer.json'" + message);
    }

    [TestCase("""{"version": "1.0", "version": "1.0"}""", "*version*")]
    [TestCase("[]", "*$:*an array*an object*")]
    [TestCase("{", "*line 1*not JSON*")]
    [TestCase("", "*not JSON*")]
    [TestCase("""{"model": {"type": "BPE", "vocab": {"\ud800": 0}, "merges": []}}""", "*Unicode*")]
    [TestCase("""{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": ["\udc00 a"]}}""", "*$.model.merges[0]*Unicode*")]
    public void What_is_no_JSON_of_an_object_is_refused(string json, string message)
    {
        using var folder = new VocabularyFolder();
        folder.Write("tokenizer.json", json);
        folder.Invoking(it => TokenizerFolder.Load(it.Path)).Should().Throw<InvalidDataException>().WithMessage("*tokenizer.json'" + message);
    }

    [Test]
    public void Deep_JSON_is_refused()
    {
        using var folder = new VocabularyFolder();
        folder.Write("tokenizer.json", string.Concat(Enumerable.Repeat("""{"model":""", 100_000)));
        folder.Invoking(it => TokenizerFolder.Load(it.Path)).Should().Throw<InvalidDataException>().WithMessage("*depth*");
    }

    [Test]
    public void Mutated_files_are_refused_or_load_and_encode()
    {
        using VocabularyFolder folder = Folder(json =>
        {
            json["normalizer"] = JsonNode.Parse("""{"type": "Sequence", "normalizers": [{"type": "NFC"}, {"type": "Replace", "pattern": {"String": "x"}, "content": "y"}]}""");
            json["pre_tokenizer"] = JsonNode.Parse("""{"type": "Sequence", "pretokenizers": [{"type": "Split", "pattern": {"Regex": "\\s+(?!\\S)|[^a-c]+|(?i:'s)|\\p{L}{1,3}"}, "behavior": "Isolated", "invert": false}, {"type": "Digits", "individual_digits": true}, {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true}]}""");
        });
        string original = File.ReadAllText(Path.Combine(folder.Path, "tokenizer.json"));
        int structure = original.IndexOf("\"vocab\"", StringComparison.Ordinal);
        string[] snippets = ["{", "}", "[", "]", "\"", ",", ":", "0", "-1", "99999999999", "null", "true", "\\ud800", "\\", "(", ")", "*", "Sequence", "type", "a", "é", "\0"];
        var random = new Random(5);
        int loaded = 0;
        for (int repeat = 0; repeat < 1_500; repeat++)
        {
            var text = new StringBuilder(original);
            for (int change = random.Next(1, 4); change > 0; change--)
            {
                int at = random.Next(2) == 0 ? random.Next(structure) : random.Next(text.Length);
                int removed = Math.Min(random.Next(4), text.Length - at);
                text.Remove(at, removed).Insert(at, random.Next(3) == 0 ? "" : snippets[random.Next(snippets.Length)]);
            }

            folder.Write("tokenizer.json", text.ToString());
            try
            {
                Tokenizer tokenizer = TokenizerFolder.Load(folder.Path);
                loaded++;
                tokenizer.Decode(tokenizer.ToTokens("cab's  x1 é\n", prependBos: false)).Should().NotBeNull();
            }
            catch (InvalidDataException refusal)
            {
                refusal.Message.Should().Contain("tokenizer.json");
            }
        }

        loaded.Should().BeGreaterThan(50, "some changes do no harm");
    }

    /// <summary>The id of a printable ASCII character.</summary>
    private static int IdOf(char character) => character - '!';

    /// <summary>256 byte tokens, <c>ab</c> (256), <c>abc</c> (257), <c>cab</c> (258) that no merge makes, and the special token (259).</summary>
    private static VocabularyFolder Folder(Action<JsonNode> change)
    {
        var printable = Enumerable.Range('!', '~' - '!' + 1).Concat(Enumerable.Range(0xA1, 0xAC - 0xA1 + 1)).Concat(Enumerable.Range(0xAE, 0xFF - 0xAE + 1)).ToList();
        IEnumerable<string> tokens = printable.Concat(Enumerable.Range(256, 256 - printable.Count)).Select(character => ((char)character).ToString()).Concat(["ab", "abc", "cab"]);
        JsonNode json = JsonNode.Parse("""
            {
              "version": "1.0", "truncation": null, "padding": null,
              "added_tokens": [{"id": 259, "content": "<|endoftext|>", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": true}],
              "normalizer": null,
              "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true},
              "post_processor": null,
              "decoder": {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true},
              "model": {"type": "BPE", "vocab": {}, "merges": ["a b", "ab c"]}
            }
            """)!;
        json["model"]!["vocab"] = new JsonObject(tokens.Select((token, id) => KeyValuePair.Create(token, (JsonNode?)JsonValue.Create(id))));
        change(json);
        var folder = new VocabularyFolder();
        folder.Write("tokenizer.json", json.ToJsonString());
        return folder;
    }
}
