using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests;

/// <summary>The texts are those that TorchSharp 0.107 gives: its own tests expect some of these tables.</summary>
[NonParallelizable]
public sealed class PrintingTests
{
    private static readonly float[] Eight = [0.0f, 3.141f, 6.2834f, 3.14152f, 6.28e-06f, -13.141529f, 0.01f, 4713.14f];

    private static readonly CultureInfo Plain = CultureInfo.InvariantCulture;

    [Test]
    public void Without_a_style_there_is_shape_type_and_device()
    {
        zeros(2, 2).ToString().Should().Be("[2x2], type = Float32, device = cpu");
        tensor(1L).ToString().Should().Be("[], type = Int64, device = cpu");
        zeros(0, 3).metastr().Should().Be("[0x3], type = Float32, device = cpu");
        zeros(2).ToString(false).Should().Be("[2], type = Float32, device = cpu");
        Tensor gone = zeros(2);
        gone.Dispose();
        gone.ToString().Should().BeEmpty();
    }

    [Test]
    public void Numbers_alone()
    {
        tensor(3.14f).ToString(julia, cultureInfo: Plain).Should().Be("[], type = Float32, device = cpu, value = 3.14");
        tensor(3.14f).jlstr("E2", cultureInfo: Plain).Should().Be("[], type = Float32, device = cpu, value = 3.14E+000");
        tensor((3.14f, 6.28f), complex64).jlstr(cultureInfo: Plain).Should().Be("[], type = ComplexFloat32, device = cpu, value = 3.14+6.28i");
        tensor(3.14f, bfloat16).jlstr(cultureInfo: Plain).Should().Be("[], type = BFloat16, device = cpu, value = 3.1406");
        tensor(3.14f, bfloat16).npstr(cultureInfo: Plain).Should().Be("3.1406");
        tensor(3.14f, bfloat16).cstr(cultureInfo: Plain).Should().Be("[], type = BFloat16, device = cpu, value = 3.1406");
        tensor(true).npstr().Should().Be("True");
        tensor(-7L).cstr().Should().Be("[], type = Int64, device = cpu, value = -7");
    }

    [Test]
    public void Julias_tables_align_their_columns()
    {
        zeros(4).ToString(julia, cultureInfo: Plain, newLine: "|").Should().Be("[4], type = Float32, device = cpu| 0 0 0 0|");
        tensor(Eight, [2, 4]).str(cultureInfo: Plain, newLine: "|").Should().Be("[2x4], type = Float32, device = cpu|        0   3.141 6.2834 3.1415| 6.28e-06 -13.142   0.01 4713.1|");
        float[] sixteen = [.. Eight, 0.01f, 0, 0, 0, 0, 0, 0, 0];
        tensor(sixteen, [2, 2, 4]).jlstr("0.0000000", cultureInfo: Plain, newLine: "|").Should().Be(
            "[2x2x4], type = Float32, device = cpu|[0,..,..] =| 0.0000000   3.1410000 6.2834000    3.1415200| 0.0000063 -13.1415300 0.0100000 4713.1400000||"
            + "[1,..,..] =| 0.0100000 0.0000000 0.0000000 0.0000000| 0.0000000 0.0000000 0.0000000 0.0000000|");
        tensor(sixteen, [2, 1, 2, 4]).ToString(julia, cultureInfo: Plain, newLine: "|").Should().Be(
            "[2x1x2x4], type = Float32, device = cpu|[0,0,..,..] =|        0   3.141 6.2834 3.1415| 6.28e-06 -13.142   0.01 4713.1||[1,0,..,..] =| 0.01 0 0 0|    0 0 0 0|");
    }

    [Test]
    public void Julias_tables_stop_at_the_end_of_the_line()
    {
        // Each cell needs its length and three dots with a blank after it: 20 columns hold eight of one digit.
        arange(30).remainder(10).jlstr(width: 20, newLine: "|").Should().Be("[30], type = Int64, device = cpu| 0 1 2 3 4 5 6 7 ...|");
        ones([2, 30], int64).mul(tensor(new long[,] { { 1 }, { 100 } })).jlstr(width: 20, newLine: "|").Should().Be("[2x30], type = Int64, device = cpu|   1   1   1   1 ...| 100 100 100 100 ...|");
        zeros(0).jlstr(newLine: "|").Should().Be("[0], type = Float32, device = cpu||");
    }

    [Test]
    public void Numpys_brackets()
    {
        ones([100], int32).ToString(numpy).Should().Be("[1, 1, 1, ... 1, 1, 1]");
        arange(100).mul(2).add(1).ToString(numpy).Should().Be("[1, 3, 5, ... 195, 197, 199]");
        tensor(Eight, [2, 4]).ToString(numpy, cultureInfo: Plain, newLine: "|").Should().Be("[[0, 3.141, 6.2834, 3.1415]| [6.28e-06, -13.142, 0.01, 4713.1]]");
        arange(1, 10001).mul(2).add(5).reshape(100, 100).ToString(numpy, newLine: "|").Should().Be(
            "[[7, 9, 11, ... 201, 203, 205]| [207, 209, 211, ... 401, 403, 405]| [407, 409, 411, ... 601, 603, 605]| ...| [19407, 19409, 19411, ... 19601, 19603, 19605]| [19607, 19609, 19611, ... 19801, 19803, 19805]| [19807, 19809, 19811, ... 20001, 20003, 20005]]");
        float[] sixteen = [.. Eight, 0.01f, 0, 0, 0, 0, 0, 0, 0];
        tensor(sixteen, [2, 2, 4]).ToString(numpy, cultureInfo: Plain, newLine: "|").Should().Be("[[[0, 3.141, 6.2834, 3.1415]|  [6.28e-06, -13.142, 0.01, 4713.1]]|| [[0.01, 0, 0, 0]|  [0, 0, 0, 0]]]");
        arange(8).reshape(2, 2, 1, 2).ToString(numpy, newLine: "|").Should().Be("[[[[0, 1]]||  [[2, 3]]]||| [[[4, 5]]||  [[6, 7]]]]");
        zeros(0).npstr().Should().Be("[]");
        tensor(new[] { true, false }).npstr().Should().Be("[True, False]");
    }

    [Test]
    public void CSharps_braces()
    {
        zeros(4).ToString(csharp).Should().Be("[4], type = Float32, device = cpu, value = float [] {0f, 0f, 0f, 0f}");
        ones([100], int32).ToString(csharp).Should().Be("[100], type = Int32, device = cpu, value = int [] {1, 1, 1, ... 1, 1, 1}");
        zeros(4, float16).cstr().Should().Be("[4], type = Float16, device = cpu, value = float16 [] {0f, 0f, 0f, 0f}");
        zeros(2, 4).ToString(csharp, newLine: "|").Should().Be("[2x4], type = Float32, device = cpu, value = |float [,] {| {0f, 0f, 0f, 0f},| {0f, 0f, 0f, 0f}|}");
        Tensor hundreds = arange(100).mul(2).add(1).to(float32);
        hundreds.reshape(10, 10).ToString(csharp, newLine: "|").Should().Be(
            "[10x10], type = Float32, device = cpu, value = |float [,] {| {1f, 3f, 5f, ... 15f, 17f, 19f},| {21f, 23f, 25f, ... 35f, 37f, 39f},| {41f, 43f, 45f, ... 55f, 57f, 59f},| ...| {141f, 143f, 145f, ... 155f, 157f, 159f},| {161f, 163f, 165f, ... 175f, 177f, 179f},| {181f, 183f, 185f, ... 195f, 197f, 199f}|}");
        ones([2, 2, 5], int64).ToString(csharp, newLine: "|").Should().Be(
            "[2x2x5], type = Int64, device = cpu, value = |long [,,] {| {{1L, 1L, 1L, 1L, 1L},|  {1L, 1L, 1L, 1L, 1L}},| {{1L, 1L, 1L, 1L, 1L},|  {1L, 1L, 1L, 1L, 1L}}|}");
    }

    [Test]
    public void Complex_numbers()
    {
        Tensor t = complex(arange(4).to(float32), arange(4).to(float32).mul(4.86f));
        t.ToString(numpy, cultureInfo: Plain).Should().Be("[0, 1+4.86i, 2+9.72i, 3+14.58i]");
        t.jlstr(cultureInfo: Plain, newLine: "|").Should().Be("[4], type = ComplexFloat32, device = cpu| 0 1+4.86i 2+9.72i 3+14.58i|");
        tensor(new System.Numerics.Complex(0, -2)).npstr(cultureInfo: Plain).Should().Be("-2i");
        zeros([2], complex128).cstr().Should().Be("[2], type = ComplexFloat64, device = cpu, value = complex64 [] {0, 0}");
    }

    [Test]
    public void A_culture_of_ones_own_writes_its_decimal_sign()
    {
        var culture = (CultureInfo)Plain.Clone();
        culture.NumberFormat.NumberDecimalSeparator = ",";
        tensor(new[] { 1.5f }).npstr(cultureInfo: culture).Should().Be("[1,5]");
    }

    [Test]
    public void Print_writes_to_the_console_and_returns_the_tensor()
    {
        TextWriter before = Console.Out;
        using var writer = new StringWriter();
        Console.SetOut(writer);
        try
        {
            Tensor t = zeros(2, 2);
            t.print().Should().BeSameAs(t);
            writer.ToString().Should().Be(t.ToString(TorchSharp.TensorStringStyle.Default) + Environment.NewLine);
        }
        finally
        {
            Console.SetOut(before);
        }
    }

    [Test]
    public void Print_options_are_the_defaults_of_what_is_left_out()
    {
        try
        {
            set_printoptions(2, maxColumns: 2, newLine: "|");
            tensor(new[] { 1f, 2, 3, 4 }).ToString(numpy, cultureInfo: Plain).Should().Be("[1.00, ... 4.00]");
            set_printoptions(1, sci_mode: true);
            tensor(12.0f).ToString(numpy, cultureInfo: Plain).Should().Be("1.2E+001");
            set_printoptions(style: TorchSharp.TensorStringStyle.Numpy);
            zeros(1, int64).str().Should().Be("[0]");
            Action act = () => torch.TensorStringStyle = TorchSharp.TensorStringStyle.Default;
            act.Should().Throw<ArgumentException>();
        }
        finally
        {
            set_printoptions(TorchSharp.TensorStringStyle.Julia, "g5", 100, Environment.NewLine, 6, 6);
        }
    }

    [Test]
    public void Lists_hold_scalars()
    {
        ((Scalar)tensor(2.5).tolist()).Type.Should().Be(float64);
        var rows = (System.Collections.ArrayList)arange(4).reshape(2, 2).tolist();
        rows.Count.Should().Be(2);
        ((System.Collections.ArrayList)rows[1]!)[0].Should().BeOfType<Scalar>();
    }
}
