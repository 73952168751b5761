using CircuitSpecs.Tokenizers;
using CircuitSpecs.Tokenizers.Normalizers;

namespace CircuitSpecs.Tests.Tokenizers;

/// <summary>Normalisation form C. Expected values are those of the Unicode standard (UAX 15, NormalizationTest.txt).</summary>
public class ComposeNormalizerTests
{
    [TestCase("e\u0301", "\u00E9", TestName = "a letter and its accent compose")]
    [TestCase("\u212B", "\u00C5", TestName = "a singleton is replaced")]
    [TestCase("\u0958", "\u0915\u093C", TestName = "what is excluded from composition stays apart")]
    [TestCase("a\u0307\u0323", "\u1EA1\u0307", TestName = "marks are put in canonical order first")]
    [TestCase("C\u0650\u0327\u1DF8\u0301", "\u1E08\u0650\u1DF8", TestName = "marks of other classes do not stand in the way")]
    [TestCase("a\u0315\u0300\u05AE\u0308b", "\u00E0\u05AE\u0308\u0315b", TestName = "a mark of the same class does")]
    [TestCase("\u1100\u1161\u11A8", "\uAC01", TestName = "Hangul lead, vowel and tail")]
    [TestCase("\uAC00\u11A7", "\uAC00\u11A7", TestName = "what looks like a tail and is none")]
    [TestCase("\u1100\u0301\u1161", "\u1100\u0301\u1161", TestName = "Hangul with a mark between")]
    [TestCase("\U00011099\U000110BA", "\U0001109A", TestName = "above U+FFFF")]
    [TestCase("\u0344", "\u0308\u0301", TestName = "a mark that is two")]
    [TestCase("plain é text", "plain é text", TestName = "what is composed already")]
    [TestCase("\u0301", "\u0301", TestName = "a mark alone")]
    public void Form_C(string text, string expected)
    {
        Composed(text).Text.Should().Be(expected);
        Composed(Composed(text).Text).Text.Should().Be(expected, "composing twice is composing once");
    }

    private static AlignedText Composed(string text) => new ComposeNormalizer().Apply(AlignedText.Unchanged(text, 0));
}
