namespace CircuitSpecs.Tests.Analysis;

[Category("Golden")]
public sealed class AttributionPatchingGoldenTests
{
    public static string[] Known =>
    [
        "model", "clean_tokens", "corrupt_tokens", "answer_tokens", "wrong_tokens", "text", "definition", "source", "clean_logit_diff", "corrupt_logit_diff", "nodes", "exact_head_z_noising_delta", "attribution_head_z_noising",
    ];
}
