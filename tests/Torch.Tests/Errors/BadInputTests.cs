using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Errors;

/// <summary>
/// What does not fit is refused with torch's type of exception and a message that names the operation, the shapes and
/// the argument.
/// </summary>
public sealed class BadInputTests
{
    private static IEnumerable<TestCaseData> Refusals()
    {
        (string Name, Func<Tensor, object?> Call, string[] Says)[] table =
        [
            // Every call gets a float32 tensor of shape [2, 3].
            ("add of other shapes", x => x + ones(4), ["add", "[2, 3]", "[4]"]),
            ("sub of other shapes", x => x - ones(3, 3), ["sub", "[2, 3]", "[3, 3]"]),
            ("mul of other shapes", x => x * ones(2), ["mul", "[2, 3]", "[2]"]),
            ("div of other shapes", x => x / ones(5, 1, 2), ["div", "[2, 3]", "[5, 1, 2]"]),
            ("maximum of other shapes", x => x.maximum(ones(4)), ["maximum", "[2, 3]", "[4]"]),
            ("pow of other shapes", x => x.pow(ones(4)), ["pow", "[2, 3]", "[4]"]),
            ("eq of other shapes", x => x == ones(4), ["eq", "[2, 3]", "[4]"]),
            ("logical_and of other shapes", x => x.logical_and(ones(4)), ["logical_and", "[2, 3]", "[4]"]),
            ("where of other shapes", x => where(x > 0, x, ones(4)), ["where", "[2, 3]", "[4]"]),
            ("in place into a smaller shape", x => ones(3).add_(x), ["add_", "[3]", "[2, 3]"]),
            ("in place into a lower category", x => ones(2, 3, ScalarType.Int64).add_(x), ["add_", "Float32", "can't be cast", "Int64"]),
            ("in place division of integers", x => ones(3, ScalarType.Int64).div_(2), ["div_", "can't be cast", "Int64"]),
            ("in place into an expanded tensor", x => ones(1, 3).expand(2, 3).add_(1), ["add_", "single memory location", "[2, 3]"]),
            ("bitwise_and of floats", x => x & x, ["bitwise_and", "Float32"]),
            ("negation of bools", x => -(x > 0), ["neg", "bool"]),
            ("subtraction of bools", x => (x > 0) - (x > 0), ["sub", "bool"]),
            ("integers to negative powers", x => ones(2, ScalarType.Int64).pow(-1), ["pow", "negative integer powers"]),
            ("clamp without bounds", x => x.clamp((Scalar?)null, null), ["clamp", "min", "max"]),
            ("fill beyond the type", x => ones(2, ScalarType.Byte).fill_(300), ["fill_", "300", "Byte"]),

            ("sum over a dimension that is not there", x => x.sum(2L), ["sum", "[-2, 1]", "got 2"]),
            ("sum over a dimension twice", x => x.sum([0, 0]), ["sum", "dim 0", "multiple"]),
            ("mean over a dimension that is not there", x => x.mean([-3]), ["mean", "[-2, 1]", "got -3"]),
            ("mean of integers", x => ones(2, ScalarType.Int64).mean(), ["mean", "Int64"]),
            ("var of integers", x => ones(2, ScalarType.Int64).var(), ["var", "Int64"]),
            ("var over a dimension that is not there", x => x.var(5L), ["var", "[-2, 1]", "got 5"]),
            ("amax of nothing", x => zeros(2, 0).amax(1), ["amax", "[2, 0]"]),
            ("max of nothing", x => zeros(0).max(), ["max", "[0]"]),
            ("argmax of nothing", x => zeros(0).argmax(), ["argmax", "[0]"]),
            ("argmax over a dimension that is not there", x => x.argmax(3), ["argmax", "[-2, 1]", "got 3"]),
            ("cumsum over a dimension that is not there", x => x.cumsum(2), ["cumsum", "[-2, 1]", "got 2"]),
            ("logsumexp over a dimension that is not there", x => x.logsumexp(2), ["logsumexp", "[-2, 1]", "got 2"]),
            ("norm over a dimension that is not there", x => x.norm(2), ["norm", "[-2, 1]", "got 2"]),
            ("prod over a dimension that is not there", x => x.prod(2L), ["prod", "[-2, 1]", "got 2"]),
            ("any over a dimension that is not there", x => x.any(2), ["any", "[-2, 1]", "got 2"]),
            ("softmax over a dimension that is not there", x => x.softmax(2), ["softmax", "[-2, 1]", "got 2"]),
            ("log_softmax over a dimension that is not there", x => x.log_softmax(-3), ["log_softmax", "[-2, 1]", "got -3"]),
            ("softmax of integers", x => ones(2, ScalarType.Int64).softmax(0), ["softmax", "Int64"]),
            ("sort over a dimension that is not there", x => x.sort(2), ["sort", "[-2, 1]", "got 2"]),
            ("topk of more than there are", x => x.topk(4), ["topk", "4", "3"]),
            ("topk of a negative number", x => x.topk(-1), ["topk", "-1"]),
            ("kthvalue out of range", x => x.kthvalue(4, 1), ["kthvalue", "4", "3"]),

            ("view of another size", x => x.view(4), ["view", "[4]", "6"]),
            ("view that cannot exist", x => x.t().view(6), ["view", "[6]", "[3, 2]", "[1, 3]", "reshape"]),
            ("view with two open sizes", x => x.view(-1, -1), ["view", "only one dimension can be inferred"]),
            ("view with a negative size", x => x.view(-2, 3), ["view", "-2"]),
            ("reshape to another size", x => x.reshape(7), ["reshape", "[7]", "6"]),
            ("reshape that does not divide", x => x.reshape(-1, 4), ["reshape", "[-1, 4]", "6"]),
            ("permute with too few dimensions", x => x.permute(0), ["permute", "2", "1"]),
            ("permute with a dimension twice", x => x.permute(0, 0), ["permute", "dim 0", "multiple"]),
            ("permute out of range", x => x.permute(0, 2), ["permute", "[-2, 1]", "got 2"]),
            ("transpose out of range", x => x.transpose(0, 2), ["transpose", "[-2, 1]", "got 2"]),
            ("t of three dimensions", x => ones(2, 2, 2).t(), ["t()", "3D"]),
            ("expand of a size that is not one", x => x.expand(2, 4), ["expand", "4", "3", "[2, 4]", "[2, 3]"]),
            ("expand to fewer dimensions", x => x.expand(3), ["expand", "[2, 3]", "[3]"]),
            ("expand of a new dimension to -1", x => x.expand(-1, 2, 3), ["expand", "-1"]),
            ("narrow beyond the end", x => x.narrow(1, 2, 2), ["narrow", "2", "3"]),
            ("narrow at a place that is not there", x => x.narrow(1, 4, 1), ["narrow", "[-3, 3]", "got 4"]),
            ("select out of range", x => x.select(1, 3), ["select", "3", "[2, 3]"]),
            ("slice with a step of zero", x => x.slice(0, 0, 2, 0), ["slice", "step", "0"]),
            ("slice of a single number", x => tensor(1f).slice(0, 0, 1, 1), ["slice", "0-dim"]),
            ("unsqueeze out of range", x => x.unsqueeze(4), ["unsqueeze", "[-3, 2]", "got 4"]),
            ("squeeze out of range", x => x.squeeze(2), ["squeeze", "[-2, 1]", "got 2"]),
            ("flatten backwards", x => x.flatten(1, 0), ["flatten", "start_dim"]),
            ("unflatten that does not fit", x => x.unflatten(1, 2, 2), ["unflatten", "[2, 2]", "3"]),
            ("diagonal of one dimension", x => x.diagonal(0, 0, 0), ["diagonal", "0, 0"]),
            ("unfold of more than there is", x => x.unfold(1, 4, 1), ["unfold", "4", "3"]),
            ("as_strided beyond the storage", x => x.clone().as_strided([2, 300], [300, 1]), ["as_strided", "[2, 300]", "[300, 1]"]),
            ("movedim of different numbers", x => x.movedim([0, 1], [0]), ["movedim", "[0, 1]", "[0]"]),
            ("repeat with too few", x => x.repeat(2), ["repeat", "[2]", "[2, 3]"]),
            ("flip of a dimension twice", x => x.flip(0, 0), ["flip", "dim 0", "multiple"]),
            ("roll out of range", x => x.roll(1, 2), ["roll", "[-2, 1]", "got 2"]),
            ("split with a size of zero", x => x.split(0), ["split", "0"]),
            ("split into sizes that do not add up", x => x.split([1, 1], 1), ["split", "[1, 1]", "3"]),
            ("chunk into none", x => x.chunk(0), ["chunk", "0"]),
            ("tril of a vector", x => ones(3).tril(), ["tril", "[3]"]),

            ("cat of nothing", x => cat(Array.Empty<Tensor>(), 0), ["cat", "non-empty"]),
            ("cat of shapes that differ", x => cat([x, ones(2, 4)], 0), ["cat", "[2, 3]", "[2, 4]", "dimension 0"]),
            ("cat out of range", x => cat([x, x], 2), ["cat", "[-2, 1]", "got 2"]),
            ("cat of single numbers", x => cat([tensor(1f), tensor(2f)]), ["cat", "zero-dimensional"]),
            ("stack of shapes that differ", x => stack([x, ones(2, 4)]), ["stack", "[2, 3]", "[2, 4]", "entry 1"]),
            ("stack of nothing", x => stack(Array.Empty<Tensor>()), ["stack", "non-empty"]),
            ("broadcast_tensors that do not fit", x => broadcast_tensors(x, ones(4)), ["broadcast_tensors", "[2, 3]", "[4]"]),

            ("index out of range", x => x[2], ["index", "2", "dimension 0", "size 2"]),
            ("index of too many dimensions", x => x[0, 0, 0], ["index", "2", "3"]),
            ("index with two ellipses", x => x[TensorIndex.Ellipsis, TensorIndex.Ellipsis], ["index", "ellipsis"]),
            ("index with floats", x => x[ones(2)], ["index", "Float32"]),
            ("index with a mask of another shape", x => x[ones(3, ScalarType.Bool)], ["index", "[3]", "[2, 3]"]),
            ("index with tensors that do not broadcast", x => x[tensor(new long[] { 0, 1 }), tensor(new long[] { 0, 1, 2 })], ["index", "[2]", "[3]"]),
            ("index with a tensor out of range", x => x[tensor(new long[] { 5 })], ["index", "5", "size 2"]),
            ("index with a negative step", x => x[TensorIndex.Slice(null, null, -1)], ["index", "step", "-1"]),
            ("assignment of another shape", x => { x.clone()[0] = ones(4); return null; }, ["index_put_", "[4]", "[3]"]),
            ("index_put_ of another shape", x => x.clone().index_put_(ones(5), tensor(new long[] { 0 })), ["index_put_", "[5]"]),
            ("index_put_ of another type", x => x.clone().index_put_(ones(3, ScalarType.Float64), tensor(new long[] { 0 })), ["index_put_", "Float32", "Float64"]),
            ("index_select out of range", x => x.index_select(1, tensor(new long[] { 3 })), ["index_select", "3", "dimension 1"]),
            ("index_select with a matrix", x => x.index_select(0, zeros(1, 1, ScalarType.Int64)), ["index_select", "vector", "[1, 1]"]),
            ("index_select with floats", x => x.index_select(0, ones(1)), ["index_select", "Float32"]),
            ("gather out of range", x => x.gather(1, tensor(new long[] { 3 }, [1, 1])), ["gather", "3", "dimension 1", "size 3"]),
            ("gather with other dimensions", x => x.gather(1, zeros(2, ScalarType.Int64)), ["gather", "[2]", "[2, 3]"]),
            ("gather with floats", x => x.gather(1, ones(2, 1)), ["gather", "Float32"]),
            ("gather with a larger index", x => x.gather(1, zeros(3, 1, ScalarType.Int64)), ["gather", "[3, 1]", "[2, 3]"]),
            ("scatter of another type", x => x.scatter(1, zeros(2, 1, ScalarType.Int64), ones(2, 1, ScalarType.Float64)), ["scatter", "Float32", "Float64"]),
            ("scatter of a smaller source", x => x.scatter(1, zeros(2, 2, ScalarType.Int64), ones(2, 1)), ["scatter", "[2, 2]", "[2, 1]"]),
            ("scatter out of range", x => x.scatter(1, full(2, 1, 7, ScalarType.Int64), ones(2, 1)), ["scatter", "7", "dimension 1", "size 3"]),
            ("index_add of another length", x => x.index_add(0, zeros(3, ScalarType.Int64), ones(2, 3), 1), ["index_add", "3", "2"]),
            ("masked_fill with numbers for a mask", x => x.masked_fill(x, 1), ["masked_fill", "Float32"]),
            ("masked_fill with a mask of another shape", x => x.masked_fill(ones(4, ScalarType.Bool), 1), ["masked_fill", "[4]", "[2, 3]"]),
            ("where with numbers for a condition", x => where(x, x, x), ["where", "Float32"]),

            ("matmul of shapes that do not fit", x => x.matmul(ones(2, 3)), ["matmul", "[2, 3]", "3", "2"]),
            ("matmul with a single number", x => x.matmul(tensor(1f)), ["matmul", "1D", "0D"]),
            ("matmul of types that differ", x => x.matmul(ones(3, 2, ScalarType.Float64)), ["matmul", "Float32", "Float64"]),
            ("matmul of batches that do not fit", x => ones(2, 2, 3).matmul(ones(3, 3, 2)), ["matmul", "[2]", "[3]"]),
            ("mm of three dimensions", x => x.mm(ones(1, 3, 2)), ["mm", "mat2", "2D", "[1, 3, 2]"]),
            ("bmm of two dimensions", x => x.bmm(ones(1, 3, 2)), ["bmm", "batch1", "3D", "[2, 3]"]),
            ("bmm of batches that differ", x => ones(2, 2, 3).bmm(ones(3, 3, 2)), ["bmm", "2", "3"]),
            ("mv with a matrix", x => x.mv(x), ["mv", "vec", "1D", "[2, 3]"]),
            ("dot of matrices", x => x.dot(x), ["dot", "1D", "[2, 3]"]),
            ("dot of other lengths", x => ones(2).dot(ones(3)), ["dot", "[2]", "[3]"]),
            ("addmm of shapes that do not fit", x => ones(5).addmm(x, ones(3, 4)), ["addmm", "5", "4"]),
            ("addmm of products that do not fit", x => ones(4).addmm(x, ones(2, 4)), ["addmm", "[2, 3]", "[2, 4]"]),
            ("baddbmm of matrices", x => x.baddbmm(x, x), ["baddbmm", "batch1", "3D", "[2, 3]"]),
            ("einsum with too few operands", x => einsum("ij,jk->ik", x), ["einsum", "1", "2"]),
            ("einsum with a label of two sizes", x => einsum("ij,ij->i", x, ones(2, 4)), ["einsum", "j", "3", "4"]),
            ("einsum with too few labels", x => einsum("i->i", x), ["einsum", "i", "2"]),
            ("einsum with an output that is nowhere", x => einsum("ij->k", x), ["einsum", "k"]),
            ("einsum with what is no label", x => einsum("i1->i", x), ["einsum", "1"]),
            ("tensordot of sizes that differ", x => tensordot(x, x, [0L], [1L]), ["tensordot", "2", "3"]),
            ("linear of shapes that do not fit", x => nn.functional.linear(x, ones(4, 2)), ["[2, 3]", "2"]),

            ("layer_norm of another shape", x => nn.functional.layer_norm(x, [4]), ["layer_norm", "[4]", "[2, 3]"]),
            ("layer_norm with a weight of another shape", x => nn.functional.layer_norm(x, [3], ones(2)), ["layer_norm", "weight", "[2]", "[3]"]),
            ("layer_norm of integers", x => nn.functional.layer_norm(ones(2, 3, ScalarType.Int64), [3]), ["layer_norm", "Int64"]),
            ("attention of widths that differ", x => nn.functional.scaled_dot_product_attention(x, ones(2, 4), ones(2, 4)), ["scaled_dot_product_attention", "[2, 3]", "[2, 4]"]),
            ("attention with two masks", x => nn.functional.scaled_dot_product_attention(x, x, x, ones(2, 2), is_casual: true), ["scaled_dot_product_attention", "attn_mask", "is_causal"]),
            ("cross_entropy of a class that is not there", x => nn.functional.cross_entropy(x, tensor(new long[] { 0, 3 })), ["cross_entropy", "3", "out of bounds"]),
            ("cross_entropy of other numbers of items", x => nn.functional.cross_entropy(x, tensor(new long[] { 0, 1, 2 })), ["cross_entropy", "[2, 3]", "[3]"]),
            ("one_hot of floats", x => nn.functional.one_hot(x), ["one_hot", "Float32"]),
            ("one_hot of too few classes", x => nn.functional.one_hot(tensor(new long[] { 3 }), 2), ["one_hot", "2", "3"]),
            ("dropout of a probability above one", x => nn.functional.dropout(x, 1.5), ["dropout", "1.5"]),

            ("zeros of a negative size", x => zeros(-1), ["-1"]),
            ("arange with a step of zero", x => arange(0, 5, step: 0), ["arange", "step"]),
            ("randperm of a negative number", x => randperm(-1), ["randperm", "-1"]),
            ("multinomial of more than there are", x => ones(2).multinomial(3), ["multinomial", "3 > 2"]),
            ("multinomial of negative weights", x => tensor(new[] { -1f, 1f }).multinomial(1), ["multinomial", "probability"]),
            ("normal_ with a negative deviation", x => ones(2).normal_(0, -1), ["normal_", "std", "-1"]),
            ("set_num_threads to none", x => { set_num_threads(0); return null; }, ["set_num_threads", "0"]),

            ("backward of a matrix", x => { x.clone().requires_grad_().mul(2).backward(); return null; }, ["backward", "scalar", "[2, 3]"]),
            ("backward of what has no graph", x => { x.sum().backward(); return null; }, ["backward", "does not require grad"]),
            ("a graph run twice", x => { Tensor y = x.clone().requires_grad_().exp().sum(); y.backward(); y.backward(); return null; }, ["backward", "second time"]),
            ("a gradient of another shape", x => { x.clone().requires_grad_().mul(2).backward([ones(3)]); return null; }, ["backward", "[3]", "[2, 3]"]),
            ("a gradient for integers", x => ones(2, ScalarType.Int64).requires_grad_(), ["requires_grad", "floating point", "Int64"]),
            ("a write to a leaf", x => x.clone().requires_grad_().add_(1), ["add_", "leaf"]),
            ("a write to what backward needs", x => { Tensor y = x.clone().requires_grad_().exp(); Tensor z = y.exp(); y.add_(1); z.sum().backward(); return null; }, ["modified by an inplace operation", "[2, 3]"]),
            ("a gradient with respect to what is not in the graph", x => autograd.grad([x.clone().requires_grad_().sum()], [ones(1, requires_grad: true)]), ["grad", "allow_unused"]),
        ];
        return table.Select(t => new TestCaseData(t.Call, t.Says).SetArgDisplayNames(t.Name));
    }

    [TestCaseSource(nameof(Refusals))]
    public void Is_refused(Func<Tensor, object?> call, string[] says)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = arange(6, ScalarType.Float32).reshape(2, 3);
        Exception? thrown = null;
        try
        {
            call(x);
        }
        catch (Exception e)
        {
            thrown = e;
        }

        thrown.Should().NotBeNull("it cannot be done");
        thrown.Should().BeAssignableTo<ExternalException>(thrown!.ToString());
        foreach (string fragment in says) thrown!.Message.Should().Contain(fragment);
    }

    [Test]
    public void Item_wants_one_element_of_the_right_type()
    {
        using DisposeScope scope = NewDisposeScope();
        ones(2, 3).Invoking(t => t.item<float>()).Should().Throw<ArgumentException>().WithMessage("*must be 1*[2, 3]*");
        ones(1).Invoking(t => t.item<double>()).Should().Throw<ArgumentException>().WithMessage("*Float32*Double*");
        ones(1).Invoking(t => t.data<long>()).Should().Throw<ArgumentException>().WithMessage("*Float32*Int64*");
        ones(2, 3).Invoking(t => t.ToScalar()).Should().Throw<ArgumentException>().WithMessage("*must be 1*[2, 3]*");
    }

    [Test]
    public void Values_have_to_fill_the_shape() =>
        FluentActions.Invoking(() => tensor(new[] { 1f, 2f, 3f }, [2, 2])).Should().Throw<ArgumentException>().WithMessage("*3*[2, 2]*");

    [Test]
    public void Other_devices_are_not_there()
    {
        using DisposeScope scope = NewDisposeScope();
        ones(2).Invoking(t => t.to("cuda")).Should().Throw<Exception>().WithMessage("*cuda*");
        FluentActions.Invoking(() => ones(2, device: device("cuda:0"))).Should().Throw<Exception>().WithMessage("*cuda*");
        FluentActions.Invoking(() => device("toaster")).Should().Throw<Exception>().WithMessage("*toaster*");
    }

    [Test]
    public void Disposed_tensors_are_refused_by_every_operation()
    {
        Tensor gone = ones(2, 3), other = ones(2, 3);
        gone.Dispose();
        Func<object>[] uses =
        [
            () => gone.shape, () => gone.dtype, () => gone.numel(), () => gone.stride(), () => gone.item<float>(), () => gone.data<float>(), () => gone + 1, () => 1 - gone, () => gone.add_(1), () => other + gone, () => other.add_(gone),
            () => gone.exp(), () => gone.relu_(), () => gone == other, () => gone.sum(), () => gone.softmax(0), () => gone.matmul(other), () => other.mT.matmul(gone), () => gone.view(6), () => gone.t(), () => gone[0], () => gone[ones(2, ScalarType.Int64)], () => gone.clone(), () => gone.to_type(ScalarType.Int64),
            () => cat([other, gone]), () => stack([gone]), () => where(other > 0, gone, other), () => other.masked_fill(gone, 0), () => other.index_select(0, gone), () => other.gather(0, gone), () => nn.functional.layer_norm(gone, [3]), () => gone.sort(), () => gone.requires_grad, () => gone.detach(), () => gone.alias(),
            () => einsum("ij->i", gone), () => other.copy_(gone), () => gone.fill_(0), () => gone.bytes.Length, () => gone.expand(2, 2, 3), () => nn.functional.linear(other, gone), () => nn.functional.cross_entropy(gone, ones(2, ScalarType.Int64)), () => gone.repeat(2, 2),
        ];
        for (int i = 0; i < uses.Length; i++)
        {
            uses[i].Should().Throw<ObjectDisposedException>($"use {i} is of a disposed tensor");
        }

        other.Dispose();
        gone.Dispose();
    }
}
