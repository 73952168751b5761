using CircuitSpecs.Models.Architectures;
using CircuitSpecs.Models.Checkpoints;
using static TorchSharp.torch;

namespace CircuitSpecs.Models;

/// <summary>Loads the weights of a model from its folder. What the folder holds and what its configuration asks for have to agree completely.</summary>
public static class ModelLoader
{
    private const int NamesInMessage = 8;
    private const int Piece = 1 << 16;

    /// <summary>Reads the configuration only: <c>config.json</c>, or the metadata of a GGUF file where there is none.</summary>
    /// <param name="folder">The model's folder, or the path of a GGUF file.</param>
    /// <exception cref="ModelLoadException">It is missing, invalid, or asks for something that is not supported.</exception>
    public static ModelConfig ReadConfig(string folder)
    {
        ConfigFile config = ReadConfigFile(folder);
        return ArchitectureRegistry.For(config).ReadConfig(config);
    }

    /// <summary>Loads the weights as stored, in float32.</summary>
    /// <param name="folder">The model's folder: <c>config.json</c> and a checkpoint, or a GGUF file; or the path of a GGUF file.</param>
    /// <param name="scope">Which parameters are needed.</param>
    /// <param name="name">What to call the model; the folder's name if left out.</param>
    /// <returns>The weights, unprocessed; the caller owns them.</returns>
    /// <exception cref="ModelLoadException">
    /// A file is damaged or of a format that is not read, a parameter is missing, unknown, of the wrong shape or type or not finite, or the configuration is not supported.
    /// </exception>
    public static ModelWeights Load(string folder, WeightScope scope = WeightScope.All, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(folder);
        if (!Directory.Exists(folder) && !CheckpointFormat.IsModelFile(folder))
        {
            throw new ModelLoadException(folder, "there is no such folder.");
        }

        (CheckpointFormat Format, string File)? found = CheckpointFormat.FindIn(folder);
        ConfigFile? own = OwnConfig(folder, required: found is null);
        IArchitecture? architecture = own is null ? null : ArchitectureRegistry.For(own);
        ModelConfig? config = architecture?.ReadConfig(own!);
        if (found is not { Format: { } format, File: string file })
        {
            throw new ModelLoadException(folder, $"the folder holds no weights: looked for {string.Join(" or ", CheckpointFormat.All.Select(format => format.Pattern))}.");
        }

        ICheckpoint checkpoint = format.Open(file);
        try
        {
            ConfigFile configFile = own ?? checkpoint.Configuration ?? OwnConfig(folder, required: true)!;
            architecture ??= ArchitectureRegistry.For(configFile);
            return Load(checkpoint, architecture, config ?? architecture.ReadConfig(configFile), configFile, scope, name ?? NameOf(folder));
        }
        catch
        {
            checkpoint.Dispose();
            throw;
        }
    }

    /// <summary>What the folder says of the model: <c>config.json</c>, or else a checkpoint that describes itself.</summary>
    internal static ConfigFile ReadConfigFile(string folder)
    {
        ConfigFile? described = null;
        if (OwnConfig(folder, required: false) is ConfigFile own)
        {
            return own;
        }

        if ((Directory.Exists(folder) || CheckpointFormat.IsModelFile(folder)) && CheckpointFormat.FindIn(folder) is (CheckpointFormat format, string file))
        {
            using ICheckpoint checkpoint = format.Open(file);
            described = checkpoint.Configuration;
        }

        return described ?? OwnConfig(folder, required: true)!;
    }

    private static ConfigFile? OwnConfig(string folder, bool required)
    {
        string path = Path.Combine(folder, "config.json");
        return required || File.Exists(path) ? ConfigFile.Read(path) : null;
    }

    private static string NameOf(string folder)
    {
        string last = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        return CheckpointFormat.IsModelFile(folder) ? Path.GetFileNameWithoutExtension(last) : last;
    }

    private static ModelWeights Load(ICheckpoint checkpoint, IArchitecture architecture, ModelConfig config, ConfigFile configFile, WeightScope scope, string name)
    {
        Dictionary<string, StoredTensor> stored = ByCanonicalKey(checkpoint, architecture);
        List<TensorMapping> mappings = Match(checkpoint, architecture.Map(config, configFile), stored, scope, Path.GetFileName(configFile.Path));
        foreach (TensorMapping copy in mappings.Where(mapping => mapping.CopyOf is not null))
        {
            RequireCopy(checkpoint, stored[copy.Key], stored[copy.CopyOf!], Path.GetFileName(configFile.Path));
        }

        mappings.RemoveAll(mapping => mapping.CopyOf is not null);
        if (mappings.Sum(Bytes) > MemoryLimit.ForWeights)
        {
            return Stream(checkpoint, stored, mappings, config, name);
        }

        using var dispose = NewDisposeScope();
        var parameters = new Dictionary<string, Tensor>(StringComparer.Ordinal);

        // The hash reads every byte once more, beside the conversion.
        Task<string> hash = Task.Run(() => CheckpointHash.Of(checkpoint));
        try
        {
            foreach (TensorMapping mapping in mappings)
            {
                foreach ((string parameter, Tensor value) in mapping.Convert(checkpoint.ReadFloat32(stored[mapping.Key], requireFinite: true)))
                {
                    parameters.Add(parameter, value);
                }
            }
        }
        finally
        {
            // Whatever came of it: the checkpoint is closed next.
            ((IAsyncResult)hash).AsyncWaitHandle.WaitOne();
        }

        var weights = new ModelWeights(name, config, parameters, hash.GetAwaiter().GetResult(), WeightProcessing.None);
        checkpoint.Dispose();
        return weights;
    }

    /// <summary>Bytes of a stored tensor in float32.</summary>
    private static long Bytes(TensorMapping mapping) => sizeof(float) * mapping.Shape.Aggregate(1L, (product, size) => product * size);

    // The checkpoint stays open. A tensor that becomes parameters of two groups, as a tied embedding does, is read for each.
    private static ModelWeights Stream(ICheckpoint checkpoint, Dictionary<string, StoredTensor> stored, List<TensorMapping> mappings, ModelConfig config, string name)
    {
        string[] names = [.. mappings.SelectMany(mapping => mapping.Names)];
        ILookup<string, TensorMapping> byGroup = mappings
            .SelectMany(mapping => mapping.Names.Select(StreamedParameters.GroupName).Distinct().Select(group => (Group: group, Mapping: mapping)))
            .ToLookup(entry => entry.Group, entry => entry.Mapping, StringComparer.Ordinal);
        var streamed = new StreamedParameters(names, Read, group => byGroup[group].Sum(Bytes), checkpoint, MemoryLimit.ForWeights);
        return new ModelWeights(name, config, names, streamed, CheckpointHash.Of(checkpoint), WeightProcessing.None);

        IReadOnlyDictionary<string, Tensor> Read(string group) => byGroup[group]
            .SelectMany(mapping => mapping.Convert(checkpoint.ReadFloat32(stored[mapping.Key], requireFinite: true)))
            .Where(parameter => StreamedParameters.GroupName(parameter.Name) == group)
            .ToDictionary(parameter => parameter.Name, parameter => parameter.Value, StringComparer.Ordinal);
    }

    private static Dictionary<string, StoredTensor> ByCanonicalKey(ICheckpoint checkpoint, IArchitecture architecture)
    {
        var stored = new Dictionary<string, StoredTensor>(StringComparer.Ordinal);
        foreach (StoredTensor tensor in checkpoint.Tensors.Values)
        {
            string key = architecture.CanonicalKey(tensor.Name);
            if (!architecture.IsBuffer(key) && !stored.TryAdd(key, tensor))
            {
                throw new ModelLoadException(checkpoint.File, $"{Quoted.Of(stored[key].Name)} and {Quoted.Of(tensor.Name)} are the same parameter; expected one of them.");
            }
        }

        return stored;
    }

    // Compares keys and shapes before anything is read, and gives back what is to be read.
    private static List<TensorMapping> Match(ICheckpoint checkpoint, IEnumerable<TensorMapping> mappings, Dictionary<string, StoredTensor> stored, WeightScope scope, string asker)
    {
        var unknown = new HashSet<string>(stored.Keys, StringComparer.Ordinal);
        var missing = new List<TensorMapping>();
        var wanted = new List<TensorMapping>();
        bool otherMatrices = false;
        foreach (TensorMapping mapping in mappings)
        {
            bool needed = scope == WeightScope.All || mapping.Scope == scope;
            if (!stored.TryGetValue(mapping.Key, out StoredTensor? tensor))
            {
                if (needed && mapping.CopyOf is null)
                {
                    missing.Add(mapping);
                }

                continue;
            }

            unknown.Remove(mapping.Key);
            RequireShape(tensor, mapping, asker);
            otherMatrices |= mapping.Scope != WeightScope.Attention && mapping.Shape.Length > 1;
            if (needed && !(mapping.CopyOf is string original && !stored.ContainsKey(original)))
            {
                wanted.Add(mapping);
            }
        }

        if (missing.Count > 0 || unknown.Count > 0)
        {
            bool attentionOnly = unknown.Count == 0 && !otherMatrices && missing.TrueForAll(mapping => mapping.Scope != WeightScope.Attention);
            throw new ModelLoadException(checkpoint.File, Disagreement([.. missing.Select(mapping => mapping.Key)], [.. unknown.Order(StringComparer.Ordinal)], attentionOnly, asker));
        }

        return wanted;
    }

    private static string Disagreement(IReadOnlyList<string> missing, IReadOnlyList<string> unknown, bool attentionOnly, string asker)
    {
        var parts = new List<string>();
        if (missing.Count > 0)
        {
            parts.Add($"{missing.Count} parameters that {asker} asks for are missing: {Names(missing)}.");
        }

        if (unknown.Count > 0)
        {
            parts.Add($"{unknown.Count} tensors are not known to this architecture and configuration: {Names([.. unknown.Select(Quoted.Of)])}.");
        }

        if (attentionOnly)
        {
            parts.Add($"The checkpoint holds attention weights only: the model cannot run; load it with {nameof(WeightScope)}.{nameof(WeightScope.Attention)} for claims about the weights of heads.");
        }

        return string.Join(' ', parts);
    }

    private static string Names(IReadOnlyList<string> names) =>
        string.Join(", ", names.Take(NamesInMessage)) + (names.Count > NamesInMessage ? $" and {names.Count - NamesInMessage} more" : "");

    private static void RequireShape(StoredTensor tensor, TensorMapping mapping, string asker)
    {
        if (!tensor.Shape.AsSpan().SequenceEqual(mapping.Shape.AsSpan()))
        {
            throw new ModelLoadException(tensor.File, $"tensor {Quoted.Of(tensor.Name)}: {asker} asks for shape {StoredTensor.ShapeTextOf(mapping.Shape)}, found {tensor.ShapeText}.");
        }
    }

    private static void RequireCopy(ICheckpoint checkpoint, StoredTensor tensor, StoredTensor original, string asker)
    {
        byte[] copied = new byte[Piece];
        byte[] expected = new byte[Piece];
        bool same = tensor.Type == original.Type;
        for (long start = 0; same && start < tensor.ByteCount; start += Piece)
        {
            int count = (int)Math.Min(Piece, tensor.ByteCount - start);
            checkpoint.CopyBytes(tensor, start, copied.AsSpan(0, count));
            checkpoint.CopyBytes(original, start, expected.AsSpan(0, count));
            same = copied.AsSpan(0, count).SequenceEqual(expected.AsSpan(0, count));
        }

        if (!same)
        {
            throw new ModelLoadException(tensor.File, $"tensor {Quoted.Of(tensor.Name)} differs from {Quoted.Of(original.Name)}, but {asker} ties them (tie_word_embeddings).");
        }
    }
}
