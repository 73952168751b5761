using CircuitSpecs.Models;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.Tests.Analysis.SmolLm2;

/// <summary>SmolLM2-135M-Instruct, loaded once for all tests of this folder.</summary>
[SetUpFixture]
public sealed class SmolLm2Model
{
    private static readonly Lazy<HookedTransformer> Loaded = new(() => new HookedTransformer(ModelLoader.Load(RepositoryRoot.SharedOrIgnore("models", "smollm2-135m"))));

    /// <summary>The model; the running test is ignored where its file is absent.</summary>
    public static HookedTransformer OrIgnore()
    {
        RepositoryRoot.SharedOrIgnore("models", "smollm2-135m");
        return Loaded.Value;
    }

    [OneTimeTearDown]
    public void Unload()
    {
        if (Loaded.IsValueCreated)
        {
            Loaded.Value.Dispose();
            Loaded.Value.Weights.Dispose();
        }
    }
}
