using System.Globalization;
using System.Numerics;
using CircuitSpecs.Models;
using CircuitSpecs.Models.Checkpoints.PyTorch;

namespace CircuitSpecs.Tests.Models.Checkpoints.PyTorch;

[TestFixture]
public sealed class UnpicklerTests
{
    private const string PlainValues = "None, True, False, 0, -1, 255, 65535, -2147483648, 1099511627776, 1180591620717411303424, -1180591620717411303424, 1.5, 'é一', "
        + "(), (1), (1, 2), (1, 2, 3), (1, 2, 3, 4), [], [1], [1, 2], {}, {'a': 1}, {'a': 1, 'b': 2}";

    // pickle.dumps of Python 3.11 for a list of these values, one list a protocol.
    [TestCase("5d7100284e4930310a4930300a4b004affffffff4bff4dffff4a000000804c313039393531313632373737364c0a4c313138303539313632303731373431313330333432344c0a4c2d313138303539313632303731373431313330333432344c0a473ff80000000000005805000000c3a9e4b880710129284b01747102284b014b02747103284b014b024b03747104284b014b024b034b047471055d71065d71074b01615d7108284b014b02657d71097d710a580100000061710b4b01737d710c28680b4b01580100000062710d4b0275652e", "")]
    [TestCase("80025d7100284e88894b004affffffff4bff4dffff4a000000808a060000000000018a090000000000000000408a090000000000000000c0473ff80000000000005805000000c3a9e4b8807101294b018571024b014b028671034b014b024b03877104284b014b024b034b047471055d71065d71074b01615d7108284b014b02657d71097d710a580100000061710b4b01737d710c28680b4b01580100000062710d4b0275652e", "")]
    [TestCase("80035d7100284e88894b004affffffff4bff4dffff4a000000808a060000000000018a090000000000000000408a090000000000000000c0473ff80000000000005805000000c3a9e4b8807101294b018571024b014b028671034b014b024b03877104284b014b024b034b047471055d71065d71074b01615d7108284b014b02657d71097d710a580100000061710b4b01737d710c28680b4b01580100000062710d4b0275430200ff710e4303787878710f652e", ", 00FF, 787878")]
    [TestCase("800495a4000000000000005d94284e88894b004affffffff4bff4dffff4a000000808a060000000000018a090000000000000000408a090000000000000000c0473ff80000000000008c05c3a9e4b88094294b0185944b014b0286944b014b024b038794284b014b024b034b0474945d945d944b01615d94284b014b02657d947d948c0161944b01737d9428680b4b018c0162944b0275430200ff944303787878948f94284b0390284b049194652e", ", 00FF, 787878, [3], (4)")]
    [TestCase("800595b0000000000000005d94284e88894b004affffffff4bff4dffff4a000000808a060000000000018a090000000000000000408a090000000000000000c0473ff80000000000008c05c3a9e4b88094294b0185944b014b0286944b014b024b038794284b014b024b034b0474945d945d944b01615d94284b014b02657d947d948c0161944b01737d9428680b4b018c0162944b0275430200ff944303787878948f94284b0390284b0491949602000000000000006162" + "94652e", ", 00FF, 787878, [3], (4), 6162")]
    public void What_Python_writes_is_read(string hex, string more) => Described(Read(Convert.FromHexString(hex))).Should().Be($"[{PlainValues}{more}]");

    [Test]
    public void A_reference_to_an_earlier_value_is_that_very_value()
    {
        var list = (List<object?>)Read(PickleWriter.Of(list => list.Op(']').Op((byte)'q', 7).Op('(').Op((byte)'h', 7).Op((byte)'h', 7).Op('e')))!;
        list.Should().HaveCount(2);
        list[0].Should().BeSameAs(list);
    }

    [TestCase("os", "system")]
    [TestCase("builtins", "eval")]
    [TestCase("torch", "load")]
    [TestCase("torch._utils", "os.system")]
    [TestCase("torch.jit", "FloatStorage")]
    public void A_name_that_weights_do_not_need_is_refused_however_it_is_referred_to(string module, string name)
    {
        Action<PickleWriter>[] ways =
        [
            pickle => pickle.Global(module, name),
            pickle => pickle.Global(module, name).Tuple(arguments => arguments.Text("x")).Op('R'),
            pickle => pickle.Text(module).Text(name).Op(0x93),
            pickle => pickle.Op('(').Text("x").Op('i').Line(module).Line(name),
            pickle => pickle.Op('(').Global(module, name).Text("x").Op('o'),
            pickle => pickle.Global(module, name).Op(')').Op(0x81),
            pickle => pickle.Global(module, name).Op(')').Op('}').Op(0x92),
        ];
        foreach (Action<PickleWriter> way in ways)
        {
            Refusal(PickleWriter.Of(way)).Should().Contain($"'{module}.{name}'").And.Contain("nothing was imported or run");
        }
    }

    [TestCase("80024e8200", "EXT1")]
    [TestCase("80024e97", "NEXTBUFFER")]
    [TestCase("80024eff", "0xFF is no operation")]
    [TestCase("80062e", "protocol is 6")]
    [TestCase("80024e4e2e", "values left on its stack")]
    [TestCase("80022e", "stack underflow")]
    [TestCase("8002284e302e", "stack underflow")]
    [TestCase("80024e28302e", "stack underflow")]
    [TestCase("80024e652e", "mark missing")]
    [TestCase("800268052e", "memo missing")]
    [TestCase("80024e612e", "stack underflow")]
    [TestCase("80024e4e612e", "appended to None, expected a list")]
    [TestCase("80024e4e4e732e", "entries are set in None, expected a dictionary")]
    [TestCase("80027d284e752e", "a key without a value")]
    [TestCase("80024e4e522e", "None is called with None")]
    [TestCase("80024e4e622e", "None gets None as its state")]
    [TestCase("80024e512e", "a persistent id is None, expected a storage")]
    [TestCase("8002580400008061", "a length of 2147483652 bytes is claimed, 1 are left")]
    [TestCase("80028dffffffffffffffff61", "bytes is claimed, 1 are left")]
    [TestCase("80025801000000ff2e", "not UTF-8")]
    [TestCase("8002497879", "ends in the middle")]
    [TestCase("80024978790a2e", "'xy' is no whole number")]
    [TestCase("80024678790a2e", "'xy' is no floating-point number")]
    [TestCase("80046378ff0a", "a line of ASCII text holds byte 0xFF")]
    [TestCase("50780a2e", "the persistent id 'x' is a text")]
    public void A_malformed_pickle_is_refused_with_the_reason(string hex, string expected) => Refusal(Convert.FromHexString(hex)).Should().Contain(expected).And.MatchRegex(@"byte \d+: ");

    [Test]
    public void Every_truncation_of_a_pickle_is_refused()
    {
        byte[] whole = PickleWriter.Of(root => root.Dictionary(entries => entries.Text("w").Vector("0", 3).Text("v").Tensor("1", "LongStorage", 12, 1, [2, 3], [1, 4])));
        Described(Read(whole)).Should().Be("{'w': tensor, 'v': tensor}");
        for (int length = 0; length < whole.Length; length++)
        {
            Refusal(whole[..length]).Should().MatchRegex("ends in the middle|is claimed", "of {0} bytes only {1} are left", whole.Length, length);
        }
    }

    [Test]
    public void Nesting_beyond_any_stack_is_read_as_data()
    {
        object? value = Read(PickleWriter.Of(pickle => pickle.Op('N').Op([.. Enumerable.Repeat((byte)0x85, 1_000_000)])));
        int depth = 0;
        while (value is object?[] { Length: 1 } tuple)
        {
            (value, depth) = (tuple[0], depth + 1);
        }

        depth.Should().Be(1_000_000);
    }

    // Each of these lets one byte of the file make an object.
    [TestCase(']')]
    [TestCase('}')]
    [TestCase('(')]
    [TestCase('N')]
    [TestCase('\u0094')]
    [TestCase('\u008F')]
    public void A_file_of_one_operation_cannot_fill_the_memory(char operation)
    {
        byte[] flood = PickleWriter.Raw(pickle => pickle.Op(0x80, 4, (byte)'N').Op([.. Enumerable.Repeat((byte)operation, 3_000_000)]));
        long before = GC.GetAllocatedBytesForCurrentThread();
        Refusal(flood).Should().Contain("more than 2000000 operations");
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(100L * flood.Length);
    }

    [Test]
    public void A_text_number_of_many_digits_is_refused_before_it_is_computed() =>
        Refusal(PickleWriter.Of(pickle => pickle.Op('L').Line(new string('7', 5000)))).Should().Contain("4300 digits");

    [Test]
    public void What_a_message_repeats_from_a_file_is_short_and_harmless() =>
        Refusal(PickleWriter.Of(pickle => pickle.Text($"os\u001b[31m{new string('x', 10_000)}").Text("system").Op(0x93))).Should().Contain("'os\\u001B[31mxxx").And.Subject.Length.Should().BeLessThan(400);

    private static object? Read(byte[] pickle) => new Unpickler(new PickleInput("file", "a pickle", new MemoryStream(pickle))).Read();

    private static string Refusal(byte[] pickle)
    {
        Action read = () => Read(pickle);
        return read.Should().Throw<ModelLoadException>().Which.Message;
    }

    // Python's repr, nearly.
    private static string Described(object? value) => value switch
    {
        null => "None",
        string text => $"'{text}'",
        byte[] bytes => Convert.ToHexString(bytes),
        TensorView => "tensor",
        object?[] tuple => $"({string.Join(", ", tuple.Select(Described))})",
        PickledDictionary dictionary => $"{{{string.Join(", ", dictionary.Entries.Select(entry => $"{Described(entry.Key)}: {Described(entry.Value)}"))}}}",
        List<object?> list => $"[{string.Join(", ", list.Select(Described))}]",
        bool or long or BigInteger or double => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        _ => throw new NotSupportedException($"{value.GetType()}"),
    };
}
