"""Times patching sweeps: the planner, our own loop of one run a patch, and the same loop in PyTorch, asked in turn, so that noise of the machine hits all.

Run by sweeps.sh. PyTorch's loop does what TransformerLens's generic_activation_patch and path patching do: for every patch one whole forward pass with a hook on
the activation and logits at every position. The loops are timed on a sample of patches, one drawn from each of equal parts, and extrapolated to all; the planner runs whole sweeps.
Every round has prompts of its own, so that nothing is remembered from the round before. A time is the median over the rounds, a ratio the median of the rounds' ratios.
"""
import argparse, os, random, statistics, sys, time

from compare import CONTEXT, HEADS, LAYERS, VOCABULARY, WIDTH, Side, load_model, make_model

ROWS = [  # sweep, batch, length, first token in which twins differ, patches, goal
    ("heads", 1, 15, 1, LAYERS * HEADS, 8),
    ("heads_by_position", 1, 15, 1, LAYERS * HEADS * 15, 12),
    ("heads", 8, 15, 1, LAYERS * HEADS, 3),
    ("paths", 1, 15, 1, LAYERS * HEADS, 5),
    ("paths", 8, 15, 1, LAYERS * HEADS, 5),
    ("paths_frozen", 1, 15, 1, LAYERS * HEADS, 5),
    ("heads", 1, 15, 10, LAYERS * HEADS, None),
    ("heads_by_position", 1, 15, 10, LAYERS * HEADS * 15, None),
    ("resid_by_position", 1, 15, 1, LAYERS * 15, None),
    ("values", 1, 15, 1, LAYERS * HEADS, None),
]
TOLERANCE = 1e-5


class Loop:
    """PyTorch's side: one forward pass a patch."""

    def __init__(self, folder):
        self.p = load_model(folder)

    def forward(self, tokens, at=None):
        """GPT-2's forward pass with a hook: at(name, layer, value) may return another value. All logits."""
        import torch
        import torch.nn.functional as F
        p, at = self.p, at or (lambda name, layer, value: value)
        batch, length = tokens.shape
        x = p["wte.weight"][tokens] + p["wpe.weight"][:length]
        mask = torch.full((length, length), float("-inf")).triu(1)
        linear = lambda v, name: torch.addmm(p[name + ".bias"], v.reshape(-1, v.shape[-1]), p[name + ".weight"]).view(batch, length, -1)
        norm = lambda v, name: F.layer_norm(v, (WIDTH,), p[name + ".weight"], p[name + ".bias"])
        for layer in range(LAYERS):
            h = f"h.{layer}."
            x = at("resid_pre", layer, x)
            q, k, v = (part.view(batch, length, HEADS, WIDTH // HEADS) for part in linear(norm(x, h + "ln_1"), h + "attn.c_attn").split(WIDTH, -1))
            v = at("v", layer, v)
            q, k, v = (part.transpose(1, 2) for part in (q, k, v))
            z = (q @ k.transpose(-1, -2) / (WIDTH // HEADS) ** 0.5 + mask).softmax(-1) @ v
            z = at("z", layer, z.transpose(1, 2))
            x = x + linear(z.reshape(batch, length, WIDTH), h + "attn.c_proj")
            x = x + at("mlp_out", layer, linear(F.gelu(linear(norm(x, h + "ln_2"), h + "mlp.c_fc"), approximate="tanh"), h + "mlp.c_proj"))
        return norm(x, "ln_f") @ p["wte.weight"].t()

    def run(self, kind, batch, length, difference, seed, cells):
        """The seconds of these cells, and one value a prompt a cell."""
        import torch
        token = lambda row, at, twin: 0 if at == 0 else ((row * 64 + at + seed * 1009) * 7919 + 13 + twin) % VOCABULARY
        clean = torch.tensor([[token(row, at, 0) for at in range(length)] for row in range(batch)])
        corrupt = torch.tensor([[token(row, at, 0 if at < difference else 5003) for at in range(length)] for row in range(batch)])
        answers, foils = (torch.tensor([[token(row, length, twin)] for row in range(batch)]) for twin in (1, 2))
        noising = kind.startswith("paths")
        base, source = (clean, corrupt) if noising else (corrupt, clean)
        values, kept = [], ({}, {})

        def keep(store):
            def at(name, layer, value):
                store[name, layer] = value
                return value
            return at

        start = time.perf_counter()
        self.forward(source, keep(kept[0]))
        if noising:
            self.forward(base, keep(kept[1]))
        setup = time.perf_counter() - start
        start = time.perf_counter()
        for cell in cells:
            logits = self.forward(base, patch(kind, cell, length, *kept))[:, -1]
            values += (logits.gather(1, answers) - logits.gather(1, foils)).flatten().tolist()
        return setup, time.perf_counter() - start, values


def patch(kind, cell, length, source, base):
    """The hook of a cell."""
    if kind == "resid_by_position":
        chosen, head, position = cell // length, None, cell % length
    else:
        by_position = length if kind == "heads_by_position" else 1
        chosen, head, position = cell // by_position // HEADS, cell // by_position % HEADS, cell % by_position if by_position > 1 else slice(None)
    site = {"resid_by_position": "resid_pre", "values": "v"}.get(kind, "z")

    def at(name, layer, value):
        if name == "mlp_out" and kind == "paths_frozen":
            return base[name, layer]
        if name != site or (layer != chosen and not kind.startswith("paths")):
            return value
        value = (base[name, layer] if kind.startswith("paths") else value).clone()
        if layer == chosen:
            index = (slice(None), position) if head is None else (slice(None), position, head)
            value[index] = source[name, layer][index]
        return value

    return at


def worker(folder, threads):
    import torch
    torch.set_num_threads(threads)
    loop = Loop(folder)
    with torch.inference_mode():
        for line in sys.stdin:
            _, kind, *numbers, cells = line.split()
            setup, patches, values = loop.run(kind, *map(int, numbers), [int(cell) for cell in cells.split(",")])
            print(setup * 1e3, patches * 1e3, *values, flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bench", required=True, help="our benchmark program (CircuitSpecs.Bench.dll)")
    parser.add_argument("--folder", required=True, help="where the model is made")
    parser.add_argument("--worker", type=int, help="be PyTorch's side with so many threads")
    parser.add_argument("--threads", type=int, nargs="*", default=[1, 2])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sample", type=int, default=24, help="patches of a loop that are timed a round; the time of all is extrapolated")
    parser.add_argument("--only", default="", help="sweeps whose name contains this, for example heads_B1")
    arguments = parser.parse_args()
    if arguments.worker:
        return worker(arguments.folder, arguments.worker)

    make_model(arguments.folder)
    rows = [(f"{kind}_B{batch}_T{length}" + (f"_from{difference}" if difference > 1 else ""), kind, batch, length, difference, patches, goal) for kind, batch, length, difference, patches, goal in ROWS]
    rows = [row for row in rows if arguments.only in row[0]]
    short = []
    for threads in arguments.threads:
        ours = Side(["dotnet", arguments.bench, "sweeps", arguments.folder, str(threads)], threads)
        theirs = Side([sys.executable, os.path.abspath(__file__), "--bench", arguments.bench, "--folder", arguments.folder, "--worker", str(threads)], threads)
        print(f"# {threads} thread{'s' if threads > 1 else ''}, loops extrapolated from {arguments.sample} patches a round")
        print("# sweep\tpatches\tplanner_s\town_loop_s\tpytorch_loop_s\town_loop/planner\tpytorch_loop/planner\tgoal\tlargest difference to the own loop, to PyTorch's")
        for name, kind, batch, length, difference, patches, goal in rows:
            strata = [patches * i // arguments.sample for i in range(arguments.sample + 1)]
            sample = [random.Random(low).randrange(low, high) for low, high in zip(strata, strata[1:]) if high > low]
            listed, shape = ",".join(map(str, sample)), (batch, length, difference)
            times, apart = [], [0, 0]
            for round_ in range(arguments.rounds + 1):
                seed = 100 * threads + round_
                planner, *values = map(float, ours.ask("planner", kind, *shape, seed).split())
                naive, *loop = map(float, ours.ask("naive", kind, *shape, seed, listed).split())
                setup, torch, *reference = map(float, theirs.ask("loop", kind, *shape, seed, listed).split())
                mine = [values[cell * batch + row] for cell in sample for row in range(batch)]
                apart = [max(apart[i], *(abs(a - b) for a, b in zip(mine, other))) for i, other in enumerate((loop, reference))]
                if round_ > 0:  # the first one compiles and warms
                    times.append((planner / 1e3, naive / 1e3 * patches / len(sample), (setup + torch * patches / len(sample)) / 1e3))
            planner, naive, torch = (statistics.median(column) for column in zip(*times))
            own, ratio = (statistics.median(row[side] / row[0] for row in times) for side in (1, 2))
            print(f"{name}\t{patches}\t{planner:.2f}\t{naive:.1f}\t{torch:.1f}\t{own:.1f}\t{ratio:.1f}\t{goal or '-'}\t{apart[0]:.1e}\t{apart[1]:.1e}", flush=True)
            if not max(apart) < TOLERANCE:
                raise SystemExit(f"{name}: the three do not compute the same, {apart[0]:.2e} and {apart[1]:.2e} apart.")
            if goal and ratio < goal:
                short.append(f"{name} on {threads} thread{'s' if threads > 1 else ''}: {ratio:.1f}, the goal is {goal}")
        ours.close()
        theirs.close()
    for line in short:
        print("# short of the goal: " + line)
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
