using System.Globalization;
using System.Text;
using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>Writes a tensor out: Julia's tables under a line of metadata, numpy's brackets, or C#'s braces.</summary>
internal sealed class TensorPrinter(TensorStringStyle style, string format, int width, CultureInfo culture, string newLine)
{
    private const int Edge = 3;
    private const int MaxPerDimension = 6;

    public string Print(Tensor t, string metadata)
    {
        var text = new StringBuilder();
        if (style == TensorStringStyle.Julia)
        {
            text.Append(metadata);
            if (t.ndim == 0) return text.Append(" = ").Append(Element(t)).ToString();
            text.Append(newLine);
        }
        else if (style == TensorStringStyle.CSharp)
        {
            text.Append(metadata).Append(", value = ");
        }

        (string open, string close) = style == TensorStringStyle.CSharp ? ("{", "}") : ("[", "]");
        int cell = Cells(t).Select(c => c.Length).DefaultIfEmpty(0).Max();
        Append(text, t, open, close, indent: 1, cell);
        return text.ToString();
    }

    private void Append(StringBuilder text, Tensor t, string open, string close, int indent, int cell)
    {
        if (t._sizes.Length == 0)
        {
            text.Append(Element(t).PadLeft(cell));
            return;
        }

        text.Append(open);
        bool last = t._sizes.Length == 1;
        string separator = style == TensorStringStyle.Numpy || last ? (style == TensorStringStyle.Numpy && last ? " " : ", ") : ",";
        int column = indent;
        bool first = true;
        foreach (long i in Shown(t._sizes[0]))
        {
            if (!first) text.Append(last ? separator : style == TensorStringStyle.Numpy ? "" : ",");
            if (!first && (!last || column + cell + separator.Length > width))
            {
                text.Append(newLine).Append(' ', indent);
                column = indent;
            }

            first = false;
            if (i < 0)
            {
                text.Append("...");
                column += 3 + separator.Length;
                continue;
            }

            using Tensor part = t.SelectUntracked(0, i);
            Append(text, part, open, close, indent + 1, cell);
            column += cell + separator.Length;
        }

        text.Append(close);
    }

    private IEnumerable<string> Cells(Tensor t)
    {
        if (t._sizes.Length == 0)
        {
            yield return Element(t);
            yield break;
        }

        foreach (long i in Shown(t._sizes[0]))
        {
            if (i < 0) continue;
            using Tensor part = t.SelectUntracked(0, i);
            foreach (string cell in Cells(part)) yield return cell;
        }
    }

    // The ends of long dimensions, -1 for what is left out.
    private static IEnumerable<long> Shown(long n)
    {
        for (long i = 0; i < n; i++)
        {
            if (n > MaxPerDimension && i == Edge)
            {
                yield return -1;
                i = n - Edge;
            }

            yield return i;
        }
    }

    private string Element(Tensor t)
    {
        object value = t.tolist();
        return value switch
        {
            bool b => b ? "True" : "False",
            float f => f.ToString(format, culture),
            double d => d.ToString(format, culture),
            Half h => ((float)h).ToString(format, culture),
            BFloat16 b => ((float)b).ToString(format, culture),
            IFormattable other => other.ToString(null, culture),
            _ => value.ToString() ?? "",
        };
    }
}
