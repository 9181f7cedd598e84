# SPDX-License-Identifier: Apache-2.0
"""The windowed family of jax.lax written from its definitions in NumPy, plain loops over window
positions.  It knows nothing of XLA: the generator uses it to check what JAX answers, for the f64
expectation and the scale of float results, and instead of JAX where XLA:CPU departs from the
definitions.  Floats are computed in f64 / c128, integers in their own wrapping type.
"""
import itertools
import math

import ml_dtypes
import numpy as np

DTYPES = {
    'f64': np.float64, 'f32': np.float32, 'f16': np.float16, 'bf16': ml_dtypes.bfloat16,
    's8': np.int8, 's16': np.int16, 's32': np.int32, 's64': np.int64,
    'u8': np.uint8, 'u16': np.uint16, 'u32': np.uint32, 'u64': np.uint64,
    'pred': np.bool_, 'c64': np.complex64, 'c128': np.complex128,
}
NAMES = {np.dtype(v): k for k, v in DTYPES.items()}
EPS = {'f64': 2.0**-52, 'f32': 2.0**-23, 'f16': 2.0**-10, 'bf16': 2.0**-7,
       'c64': 2.0**-23, 'c128': 2.0**-52}


def name(a):
    return NAMES[np.dtype(a.dtype)]


def is_float(dtype):
    return dtype[0] == 'f' or dtype == 'bf16'


def is_complex(dtype):
    return dtype[0] == 'c'


def accumulator(dtype):
    """The type in which the library adds up values of `dtype`."""
    return 'f32' if dtype in ('f16', 'bf16', 'c64') else 'f64' if dtype == 'c128' else dtype


def wide(a):
    """The array in the type the oracle computes in."""
    dtype = name(a)
    if is_float(dtype):
        return a.astype(np.float64)
    return a.astype(np.complex128) if is_complex(dtype) else a


def magnitude(a):
    """|a| in f64; for complex the sum of both parts, so that it bounds each of them."""
    if np.iscomplexobj(a):
        return np.abs(a.real) + np.abs(a.imag)
    return np.abs(a.astype(np.float64))


def multiply(a, b):
    """a * b; complex by four real products, so that no library decides about their rounding."""
    if not np.iscomplexobj(a):
        return a & b if a.dtype == np.bool_ else a * b
    out = np.empty(np.broadcast(a, b).shape, np.complex128)
    out.real = a.real * b.real - a.imag * b.imag
    out.imag = a.real * b.imag + a.imag * b.real
    return out


def plus(a, b):
    return a | b if a.dtype == np.bool_ else a + b


# --- shapes --------------------------------------------------------------------------------------

def dilate(size, dilation):
    return 0 if size == 0 else 1 + dilation * (size - 1)


def out_size(size, window, stride, pads, base=1, dilation=1):
    padded, reach = pads[0] + dilate(size, base) + pads[1], dilate(window, dilation)
    return 0 if padded < reach else (padded - reach) // stride + 1


def resolve(padding, sizes, windows, strides):
    """'SAME', 'SAME_LOWER', 'VALID' or pairs -> pairs; `windows` are already dilated."""
    if not isinstance(padding, str):
        return [tuple(p) for p in padding]
    pairs = []
    for size, window, stride in zip(sizes, windows, strides):
        total = max((-(-size // stride) - 1) * stride + window - size, 0)
        low = total // 2 if padding == 'SAME' else total - total // 2
        pairs.append((0, 0) if padding == 'VALID' else (low, total - low))
    return pairs


# --- windows -------------------------------------------------------------------------------------

class Window:
    """Sizes, strides, pads and dilations over all given dimensions, and who meets whom."""

    def __init__(self, sizes, window, strides, pads, base=None, dilation=None):
        ones = [1] * len(sizes)
        self.sizes, self.window, self.strides, self.pads = sizes, window, strides, pads
        self.base, self.dilation = base or ones, dilation or ones
        self.out = tuple(out_size(*a) for a in zip(sizes, window, strides, pads,
                                                   self.base, self.dilation))

    def line(self, d, tap):
        """Along dimension d: the outputs that see an element at this tap, and the elements."""
        outs, ins = [], []
        for p in range(self.out[d]):
            u = p * self.strides[d] - self.pads[d][0] + tap * self.dilation[d]
            if u >= 0 and u % self.base[d] == 0 and u // self.base[d] < self.sizes[d]:
                outs.append(p)
                ins.append(u // self.base[d])
        return outs, ins

    def taps(self):
        """(tap, outputs, elements) in row-major order of the window; index lists by dimension."""
        for tap in itertools.product(*map(range, self.window)):
            lines = [self.line(d, t) for d, t in enumerate(tap)]
            yield tap, [a for a, _ in lines], [b for _, b in lines]


def at(array, lists, skip=0):
    """Index of array[:, :, lists...] with `skip` leading whole dimensions."""
    return np.ix_(*[range(n) for n in array.shape[:skip]], *lists) if array.ndim else ()


def fold_window(operands, inits, f, w):
    """reduce_window: acc = f(acc, element), init folded once, holes and padding skipped."""
    accs = [np.full(w.out, i, x.dtype) for x, i in zip(operands, inits)]
    for _, outs, ins in w.taps():
        o, i = at(accs[0], outs), at(operands[0], ins)
        for acc, new in zip(accs, f([a[o] for a in accs], [x[i] for x in operands])):
            acc[o] = new
    return accs


def sum_window_grad(g, w):
    """The adjoint of the window sum."""
    out = np.zeros(w.sizes, g.dtype)
    for _, outs, ins in w.taps():
        out[at(out, ins)] += g[at(g, outs)]
    return out


# --- convolution ---------------------------------------------------------------------------------

def by_spec(array, spec):
    return array.transpose(spec)


def from_spec(array, spec):
    return array.transpose(np.argsort(spec)) if array.ndim else array


class Conv:
    """The convolution of canonical (N, C, ...) and (O, I, ...) arrays, and its two adjoints."""

    def __init__(self, lhs_shape, rhs_shape, w, fgc=1, bgc=1, reversal=None):
        self.lhs_shape, self.rhs_shape, self.w = lhs_shape, rhs_shape, w
        self.fgc, self.bgc = fgc, bgc
        self.reversal = reversal or [False] * len(w.sizes)
        self.out_shape = (lhs_shape[0] // bgc, rhs_shape[0]) + w.out

    def terms(self):
        """For each tap and group: index lists of output, lhs and rhs that are multiplied."""
        batch, width = self.out_shape[0], self.rhs_shape[1]
        groups = max(self.fgc, self.bgc)
        depth = self.rhs_shape[0] // groups
        for tap, outs, ins in self.w.taps():
            tap = [k - 1 - t if r else t for t, k, r in zip(tap, self.w.window, self.reversal)]
            for g in range(groups):
                first_n = g * batch if self.bgc > 1 else 0
                first_c = g * width if self.fgc > 1 else 0
                o = range(g * depth, (g + 1) * depth)
                n = range(first_n, first_n + batch)
                for c in range(width):
                    yield (np.ix_(range(batch), o, *outs), np.ix_(n, [first_c + c], *ins),
                           np.ix_(o, [c], *[[t] for t in tap]))

    def spread(self, piece):
        """A slice (O, 1, 1...) of rhs as (1, O, 1...), to multiply with (N, 1, ...) of lhs."""
        return piece.swapaxes(0, 1)

    def forward(self, lhs, rhs):
        out = np.zeros(self.out_shape, lhs.dtype)
        for o, l, r in self.terms():
            out[o] = plus(out[o], multiply(lhs[l], self.spread(rhs[r])))
        return out

    def grad_lhs(self, g, rhs):
        out = np.zeros(self.lhs_shape, g.dtype)
        for o, l, r in self.terms():
            out[l] += multiply(g[o], self.spread(rhs[r])).sum(1, keepdims=True)
        return out

    def grad_rhs(self, lhs, g):
        out = np.zeros(self.rhs_shape, g.dtype)
        rest = (0,) + tuple(range(2, g.ndim))
        for o, l, r in self.terms():
            out[r] += multiply(lhs[l], g[o]).sum(rest, keepdims=True).swapaxes(0, 1)
        return out


def patches(lhs, w):
    """(N, C, ...) -> (N, C * taps, ...), channel major, row-major taps, holes zero."""
    n, c = lhs.shape[:2]
    out = np.zeros((n, c, int(np.prod(w.window))) + w.out, lhs.dtype)
    for t, (_, outs, ins) in enumerate(w.taps()):
        out[np.ix_(range(n), range(c), [t], *outs)] = lhs[at(lhs, ins, 2)][:, :, None]
    return out.reshape((n, c * out.shape[2]) + w.out)


# --- reducers ------------------------------------------------------------------------------------

def maximum(a, b):
    """IEEE 754-2019 maximum (NaN wins, -0 < +0); or for pred; lexicographic for complex."""
    if a.dtype == np.bool_:
        return a | b
    if np.iscomplexobj(a):
        return np.where(np.where(a.real == b.real, a.imag > b.imag, a.real > b.real), a, b)
    if a.dtype.kind in 'iu':
        return np.maximum(a, b)
    out = np.where((a > b) | ((a == b) & ~np.signbit(a)), a, b)
    return np.where(np.isnan(a) | np.isnan(b), np.nan, out)


def minimum(a, b):
    if a.dtype == np.bool_:
        return a & b
    if np.iscomplexobj(a):
        return np.where(np.where(a.real == b.real, a.imag < b.imag, a.real < b.real), a, b)
    return np.minimum(a, b) if a.dtype.kind in 'iu' else -maximum(-a, -b)


def logaddexp(a, b):
    out = np.empty(a.shape)
    for i in np.ndindex(a.shape):
        delta = a[i] - b[i]
        out[i] = a[i] + b[i] if math.isnan(delta) else \
            max(a[i], b[i]) + math.log1p(math.exp(-abs(delta)))
    return out


REDUCERS = {'add': plus, 'mul': multiply, 'max': maximum, 'min': minimum,
            'and': lambda a, b: a & b, 'or': lambda a, b: a | b, 'xor': lambda a, b: a ^ b,
            'logaddexp': logaddexp}


def identity(reducer, dtype):
    """The reducer's identity as a scalar of the oracle's type."""
    kind = wide(np.zeros(1, DTYPES[dtype])).dtype.type
    if reducer in ('add', 'or', 'xor'):
        return kind(0)
    if reducer == 'mul':
        return kind(1)
    if reducer == 'and':
        return kind(True) if dtype == 'pred' else (~np.zeros(1, kind))[0]
    sign = 1 if reducer == 'min' else -1
    if dtype == 'pred':
        return kind(sign > 0)
    if dtype[0] in 'su':
        return kind(np.iinfo(kind).max if sign > 0 else np.iinfo(kind).min)
    return kind(sign * np.inf)


# --- select, scans, data movement ----------------------------------------------------------------

SELECT = {'ge': lambda a, b: a >= b, 'gt': lambda a, b: a > b,
          'le': lambda a, b: a <= b, 'lt': lambda a, b: a < b}


def pick(operand, select, w, p):
    """The selected element of output p: first in row-major order, or None if all padding."""
    best = None
    for tap in itertools.product(*map(range, w.window)):
        u = tuple(a * s - lo[0] + t for a, s, lo, t in zip(p, w.strides, w.pads, tap))
        if any(x < 0 or x >= n for x, n in zip(u, w.sizes)):
            continue
        if best is None or not SELECT[select](operand[best], operand[u]):
            best = u
    return best


def select_and_scatter(operand, source, init, select, scatter, w):
    """-> result and the largest number of scatters into one element."""
    out, hits = np.full(operand.shape, init, source.dtype), np.zeros(operand.shape, int)
    for p in itertools.product(*map(range, w.out)):
        best = pick(operand, select, w, p)
        if best is not None:
            out[best] = scatter(np.array([out[best]]), np.array([source[p]]))[0]
            hits[best] += 1
    return out, int(hits.max()) if hits.size else 0


def select_and_gather_add(tangents, operand, select, w):
    def region(acc, elem):
        keep = SELECT[select](acc[0], elem[0])
        return [np.where(keep, acc[0], elem[0]), np.where(keep, acc[1], elem[1])]
    init = identity('max' if select == 'ge' else 'min', name(operand))
    return fold_window([wide(operand), wide(tangents)], [init, 0], region, w)[1]


def scan_window(shape, axis, reverse):
    n = shape[axis]
    pads = [(0, 0)] * len(shape)
    pads[axis] = (0, n - 1) if reverse else (n - 1, 0)
    window = [n if d == axis else 1 for d in range(len(shape))]
    return Window(shape, window, [1] * len(shape), pads)


def pad(x, value, config):
    shape = [lo + hi + dilate(n, inner + 1) for n, (lo, hi, inner) in zip(x.shape, config)]
    out = np.full(shape, value, x.dtype)
    for i in np.ndindex(x.shape):
        to = tuple(lo + a * (inner + 1) for a, (lo, _, inner) in zip(i, config))
        if all(0 <= t < n for t, n in zip(to, shape)):
            out[to] = x[i]
    return out


def fold_reduce(operands, inits, f, dimensions):
    kept = [d for d in range(operands[0].ndim) if d not in dimensions]
    flat = [x.transpose(*kept, *sorted(dimensions)).reshape([x.shape[d] for d in kept] + [-1])
            for x in operands]
    accs = [np.full(x.shape[:-1], i, x.dtype) for x, i in zip(flat, inits)]
    for j in range(flat[0].shape[-1]):
        accs = f(accs, [x[..., j] for x in flat])
    return accs


def reduce_precision(x, exponent_bits, mantissa_bits):
    """Round to nearest even; overflow to inf; below the smallest normal to zero.  Without mantissa
    bits the last kept bit, which a tie makes even, is that of the (odd-biased) exponent."""
    info = ml_dtypes.finfo(x.dtype)
    mantissa, exponent = np.frexp(wide(x))
    steps = min(mantissa_bits, info.nmant) + 1
    with np.errstate(all='ignore'):
        kept = np.rint(np.ldexp(mantissa, steps))
        if mantissa_bits == 0:
            kept = np.where((np.abs(mantissa) == .75) & (exponent % 2 == 0), np.sign(kept), kept)
        out = np.ldexp(kept, exponent - steps)
    out = np.where(np.isfinite(wide(x)), out, wide(x))
    bits = min(exponent_bits, info.nexp)
    top = 2**(bits - 1) - 1
    out = np.where(np.frexp(out)[1] - 1 > top, np.copysign(np.inf, out), out)
    if exponent_bits < info.nexp:
        out = np.where(np.abs(out) < 2.0**(1 - top), np.copysign(0, out), out)
    return np.where(np.isnan(wide(x)), np.nan, out).astype(x.dtype)
