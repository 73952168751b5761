using CircuitSpecs.Models;

namespace CircuitSpecs.Tests.Models;

/// <summary>The real checkpoints beside the repository; the numbers are those of their README, from an independent computation.</summary>
[TestFixture]
public sealed class SharedModelTests
{
    [TestCase("organism-a")]
    [TestCase("organism-b")]
    [TestCase("organism-a-dropout")]
    [TestCase("tinychat-5m")]
    public void A_shared_model_loads_completely(string name)
    {
        using ModelWeights weights = ModelLoader.Load(RepositoryRoot.SharedOrIgnore("models", name));
        weights.Names.Should().HaveCount(6 + (16 * weights.Config.Layers));
        weights.Name.Should().Be(name);
    }

    [TestCase(4, 11, 58.3)]
    [TestCase(2, 2, 37.7)]
    [TestCase(5, 1, 29.6)]
    public void The_largest_query_key_norms_of_GPT2_are_those_recorded(int layer, int head, double expected)
    {
        using ModelWeights weights = ModelLoader.Load(RepositoryRoot.SharedOrIgnore("models", "gpt2-attention-only"), WeightScope.Attention);
        float[] norm = weights[$"blocks.{layer}.ln1.w"].Values();
        double[,] query = Gram(weights[$"blocks.{layer}.attn.W_Q"].Values(), norm, head);
        double[,] key = Gram(weights[$"blocks.{layer}.attn.W_K"].Values(), norm, head);
        double squared = 0;
        for (int row = 0; row < 64; row++)
        {
            for (int column = 0; column < 64; column++)
            {
                squared += query[row, column] * key[row, column];
            }
        }

        Math.Sqrt(squared).Should().BeApproximately(expected, 0.05);
    }

    [Test]
    public void GPT2s_attention_weights_alone_are_no_model()
    {
        string folder = RepositoryRoot.SharedOrIgnore("models", "gpt2-attention-only");
        Action load = () => ModelLoader.Load(folder).Dispose();
        load.Should().Throw<ModelLoadException>().WithMessage("*25 parameters*wte.weight*attention weights only*WeightScope.Attention*");
    }

    [Test]
    public void A_folder_with_nothing_but_a_GGUF_file_is_a_model()
    {
        ModelConfig config = ModelLoader.ReadConfig(RepositoryRoot.SharedOrIgnore("models", "smollm2-135m"));
        (config.ModelType, config.Layers, config.DModel, config.Heads, config.KeyValueHeads, config.Vocabulary).Should().Be(("llama", 30, 576, 9, 3, 49152));
    }

    // Wᵀ diag(w²) W of one head, [d_head, d_head]: ‖W_Q W_Kᵀ‖² is the sum of the products of two such matrices' entries.
    private static double[,] Gram(float[] matrices, float[] norm, int head)
    {
        var gram = new double[64, 64];
        for (int row = 0; row < 768; row++)
        {
            int start = ((head * 768) + row) * 64;
            for (int left = 0; left < 64; left++)
            {
                for (int right = 0; right < 64; right++)
                {
                    gram[left, right] += (double)norm[row] * norm[row] * matrices[start + left] * matrices[start + right];
                }
            }
        }

        return gram;
    }
}
