#!/bin/bash
# From the start of a process to the first logits of a model, several times: seconds, and the most memory that the process held.
# Without an argument: SmolLM2-135M (GGUF, Q4_1) beside the repository; expected under 3 s and under 1 GB on 2 cores.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
model=${1:-$here/../../shared/models/smollm2-135m}
times=${2:-5}
dotnet build "$here/CircuitSpecs.Bench" -c Release -v q -nologo -nodeReuse:false >&2
for ((i = 0; i < times; i++)); do
    dotnet "$here/CircuitSpecs.Bench/bin/Release/net10.0/CircuitSpecs.Bench.dll" first-logits "$model"
done
