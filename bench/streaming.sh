#!/bin/bash
# Runs a synthetic GPT-J of full width (3 blocks and the two embeddings: 1.0 billion parameters in float16) once without a limit and once under
# CIRCUITSPECS_MEMORY: the logits have to be the same, bit for bit, and the peak of the process below the limit.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
limit=${1:-3GB}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
dotnet build "$here/CircuitSpecs.Bench" -c Release -v q -nologo >&2
bench="$here/CircuitSpecs.Bench/bin/Release/net10.0/CircuitSpecs.Bench.dll"
dotnet "$bench" streaming make "$folder" 3
du -h "$folder/model.safetensors" | cut -f1
dotnet "$bench" streaming run "$folder"
CIRCUITSPECS_MEMORY="$limit" dotnet "$bench" streaming run "$folder"
