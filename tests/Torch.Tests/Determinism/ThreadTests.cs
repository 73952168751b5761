using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Determinism;

/// <summary>The same bits whatever the number of threads, and run after run.</summary>
[NonParallelizable]
public sealed class ThreadTests
{
    [Test]
    public void Results_are_the_same_bits_for_one_two_and_seven_threads()
    {
        int before = get_num_threads();
        try
        {
            Dictionary<string, byte[][]>? first = null;
            foreach (int threads in new[] { 1, 2, 7, 7 })
            {
                set_num_threads(threads);
                Dictionary<string, byte[][]> bits = Workload.Run().ToDictionary(w => w.Name, w => Array.ConvertAll(w.Results, r => r.bytes.ToArray()));
                first ??= bits;
                foreach ((string name, byte[][] results) in bits)
                    for (int i = 0; i < results.Length; i++)
                        if (!results[i].AsSpan().SequenceEqual(first[name][i])) Assert.Fail($"{name}, result {i}: other bits with {threads} threads than with one");
            }

            first!.Count.Should().BeGreaterThan(25);
        }
        finally
        {
            set_num_threads(before);
        }
    }

    [Test]
    public void A_row_of_a_batch_is_what_it_is_alone()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = Workload.Numbers(1, 37, 129);
        (string Name, Func<Tensor, Tensor> Call)[] calls =
        [
            ("softmax", t => t.softmax(-1)), ("layer_norm", t => nn.functional.layer_norm(t, [129])), ("gelu", t => t.gelu()), ("exp", t => t.exp()), ("tanh", t => t.tanh()), ("sum", t => t.sum(1L)), ("var", t => t.var(1L)),
        ];
        foreach ((string name, Func<Tensor, Tensor> call) in calls)
        {
            Tensor whole = call(x);
            for (int row = 0; row < 37; row++)
            {
                Tensor alone = call(x[row..(row + 1)].clone());
                whole[row..(row + 1)].contiguous().bytes.SequenceEqual(alone.contiguous().bytes).Should().BeTrue($"row {row} of {name}");
            }
        }
    }
}
