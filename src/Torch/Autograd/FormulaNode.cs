using static TorchSharp.torch;

namespace TorchSharp.Autograd;

/// <summary>An operation of any number of inputs and outputs.</summary>
internal sealed class FormulaNode : Node
{
    private readonly Formula _formula;
    private readonly SavedTensor?[] _saved;
    private readonly int[] _ranks;

    public FormulaNode(string name, ReadOnlySpan<Tensor> inputs, SavedTensor?[] saved, Formula formula)
        : base(name)
    {
        _formula = formula;
        _saved = saved;
        _ranks = new int[inputs.Length];
        for (int i = 0; i < _ranks.Length; i++) _ranks[i] = inputs[i]._sizes.Length;
        Follow(inputs);
    }

    /// <summary>A tensor that was saved.</summary>
    public Tensor this[int saved] => _saved[saved]!.Unpack(this);

    /// <summary>True if the gradient of an input is asked for.</summary>
    public bool Needs(int input) => Next[input].Node is not null;

    /// <summary>The number of dimensions of an input.</summary>
    public int Rank(int input) => _ranks[input];

    public override Tensor?[] Apply(Tensor?[] gradients) => _formula(gradients, this);

    public override void ReleaseSaved()
    {
        foreach (SavedTensor? saved in _saved) saved?.Release();
    }

    /// <summary>The saved tensor that stands for an output, once the output knows its place.</summary>
    public void Save(int slot, Tensor output, int index) => _saved[slot] = new SavedTensor(output, index);
}
