using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Kernels;

/// <summary>Products whose right operand is packed once and kept: right, the same bits every time, and never out of date.</summary>
public sealed class PackedProductTests
{
    private static readonly ScalarType[] Types = [ScalarType.Float32, ScalarType.Float64, ScalarType.Int64, ScalarType.Int32, ScalarType.Int16, ScalarType.Int8, ScalarType.Byte, ScalarType.Float16, ScalarType.BFloat16];

    [Test]
    public void Every_number_of_rows_gives_what_loops_give()
    {
        using DisposeScope scope = NewDisposeScope();
        var random = new Random(11);
        Tensor b = Samples.Of(random, [131, 149], ScalarType.Float32).contiguous();
        double[] values = Samples.Values(b);
        for (int m = 1; m <= 40; m++)
        {
            Tensor a = Samples.Of(random, [m, 131], ScalarType.Float32);
            Samples.ShouldBe(a.mm(b), [m, 149], Naive(Samples.Values(a), values, m, 131, 149), 1e-4, $"{m} rows");
        }
    }

    [Test]
    public void Every_type_and_layout_gives_what_loops_give_at_every_call([ValueSource(nameof(Types))] ScalarType type)
    {
        using DisposeScope scope = NewDisposeScope();
        var random = new Random(12);
        bool floating = type is ScalarType.Float32 or ScalarType.Float64 or ScalarType.Float16 or ScalarType.BFloat16;
        int[][] shapes = [[1, 300, 77], [15, 257, 96], [23, 130, 129], [65, 513, 33], [200, 90, 200]];
        foreach (int[] shape in shapes)
        {
            (int m, int k, int n) = (shape[0], shape[1], shape[2]);
            Tensor[] right =
            [
                Samples.Of(random, [k, n], type, 0, 2), Samples.Of(random, [n, k], type, 0, 2).contiguous().t(),
                Samples.Of(random, [k, n + 9], type, 0, 2).contiguous().narrow(1, 5, n), Samples.Of(random, [2 * k, n], type, 0, 2).contiguous().slice(0, 0, 2 * k, 2),
            ];
            Tensor[] left = [Samples.Of(random, [m, k], type, 0, 2), Samples.Of(random, [k, m], type, 0, 2).contiguous().t()];
            foreach (Tensor a in left)
            {
                foreach (Tensor b in right)
                {
                    double[] expected = Naive(Samples.Values(a), Samples.Values(b), m, k, n);
                    if (!floating) expected = [.. expected.Select(v => Wrapped(v, type))];
                    double tolerance = type switch { ScalarType.BFloat16 => 1e-2, ScalarType.Float16 => 2e-3, ScalarType.Float32 => 1e-5, ScalarType.Float64 => 1e-12, _ => 0 };
                    byte[]? first = null;
                    for (int call = 0; call < 4; call++)
                    {
                        Tensor c = a.matmul(b);
                        Samples.ShouldBe(c, [m, n], expected, tolerance, $"{type} {m}×{k}×{n}, call {call}");
                        first ??= c.bytes.ToArray();
                        c.bytes.SequenceEqual(first).Should().BeTrue("the bits are the same whether the operand is packed or not");
                    }
                }
            }
        }
    }

    [Test]
    public void A_row_of_a_product_has_the_same_bits_however_many_rows_there_are()
    {
        using DisposeScope scope = NewDisposeScope();
        using var g = new Generator(5);
        Tensor a = randn([400, 600], generator: g), b = randn([600, 300], generator: g);
        byte[] whole = a.mm(b).bytes.ToArray();
        foreach (int rows in new[] { 1, 2, 3, 7, 12, 13, 64, 193 })
        {
            a.narrow(0, 5, rows).mm(b).bytes.SequenceEqual(whole.AsSpan(5 * 300 * 4, rows * 300 * 4)).Should().BeTrue($"{rows} rows");
        }
    }

    [Test]
    public void A_write_of_any_kind_is_seen_by_the_next_product()
    {
        (string Name, Action<Tensor> Write)[] writes =
        [
            ("mul_", w => w.mul_(2)), ("index", w => w[3, 4] = torch.tensor(50f)), ("fill_", w => w.fill_(1)), ("copy_", w => w.copy_(ones_like(w))),
            ("a view", w => w.t()[1].add_(7)), ("data", w => w.data<float>()[2, 3] = 9), ("bytes", w => w.bytes.Clear()), ("zero_", w => w.narrow(0, 0, 9).zero_()),
            ("masked_fill_", w => w.masked_fill_(w.gt(0), 3)), ("index_put_", w => w.index_put_(torch.tensor(4f), TensorIndex.Tensor(torch.tensor(new long[] { 5 })))),
        ];
        foreach ((string name, Action<Tensor> write) in writes)
        {
            using DisposeScope scope = NewDisposeScope();
            using var g = new Generator(6);
            Tensor a = randn([20, 140], generator: g), w = randn([140, 150], generator: g);
            for (int round = 0; round < 3; round++)
            {
                for (int call = 0; call < 4; call++) a.mm(w).Dispose();
                write(w);
                Samples.ShouldBe(a.mm(w), [20, 150], Naive(Samples.Values(a), Samples.Values(w), 20, 140, 150), 1e-4, $"{name}, round {round}");
            }
        }
    }

    [Test]
    public void A_new_tensor_in_the_memory_of_a_disposed_one_has_its_own_packed_form()
    {
        using DisposeScope scope = NewDisposeScope();
        using var g = new Generator(7);
        Tensor a = randn([16, 200], generator: g);
        for (int i = 0; i < 5; i++)
        {
            using Tensor w = randn([200, 160], generator: g);
            for (int call = 0; call < 3; call++) Samples.ShouldBe(a.mm(w), [16, 160], Naive(Samples.Values(a), Samples.Values(w), 16, 200, 160), 1e-4);
        }
    }

    [Test]
    public void Packed_products_have_the_same_bits_for_any_number_of_threads()
    {
        using DisposeScope scope = NewDisposeScope();
        int before = get_num_threads();
        try
        {
            using var g = new Generator(8);
            Tensor a = randn([150, 700], generator: g), few = randn([9, 700], generator: g), w = randn([900, 700], generator: g).t();
            byte[][] bits = Array.ConvertAll(new[] { 1, 2, 7, 1 }, threads =>
            {
                set_num_threads(threads);
                return (byte[])[.. a.mm(w).bytes, .. few.mm(w).bytes];
            });
            foreach (byte[] each in bits) each.Should().Equal(bits[0]);
        }
        finally
        {
            set_num_threads(before);
        }
    }

    [Test]
    public void Several_threads_may_use_one_weight_at_once()
    {
        using DisposeScope scope = NewDisposeScope();
        using var g = new Generator(9);
        Tensor a = randn([10, 256], generator: g), w = randn([256, 512], generator: g);
        byte[] expected = a.mm(w).bytes.ToArray();
        Parallel.For(0, 40, _ =>
        {
            using Tensor c = a.mm(w);
            c.bytes.SequenceEqual(expected).Should().BeTrue();
        });
    }

    private static double[] Naive(double[] a, double[] b, int m, int k, int n)
    {
        var c = new double[m * n];
        for (int i = 0; i < m; i++)
            for (int x = 0; x < k; x++)
                for (int j = 0; j < n; j++) c[(i * n) + j] += a[(i * k) + x] * b[(x * n) + j];
        return c;
    }

    private static double Wrapped(double value, ScalarType type) => type switch
    {
        ScalarType.Int16 => unchecked((short)(long)value),
        ScalarType.Int8 => unchecked((sbyte)(long)value),
        ScalarType.Byte => unchecked((byte)(long)value),
        _ => value,
    };
}
