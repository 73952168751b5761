namespace TorchSharp.Autograd;

/// <summary>Where the gradient of a tensor goes: to one output of the node that made it.</summary>
internal readonly record struct Edge(Node? Node, int Output);
