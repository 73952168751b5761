namespace TorchSharp;

/// <summary>An equation of einsum with every dimension of every operand given a label.</summary>
internal sealed record EinsumEquation(int[][] Inputs, int[] Output, Dictionary<int, long> Sizes)
{
    public static EinsumEquation Parse(string equation, long[][] shapes)
    {
        string text = equation.Replace(" ", "", StringComparison.Ordinal);
        int arrow = text.IndexOf("->", StringComparison.Ordinal);
        string[] terms = (arrow < 0 ? text : text[..arrow]).Split(',');
        if (terms.Length != shapes.Length)
            throw Error(equation, $"it has {terms.Length} operands, but {shapes.Length} tensors were given");

        int widest = 0;
        for (int i = 0; i < terms.Length; i++)
            if (terms[i].Contains("...", StringComparison.Ordinal)) widest = Math.Max(widest, shapes[i].Length - (terms[i].Length - 3));

        var inputs = new int[terms.Length][];
        var sizes = new Dictionary<int, long>();
        for (int i = 0; i < terms.Length; i++)
        {
            inputs[i] = Labels(equation, terms[i], terms[i].Contains("...", StringComparison.Ordinal) ? shapes[i].Length - (terms[i].Length - 3) : 0);
            if (inputs[i].Length != shapes[i].Length)
                throw Error(equation, $"the term '{terms[i]}' has {inputs[i].Length} subscripts, but operand {i} has shape {Shapes.Text(shapes[i])}");
            for (int d = 0; d < inputs[i].Length; d++)
            {
                int label = inputs[i][d];
                long size = shapes[i][d];
                if (!sizes.TryGetValue(label, out long known) || known == 1) sizes[label] = size;
                else if (size != known && size != 1)
                    throw Error(equation, $"operand {i} of shape {Shapes.Text(shapes[i])} has size {size} for subscript '{Name(label)}', which has size {known} before");
            }
        }

        int[] output;
        if (arrow >= 0)
        {
            string term = text[(arrow + 2)..];
            output = Labels(equation, term, widest);
            if (output.Distinct().Count() != output.Length) throw Error(equation, $"a subscript appears more than once in the output '{term}'");
            foreach (int label in output)
                if (!sizes.ContainsKey(label)) throw Error(equation, $"the output subscript '{Name(label)}' does not appear in any input");
        }
        else
        {
            IEnumerable<int> all = inputs.SelectMany(x => x);
            output = [.. Enumerable.Range(-widest, widest), .. all.Where(l => l > 0).GroupBy(l => l).Where(g => g.Count() == 1).Select(g => g.Key).Order()];
        }

        return new EinsumEquation(inputs, output, sizes);
    }

    // Letters are their own labels; dimensions under an ellipsis are numbered from the right: -1, -2 …
    private static int[] Labels(string equation, string term, int ellipsis)
    {
        var labels = new List<int>();
        int dots = term.IndexOf("...", StringComparison.Ordinal);
        for (int i = 0; i < term.Length; i++)
        {
            if (i == dots)
            {
                for (int k = ellipsis; k > 0; k--) labels.Add(-k);
                i += 2;
            }
            else if (char.IsAsciiLetter(term[i]))
            {
                labels.Add(term[i]);
            }
            else
            {
                throw Error(equation, $"'{term[i]}' is not a subscript: expected letters, an ellipsis, commas and '->'");
            }
        }

        return labels.ToArray();
    }

    private static string Name(int label) => label < 0 ? "..." : ((char)label).ToString();

    private static TorchException Error(string equation, string message) => new("einsum", $"equation '{equation}': {message}");
}
