"""What PyTorch gives for numbers at the edges: writes special_values.tsv, which SpecialValueTests reads.

    python3 special_values.py > special_values.tsv

The committed file is from PyTorch 1.13.0 (Debian's python3-torch) on x86-64. One line a fact:
operation, element type, name of the inputs, results; lists are separated by spaces, several of them by semicolons.
Each result begins with its element type. Lines that begin with "inputs" hold the inputs themselves.
"""
import warnings

import torch

warnings.simplefilter("ignore")
nan, inf = float("nan"), float("inf")

FLOATS = [nan, inf, -inf, 0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 1.5, 2.5, -2.5, 3.5, 100.0, -100.0, 1e-8, -1e-8, 88.5, 89.5, -104.0, 710.0, 3e38, -3e38, 0.99999994, 7.0, -7.0, 1e-30]
PAIRS = [nan, inf, -inf, 0.0, -0.0, 1.0, -1.0, 0.5, 2.0, -3.0, 3e38, 7.5]
TYPES = {"f32": torch.float32, "f64": torch.float64, "f16": torch.float16, "bf16": torch.bfloat16,
         "i64": torch.int64, "i32": torch.int32, "i16": torch.int16, "i8": torch.int8, "u8": torch.uint8, "b": torch.bool}
NAMES = {v: k for k, v in TYPES.items()}


def integers(name):
    info = torch.iinfo(TYPES[name])
    values = [info.min, info.min + 1, -8, -7, -3, -2, -1, 0, 1, 2, 3, 7, 8, info.max - 1, info.max]
    return [v for v in values if info.min <= v <= info.max]


def text(t):
    if t.dtype == torch.bool:
        return " ".join(str(int(v)) for v in t.reshape(-1).tolist())
    if t.is_floating_point():
        digits = {torch.float64: 17, torch.float32: 9}.get(t.dtype, 6)
        return " ".join(f"{v:.{digits}g}" for v in t.double().reshape(-1).tolist())
    return " ".join(str(v) for v in t.reshape(-1).tolist())


known = {}


def emit(name, kind, inputs, call):
    written_inputs = ";".join(text(i) for i in inputs)
    if (kind, written_inputs) not in known:
        known[kind, written_inputs] = f"{name.split()[0]}{len(known)}"
        print("inputs", kind, known[kind, written_inputs], written_inputs, sep="\t")
    try:
        result = call()
        result = result if isinstance(result, tuple) else (result,)
        written = ";".join(NAMES[r.dtype] + ":" + text(r) for r in result)
    except (RuntimeError, IndexError) as e:
        # What 1.13 has no code for says nothing about later versions.
        if "not implemented for" in str(e) or "Half" in str(e):
            return
        written = "error"
    print(name, kind, known[kind, written_inputs], written, sep="\t")


UNARY = {
    "sqrt": torch.sqrt, "rsqrt": torch.rsqrt, "exp": torch.exp, "exp2": torch.exp2, "expm1": torch.expm1, "log": torch.log,
    "log2": torch.log2, "log10": torch.log10, "log1p": torch.log1p, "sin": torch.sin, "cos": torch.cos, "tan": torch.tan,
    "asin": torch.asin, "acos": torch.acos, "atan": torch.atan, "sinh": torch.sinh, "cosh": torch.cosh, "tanh": torch.tanh,
    "sigmoid": torch.sigmoid, "erf": torch.erf, "erfc": torch.erfc, "reciprocal": torch.reciprocal,
    "relu": torch.relu, "abs": torch.abs, "neg": torch.neg, "sign": torch.sign, "square": torch.square, "signbit": torch.signbit,
    "floor": torch.floor, "ceil": torch.ceil, "round": torch.round, "trunc": torch.trunc, "frac": torch.frac,
    "gelu": torch.nn.functional.gelu, "gelu_tanh": lambda x: torch.nn.functional.gelu(x, approximate="tanh"),
    "silu": torch.nn.functional.silu, "log_sigmoid": torch.nn.functional.logsigmoid,
    "nan_to_num": torch.nan_to_num, "clamp": lambda x: x.clamp(-1, 2), "clamp_crossed": lambda x: x.clamp(2, -1),
    "clamp_min": lambda x: x.clamp_min(1), "clamp_max": lambda x: x.clamp_max(1),
    "pow_2": lambda x: x.pow(2), "pow_3": lambda x: x.pow(3), "pow_0": lambda x: x.pow(0), "pow_-1": lambda x: x.pow(-1),
    "pow_0.5": lambda x: x.pow(0.5), "pow_-0.5": lambda x: x.pow(-0.5), "pow_1.5": lambda x: x.pow(1.5),
    "isnan": torch.isnan, "isinf": torch.isinf, "isfinite": torch.isfinite, "isposinf": torch.isposinf, "isneginf": torch.isneginf,
    "logical_not": torch.logical_not, "bitwise_not": torch.bitwise_not,
    "to_f32": lambda x: x.to(torch.float32), "to_f64": lambda x: x.to(torch.float64), "to_f16": lambda x: x.to(torch.float16), "to_bf16": lambda x: x.to(torch.bfloat16),
    "to_i64": lambda x: x.to(torch.int64), "to_i32": lambda x: x.to(torch.int32), "to_i16": lambda x: x.to(torch.int16), "to_i8": lambda x: x.to(torch.int8),
    "to_u8": lambda x: x.to(torch.uint8), "to_b": lambda x: x.to(torch.bool),
    "mul_0.5": lambda x: x * 0.5, "mul_3": lambda x: x * 3, "add_300": lambda x: x + 300, "rsub_1": lambda x: 1 - x, "rdiv_1": lambda x: 1 / x,
    "floordiv_3": lambda x: torch.div(x, 3, rounding_mode="floor"), "truncdiv_-3": lambda x: torch.div(x, -3, rounding_mode="trunc"),
    "remainder_3": lambda x: x.remainder(3), "remainder_-3": lambda x: x.remainder(-3), "fmod_3": lambda x: x.fmod(3),
    "asinh": torch.asinh, "acosh": torch.acosh, "atanh": torch.atanh, "lgamma": torch.lgamma, "digamma": torch.digamma, "erfinv": torch.erfinv,
    "sinc": torch.sinc, "i0": torch.i0, "deg2rad": torch.deg2rad, "logit": torch.logit,
    "gt_1": lambda x: x > 1, "eq_1": lambda x: x == 1, "ne_0.5": lambda x: x != 0.5,
}
BINARY = {
    "add": torch.add, "sub": torch.sub, "mul": torch.mul, "div": torch.div,
    "div_floor": lambda a, b: torch.div(a, b, rounding_mode="floor"), "div_trunc": lambda a, b: torch.div(a, b, rounding_mode="trunc"),
    "remainder": torch.remainder, "fmod": torch.fmod, "maximum": torch.maximum, "minimum": torch.minimum, "pow": torch.pow, "atan2": torch.atan2,
    "eq": torch.eq, "ne": torch.ne, "lt": torch.lt, "le": torch.le, "gt": torch.gt, "ge": torch.ge,
    "logical_and": torch.logical_and, "logical_or": torch.logical_or, "logical_xor": torch.logical_xor,
    "bitwise_and": torch.bitwise_and, "bitwise_or": torch.bitwise_or, "bitwise_xor": torch.bitwise_xor,
    "fmax": torch.fmax, "fmin": torch.fmin, "hypot": torch.hypot, "copysign": torch.copysign, "logaddexp": torch.logaddexp, "logaddexp2": torch.logaddexp2,
    "xlogy": torch.xlogy, "heaviside": torch.heaviside, "nextafter": torch.nextafter, "gcd": torch.gcd, "lcm": torch.lcm,
    "left_shift": torch.bitwise_left_shift, "right_shift": torch.bitwise_right_shift,
    "isclose": torch.isclose, "isclose_nan": lambda a, b: torch.isclose(a, b, equal_nan=True),
}
ROWS = [[nan, 1.0, 2.0], [1.0, nan, inf], [inf, -inf, 1.0], [-inf, -inf, -inf], [inf, 1.0, inf], [0.0, -0.0, 0.0], [-0.0, 0.0, -0.0], [3.0, 1.0, 3.0], [1.0, -inf, 2.0], [nan, nan, nan], [3e38, 3e38, -3e38], [-1.0, -2.0, nan]]
REDUCTIONS = {
    "sum": lambda x: x.sum(-1), "mean": lambda x: x.mean(-1), "prod": lambda x: x.prod(-1), "var": lambda x: x.var(-1), "std": lambda x: x.std(-1),
    "amax": lambda x: x.amax(-1), "amin": lambda x: x.amin(-1), "max": lambda x: tuple(x.max(-1)), "min": lambda x: tuple(x.min(-1)),
    "argmax": lambda x: x.argmax(-1), "argmin": lambda x: x.argmin(-1), "cumsum": lambda x: x.cumsum(-1), "cumprod": lambda x: x.cumprod(-1),
    "logsumexp": lambda x: x.logsumexp(-1), "softmax": lambda x: x.softmax(-1), "log_softmax": lambda x: x.log_softmax(-1),
    "norm": lambda x: x.norm(dim=-1), "norm_1": lambda x: x.norm(p=1, dim=-1), "norm_inf": lambda x: x.norm(p=inf, dim=-1), "norm_0": lambda x: x.norm(p=0, dim=-1),
    "any": lambda x: x.any(-1), "all": lambda x: x.all(-1), "median": lambda x: torch.stack([r.median() for r in x]), "nansum": lambda x: torch.stack([r.nansum() for r in x]),
    "sort": lambda x: tuple(x.sort(dim=-1, stable=True)), "sort_descending": lambda x: tuple(x.sort(dim=-1, descending=True, stable=True)),
    "topk_values": lambda x: x.topk(2, -1).values, "bottomk_values": lambda x: x.topk(2, -1, largest=False).values, "count_nonzero": lambda x: x.count_nonzero(-1),
    "layer_norm": lambda x: torch.nn.functional.layer_norm(x, [x.shape[-1]]),
    "cummax": lambda x: tuple(x.cummax(-1)), "cummin": lambda x: tuple(x.cummin(-1)), "logcumsumexp": lambda x: x.logcumsumexp(-1),
    "nanmean": lambda x: x.nanmean(-1), "nanmedian": lambda x: torch.stack([r.nanmedian() for r in x]),
    "logsumexp_first": lambda x: x.logsumexp(0), "sum_first": lambda x: x.sum(0), "amax_first": lambda x: x.amax(0), "softmax_first": lambda x: x.softmax(0),
}
EMPTY = {
    "sum": lambda x: x.sum(), "mean": lambda x: x.mean(), "prod": lambda x: x.prod(), "var": lambda x: x.var(), "std": lambda x: x.std(), "norm": lambda x: x.norm(),
    "amax": lambda x: x.amax(), "max": lambda x: x.max(), "argmax": lambda x: x.argmax(), "any": lambda x: x.any(), "all": lambda x: x.all(),
    "logsumexp": lambda x: x.logsumexp(0), "cumsum": lambda x: x.cumsum(0), "softmax": lambda x: x.softmax(0), "median": lambda x: x.median(),
    "matmul": lambda x: torch.zeros(2, 0, dtype=x.dtype) @ torch.zeros(0, 2, dtype=x.dtype), "mean_of_int": lambda x: x.long().mean(), "var_of_one": lambda x: torch.ones(1, dtype=x.dtype).var(),
}

for kind in ["f32", "f64", "f16", "bf16"]:
    x = torch.tensor(FLOATS, dtype=torch.float64).to(TYPES[kind])
    for name, f in UNARY.items():
        if kind == "f16" and name in ("tan",):
            continue
        emit("unary " + name, kind, [x], lambda: f(x))
    p = torch.tensor(PAIRS, dtype=torch.float64).to(TYPES[kind])
    a, b = p.repeat_interleave(len(p)), p.repeat(len(p))
    for name, f in BINARY.items():
        if kind in ("f32", "f64") or name in ("add", "mul", "div", "maximum", "eq"):
            emit("binary " + name, kind, [a, b], lambda: f(a, b))
    rows = torch.tensor(ROWS, dtype=torch.float64).to(TYPES[kind])
    for name, f in REDUCTIONS.items():
        emit("rows " + name, kind, [rows], lambda: f(rows))
    empty = torch.zeros(0, dtype=TYPES[kind])
    for name, f in EMPTY.items():
        emit("empty " + name, kind, [empty], lambda: f(empty))
for kind in ["i64", "i32", "i16", "i8", "u8"]:
    x = torch.tensor(integers(kind), dtype=TYPES[kind])
    for name, f in UNARY.items():
        emit("unary " + name, kind, [x], lambda: f(x))
    a, b = x.repeat_interleave(len(x)), x.repeat(len(x))
    for name, f in BINARY.items():
        if name in ("gcd", "lcm"):
            # The smallest number over -1 traps in these, too.
            keep = (a != torch.iinfo(a.dtype).min) & (b != torch.iinfo(a.dtype).min) if a.dtype != torch.uint8 else b >= 0
            emit("binary " + name, kind, [a[keep], b[keep]], lambda: f(a[keep], b[keep]))
        elif name in ("div_floor", "div_trunc", "remainder", "fmod"):
            # Division by zero is an error, and the smallest number over -1 traps; both are tested apart.
            keep = (b != 0) & ~((b == -1) & (a == torch.iinfo(a.dtype).min))
            emit("binary " + name, kind, [a[keep], b[keep]], lambda: f(a[keep], b[keep]))
        elif name in ("left_shift", "right_shift"):
            # A shift by a negative number or by more than the width is undefined in 1.13.
            keep = (b >= 0) & (b < torch.iinfo(b.dtype).bits)
            emit("binary " + name, kind, [a[keep], b[keep]], lambda: f(a[keep], b[keep]))
        elif name == "pow":
            keep = b >= 0
            emit("binary " + name, kind, [a[keep], b[keep]], lambda: f(a[keep], b[keep]))
            keep = b < 0
            if keep.any():
                emit("binary pow", kind, [a[keep], b[keep]], lambda: f(a[keep], b[keep]))
        else:
            emit("binary " + name, kind, [a, b], lambda: f(a, b))
    rows = torch.tensor([[1, 2, 3], [3, 1, 3], [0, 0, 0], [100, 27, 1]], dtype=TYPES[kind])
    for name in ("sum", "prod", "amax", "amin", "max", "min", "argmax", "argmin", "cumsum", "cumprod", "any", "all", "median", "sort", "sort_descending", "topk_values", "count_nonzero", "mean"):
        emit("rows " + name, kind, [rows], lambda: REDUCTIONS[name](rows))
b = torch.tensor([True, False])
for name, f in UNARY.items():
    emit("unary " + name, "b", [b], lambda: f(b))
x, y = b.repeat_interleave(2), b.repeat(2)
for name, f in BINARY.items():
    if name not in ("div_floor", "div_trunc", "remainder", "fmod"):
        emit("binary " + name, "b", [x, y], lambda: f(x, y))
