#!/bin/bash
# Times the embedded engine against Debian's PyTorch and prints one line a row:
# name<TAB>ours_ms<TAB>theirs_ms<TAB>ratio<TAB>goal, first for one thread, then for two. Arguments go to compare.py (--only, --rounds, --threads).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
if ! /usr/bin/python3 -c 'import torch, numpy' 2>/dev/null || ! ldconfig -p | grep -q libopenblas; then
    echo "# python3-torch or libopenblas0-pthread is missing: installing both with apt" >&2
    sudo=$([ "$(id -u)" = 0 ] || echo sudo)
    $sudo apt-get update -qq >&2
    $sudo apt-get install -y -qq python3-torch python3-numpy libopenblas0-pthread >&2
fi
dotnet build "$here/CircuitSpecs.Bench" -c Release -v q -nologo >&2
exec /usr/bin/python3 "$here/compare.py" --bench "$here/CircuitSpecs.Bench/bin/Release/net10.0/CircuitSpecs.Bench.dll" \
    --folder "${TMPDIR:-/tmp}/circuitspecs-compare/gpt2-shape" "$@"
