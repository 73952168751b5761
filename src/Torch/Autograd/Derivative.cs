using static TorchSharp.torch;

namespace TorchSharp.Autograd;

/// <summary>Records how a result came about, if anybody may ask for its gradient.</summary>
internal static class Derivative
{
    public static bool Wanted(Tensor x) => is_grad_enabled() && x.requires_grad;

    public static bool Wanted(Tensor x, Tensor y) => is_grad_enabled() && (x.requires_grad || y.requires_grad);

    public static bool Wanted(params ReadOnlySpan<Tensor?> inputs)
    {
        if (!is_grad_enabled()) return false;
        foreach (Tensor? t in inputs)
            if (t is not null && t.requires_grad) return true;
        return false;
    }

    /// <summary>The derivative needs neither input nor result: <c>formula(gradient)</c>.</summary>
    public static Tensor Linear(this Tensor result, string name, Tensor x, Func<Tensor, Tensor> formula)
    {
        if (!Wanted(x) || !result._dtype.IsFloat()) return result;
        var node = new UnaryNode(name, x, formula);
        return result.MadeBy(node);
    }

    /// <summary>The derivative needs the input: <c>formula(gradient, x)</c>.</summary>
    public static Tensor OfInput(this Tensor result, string name, Tensor x, Func<Tensor, Tensor, Tensor> formula)
    {
        if (!Wanted(x) || !result._dtype.IsFloat()) return result;
        var node = new UnaryNode(name, x, formula);
        node.Save(x);
        return result.MadeBy(node);
    }

    /// <summary>The derivative needs the result: <c>formula(gradient, y)</c>.</summary>
    public static Tensor OfResult(this Tensor result, string name, Tensor x, Func<Tensor, Tensor, Tensor> formula)
    {
        if (!Wanted(x) || !result._dtype.IsFloat()) return result;
        var node = new UnaryNode(name, x, formula);
        result.MadeBy(node);
        node.Save(result, output: 0);
        return result;
    }

    /// <summary>
    /// Any number of inputs. To be called after <see cref="Wanted(ReadOnlySpan{Tensor})"/> said yes: the arrays cost something.
    /// A saved tensor that is the result itself is kept as such.
    /// </summary>
    public static Tensor From(this Tensor result, string name, Tensor[] inputs, Tensor?[] saved, Formula formula)
    {
        From([result], name, inputs, saved, formula);
        return result;
    }

    /// <summary>Several results of one operation; those of integer type have no gradient.</summary>
    public static void From(Tensor[] results, string name, Tensor[] inputs, Tensor?[] saved, Formula formula)
    {
        var kept = new SavedTensor?[saved.Length];
        for (int i = 0; i < saved.Length; i++)
            if (saved[i] is { } tensor && Array.IndexOf(results, tensor) < 0) kept[i] = new SavedTensor(tensor);
        var node = new FormulaNode(name, inputs, kept, formula);
        foreach (Tensor result in results) node.AddOutput(result);
        for (int i = 0; i < results.Length; i++)
            if (results[i]._dtype.IsFloat()) results[i].SetProducer(node, i);
        for (int i = 0; i < saved.Length; i++)
        {
            int output = saved[i] is { } tensor ? Array.IndexOf(results, tensor) : -1;
            if (output >= 0) node.Save(i, saved[i]!, output);
        }
    }
}
