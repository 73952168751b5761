using System.Diagnostics;
using CircuitSpecs.Tests.Determinism;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Memory;

/// <summary>What is disposed is given back: the process does not grow however often a computation runs.</summary>
[NonParallelizable]
public sealed class ProcessMemoryTests
{
    private const long Megabyte = 1 << 20;

    [Test]
    public void A_thousand_forward_passes_do_not_grow_the_process()
    {
        using DisposeScope outer = NewDisposeScope();
        Tensor embedding = Workload.Numbers(1, 101, 64), attention = Workload.Numbers(2, 192, 64).mul(0.1), up = Workload.Numbers(3, 256, 64).mul(0.1), down = Workload.Numbers(4, 64, 256).mul(0.1);
        Tensor tokens = Workload.Places(5, 101, 4 * 32).reshape(4, 32);
        Measure(1000, () =>
        {
            Tensor x = embedding[tokens];
            for (int layer = 0; layer < 2; layer++)
            {
                Tensor[] parts = nn.functional.linear(nn.functional.layer_norm(x, [64]), attention).chunk(3, -1).Select(t => t.view(4, 32, 4, 16).transpose(1, 2)).ToArray();
                x = x + nn.functional.scaled_dot_product_attention(parts[0], parts[1], parts[2], is_casual: true).transpose(1, 2).reshape(4, 32, 64);
                x = x + nn.functional.linear(nn.functional.linear(nn.functional.layer_norm(x, [64]), up).gelu(), down);
            }

            return x.matmul(embedding.t()).log_softmax(-1).MoveToOuterDisposeScope();
        });
    }

    [Test]
    public void Two_hundred_training_steps_do_not_grow_the_process() =>
        Measure(200, () => TransformerStep.Run(1, 32, 2, 2, 20, 50)[1].MoveToOuterDisposeScope());

    [Test]
    public void A_failed_operation_leaves_nothing_behind()
    {
        Tensor x = ones(1000, 1000), y = ones(999);
        Measure(500, () =>
        {
            Action[] failures = [() => x.add(y), () => x.matmul(y), () => x.view(7), () => cat([x, y]), () => nn.functional.layer_norm(x, [7]), () => x.index_select(0, tensor(new long[] { 5000 })), () => x.softmax(3), () => x.clone().index_put_(ones(7), tensor(new long[] { 0 }))];
            foreach (Action failure in failures)
            {
                try
                {
                    failure();
                    Assert.Fail("it cannot be done");
                }
                catch (System.Runtime.InteropServices.ExternalException)
                {
                }
            }

            return tensor(1f).MoveToOuterDisposeScope();
        });
        x.Dispose();
        y.Dispose();
    }

    [Test]
    public void Large_buffers_go_back_one_after_the_other()
    {
        long before = Private();
        for (int i = 0; i < 100; i++)
        {
            using Tensor block = zeros(64 * Megabyte / 4 + i * 1000);
            using Tensor twice = block.mul(2);
        }

        (Private() - before).Should().BeLessThan(700 * Megabyte, "the pool keeps no more than 512 MiB");
    }

    private static void Measure(int runs, Func<Tensor> pass)
    {
        long live = 0, total = 0, start = 0, heap = 0;
        for (int run = 0; run < runs; run++)
        {
            if (run == runs / 5)
            {
                // By now code is compiled and pools hold what a pass needs.
                heap = GC.GetTotalMemory(forceFullCollection: true);
                start = Private();
                live = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
                total = Tensor.TotalCount;
            }

            using DisposeScope scope = NewDisposeScope();
            pass().Dispose();
        }

        DisposeScopeManager.Statistics.ThreadTotalLiveCount.Should().Be(live, "every tensor of a pass is disposed");
        Tensor.TotalCount.Should().Be(total);
        (GC.GetTotalMemory(forceFullCollection: true) - heap).Should().BeLessThan(Megabyte, "managed memory");
        (Private() - start).Should().BeLessThan(24 * Megabyte, "memory of the process");
    }

    private static long Private()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        using var process = Process.GetCurrentProcess();
        return process.PrivateMemorySize64;
    }
}
