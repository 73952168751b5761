using System.Buffers;
using System.Text;

namespace CircuitSpecs.Tokenizers.Patterns;

/// <summary>
/// A compiled regular expression that sees Unicode code points. .NET's own see UTF-16 units: they take letters and digits
/// above U+FFFF for two symbols, and know neither <c>\p{Han}</c>, nor classes within classes, nor possessive repetition.
/// Matching backtracks, without recursion over the text, and gives up with an error rather than run for ever.
/// </summary>
internal sealed class UnicodePattern
{
    private readonly PatternStep[] steps;
    private readonly int registers;

    /// <summary>Compiles a pattern.</summary>
    /// <exception cref="FormatException">It is malformed or uses something unsupported; the message says what and where.</exception>
    public UnicodePattern(string pattern)
    {
        Pattern = pattern;
        (steps, registers) = PatternProgram.Compile(PatternParser.Parse(pattern));
    }

    /// <summary>The pattern as it was written.</summary>
    public string Pattern { get; }

    /// <summary>A pattern that matches one string.</summary>
    public static string Escape(string text) => string.Concat(text.Select(character => char.IsAscii(character) && !char.IsAsciiLetterOrDigit(character) ? character < ' ' ? $"\\x{(int)character:X2}" : $"\\{character}" : character.ToString()));

    /// <summary>Begins matching in a text. Dispose it.</summary>
    public Matcher In(ReadOnlySpan<char> text) => new(this, text);

    /// <summary>The matches of a pattern in a text, one after the other.</summary>
    internal ref struct Matcher
    {
        private readonly UnicodePattern pattern;
        private readonly PatternStep[] steps;
        private readonly ReadOnlySpan<char> text;
        private readonly int[] marks;
        private int[] stack;
        private int top;
        private int searchFrom;
        private int lastEnd;
        private long stepsLeft;

        public Matcher(UnicodePattern pattern, ReadOnlySpan<char> text)
        {
            this.pattern = pattern;
            this.text = text;
            steps = pattern.steps;
            marks = pattern.registers == 0 ? [] : new int[pattern.registers];
            stack = ArrayPool<int>.Shared.Rent(256);
            stepsLeft = 20_000_000 + 1_000L * text.Length;
            lastEnd = -1;
        }

        /// <summary>Finds the next match. An empty one where the last match ended does not count.</summary>
        /// <exception cref="TokenizationException">The pattern tries too many ways of matching this text.</exception>
        public bool Next(out int start, out int end)
        {
            for (start = searchFrom; start <= text.Length; start += LengthAt(start))
            {
                end = Run(0, start);
                if (end >= 0 && !(end == start && start == lastEnd))
                {
                    lastEnd = end;
                    searchFrom = end == start ? start + LengthAt(start) : end;
                    return true;
                }
            }

            start = end = searchFrom = text.Length + 1;
            return false;
        }

        public void Dispose() => ArrayPool<int>.Shared.Return(stack);

        private readonly int LengthAt(int position) =>
            position + 1 < text.Length && char.IsHighSurrogate(text[position]) && char.IsLowSurrogate(text[position + 1]) ? 2 : 1;

        /// <summary>Runs the (sub-)program from a step on; gives where the match ends, or −1.</summary>
        private int Run(int at, int position)
        {
            int floor = top;
            while (true)
            {
                if (--stepsLeft < 0)
                {
                    throw new TokenizationException($"The pattern '{pattern.Pattern}' tries too many ways of matching a text of {text.Length} characters; a pre-tokenizer needs a pattern without nested repetitions of the same characters.");
                }

                PatternStep step = steps[at];
                switch (step.Op)
                {
                    case PatternOp.Done:
                        top = floor;
                        return position;
                    case PatternOp.One:
                        int length = step.Set!.LengthAt(text, position);
                        if (length == 0)
                        {
                            goto Back;
                        }

                        position += length;
                        at++;
                        continue;
                    case PatternOp.Run:
                        int runEnd = step.Set!.EndOfRun(text, position, step.Greed == Greed.Lazy ? step.Least : step.Most, out int count);
                        if (count < step.Least)
                        {
                            goto Back;
                        }

                        stepsLeft -= count >> 3;
                        if (step.Greed == Greed.Greedy ? count > step.Least : step.Greed == Greed.Lazy && step.Most > step.Least)
                        {
                            Push(at, runEnd, count);
                        }

                        position = runEnd;
                        at++;
                        continue;
                    case PatternOp.Try:
                        int[] targets = TargetsAt(step, position);
                        if (targets.Length == 0)
                        {
                            goto Back;
                        }

                        if (targets.Length > 1)
                        {
                            Push(at, position, 1);
                        }

                        at = targets[0];
                        continue;
                    case PatternOp.Jump:
                        at = step.Target;
                        continue;
                    case PatternOp.Mark:
                        Push(at, marks[step.Least], 0); // so that going back past this step brings the old mark back
                        marks[step.Least] = position;
                        at++;
                        continue;
                    case PatternOp.Progress:
                        if (marks[step.Least] == position)
                        {
                            goto Back;
                        }

                        at++;
                        continue;
                    case PatternOp.At:
                        if (!Holds(step.Place, position))
                        {
                            goto Back;
                        }

                        at++;
                        continue;
                    case PatternOp.Look:
                        int from = step.Behind < 0 ? position : Before(position, step.Behind);
                        if ((from >= 0 && Run(at + 1, from) >= 0) == step.Negative)
                        {
                            goto Back;
                        }

                        at = step.Target;
                        continue;
                    case PatternOp.Atomic:
                        int end = Run(at + 1, position);
                        if (end < 0)
                        {
                            goto Back;
                        }

                        position = end;
                        at = step.Target;
                        continue;
                    default:
                        throw new InvalidOperationException($"No such step: {step.Op}.");
                }

            Back:
                do
                {
                    if (top == floor)
                    {
                        return -1;
                    }
                }
                while (!TryResume(out at, out position));
            }
        }

        /// <summary>Goes back to the last choice and makes the next one, where there is one.</summary>
        private bool TryResume(out int at, out int position)
        {
            int count = stack[top - 1];
            position = stack[top - 2];
            at = stack[top - 3];
            PatternStep step = steps[at];
            bool isLast;
            if (step.Op == PatternOp.Mark)
            {
                marks[step.Least] = position;
                top -= 3;
                return false;
            }

            if (step.Op == PatternOp.Try)
            {
                int[] targets = TargetsAt(step, position);
                at = targets[count];
                isLast = count + 1 == targets.Length;
                stack[top - 1] = count + 1;
            }
            else if (step.Greed == Greed.Greedy)
            {
                position -= position >= 2 && char.IsLowSurrogate(text[position - 1]) && char.IsHighSurrogate(text[position - 2]) ? 2 : 1;
                at++;
                isLast = count - 1 == step.Least;
                stack[top - 2] = position;
                stack[top - 1] = count - 1;
            }
            else
            {
                int length = step.Set!.LengthAt(text, position);
                if (length == 0)
                {
                    top -= 3;
                    return false;
                }

                position += length;
                at++;
                isLast = count + 1 == step.Most;
                stack[top - 2] = position;
                stack[top - 1] = count + 1;
            }

            top -= isLast ? 3 : 0;
            return true;
        }

        private void Push(int at, int position, int count)
        {
            if (top + 3 > stack.Length)
            {
                int[] larger = ArrayPool<int>.Shared.Rent(2 * stack.Length);
                stack.AsSpan(0, top).CopyTo(larger);
                ArrayPool<int>.Shared.Return(stack);
                stack = larger;
            }

            stack[top] = at;
            stack[top + 1] = position;
            stack[top + 2] = count;
            top += 3;
        }

        private readonly int[] TargetsAt(PatternStep step, int position) =>
            step.TargetsByAscii is { } byAscii && position < text.Length && text[position] < 128 ? byAscii[text[position]] : step.Targets;

        /// <summary>The position so many code points before; −1 where the text does not go back that far.</summary>
        private readonly int Before(int position, int codePoints)
        {
            for (; codePoints > 0 && position > 0; codePoints--)
            {
                position -= position >= 2 && char.IsLowSurrogate(text[position - 1]) && char.IsHighSurrogate(text[position - 2]) ? 2 : 1;
            }

            return codePoints == 0 ? position : -1;
        }

        private readonly bool Holds(Place place, int position) => place switch
        {
            Place.TextStart => position == 0,
            Place.TextEnd => position == text.Length,
            Place.LastLineEnd => position == text.Length || (position == text.Length - 1 && text[position] == '\n'),
            Place.LineStart => position == 0 || (text[position - 1] == '\n' && position < text.Length),
            Place.LineEnd => position == text.Length || text[position] == '\n',
            Place.WordBoundary => IsWordAt(Before(position, 1)) != IsWordAt(position),
            Place.NoWordBoundary => IsWordAt(Before(position, 1)) == IsWordAt(position),
            _ => throw new InvalidOperationException($"No such place: {place}."),
        };

        private readonly bool IsWordAt(int position)
        {
            if (position < 0 || position >= text.Length)
            {
                return false;
            }

            Rune.DecodeFromUtf16(text[position..], out Rune rune, out _);
            return CodePointClass.IsWord(rune.Value);
        }
    }
}
