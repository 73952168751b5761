using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Tensors;

public sealed class PromotionTests
{
    // torch.promote_types, row by row: u8 i8 i16 i32 i64 f16 f32 f64 bool bf16.
    private static readonly ScalarType[] Types =
    [
        ScalarType.Byte, ScalarType.Int8, ScalarType.Int16, ScalarType.Int32, ScalarType.Int64, ScalarType.Float16, ScalarType.Float32, ScalarType.Float64, ScalarType.Bool, ScalarType.BFloat16,
    ];

    private static readonly string[] Table =
    [
        "u1 i2 i2 i4 i8 f2 f4 f8 u1 bf",
        "i2 i1 i2 i4 i8 f2 f4 f8 i1 bf",
        "i2 i2 i2 i4 i8 f2 f4 f8 i2 bf",
        "i4 i4 i4 i4 i8 f2 f4 f8 i4 bf",
        "i8 i8 i8 i8 i8 f2 f4 f8 i8 bf",
        "f2 f2 f2 f2 f2 f2 f4 f8 f2 f4",
        "f4 f4 f4 f4 f4 f4 f4 f8 f4 f4",
        "f8 f8 f8 f8 f8 f8 f8 f8 f8 f8",
        "u1 i1 i2 i4 i8 f2 f4 f8 b1 bf",
        "bf bf bf bf bf f4 f4 f8 bf bf",
    ];

    private static readonly Dictionary<string, ScalarType> Names = new()
    {
        ["u1"] = ScalarType.Byte, ["i1"] = ScalarType.Int8, ["i2"] = ScalarType.Int16, ["i4"] = ScalarType.Int32, ["i8"] = ScalarType.Int64,
        ["f2"] = ScalarType.Float16, ["f4"] = ScalarType.Float32, ["f8"] = ScalarType.Float64, ["b1"] = ScalarType.Bool, ["bf"] = ScalarType.BFloat16,
    };

    [Test]
    public void Two_tensors_promote_as_torch_documents()
    {
        using DisposeScope scope = NewDisposeScope();
        for (int i = 0; i < Types.Length; i++)
        {
            string[] row = Table[i].Split(' ');
            for (int j = 0; j < Types.Length; j++)
            {
                promote_types(Types[i], Types[j]).Should().Be(Names[row[j]], $"{Types[i]} with {Types[j]}");
                (ones([2], Types[i]) + ones([2], Types[j])).dtype.Should().Be(Names[row[j]]);
            }
        }
    }

    [Test]
    public void Numbers_and_zero_dim_tensors_decide_only_across_categories()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor ints = ones([2], ScalarType.Int32), floats = ones([2], ScalarType.Float32), halves = ones([2], ScalarType.Float16), flags = ones([2], ScalarType.Bool);
        (ints + 1L).dtype.Should().Be(ScalarType.Int32);
        (ints + 1.5).dtype.Should().Be(ScalarType.Float32);
        (floats * 2.0).dtype.Should().Be(ScalarType.Float32);
        (halves * 2.0).dtype.Should().Be(ScalarType.Float16);
        (flags + 1).dtype.Should().Be(ScalarType.Int64);
        (flags * 0.5).dtype.Should().Be(ScalarType.Float32);
        (floats + tensor(1.0)).dtype.Should().Be(ScalarType.Float32);
        (ints + tensor(1.0)).dtype.Should().Be(ScalarType.Float64);
        (tensor(1L) + 1.5).dtype.Should().Be(ScalarType.Float32);
        ints.exp().dtype.Should().Be(ScalarType.Float32);
        Action narrow = () => ints.add_(1.5);
        narrow.Should().Throw<System.Runtime.InteropServices.ExternalException>().WithMessage("add_*Float32*Int32*");
    }

    [Test]
    public void Conversions_cut_wrap_and_round()
    {
        using DisposeScope scope = NewDisposeScope();
        Samples.Values(tensor(new[] { 2.9f, -2.9f, 300f }).to_type(ScalarType.Int32)).Should().Equal(2, -2, 300);
        Samples.Values(tensor(new[] { 300, -1 }).to_type(ScalarType.Byte)).Should().Equal(44, 255);
        Samples.Values(tensor(new[] { 0.5f, 0f, float.NaN }).to_type(ScalarType.Bool)).Should().Equal(1, 0, 1);
        Samples.Values(tensor(new[] { 1f + 1f / 256, 1f + 3f / 256, 3.4e38f }).bfloat16()).Should().Equal(1, 1 + 4.0 / 256, double.PositiveInfinity);
        Samples.Values(tensor(new[] { 65504f, 65520f, 1e-8f }).half()).Should().Equal(65504, double.PositiveInfinity, 0);
        tensor(new[] { 1.5 }).@long().item<long>().Should().Be(1);
        Action wrong = () => tensor(1.5f).item<double>();
        wrong.Should().Throw<ArgumentException>().WithMessage("*Float32*Double*");
    }
}
