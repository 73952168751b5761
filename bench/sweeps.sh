#!/bin/bash
# Times sweeps of patches on a model of GPT-2 small's shape: the planner, our own loop and a loop in Debian's PyTorch, in turn, and compares their numbers.
# Prints one line a sweep; arguments go to sweeps.py (--only, --rounds, --threads, --sample).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
if ! /usr/bin/python3 -c 'import torch, numpy' 2>/dev/null || ! ldconfig -p | grep -q libopenblas; then
    echo "# python3-torch or libopenblas0-pthread is missing: installing both with apt" >&2
    sudo=$([ "$(id -u)" = 0 ] || echo sudo)
    $sudo apt-get update -qq >&2
    $sudo apt-get install -y -qq python3-torch python3-numpy libopenblas0-pthread >&2
fi
dotnet build "$here/CircuitSpecs.Bench" -c Release -v q -nologo -nodeReuse:false >&2
exec /usr/bin/python3 "$here/sweeps.py" --bench "$here/CircuitSpecs.Bench/bin/Release/net10.0/CircuitSpecs.Bench.dll" \
    --folder "${TMPDIR:-/tmp}/circuitspecs-compare/gpt2-shape" "$@"
