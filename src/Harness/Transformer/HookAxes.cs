namespace CircuitSpecs.Transformer;

/// <summary>The axes of an activation, in order.</summary>
internal enum HookAxes
{
    BatchPos,
    BatchPosOne,
    BatchPosModel,
    BatchPosHeadModel,
    BatchPosHeadWidth,
    BatchPosKeyValueHeadModel,
    BatchPosKeyValueHeadWidth,
    BatchHeadQueryKey,
    BatchPosMlp,
    BatchPosVocab,
}
