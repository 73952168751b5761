using CircuitSpecs.Models;
using CircuitSpecs.Models.Compiled;
using CircuitSpecs.Models.Hub;

namespace CircuitSpecs.Tests.Models;

[TestFixture, FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ModelStoreTests
{
    private readonly TinyGpt2 model = new();
    private TemporaryFolder folder = null!;

    [SetUp]
    public void MakeFolder() => folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => folder.Dispose();

    [Test]
    public void A_model_is_loaded_once_and_shared_by_all_threads()
    {
        model.WriteTo(folder.Below("models", "tiny"));
        using ModelStore store = StoreOf("models");
        var seen = new ModelWeights[16];
        Parallel.For(0, seen.Length, index => seen[index] = store.Weights("tiny"));
        seen.Distinct().Should().ContainSingle();
        seen[0].Name.Should().Be("tiny");
        seen[0]["embed.W_E"].Values().Should().Equal(model.Tensors["wte.weight"].Values);
    }

    [Test]
    public void Processing_and_scope_are_part_of_a_models_identity()
    {
        model.WriteTo(folder.Below("models", "tiny"));
        using ModelStore store = StoreOf("models");
        ModelWeights raw = store.Weights("tiny");
        ModelWeights processed = store.Weights("tiny", WeightProcessing.All);
        ModelWeights attention = store.Weights("tiny", scope: WeightScope.Attention);

        (processed.Processing, raw.Processing).Should().Be((WeightProcessing.All, WeightProcessing.None));
        attention.Contains("embed.W_E").Should().BeFalse();
        new[] { raw.Hash, processed.Hash, attention.Hash }.Distinct().Should().ContainSingle();
        store.Weights("tiny", WeightProcessing.All).Should().BeSameAs(processed);
    }

    [Test]
    public void The_first_folder_of_the_search_path_wins()
    {
        model.WriteTo(folder.Below("second", "tiny"));
        using ModelStore store = StoreOf("absent", "first", "second");
        store.Find("tiny").Should().Be(Path.Combine(folder.Path, "second", "tiny"));

        model.WriteTo(folder.Below("first", "tiny"));
        store.Find("tiny").Should().Be(Path.Combine(folder.Path, "first", "tiny"));
    }

    [Test]
    public void A_missing_model_says_where_was_looked_and_how_to_get_it()
    {
        Directory.CreateDirectory(folder.Below("first", "org", "name"));
        Directory.CreateDirectory(folder.Below("cache", "models--org--name", "snapshots", "abc"));
        File.WriteAllText(folder.Below("cache", "models--org--name", "refs", "main"), "def");
        using var store = new ModelStore(new ModelSearchPath([folder.Below("first"), folder.Below("second")], new HubCache(folder.Below("cache"))));

        store.TryFind("org/name", out _).Should().BeFalse();
        Action find = () => store.Find("org/name");
        string message = find.Should().Throw<ModelNotFoundException>().Which.Message;
        message.Should()
            .Contain($"{Path.Combine(folder.Path, "first", "org", "name")} (neither config.json nor weights)")
            .And.Contain($"{Path.Combine(folder.Path, "second", "org", "name")} (not there)")
            .And.Contain($"{Path.Combine(folder.Path, "cache", "models--org--name")} (refs/main names the revision 'def', which is not among its snapshots)")
            .And.Contain("circuits pull org/name");
    }

    [TestCase("")]
    [TestCase("a/../b")]
    [TestCase("a\\b")]
    [TestCase("a/b/c")]
    public void What_is_no_name_is_refused(string name)
    {
        using ModelStore store = StoreOf("models");
        Action find = () => store.Find(name);
        find.Should().Throw<ArgumentException>();
    }

    [Test]
    public void A_path_names_a_folder_directly()
    {
        string path = model.WriteTo(folder.Below("elsewhere", "tiny"));
        using ModelStore store = StoreOf("models");
        store.Find(path).Should().Be(path);
    }

    [Test]
    public void The_list_names_every_model_with_its_type_and_reads_no_weights()
    {
        model.WriteTo(folder.Below("models", "tiny"));
        File.WriteAllText(folder.Below("models", "tiny", "model.safetensors"), "not read");
        model.WriteTo(folder.Below("models", "org", "other"));
        model.WriteTo(folder.Below("shadowed", "tiny"));
        File.WriteAllText(folder.Below("models", "quantised", "q4.gguf"), "");
        File.WriteAllText(folder.Below("models", "notes", "README.md"), "");
        model.WriteTo(folder.Below("cache", "models--org--cached", "snapshots", "abc"));
        using var store = new ModelStore(new ModelSearchPath([folder.Below("models"), folder.Below("shadowed")], new HubCache(folder.Below("cache"))));

        store.List().Should().Equal(
            new ModelEntry("org/cached", Path.Combine(folder.Path, "cache", "models--org--cached", "snapshots", "abc"), "gpt2"),
            new ModelEntry("org/other", Path.Combine(folder.Path, "models", "org", "other"), "gpt2"),
            new ModelEntry("quantised", Path.Combine(folder.Path, "models", "quantised"), null),
            new ModelEntry("tiny", Path.Combine(folder.Path, "models", "tiny"), "gpt2"));
        store.List().Should().OnlyContain(entry => store.Find(entry.Name) == entry.Folder);
    }

    [Test]
    public void A_damaged_model_is_refused_at_every_call()
    {
        model.Tensors.Remove("wpe.weight");
        model.WriteTo(folder.Below("models", "tiny"));
        using ModelStore store = StoreOf("models");
        Action load = () => store.Weights("tiny");
        load.Should().Throw<ModelLoadException>().WithMessage("*wpe.weight*");
        load.Should().Throw<ModelLoadException>().WithMessage("*wpe.weight*");
    }

    [Test]
    public void Compiled_models_are_made_when_they_are_asked_for_by_name()
    {
        using ModelStore store = StoreOf("models");
        ModelWeights made = store.Weights("compiled-induction");
        made.Should().BeSameAs(store.Weights("compiled-induction"));
        using ModelWeights fresh = CompiledModels.Induction.CreateWeights();
        (made.Name, made.Hash).Should().Be(("compiled-induction", fresh.Hash));
        store.Weights("compiled-induction", WeightProcessing.All).Processing.Should().Be(WeightProcessing.All);
        store.TokenizerOf("compiled-induction").Should().BeSameAs(CompiledModels.Induction.Tokenizer);

        store.TryFind("compiled-induction", out _).Should().BeFalse();
        Action find = () => store.Find("compiled-induction");
        find.Should().Throw<ArgumentException>().WithMessage("*compiled model*no folder*");
        Action unknown = () => store.Weights("compiled-inductoin");
        unknown.Should().Throw<ModelNotFoundException>();
    }

    [Test]
    public void A_folder_with_a_compiled_models_name_goes_first()
    {
        model.WriteTo(folder.Below("models", "compiled-induction"));
        using ModelStore store = StoreOf("models");
        store.Weights("compiled-induction").Config.ModelType.Should().Be("gpt2");
    }

    private ModelStore StoreOf(params string[] folders) => new(new ModelSearchPath(folders.Select(name => Path.Combine(folder.Path, name))));
}
