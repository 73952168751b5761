namespace CircuitSpecs.Models.Compiled;

/// <summary>
/// The weights of one head, written entry by entry: residual dimensions are read into columns of queries, keys and values, and columns are written back.
/// A score is the product of query and key over all columns, undivided.
/// </summary>
internal sealed class CompiledHead(CompiledParameters parameters, int layer, int head)
{
    /// <summary>Adds a weight from a residual dimension to a column of the queries.</summary>
    public CompiledHead Query(int dimension, int column, float weight) => Add("W_Q", dimension, column, weight);

    /// <summary>Adds a constant to a column of the queries.</summary>
    public CompiledHead QueryBias(int column, float weight)
    {
        parameters.Add($"blocks.{layer}.attn.b_Q", weight, head, column);
        return this;
    }

    /// <summary>Adds a weight from a residual dimension to a column of the keys.</summary>
    public CompiledHead Key(int dimension, int column, float weight) => Add("W_K", dimension, column, weight);

    /// <summary>Adds a weight from a residual dimension to a column of the values.</summary>
    public CompiledHead Value(int dimension, int column, float weight) => Add("W_V", dimension, column, weight);

    /// <summary>Adds a weight from a column of the values to a residual dimension.</summary>
    public CompiledHead Output(int column, int dimension, float weight)
    {
        parameters.Add($"blocks.{layer}.attn.W_O", weight, head, column, dimension);
        return this;
    }

    /// <summary>Copies a subspace to another one of its size, through the first columns of the values.</summary>
    public CompiledHead Copy(Subspace from, Subspace to, float weight)
    {
        for (int index = 0; index < from.Size; index++)
        {
            Value(from[index], index, 1).Output(index, to[index], weight);
        }

        return this;
    }

    private CompiledHead Add(string matrix, int dimension, int column, float weight)
    {
        parameters.Add($"blocks.{layer}.attn.{matrix}", weight, head, dimension, column);
        return this;
    }
}
