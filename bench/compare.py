"""Times our engine against PyTorch: both sides do the same work in turn, so that noise of the machine hits both.

Run by compare.sh. One line a row: name, our milliseconds, theirs, ratio (theirs / ours), goal.
A time is the shortest of a burst; a row's times are the medians of several bursts, its ratio the median of the
ratios of neighbouring bursts.
"""
import argparse, json, os, statistics, struct, subprocess, sys, time

ROWS = [  # name, goal, seconds of a burst
    ("sgemm_15x768x3072", 1.0, 0.1),
    ("sgemm_120x768x768", 1.0, 0.1),
    ("sgemm_128x768x50257", 1.0, 0.4),
    ("sgemm_1024x1024x1024", 1.0, 0.2),
    ("sgemm_fresh_15x768x3072", None, 0.1),
    ("sgemm_fresh_120x768x768", None, 0.1),
    ("sgemm_fresh_128x768x50257", None, 0.4),
    ("sgemm_fresh_1024x1024x1024", None, 0.2),
    ("forward_last_1x15", 1.5, 0.4),
    ("forward_full_8x15", 1.0, 1.0),
    ("forward_full_4x128", 1.0, 2.0),
    ("attention_8x12x128x64", 1.2, 0.2),
    ("attention_causal_8x12x128x64", None, 0.2),
    ("layer_norm_1024x3072", 1.0, 0.1),
    ("softmax_1024x3072", 1.0, 0.1),
    ("gelu_erf_1024x3072", 1.0, 0.1),
    ("gelu_tanh_1024x3072", 1.0, 0.1),
    ("organism_backward_32x97", 0.9, 1.0),
]
START, START_GOAL = "start_to_first_logits_float16", 3.0
LAYERS, HEADS, WIDTH, NEURONS, VOCABULARY, CONTEXT = 12, 12, 768, 3072, 50257, 1024


def shapes():
    yield "wte.weight", (VOCABULARY, WIDTH)
    yield "wpe.weight", (CONTEXT, WIDTH)
    for layer in range(LAYERS):
        h = f"h.{layer}."
        for norm in ("ln_1", "ln_2"):
            yield h + norm + ".weight", (WIDTH,)
            yield h + norm + ".bias", (WIDTH,)
        for name, i, o in (("attn.c_attn", WIDTH, 3 * WIDTH), ("attn.c_proj", WIDTH, WIDTH), ("mlp.c_fc", WIDTH, NEURONS), ("mlp.c_proj", NEURONS, WIDTH)):
            yield h + name + ".weight", (i, o)
            yield h + name + ".bias", (o,)
    yield "ln_f.weight", (WIDTH,)
    yield "ln_f.bias", (WIDTH,)


def make_model(folder):
    """A model of GPT-2's shape with random float16 weights."""
    import torch
    if os.path.exists(os.path.join(folder, "config.json")):
        return
    os.makedirs(folder, exist_ok=True)
    torch.manual_seed(1)
    header, at = {}, 0
    for name, shape in shapes():
        count = 2
        for size in shape:
            count *= size
        header[name] = {"dtype": "F16", "shape": list(shape), "data_offsets": [at, at + count]}
        at += count
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(os.path.join(folder, "model.safetensors"), "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for name, shape in shapes():
            centre = 1 if ".ln_" in "." + name and name.endswith("weight") else 0
            file.write((torch.randn(shape) * 0.02 + centre).half().numpy().tobytes())
    with open(os.path.join(folder, "config.json"), "w") as file:
        json.dump({"model_type": "gpt2", "vocab_size": VOCABULARY, "n_positions": CONTEXT, "n_embd": WIDTH, "n_layer": LAYERS, "n_head": HEADS,
                   "activation_function": "gelu_new", "layer_norm_epsilon": 1e-5, "tie_word_embeddings": True}, file)


def load_model(folder):
    """The parameters as float32."""
    import numpy, torch
    with open(os.path.join(folder, "model.safetensors"), "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        start = file.tell()
    data = numpy.memmap(os.path.join(folder, "model.safetensors"), dtype=numpy.float16, mode="c", offset=start)
    return {name: torch.from_numpy(data[e["data_offsets"][0] // 2:e["data_offsets"][1] // 2]).view(e["shape"]).float() for name, e in header.items()}


def gpt2(p, tokens, last):
    """GPT-2's forward pass, as Hugging Face's model does it."""
    import torch
    import torch.nn.functional as F
    batch, length = tokens.shape
    x = p["wte.weight"][tokens] + p["wpe.weight"][:length]
    mask = torch.full((length, length), float("-inf")).triu(1)
    linear = lambda v, name: torch.addmm(p[name + ".bias"], v.reshape(-1, v.shape[-1]), p[name + ".weight"]).view(batch, length, -1)
    norm = lambda v, name: F.layer_norm(v, (WIDTH,), p[name + ".weight"], p[name + ".bias"])
    for layer in range(LAYERS):
        h = f"h.{layer}."
        q, k, v = (part.view(batch, length, HEADS, WIDTH // HEADS).transpose(1, 2) for part in linear(norm(x, h + "ln_1"), h + "attn.c_attn").split(WIDTH, -1))
        z = (q @ k.transpose(-1, -2) / (WIDTH // HEADS) ** 0.5 + mask).softmax(-1) @ v
        x = x + linear(z.transpose(1, 2).reshape(batch, length, WIDTH), h + "attn.c_proj")
        x = x + linear(F.gelu(linear(norm(x, h + "ln_2"), h + "mlp.c_fc"), approximate="tanh"), h + "mlp.c_proj")
    if last:
        x = x[:, -1:]
    return norm(x, "ln_f") @ p["wte.weight"].t()


def organism_training(batch, length):
    """The loss of the organisms' architecture with random parameters, and its gradients."""
    import torch
    import torch.nn.functional as F
    layers, heads, width, neurons, vocabulary = 4, 5, 160, 640, 846
    made = []

    def parameter(*shape):
        made.append((torch.ones(shape) if len(shape) == 1 else torch.randn(shape) * 0.02).requires_grad_())
        return made[-1]

    tokens = torch.tensor([(i * 7919 + 13) % vocabulary for i in range(batch * length)]).view(batch, length)
    targets, mask = tokens.roll(-1, 1).reshape(-1), torch.full((length, length), float("-inf")).triu(1)
    embedding, places, gain, shift = parameter(vocabulary, width), parameter(length, width), parameter(width), parameter(width)
    blocks = [{name: parameter(*shape) for name, shape in {
        "ln1.w": (width,), "ln1.b": (width,), "ln2.w": (width,), "ln2.b": (width,), "qkv.w": (width, 3 * width), "qkv.b": (3 * width,), "out.w": (width, width),
        "out.b": (width,), "in.w": (width, neurons), "in.b": (neurons,), "down.w": (neurons, width), "down.b": (width,)}.items()} for _ in range(layers)]
    affine = lambda v, p, name: torch.addmm(p[name + ".b"], v.reshape(-1, v.shape[-1]), p[name + ".w"]).view(batch, length, -1)

    def run():
        for p in made:
            p.grad = None
        with torch.inference_mode(False), torch.enable_grad():
            x = embedding.index_select(0, tokens.view(-1)).view(batch, length, width) + places
            for p in blocks:
                q, k, v = affine(F.layer_norm(x, (width,), p["ln1.w"], p["ln1.b"]), p, "qkv").view(batch, length, 3, heads, width // heads).permute(2, 0, 3, 1, 4).unbind(0)
                z = (q @ k.transpose(-1, -2) / (width // heads) ** 0.5 + mask).softmax(-1) @ v
                x = x + affine(z.transpose(1, 2).reshape(batch, length, width), p, "out")
                x = x + affine(F.gelu(affine(F.layer_norm(x, (width,), p["ln2.w"], p["ln2.b"]), p, "in"), approximate="tanh"), p, "down")
            loss = F.cross_entropy(F.layer_norm(x, (width,), gain, shift).view(-1, width) @ embedding.t(), targets)
            loss.backward()
        return loss.detach()

    return run


class Work:
    """PyTorch's side of the work that ComparedWork.cs describes."""

    def __init__(self, folder):
        self.folder, self.made, self.model = folder, {}, None

    def named(self, name):
        if name not in self.made:
            self.made[name] = self.make(name)
        return self.made[name]

    def make(self, name):
        import torch
        import torch.nn.functional as F
        kind, _, sizes = name.rpartition("_")
        sizes = [int(size) for size in sizes.split("x")]
        if kind in ("sgemm", "sgemm_fresh"):
            a, b = torch.randn(sizes[0], sizes[1]), torch.randn(sizes[1], sizes[2])
            return lambda: a.mm(b)
        if kind.startswith("attention"):
            q, k, v = torch.randn(sizes), torch.randn(sizes), torch.randn(sizes)
            mask = torch.full((sizes[2], sizes[2]), float("-inf")).triu(1)
            scores = (lambda: q @ k.transpose(-1, -2) * sizes[3] ** -0.5 + mask) if kind.endswith("causal") else (lambda: q @ k.transpose(-1, -2) * sizes[3] ** -0.5)
            plain = lambda: scores().softmax(-1) @ v
            fused = getattr(F, "scaled_dot_product_attention", None)  # from 2.0 on
            return (lambda: fused(q, k, v, is_causal=kind.endswith("causal"))) if fused else plain
        if kind == "organism_backward":
            with torch.inference_mode(False):
                return organism_training(*sizes)
        if kind.startswith("forward"):
            if self.model is None:
                self.model = load_model(self.folder)
            tokens = tokens_of(*sizes)
            return lambda: gpt2(self.model, tokens, kind == "forward_last")
        x, gain, shift = torch.randn(sizes), torch.randn(sizes[-1]), torch.randn(sizes[-1])
        return {
            "layer_norm": lambda: F.layer_norm(x, (sizes[-1],), gain, shift),
            "softmax": lambda: x.softmax(-1),
            "gelu_erf": lambda: F.gelu(x),
            "gelu_tanh": lambda: F.gelu(x, approximate="tanh"),
        }[kind]


def tokens_of(batch, length):
    import torch
    return torch.tensor([(i * 7919 + 13) % VOCABULARY for i in range(batch * length)]).view(batch, length)


def worker(folder, threads):
    import torch
    torch.set_num_threads(threads)
    work = Work(folder)
    with torch.inference_mode():
        for line in sys.stdin:
            request = line.split()
            action = work.named(request[1])
            if request[0] == "write":
                result = action().contiguous()
                result.numpy().tofile(request[2])
                print(*result.shape, flush=True)
                continue
            best, begin, times = float("inf"), time.perf_counter(), 0
            while times < 3 or time.perf_counter() - begin < float(request[3]):
                start = time.perf_counter()
                action()
                best = min(best, time.perf_counter() - start)
                times += 1
            print(repr(best * 1e3), flush=True)


def first_logits(folder):
    import torch
    with torch.inference_mode():
        print(int(gpt2(load_model(folder), tokens_of(1, 15), True).argmax()))


class Side:
    def __init__(self, command, threads):
        self.threads = threads
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment(threads))

    def ask(self, *request):
        self.process.stdin.write(" ".join(str(word) for word in request) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise SystemExit(f"{self.process.args} ended at the request {request}")
        return answer.strip()

    def time(self, name, seconds):
        return float(self.ask("time", name, self.threads, seconds))

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def environment(threads):
    names = {**os.environ, "OPENBLAS_NUM_THREADS": str(threads), "OMP_NUM_THREADS": str(threads), "DOTNET_PROCESSOR_COUNT": str(threads)}
    # A setting that holds OpenBLAS or ATen to older kernels would make an easier rival: both choose for the machine they find.
    for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "ATEN_CPU_CAPABILITY", "DNNL_MAX_CPU_ISA"):
        names.pop(name, None)
    return names


def line(name, ours, theirs, goal):
    ratio = statistics.median(t / o for o, t in zip(ours, theirs))
    print(f"{name}\t{statistics.median(ours):.3f}\t{statistics.median(theirs):.3f}\t{ratio:.2f}\t{goal if goal else '-'}", flush=True)
    return not goal or ratio >= goal


def same_logits(ours, theirs, folder):
    import numpy
    results = []
    for side, name in ((ours, "ours"), (theirs, "theirs")):
        file = os.path.join(folder, name + ".bin")
        side.ask("write", "forward_full_2x15", file)
        results.append(numpy.fromfile(file, numpy.float32))
        os.remove(file)
    difference = float(abs(results[0] - results[1]).max())
    print(f"# largest difference of the logits of the two forward passes: {difference:.2e} (logits up to {abs(results[1]).max():.2f})")
    if not difference < 1e-3:
        raise SystemExit("The two sides do not compute the same model.")


def started(command, threads):
    start = time.perf_counter()
    token = subprocess.run(command, env=environment(threads), stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
    return (time.perf_counter() - start) * 1e3, token


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bench", required=True, help="our benchmark program (CircuitSpecs.Bench.dll)")
    parser.add_argument("--folder", required=True, help="where the model is made")
    parser.add_argument("--worker", type=int, help="be PyTorch's side with so many threads")
    parser.add_argument("--first-logits", action="store_true", help="be PyTorch's process that starts")
    parser.add_argument("--threads", type=int, nargs="*", default=[1, 2])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="", help="rows whose name contains this")
    arguments = parser.parse_args()
    if arguments.worker:
        return worker(arguments.folder, arguments.worker)
    if arguments.first_logits:
        return first_logits(arguments.folder)

    make_model(arguments.folder)
    myself = [sys.executable, os.path.abspath(__file__), "--bench", arguments.bench, "--folder", arguments.folder]
    rows = [row for row in ROWS if arguments.only in row[0]]
    for threads in arguments.threads:
        ours, theirs = Side(["dotnet", arguments.bench, "compare", arguments.folder], threads), Side([*myself, "--worker", str(threads)], threads)
        if any("forward" in name for name, _, _ in rows):
            same_logits(ours, theirs, arguments.folder)
        print(f"# {threads} thread{'s' if threads > 1 else ''}: name, ours in ms, theirs in ms, ratio, goal")
        for name, goal, seconds in rows:
            for side in (ours, theirs):
                side.time(name, max(seconds, 0.5))  # compiled and warm
            pairs = [(ours.time(name, seconds), theirs.time(name, seconds)) for _ in range(arguments.rounds)]
            line(name, *zip(*pairs), goal)
        ours.close()
        theirs.close()
        if arguments.only in START:
            pairs = []
            for _ in range(max(arguments.rounds, 3)):
                (mine, token), (other, reference) = started(["dotnet", arguments.bench, "first-logits", arguments.folder], threads), started([*myself, "--first-logits"], threads)
                if token != reference:
                    raise SystemExit(f"The first token is {token}, PyTorch says {reference}.")
                pairs.append((mine, other))
            line(START, *zip(*pairs), START_GOAL)


if __name__ == "__main__":
    main()
