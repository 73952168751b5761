using System.Reflection;
using System.Text;
using CircuitSpecs.Claims;
using CircuitSpecs.Components;
using CircuitSpecs.Models;
using CircuitSpecs.Transformer;
using NUnit.Framework.Interfaces;
using NUnit.Framework.Internal;

namespace CircuitSpecs;

/// <summary>Turns a claim method into NUnit test cases. Reads attributes only: listing tests loads no weights.</summary>
internal static class ClaimCases
{
    /// <summary>One case a record; a single case that cannot run, with the reason, where the method or a record is wrong.</summary>
    /// <param name="attribute">The claim.</param>
    /// <param name="method">Its method.</param>
    /// <param name="suite">The fixture.</param>
    public static IEnumerable<TestMethod> Of(ClaimAttribute attribute, IMethodInfo method, Test? suite)
    {
        RecordAttribute[] records = method.GetCustomAttributes<RecordAttribute>(inherit: false);
        ProblemAttribute? problem = method.TypeInfo.GetCustomAttributes<ProblemAttribute>(inherit: true).FirstOrDefault();
        string? fault = problem is null ? $"The class {method.TypeInfo.Name} needs [Problem(number, title)]."
            : records.Length == 0 ? "The claim is recorded for no model: add [HoldsOn(model)] or [FailsOn(model)]."
            : SignatureFault(method.MethodInfo);
        if (fault is not null)
        {
            yield return NotRunnable(attribute, method, suite, fault);
            yield break;
        }

        ClaimDefinition definition = DefinitionOf(attribute, problem!, method.MethodInfo);
        foreach (RecordAttribute record in records)
        {
            yield return CaseOf(definition, record, records, method, suite);
        }
    }

    private static TestMethod CaseOf(ClaimDefinition definition, RecordAttribute record, RecordAttribute[] all, IMethodInfo method, Test? suite)
    {
        Component? component;
        try
        {
            component = record.Component();
        }
        catch (FormatException wrong)
        {
            return NotRunnable(definition.Sentence, record.Model, method, suite, wrong.Message);
        }

        if (ComponentFault(method.MethodInfo, component) is { } fault)
        {
            return NotRunnable(definition.Sentence, record.Model, method, suite, $"[{(record.Expectation == Expectation.Holds ? "HoldsOn" : "FailsOn")}(\"{record.Model}\")]: {fault}");
        }

        string[] subject = component is null ? [] : [component.Label];
        string title = string.Join(" › ", [$"{definition.Problem} {definition.Title}", definition.Sentence, .. subject, record.Model]);
        string name = record.Expectation == Expectation.Fails ? title + " (recorded as refuted)" : title;
        var test = new ClaimTestMethod(method, suite, new ClaimCase(definition, RecordOf(definition, record, component, all, method)), name);
        foreach (string category in new[] { definition.Problem, definition.Id, record.Model }.Concat(component is null ? [] : [component.Kind, component.Label]))
        {
            test.Properties.Add(PropertyNames.Category, category);
        }

        if (record.Because.Length > 0)
        {
            test.Properties.Set(PropertyNames.Description, record.Because);
        }

        return test;
    }

    private static ClaimRecord RecordOf(ClaimDefinition definition, RecordAttribute record, Component? component, RecordAttribute[] all, IMethodInfo method) => new()
    {
        Model = record.Model,
        Expectation = record.Expectation,
        Component = component,
        AlsoHoldsFor = [.. all.Where(other => other.Model == record.Model && other.Expectation == Expectation.Holds && other != record).Select(other => other.Component()).OfType<Component>()],
        Because = record.Because,
        Rerun = RerunCommand.For(method.TypeInfo.Assembly, [definition.Id, record.Model, .. component is null ? [] : new[] { component.Label }]),
    };

    private static ClaimDefinition DefinitionOf(ClaimAttribute attribute, ProblemAttribute problem, MethodInfo method)
    {
        bool weightsOnly = method.GetParameters()[0].ParameterType == typeof(ModelWeights);
        return new ClaimDefinition
        {
            Id = attribute.Id ?? $"{problem.Number}/{Kebab(method.Name)}",
            Problem = problem.Number,
            Title = problem.Title,
            Sentence = attribute.Sentence,
            Processing = attribute.Processing,
            WeightsOnly = weightsOnly,
            Build = (model, component) => Invoke(method, [weightsOnly ? model.Weights : model.Transformer, .. component is null ? [] : new object[] { component }]),
        };
    }

    private static Claim Invoke(MethodInfo method, object[] arguments)
    {
        object? fixture = method.IsStatic ? null : Activator.CreateInstance(method.DeclaringType!);
        object? claim = method.Invoke(fixture, BindingFlags.DoNotWrapExceptions, null, arguments, null);
        return claim as Claim ?? throw new InvalidExperimentException($"{method.DeclaringType!.Name}.{method.Name} returned no claim.");
    }

    private static string? SignatureFault(MethodInfo method)
    {
        ParameterInfo[] parameters = method.GetParameters();
        bool rightReturn = typeof(Claim).IsAssignableFrom(method.ReturnType);
        bool rightModel = parameters.Length is 1 or 2 && (parameters[0].ParameterType == typeof(HookedTransformer) || parameters[0].ParameterType == typeof(ModelWeights));
        bool rightComponent = parameters.Length < 2 || (parameters[1].ParameterType.IsSubclassOf(typeof(Component)) && !parameters[1].ParameterType.IsAbstract);
        return rightReturn && rightModel && rightComponent
            ? null
            : $"A claim method returns Claim and takes the model (HookedTransformer or ModelWeights) and, if it is about one, the component (Head, Mlp, …); {method.Name} has the signature {method}.";
    }

    private static string? ComponentFault(MethodInfo method, Component? component)
    {
        Type? wanted = method.GetParameters().ElementAtOrDefault(1)?.ParameterType;
        return (wanted, component) switch
        {
            (null, null) => null,
            (null, _) => $"names {component}, but {method.Name} takes no component.",
            (_, null) => $"names no component, but {method.Name} takes a {wanted.Name}.",
            _ => wanted.IsInstanceOfType(component) ? null : $"names {component}, a {component.GetType().Name}, but {method.Name} takes a {wanted.Name}.",
        };
    }

    private static TestMethod NotRunnable(ClaimAttribute attribute, IMethodInfo method, Test? suite, string reason) =>
        NotRunnable(attribute.Sentence, method.Name, method, suite, reason);

    private static TestMethod NotRunnable(string sentence, string detail, IMethodInfo method, Test? suite, string reason)
    {
        var test = new TestMethod(method, suite) { Name = $"{sentence} › {detail}" };
        test.FullName = $"{method.TypeInfo.FullName}.{method.Name}.{test.Name}";
        test.MakeInvalid(reason);
        return test;
    }

    private static string Kebab(string name)
    {
        var text = new StringBuilder();
        for (int index = 0; index < name.Length; index++)
        {
            if (char.IsUpper(name[index]) && index > 0 && (char.IsLower(name[index - 1]) || (index + 1 < name.Length && char.IsLower(name[index + 1]))))
            {
                text.Append('-');
            }

            text.Append(char.ToLowerInvariant(name[index]));
        }

        return text.ToString();
    }
}
