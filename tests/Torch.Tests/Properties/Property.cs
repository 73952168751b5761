using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;
using TorchSharp;

namespace CircuitSpecs.Tests.Properties;

/// <summary>Runs a property on many cases, the same ones in every run.</summary>
internal static class Property
{
    /// <summary>
    /// Checks the body on cases drawn from a seed that belongs to the name; a failure is shrunk and its message holds
    /// the case and the seed. Another set of cases: <c>dotnet test -- TestRunParameters.Parameter(name="seed",value="7")</c>.
    /// </summary>
    public static void Holds(string name, Arbitrary<Case> cases, Action<Case> body, int count = 40)
    {
        ulong seed = 14695981039346656037;
        foreach (char c in name + TestContext.Parameters.Get("seed", string.Empty)) seed = (seed ^ c) * 1099511628211;
        int factor = TestContext.Parameters.Get("cases", 1);
        Config config = Config.QuickThrowOnFailure
            .WithName(name)
            .WithQuietOnSuccess(true)
            .WithMaxTest(count * factor)
            .WithEndSize(60)
            .WithReplay(FSharpOption<Replay>.Some(new Replay(new Rnd(seed, seed | 1), FSharpOption<int>.None)));
        Check.One(config, Prop.ForAll(cases, (Case c) =>
        {
            using DisposeScope scope = torch.NewDisposeScope();
            body(c);
        }));
    }
}
