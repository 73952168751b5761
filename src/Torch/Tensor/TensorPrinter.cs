using System.Globalization;
using System.Numerics;
using System.Text;
using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>
/// Writes a tensor out as TorchSharp does, to the character: Julia's tables under a line of metadata, numpy's brackets,
/// or C#'s braces.
/// </summary>
internal sealed class TensorPrinter(string format, int width, CultureInfo culture, string newLine)
{
    private const string Ellipsis = "...";

    /// <summary>Two dimensions a table, as many columns as the line holds; the rest of the dimensions count the tables.</summary>
    public string Julia(Tensor t, string metadata)
    {
        var text = new StringBuilder(metadata);
        switch (t._sizes.Length)
        {
            case 0:
                text.Append(", value = ").Append(Element(t));
                break;
            case 1:
                text.Append(newLine);
                List<string> row = Row(t);
                Line(text, row, [.. row.Select(c => c.Length)], row.Count < t._sizes[0]);
                break;
            case 2:
                text.Append(newLine);
                Table(text, t);
                break;
            default:
                Tables(text, t, []);
                break;
        }

        return text.ToString();
    }

    public string Numpy(Tensor t)
    {
        var text = new StringBuilder();
        Brackets(text, t, t._sizes.Length, indented: true);
        return text.ToString();
    }

    public string CSharp(Tensor t, string metadata)
    {
        int rank = t._sizes.Length;
        var text = new StringBuilder(metadata).Append(", value = ");
        if (rank == 0) return text.Append(Element(t)).ToString();
        (string type, string suffix) = t._dtype switch
        {
            ScalarType.Bool => ("bool", ""),
            ScalarType.Byte => ("byte", ""),
            ScalarType.Int8 => ("sbyte", ""),
            ScalarType.Int16 => ("short", ""),
            ScalarType.Int32 => ("int", ""),
            ScalarType.Int64 => ("long", "L"),
            ScalarType.Float32 => ("float", "f"),
            ScalarType.Float64 => ("double", ""),
            ScalarType.BFloat16 => ("bfloat16", "f"),
            ScalarType.Float16 => ("float16", "f"),
            ScalarType.ComplexFloat32 => ("complex32", ""),
            ScalarType.ComplexFloat64 => ("complex64", ""),
            _ => throw Dtypes.Unsupported(t._dtype),
        };
        string around = rank > 1 ? newLine : "";
        text.Append(around).Append(type).Append(" [").Append(',', rank - 1).Append("] {").Append(around);
        if (rank > 1) text.Append(' ');
        BracesWithin(text, t, rank, suffix);
        return text.Append(around).Append('}').ToString();
    }

    private void Tables(StringBuilder text, Tensor t, long[] indices)
    {
        for (long i = 0; i < t._sizes[0]; i++)
        {
            long[] at = [.. indices, i];
            using Tensor part = t.SelectUntracked(0, i);
            if (part._sizes.Length > 2)
            {
                Tables(text, part, at);
                continue;
            }

            text.Append(newLine).Append('[').AppendJoin(',', at).Append(",..,..] =").Append(newLine);
            Table(text, part);
        }
    }

    private void Table(StringBuilder text, Tensor t)
    {
        var rows = new List<List<string>>();
        for (long i = 0; i < t._sizes[0]; i++)
        {
            using Tensor part = t.SelectUntracked(0, i);
            rows.Add(Row(part));
        }

        if (rows.Count == 0) return;
        int columns = rows.Min(r => r.Count);
        var space = new int[columns];
        foreach (List<string> row in rows)
            for (int j = 0; j < columns; j++) space[j] = Math.Max(space[j], row[j].Length);
        foreach (List<string> row in rows) Line(text, row, space, columns < t._sizes[1]);
    }

    /// <summary>The elements that fit into the line beside an ellipsis.</summary>
    private List<string> Row(Tensor t)
    {
        var row = new List<string>();
        int left = width;
        for (long i = 0; i < t._sizes[0]; i++)
        {
            using Tensor part = t.SelectUntracked(0, i);
            string cell = Element(part);
            if (left - cell.Length - Ellipsis.Length - 1 < 0) break;
            row.Add(cell);
            left -= cell.Length + 1;
        }

        return row;
    }

    private void Line(StringBuilder text, List<string> row, int[] space, bool cut)
    {
        for (int j = 0; j < space.Length; j++) text.Append(' ').Append(row[j].PadLeft(space[j]));
        if (cut) text.Append(' ').Append(Ellipsis);
        text.Append(newLine);
    }

    private void Brackets(StringBuilder text, Tensor t, int rank, bool indented)
    {
        int own = t._sizes.Length;
        if (indented) text.Append(' ', rank - own);
        if (own == 0)
        {
            text.Append(Element(t));
            return;
        }

        text.Append('[');
        if (own == 1)
        {
            List(text, t, "");
        }
        else
        {
            Parts(
                t,
                part => Brackets(text, part.Tensor, rank, indented: !part.IsFirst),
                () => AppendTimes(text, own - 1),
                () => text.Append(' ', rank - own).Append(' ').Append(Ellipsis));
        }

        text.Append(']');
    }

    private void BracesWithin(StringBuilder text, Tensor t, int rank, string suffix)
    {
        int own = t._sizes.Length;
        if (own == 1)
        {
            List(text, t, suffix);
            return;
        }

        bool cut = false;
        Parts(
            t,
            part =>
            {
                if (!part.IsFirst) text.Append(' ', rank - own + 1);
                text.Append('{');
                BracesWithin(text, part.Tensor, rank, suffix);
                text.Append('}');
            },
            () =>
            {
                if (!cut) text.Append(',');
                cut = false;
                text.Append(newLine);
            },
            () =>
            {
                text.Append(' ', rank - own).Append(' ').Append(Ellipsis);
                cut = true;
            });
    }

    /// <summary>The parts along the first dimension, without the middle of many, and what stands between them.</summary>
    private static void Parts(Tensor t, Action<(Tensor Tensor, bool IsFirst)> write, Action between, Action leftOut)
    {
        long n = t._sizes[0];
        (long head, long tail) = n <= PrintOptions.MaxRows ? (n, n) : (PrintOptions.MaxRows - PrintOptions.MaxRows / 2, n - PrintOptions.MaxRows / 2);
        for (long i = 0; i < n; i++)
        {
            if (i > 0) between();
            if (i == head && head < tail)
            {
                leftOut();
                i = tail - 1;
                continue;
            }

            using Tensor part = t.SelectUntracked(0, i);
            write((part, i == 0));
        }
    }

    private void List(StringBuilder text, Tensor t, string suffix)
    {
        long n = t._sizes[0];
        (long head, long tail) = n <= PrintOptions.MaxColumns ? (n, n) : (PrintOptions.MaxColumns - PrintOptions.MaxColumns / 2, n - PrintOptions.MaxColumns / 2);
        for (long i = 0; i < n; i++)
        {
            if (i == head && head < tail)
            {
                text.Append(Ellipsis).Append(' ');
                i = tail;
            }

            using Tensor part = t.SelectUntracked(0, i);
            text.Append(Element(part)).Append(suffix);
            if (i < n - 1) text.Append(", ");
        }
    }

    private void AppendTimes(StringBuilder text, int times)
    {
        for (int i = 0; i < times; i++) text.Append(newLine);
    }

    private string Element(Tensor t)
    {
        Scalar value = t.ToScalar();
        return t._dtype switch
        {
            ScalarType.Bool => (value.Integer != 0).ToString(),
            ScalarType.Float16 or ScalarType.BFloat16 or ScalarType.Float32 => ((float)value.Real).ToString(format, culture),
            ScalarType.Float64 => value.Real.ToString(format, culture),
            ScalarType.ComplexFloat32 => Complex(value.Complex, x => ((float)x).ToString(format, culture)),
            ScalarType.ComplexFloat64 => Complex(value.Complex, x => x.ToString(format, culture)),
            _ => value.Integer.ToString(CultureInfo.CurrentCulture),
        };
    }

    private static string Complex(Complex value, Func<double, string> part) => (value.Real, value.Imaginary) switch
    {
        (_, 0) => part(value.Real),
        (0, _) => part(value.Imaginary) + "i",
        _ => part(value.Real) + "+" + part(value.Imaginary) + "i",
    };
}
