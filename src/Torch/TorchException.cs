using System.Runtime.InteropServices;

namespace TorchSharp;

/// <summary>What libtorch reports through TorchSharp as an <see cref="ExternalException"/>.</summary>
internal sealed class TorchException(string operation, string message) : ExternalException($"{operation}(): {message}");
