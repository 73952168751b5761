using System.Globalization;
using System.Numerics;

namespace CircuitSpecs.Models.Checkpoints.PyTorch;

/// <summary>
/// Reads a pickle as data. It knows the operations that build lists, tuples, dictionaries and plain values, and the few names of
/// <see cref="TorchGlobal"/>; it imports nothing, calls nothing of the file's choosing, and refuses everything else by name
/// (<see href="https://docs.python.org/3/library/pickletools.html"/>). It runs in a loop, never in itself, for a bounded number of operations.
/// </summary>
/// <remarks>Tuples come out as arrays, whole numbers as <see cref="long"/> or, where they are too large, <see cref="BigInteger"/>.</remarks>
internal sealed class Unpickler
{
    private const int NewestProtocol = 5;

    // A tensor takes about 30 operations, so this is some 60,000 tensors a file. It also bounds what a small file can make of its bytes:
    // no operation allocates more than its own bytes and a hundred others.
    private const int MostOperations = 2_000_000;

    // Python's own limit: text to number takes quadratic time.
    private const int MostDigits = 4300;

    // One boxed copy for the numbers that occur in every tensor.
    private static readonly object[] SmallNumbers = [.. Enumerable.Range(0, 256).Select(number => (object)(long)number)];
    private static readonly object True = true;
    private static readonly object False = false;
    private static readonly object?[] EmptyTuple = [];

    private readonly PickleInput input;
    private readonly PickleStack stack;
    private readonly Dictionary<uint, object?> memo = [];

    /// <summary>Makes an unpickler for one pickle.</summary>
    /// <param name="input">Its bytes, from the first one on.</param>
    public Unpickler(PickleInput input)
    {
        this.input = input;
        stack = new PickleStack(input);
        Objects = new TorchObjects(input);
    }

    /// <summary>What the names of the pickle made.</summary>
    public TorchObjects Objects { get; }

    /// <summary>Reads up to the end of the pickle.</summary>
    /// <returns>The value that it holds.</returns>
    /// <exception cref="ModelLoadException">It is no pickle, is malformed, or refers to something that weights do not need.</exception>
    public object? Read()
    {
        for (int operations = 0; operations < MostOperations; operations++)
        {
            byte code = input.ReadByte();
            if (code == (byte)PickleOpcode.Stop)
            {
                object? value = stack.Pop();
                return stack.IsEmpty ? value : throw input.Error("the pickle stops with values left on its stack.");
            }

            Execute((PickleOpcode)code);
        }

        throw input.Error($"the pickle has more than {MostOperations} operations; weights do not need as many.");
    }

    private void Execute(PickleOpcode operation)
    {
        switch (operation)
        {
            case PickleOpcode.Proto:
                RequireProtocol(input.ReadByte());
                break;
            case PickleOpcode.Frame:
                input.RequireRemaining(input.ReadInt64());
                break;

            case PickleOpcode.Mark:
                stack.Mark();
                break;
            case PickleOpcode.Pop:
                stack.Pop();
                break;
            case PickleOpcode.PopMark:
                stack.PopToMark();
                break;
            case PickleOpcode.Dup:
                stack.Push(stack.Top);
                break;

            case PickleOpcode.None:
                stack.Push(null);
                break;
            case PickleOpcode.NewTrue:
                stack.Push(True);
                break;
            case PickleOpcode.NewFalse:
                stack.Push(False);
                break;
            case PickleOpcode.BinInt1:
                stack.Push(SmallNumbers[input.ReadByte()]);
                break;
            case PickleOpcode.BinInt2:
                stack.Push((long)input.ReadUInt16());
                break;
            case PickleOpcode.BinInt:
                stack.Push((long)input.ReadInt32());
                break;
            case PickleOpcode.Long1:
                stack.Push(LongOf(input.ReadByte()));
                break;
            case PickleOpcode.Long4:
                stack.Push(LongOf(input.ReadInt32()));
                break;
            case PickleOpcode.Int:
                stack.Push(IntOf(input.ReadLine()));
                break;
            case PickleOpcode.Long:
                stack.Push(WholeNumber(input.ReadLine().TrimEnd('L')));
                break;
            case PickleOpcode.BinFloat:
                stack.Push(input.ReadBigEndianDouble());
                break;
            case PickleOpcode.Float:
                stack.Push(FloatOf(input.ReadLine()));
                break;

            case PickleOpcode.ShortBinString:
            case PickleOpcode.ShortBinUnicode:
                stack.Push(input.ReadText(input.ReadByte()));
                break;
            case PickleOpcode.BinString:
                stack.Push(input.ReadText(input.ReadInt32()));
                break;
            case PickleOpcode.BinUnicode:
                stack.Push(input.ReadText((uint)input.ReadInt32()));
                break;
            case PickleOpcode.BinUnicode8:
                stack.Push(input.ReadText(input.ReadInt64()));
                break;
            case PickleOpcode.ShortBinBytes:
                stack.Push(input.ReadBytes(input.ReadByte()));
                break;
            case PickleOpcode.BinBytes:
                stack.Push(input.ReadBytes((uint)input.ReadInt32()));
                break;
            case PickleOpcode.BinBytes8:
            case PickleOpcode.ByteArray8:
                stack.Push(input.ReadBytes(input.ReadInt64()));
                break;

            case PickleOpcode.EmptyTuple:
                stack.Push(EmptyTuple);
                break;
            case PickleOpcode.Tuple1:
                stack.Push(stack.Pop(1));
                break;
            case PickleOpcode.Tuple2:
                stack.Push(stack.Pop(2));
                break;
            case PickleOpcode.Tuple3:
                stack.Push(stack.Pop(3));
                break;
            case PickleOpcode.Tuple:
            case PickleOpcode.FrozenSet:
                stack.Push(stack.PopToMark());
                break;
            case PickleOpcode.EmptyList:
            case PickleOpcode.EmptySet:
                stack.Push(new List<object?>());
                break;
            case PickleOpcode.List:
                stack.Push(new List<object?>(stack.PopToMark()));
                break;
            case PickleOpcode.Append:
                Append([stack.Pop()]);
                break;
            case PickleOpcode.Appends:
            case PickleOpcode.AddItems:
                Append(stack.PopToMark());
                break;
            case PickleOpcode.EmptyDict:
                stack.Push(new PickledDictionary(isOrdered: false));
                break;
            case PickleOpcode.Dict:
                object?[] entries = stack.PopToMark();
                stack.Push(new PickledDictionary(isOrdered: false));
                SetItems(entries);
                break;
            case PickleOpcode.SetItem:
                SetItems(stack.Pop(2));
                break;
            case PickleOpcode.SetItems:
                SetItems(stack.PopToMark());
                break;

            case PickleOpcode.Put:
                Memoize(MemoIndex(input.ReadLine()));
                break;
            case PickleOpcode.BinPut:
                Memoize(input.ReadByte());
                break;
            case PickleOpcode.LongBinPut:
                Memoize((uint)input.ReadInt32());
                break;
            case PickleOpcode.Memoize:
                Memoize((uint)memo.Count);
                break;
            case PickleOpcode.Get:
                Recall(MemoIndex(input.ReadLine()));
                break;
            case PickleOpcode.BinGet:
                Recall(input.ReadByte());
                break;
            case PickleOpcode.LongBinGet:
                Recall((uint)input.ReadInt32());
                break;

            case PickleOpcode.Global:
                stack.Push(GlobalOf(input.ReadLine(), input.ReadLine()));
                break;
            case PickleOpcode.StackGlobal:
                object?[] names = stack.Pop(2);
                stack.Push(names is [string module, string name]
                    ? GlobalOf(module, name)
                    : throw input.Error($"a global is named by {TorchObjects.KindOf(names[0])} and {TorchObjects.KindOf(names[1])}, expected two texts."));
                break;
            case PickleOpcode.Reduce:
                Call(classesOnly: false);
                break;
            case PickleOpcode.NewObj:
                Call(classesOnly: true);
                break;
            case PickleOpcode.Build:
                Build();
                break;
            case PickleOpcode.BinPersId:
                stack.Push(Objects.Storage(stack.Pop()));
                break;
            case PickleOpcode.PersId:
                throw input.Error($"the persistent id {Quoted.Of(input.ReadLine())} is a text, expected a storage: ('storage', class, key, device, count).");

            case PickleOpcode.Inst:
                throw Refused(input.ReadLine(), input.ReadLine());
            case PickleOpcode.Obj:
                throw input.Error($"an object of {(stack.PopToMark() is [object first, ..] ? TorchObjects.KindOf(first) : "no class")} is to be made (operation OBJ), which weights do not need: nothing was run.");
            default:
                throw input.Error(Enum.IsDefined(operation)
                    ? $"the operation {operation.ToString().ToUpperInvariant()} is not supported: weights do not need it."
                    : $"0x{(byte)operation:X2} is no operation of pickle: the file is damaged, or no pickle.");
        }
    }

    private void RequireProtocol(byte protocol)
    {
        if (protocol > NewestProtocol)
        {
            throw input.Error($"the pickle's protocol is {protocol}, expected at most {NewestProtocol}.");
        }
    }

    private object LongOf(long byteCount) => Boxed(new BigInteger(input.ReadBytes(byteCount)));

    private static object Boxed(BigInteger number)
    {
        object boxed = number;
        if (number >= long.MinValue && number <= long.MaxValue)
        {
            boxed = (long)number;
        }

        return boxed;
    }

    private object IntOf(string text) => text switch
    {
        "00" => False,
        "01" => True,
        _ => WholeNumber(text),
    };

    private object WholeNumber(string text) =>
        text.Length <= MostDigits && BigInteger.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out BigInteger number)
            ? Boxed(number)
            : throw input.Error($"{Quoted.Of(text)} is no whole number of at most {MostDigits} digits.");

    private double FloatOf(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
        ? number
        : throw input.Error($"{Quoted.Of(text)} is no floating-point number.");

    private uint MemoIndex(string text) => uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint index)
        ? index
        : throw input.Error($"{Quoted.Of(text)} is no place in the memo.");

    private void Memoize(uint index) => memo[index] = stack.Top;

    private void Recall(uint index) => stack.Push(memo.TryGetValue(index, out object? value)
        ? value
        : throw input.Error($"place {index} of the memo is read, but nothing was put there (memo missing)."));

    private void Append(ReadOnlySpan<object?> items)
    {
        if (stack.Top is not List<object?> list)
        {
            throw input.Error($"items are appended to {TorchObjects.KindOf(stack.Top)}, expected a list.");
        }

        list.AddRange(items);
    }

    private void SetItems(ReadOnlySpan<object?> entries)
    {
        if (stack.Top is not PickledDictionary dictionary)
        {
            throw input.Error($"entries are set in {TorchObjects.KindOf(stack.Top)}, expected a dictionary.");
        }

        if (entries.Length % 2 != 0)
        {
            throw input.Error("a key without a value is set in a dictionary.");
        }

        for (int index = 0; index < entries.Length; index += 2)
        {
            dictionary.Add(entries[index], entries[index + 1]);
        }
    }

    private TorchGlobal GlobalOf(string module, string name) => TorchGlobal.Find(module, name) ?? throw Refused(module, name);

    private ModelLoadException Refused(string module, string name) => input.Error(
        $"the pickle refers to {Quoted.Of($"{module}.{name}")}, which is not among the names that weights need (not on the allow-list): nothing was imported or run.");

    private void Call(bool classesOnly)
    {
        object?[] parts = stack.Pop(2);
        if (parts is not [TorchGlobal { IsCallable: true } function, object?[] arguments] || (classesOnly && !function.IsClass))
        {
            throw input.Error($"{TorchObjects.KindOf(parts[0])} is called with {TorchObjects.KindOf(parts[1])}, expected a {(classesOnly ? "class" : "function")} that weights need, and a tuple: nothing was run.");
        }

        stack.Push(Objects.Call(function, arguments));
    }

    // The attributes of a state dict (_metadata) are no entries, and say nothing about the weights.
    private void Build()
    {
        object? state = stack.Pop();
        if (stack.Top is not PickledDictionary { IsOrdered: true } || state is not PickledDictionary)
        {
            throw input.Error($"{TorchObjects.KindOf(stack.Top)} gets {TorchObjects.KindOf(state)} as its state, expected attributes of a collections.OrderedDict.");
        }
    }
}
