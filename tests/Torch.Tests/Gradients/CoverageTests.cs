using System.Reflection;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Gradients;

/// <summary>No operation on tensors escapes the question whether it has a derivative.</summary>
public sealed class CoverageTests
{
    /// <summary>Operations that no gradient goes through, and why.</summary>
    private static readonly Dictionary<string, string[]> NotDifferentiable = new()
    {
        ["gives bools or positions"] =
        [
            "all", "any", "argmax", "argmin", "argsort", "argwhere", "count_nonzero", "eq", "equal", "not_equal", "ne", "ge", "greater", "greater_equal", "gt", "le", "less", "less_equal", "lt",
            "isclose", "isfinite", "isin", "isinf", "isnan", "isneginf", "isposinf", "logical_and", "logical_not", "logical_or", "logical_xor", "nonzero", "signbit", "one_hot",
        ],
        ["for integers and bools only"] = ["bitwise_and", "bitwise_not", "bitwise_or", "bitwise_xor"],
        ["writes bools, or 0 and 1 in place of what was there"] = ["logical_and_", "logical_not_", "logical_or_", "logical_xor_"],
        ["changes to a type that has no gradients"] = ["bool", "byte", "char", "int", "long", "short", "BoolTensor", "ByteTensor", "IntTensor", "LongTensor", "ShortTensor"],
        ["changes to a type too coarse for difference quotients; BackwardTests and the type property cover it"] = ["bfloat16", "half", "float", "FloatTensor"],
        ["makes a new tensor of the shape or type of another"] = ["empty_like", "full_like", "ones_like", "rand_like", "randint_like", "randn_like", "zeros_like", "new_empty", "new_full", "new_ones", "new_zeros"],
        ["draws random numbers"] = ["bernoulli", "bernoulli_", "multinomial", "cauchy_", "exponential_", "geometric_", "log_normal_", "normal", "poisson", "random_", "normal_", "uniform_"],
        ["is about the graph itself"] = ["detach", "detach_", "requires_grad_", "with_requires_grad"],
        ["is constant between jumps; SubgradientTests has its zeros"] = ["ceil", "fix", "floor", "floor_divide", "round", "sgn", "sign", "trunc"],
        ["counts, sorts out or searches"] = ["bincount", "bucketize", "histc", "histogram", "searchsorted", "unique", "unique_consecutive", "nonzero_as_list", "matrix_rank", "isreal", "is_neg"],
        ["for integers and bools only, too"] = ["gcd", "gcd_", "lcm", "lcm_", "bitwise_left_shift", "bitwise_left_shift_", "bitwise_right_shift", "bitwise_right_shift_", "bitwise_and_", "bitwise_or_", "bitwise_xor_", "bitwise_not_"],
        ["writes the truth of a relation"] = ["eq_", "ne_", "lt_", "le_", "gt_", "ge_", "not_equal_", "less_equal_"],
        ["torch has no derivative of it either"] = ["nextafter", "nextafter_", "heaviside", "heaviside_", "geqrf", "zeta"],
        ["the product of reflectors is tested with the linear algebra"] = ["householder_product", "orgqr"],
        ["has complex numbers on one side; tested with the linear algebra"] = ["eig", "eigvals", "view_as_real", "view_as_complex", "complex", "polar", "imag", "angle", "cfloat", "cdouble"],
        ["has a derivative for square matrices, which LinalgDerivativeTests has, and refuses others, as the test below says"] = ["lu", "lu_factor", "lu_unpack", "lu_solve"],
        ["is for other devices"] = ["cuda", "mps", "pin_memory"],
        ["prints"] = ["print"],
    };

    [Test]
    public void Every_operation_is_in_the_table_or_has_a_reason_not_to_be()
    {
        HashSet<string> covered = GradientTable.All().Select(c => c.Operation).ToHashSet();
        HashSet<string> excused = NotDifferentiable.Values.SelectMany(names => names).ToHashSet();
        string[] operations = Operations().ToArray();
        operations.Should().HaveCountGreaterThan(300);
        operations.Where(name => !covered.Contains(name) && !excused.Contains(name)).Should().BeEmpty();
        covered.Intersect(excused).Should().BeEmpty();
        excused.Except(operations).Should().BeEmpty("an excuse is for something that exists");
    }

    [Test]
    public void Factors_without_a_derivative_say_so()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor a = ones(3, 2).requires_grad_();
        a.Invoking(x => linalg.lu(x)).Should().Throw<ExternalException>().WithMessage("*lu*derivative is not implemented*");
        a.Invoking(x => linalg.lu_factor(x)).Should().Throw<ExternalException>().WithMessage("*lu_factor*derivative is not implemented*");
        using IDisposable quiet = no_grad();
        linalg.lu(a).L.requires_grad.Should().BeFalse();
    }

    /// <summary>Names of the public methods from tensors to tensors.</summary>
    internal static IEnumerable<string> Operations()
    {
        Type[] types = [typeof(Tensor), typeof(torch), typeof(nn.functional), typeof(linalg), typeof(special), typeof(TensorExtensionMethods)];
        return types
            .SelectMany(t => t.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            .Where(m => !m.IsSpecialName && HoldsTensor(m.ReturnType) && (!m.IsStatic || m.GetParameters().Any(p => HoldsTensor(p.ParameterType))))
            .Select(m => m.Name)
            .Distinct();
    }

    private static bool HoldsTensor(Type type) =>
        type == typeof(Tensor) ||
        (type.IsArray && HoldsTensor(type.GetElementType()!)) ||
        (type.IsGenericType && type.GetGenericArguments().Any(HoldsTensor));
}
