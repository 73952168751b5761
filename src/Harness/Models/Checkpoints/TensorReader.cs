using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace CircuitSpecs.Models.Checkpoints;

/// <summary>Turns stored tensors into tensors of the engine, piece by piece, so that nothing is held twice.</summary>
public static class TensorReader
{
    // Small enough for the second cache.
    private const int PieceElements = 1 << 16;
    private const int PiecesInTurn = 4;

    /// <summary>A float32 tensor with the values of a stored one; float16, bfloat16 and float64 are converted.</summary>
    /// <param name="checkpoint">Holds the tensor.</param>
    /// <param name="stored">One of its tensors.</param>
    /// <param name="requireFinite">Whether NaN and infinity are errors, also an infinity that only the conversion makes.</param>
    /// <returns>A new tensor of the stored shape.</returns>
    /// <exception cref="ModelLoadException">It is stored in another type, which is no floating-point number; or a number is not finite and has to be.</exception>
    public static Tensor ReadFloat32(this ICheckpoint checkpoint, StoredTensor stored, bool requireFinite = false)
    {
        ArgumentNullException.ThrowIfNull(stored);
        if (!stored.Type.IsFloatingPoint)
        {
            throw new ModelLoadException(stored.File, $"tensor {Quoted.Of(stored.Name)} is stored as {stored.Type}, expected a floating-point type: F32, F16, BF16 or F64.");
        }

        return Read(checkpoint, stored, ScalarType.Float32, Widening(stored.Type), requireFinite);
    }

    /// <summary>A tensor in the very type it is stored in.</summary>
    /// <param name="checkpoint">Holds the tensor.</param>
    /// <param name="stored">One of its tensors.</param>
    /// <returns>A new tensor of the stored shape and type.</returns>
    /// <exception cref="ModelLoadException">No tensor can hold its type.</exception>
    public static Tensor ReadAsStored(this ICheckpoint checkpoint, StoredTensor stored)
    {
        ArgumentNullException.ThrowIfNull(stored);
        return stored.Type.Scalar is ScalarType type
            ? Read(checkpoint, stored, type, widen: null, requireFinite: false)
            : throw new ModelLoadException(stored.File, $"tensor {Quoted.Of(stored.Name)} is stored as {stored.Type}, which no tensor can hold.");
    }

    private delegate void Widen(ReadOnlySpan<byte> stored, Span<float> values);

    private static Widen? Widening(ElementType type) => type.Name switch
    {
        "F32" => null,
        "F16" => (stored, values) => TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(stored), values),
        "F64" => (stored, values) => TensorPrimitives.ConvertTruncating(MemoryMarshal.Cast<byte, double>(stored), values),
        "BF16" => WidenBFloat16,
        _ => throw new InvalidOperationException($"No conversion from {type} to float32."),
    };

    private static void WidenBFloat16(ReadOnlySpan<byte> stored, Span<float> values)
    {
        ReadOnlySpan<ushort> upper = MemoryMarshal.Cast<byte, ushort>(stored);
        Span<uint> bits = MemoryMarshal.Cast<float, uint>(values);
        TensorPrimitives.ConvertTruncating(upper, bits);
        TensorPrimitives.ShiftLeft(bits, 16, bits);
    }

    private static Tensor Read(ICheckpoint checkpoint, StoredTensor stored, ScalarType type, Widen? widen, bool requireFinite)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        using var scope = NewDisposeScope();
        Tensor result = empty([.. stored.Shape], type);
        if (stored.ByteCount > 0)
        {
            Fill(checkpoint, stored, result.view(-1), widen, requireFinite);
        }

        return result.MoveToOuterDisposeScope();
    }

    // By pieces because Tensor.bytes is a span, which ends at 2 GiB; and because the stored bytes need not be aligned for their type.
    private static void Fill(ICheckpoint checkpoint, StoredTensor stored, Tensor flat, Widen? widen, bool requireFinite)
    {
        int size = stored.Type.Size;
        long elements = stored.ByteCount / size;
        long pieces = (elements + PieceElements - 1) / PieceElements;
        var broken = new ConcurrentDictionary<long, ModelLoadException>();
        if (pieces <= PiecesInTurn)
        {
            for (long piece = 0; piece < pieces; piece++)
            {
                FillPiece(piece);
            }
        }
        else
        {
            Parallel.For(0, pieces, FillPiece);
        }

        // The first one in the order of elements, whichever was found first.
        if (!broken.IsEmpty)
        {
            throw broken.MinBy(entry => entry.Key).Value;
        }

        void FillPiece(long index)
        {
            long start = index * PieceElements;
            int count = (int)Math.Min(PieceElements, elements - start);
            using Tensor piece = flat.narrow(0, start, count);
            if (widen is null)
            {
                checkpoint.CopyBytes(stored, start * size, piece.bytes);
            }
            else
            {
                byte[] buffer = ArrayPool<byte>.Shared.Rent(PieceElements * size);
                Span<byte> bytes = buffer.AsSpan(0, count * size);
                checkpoint.CopyBytes(stored, start * size, bytes);
                widen(bytes, MemoryMarshal.Cast<byte, float>(piece.bytes));
                ArrayPool<byte>.Shared.Return(buffer);
            }

            if (requireFinite && FindInfinite(stored, start, MemoryMarshal.Cast<byte, float>(piece.bytes)) is ModelLoadException problem)
            {
                broken.TryAdd(index, problem);
            }
        }
    }

    private static ModelLoadException? FindInfinite(StoredTensor stored, long start, ReadOnlySpan<float> piece)
    {
        if (TensorPrimitives.IsFiniteAll(piece))
        {
            return null;
        }

        int index = 0;
        while (float.IsFinite(piece[index]))
        {
            index++;
        }

        return new ModelLoadException(stored.File, string.Create(
            CultureInfo.InvariantCulture,
            $"tensor {Quoted.Of(stored.Name)}, shape {stored.ShapeText}: element {start + index} in row-major order is {piece[index]}, expected finite numbers in float32."));
    }
}
