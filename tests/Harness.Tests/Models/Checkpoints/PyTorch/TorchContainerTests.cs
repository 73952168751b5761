using System.Buffers.Binary;
using System.IO.Compression;
using System.Numerics;
using CircuitSpecs.Models;
using CircuitSpecs.Models.Checkpoints;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Models.Checkpoints.PyTorch;

/// <summary>The two containers of <c>torch.save</c>, whole and damaged.</summary>
[TestFixture]
public sealed class TorchContainerTests
{
    private static readonly byte[] Pickle = PickleWriter.Of(root => root.Dictionary(entries => entries.Text("w").Vector("0", 4)));
    private static readonly byte[] LegacyPickle = PickleWriter.Of(root => root.Dictionary(entries => entries.Text("w").Vector("0", 4, legacy: true)));
    private static readonly byte[] Data = TorchWriter.Bytes(1f, 2f, 3f, 4f);

    private TemporaryFolder folder = null!;
    private string file = null!;

    [SetUp]
    public void MakeFolder()
    {
        folder = new TemporaryFolder();
        file = folder.Below("pytorch_model.bin");
    }

    [TearDown]
    public void DeleteFolder() => folder.Dispose();

    [TestCase("archive/")]
    [TestCase("a/b c/")]
    [TestCase("")]
    public void Any_folder_of_the_archive_will_do(string name) => ShouldLoad(TorchWriter.Zip(Pickle, [("0", Data)], folder: name));

    [Test]
    public void Folders_may_have_entries_of_their_own() =>
        ShouldLoad(TorchWriter.Zip([("", []), ("data.pkl", Pickle), ("data/", []), ("data/0", Data)]));

    [TestCase(CompressionLevel.NoCompression)]
    [TestCase(CompressionLevel.Optimal)]
    public void Every_truncation_of_an_archive_is_refused(CompressionLevel compression)
    {
        byte[] whole = TorchWriter.Zip(Pickle, [("0", Data)], compression);
        ShouldLoad(whole);
        for (int length = 0; length < whole.Length; length++)
        {
            Refusal(whole[..length]).Should().StartWith(file, "of {0} bytes only {1} are left", whole.Length, length);
        }
    }

    [Test]
    public void Every_truncation_of_a_legacy_file_is_refused()
    {
        byte[] whole = TorchWriter.Legacy(LegacyPickle, ("0", 4, Data));
        ShouldLoad(whole);
        for (int length = 0; length < whole.Length; length++)
        {
            Refusal(whole[..length]).Should().StartWith(file, "of {0} bytes only {1} are left", whole.Length, length);
        }
    }

    [TestCase(CompressionLevel.NoCompression)]
    [TestCase(CompressionLevel.Optimal)]
    public void A_flipped_bit_of_a_storage_is_noticed_when_it_is_read(CompressionLevel compression)
    {
        byte[] numbers = TorchWriter.Bytes([.. Enumerable.Range(0, 2000).Select(index => MathF.Sin(index))]);
        byte[] pickle = PickleWriter.Of(root => root.Dictionary(entries => entries.Text("w").Vector("0", 2000)));
        byte[] archive = TorchWriter.Zip(pickle, [("0", numbers)], compression);
        int name = archive.AsSpan().IndexOf("archive/data/0"u8);
        archive[name + 500] ^= 0x10;
        File.WriteAllBytes(file, archive);
        using PyTorchCheckpoint checkpoint = PyTorchCheckpoint.Open(file);
        Action read = () => checkpoint.CopyBytes(checkpoint.Tensors["w"], 0, new byte[4]);
        read.Should().Throw<ModelLoadException>().WithMessage("*record 'archive/data/0'*");
        read.Should().Throw<ModelLoadException>("it stays damaged");
    }

    [Test]
    public void The_64_bit_form_of_the_directory_is_read()
    {
        // The sizes of the storage and the place of its header go into the extra field 1, as in archives beyond 4 GiB.
        byte[] archive = TorchWriter.Zip([("data.pkl", Pickle), ("data/0", Data)]);
        int entry = archive.AsSpan().LastIndexOf("archive/data/0"u8) - 46;
        int end = archive.Length - 22;
        uint local = BinaryPrimitives.ReadUInt32LittleEndian(archive.AsSpan(entry + 42));
        byte[] extra = PickleWriter.Raw(bytes => bytes.Op(1, 0, 24, 0).Int64(16).Int64(16).Int64(local));
        archive.AsSpan(entry + 20, 8).Fill(0xFF);
        archive.AsSpan(entry + 42, 4).Fill(0xFF);
        BinaryPrimitives.WriteUInt16LittleEndian(archive.AsSpan(entry + 30), (ushort)extra.Length);
        int start = BinaryPrimitives.ReadInt32LittleEndian(archive.AsSpan(end + 16));
        byte[] wide = PickleWriter.Raw(bytes => bytes.Int32(0x06064b50).Int64(44).Int32(0).Int32(0).Int32(0).Int64(2).Int64(2).Int64(end + extra.Length - start).Int64(start));
        byte[] locator = PickleWriter.Raw(bytes => bytes.Int32(0x07064b50).Int32(0).Int64(end + extra.Length).Int32(1));
        byte[] last = archive[end..];
        last.AsSpan(8, 12).Fill(0xFF);

        ShouldLoad([.. archive[..end], .. extra, .. wide, .. locator, .. last]);
        Refusal([.. archive[..end], .. extra, .. wide[..^1], 1, .. locator, .. last]).Should().Contain("directory");
        Refusal([.. archive[..end], .. extra, .. locator, .. last]).Should().Contain("second end record");
    }

    // Where the fields stand: APPNOTE.TXT 4.3.7, 4.3.12, 4.3.16. From the end record, the storage's entry, or its header.
    [TestCase("end", 10, new byte[] { 9 }, "end record")]
    [TestCase("end", 8, new byte[] { 9, 0, 9 }, "claims 9 entries, the directory holds 4")]
    [TestCase("end", 12, new byte[] { 1 }, "directory is said to have")]
    [TestCase("end", 20, new byte[] { 1 }, "no end record")]
    [TestCase("entry", 0, new byte[] { 0 }, "wrong signature")]
    [TestCase("entry", 8, new byte[] { 1 }, "encrypted")]
    [TestCase("entry", 10, new byte[] { 12 }, "method 12")]
    [TestCase("entry", 16, new byte[] { 1, 2, 3, 4 }, "disagree")]
    [TestCase("entry", 20, new byte[] { 12 }, "claims 16 bytes that take 12")]
    [TestCase("entry", 20, new byte[] { 12, 0, 0, 0, 12 }, "disagree")]
    [TestCase("entry", 20, new byte[] { 0xF0, 0xFF, 0xFF, 0xFF, 0xF0, 0xFF, 0xFF, 0xFF }, "larger than the file")]
    [TestCase("entry", 28, new byte[] { 0xFF, 0xFF }, "cut off")]
    [TestCase("entry", 34, new byte[] { 1 }, "several parts")]
    [TestCase("entry", 42, new byte[] { 0, 0, 0, 0 }, "disagree|no header")]
    [TestCase("entry", 42, new byte[] { 0, 0, 0, 0x7F }, "outside")]
    [TestCase("header", 0, new byte[] { 0 }, "no header")]
    [TestCase("header", 30, new byte[] { (byte)'b' }, "disagree")]
    public void A_directory_that_contradicts_the_file_is_refused(string record, int field, byte[] change, string expected)
    {
        byte[] archive = TorchWriter.Zip(Pickle, [("0", Data)]);
        int start = record switch
        {
            "end" => archive.Length - 22,
            "entry" => archive.AsSpan().LastIndexOf("archive/data/0"u8) - 46,
            _ => archive.AsSpan().IndexOf("archive/data/0"u8) - 30,
        };
        change.CopyTo(archive, start + field);
        Refusal(archive).Should().MatchRegex(expected);
    }

    [Test]
    public void Names_that_leave_the_archive_are_refused()
    {
        foreach (string name in (string[])["../../PWNED", "/tmp/PWNED", "archive/data/../../PWNED", "archive//x", "C:/PWNED", "archive\\x", "archive/./x"])
        {
            byte[] archive = TorchWriter.Zip([("archive/data.pkl", Pickle), ("archive/data/0", Data), (name, [1])], folder: "");
            Refusal(archive).Should().Contain("leaves the archive", "of {0}", name);
        }

        Refusal(TorchWriter.Zip([("archive/data.pkl", Pickle), ("archive/data/0", Data), ("other/x", [1])], folder: "")).Should().Contain("'other/x' outside of its folder 'archive/'");
    }

    [Test]
    public void What_is_no_state_dict_is_told_by_its_records()
    {
        Refusal(TorchWriter.Zip([("data/0", Data)])).Should().Contain("holds no data.pkl");
        Refusal(TorchWriter.Zip([("data.pkl", Pickle), ("b/data.pkl", Pickle), ("data/0", Data)])).Should().Contain("2 pickles");
        Refusal(TorchWriter.Zip([("data.pkl", Pickle), ("data.pkl", Pickle), ("data/0", Data)])).Should().Contain("occurs twice");
        Refusal(TorchWriter.Zip([("data.pkl", Pickle), ("data/0", Data), ("code/__torch__.py", [1])])).Should().Contain("TorchScript");
        Refusal(TorchWriter.Zip([("data.pkl", Pickle), ("data/0", Data), ("byteorder", "big"u8.ToArray())])).Should().Contain("big-endian");
        Refusal(TorchWriter.Zip([("data.pkl", Pickle)])).Should().Contain("'archive/data/0' is missing");
        Refusal(TorchWriter.Zip([("data.pkl", Pickle), ("data/0", new byte[12])])).Should().Contain("has 12 bytes, but storage '0' of 4 elements F32 takes 16");
        Refusal(TorchWriter.Zip([("data.pkl", [.. Pickle, (byte)'.']), ("data/0", Data)])).Should().Contain("1 bytes follow the end of the pickle");
    }

    [TestCase("../../PWNED")]
    [TestCase("/etc/passwd")]
    [TestCase("..")]
    [TestCase("a b")]
    [TestCase("")]
    public void A_storage_key_is_a_plain_name(string key) =>
        Refusal(TorchWriter.Zip(PickleWriter.Of(root => root.Dictionary(entries => entries.Text("w").Vector(key, 4))), [("0", Data)])).Should().Contain("expected a plain name");

    [Test]
    public void A_decompression_bomb_is_not_inflated_though_its_pickle_agrees()
    {
        const int Count = 8_000_000;
        byte[] pickle = PickleWriter.Of(root => root.Dictionary(entries => entries.Text("w").Vector("0", Count)));
        byte[] bomb = TorchWriter.Zip(pickle, [("0", new byte[4 * Count])], CompressionLevel.Optimal);
        bomb.Length.Should().BeLessThan(100_000);
        File.WriteAllBytes(file, bomb);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Refusal().Should().Contain("decompression bomb");
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(1_000_000);
    }

    [Test]
    public void A_legacy_file_is_checked_part_by_part()
    {
        Refusal(TorchWriter.Legacy(7, 1001, true, LegacyPickle, ("0", 4, Data))).Should().Contain("magic number");
        Refusal(TorchWriter.Legacy(BigInteger.Pow(2, 70), 1001, true, LegacyPickle, ("0", 4, Data))).Should().Contain("magic number");
        Refusal(PickleWriter.Of(root => root.Dictionary(entries => entries.Text("a").Whole(1)))).Should().Contain("magic number");
        BigInteger magic = BigInteger.Parse("119547037146038801333356", null);
        Refusal(TorchWriter.Legacy(magic, 1002, true, LegacyPickle, ("0", 4, Data))).Should().Contain("protocol version is 1002");
        Refusal(TorchWriter.Legacy(magic, 1001, false, LegacyPickle, ("0", 4, Data))).Should().Contain("big-endian");
        Refusal(TorchWriter.Legacy(LegacyPickle, ("1", 4, Data))).Should().Contain("name the text '1', which the object does not refer to");
        Refusal(TorchWriter.Legacy(LegacyPickle)).Should().Contain("not among the keys");
        Refusal(TorchWriter.Legacy(LegacyPickle, ("0", 4, Data), ("0", 4, Data))).Should().Contain("'0' twice");
        Refusal(TorchWriter.Legacy(LegacyPickle, ("0", 1L << 60, Data))).Should().Contain($"has {1L << 60} elements where it lies");
        Refusal([.. TorchWriter.Legacy(LegacyPickle, ("0", 4, Data)), 0]).Should().Contain("1 bytes follow the last storage");
    }

    private void ShouldLoad(byte[] content)
    {
        File.WriteAllBytes(file, content);
        using PyTorchCheckpoint checkpoint = PyTorchCheckpoint.Open(file);
        using Tensor tensor = checkpoint.ReadFloat32(checkpoint.Tensors["w"]);
        tensor.Values().Should().Equal(1, 2, 3, 4);
    }

    private string Refusal(byte[] content)
    {
        File.WriteAllBytes(file, content);
        return Refusal();
    }

    private string Refusal()
    {
        Action open = () => PyTorchCheckpoint.Open(file).Dispose();
        return open.Should().Throw<ModelLoadException>().Which.Message;
    }
}
