# SPDX-License-Identifier: Apache-2.0
"""Cases of reduce_window with built-in, general and variadic regions, its gradients, and scans."""
import jax
import numpy as np
from jax import lax
from jax._src.lax import windowed_reductions

import oracle
from case import (ALL, FLOATS, INTS, NUMBERS, Case, distinct, exact, generator, near_one, result,
                  sprinkle, values, words)
from oracle import DTYPES, REDUCERS, Window, fold_window, identity, is_complex, is_float, \
    magnitude, wide

POOL = {0: [], 1: [5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65], 2: range(3, 18),
        3: range(2, 10), 4: range(1, 8)}
DTYPES_OF = {'add': NUMBERS, 'mul': NUMBERS, 'max': ALL, 'min': ALL, 'and': INTS + ['pred'],
             'or': INTS + ['pred'], 'xor': INTS + ['pred'], 'logaddexp': FLOATS}
PRIMITIVE = {'add': lax.add, 'mul': lax.mul, 'max': lax.max, 'min': lax.min,
             'and': lax.bitwise_and, 'or': lax.bitwise_or, 'xor': lax.bitwise_xor}


def random_window(rng, rank, **fixed):
    """-> keywords of reduce_window, Window; never a window of ones with negative pads, which
    aborts XLA:CPU."""
    def some(p, high):
        return tuple(int(v) for v in rng.integers(1, high, rank)) if rng.random() < p \
            else (1,) * rank
    while True:
        sizes = distinct(rng, rank, POOL[rank], 330)
        k = {'window_dimensions': some(1, 4 if rank > 2 else 6), 'window_strides': some(.6, 4),
             'base_dilation': some(.3, 4), 'window_dilation': some(.3, 4)}
        k['padding'] = str(rng.choice(['SAME', 'SAME_LOWER', 'VALID'])) if rng.random() < .4 else \
            tuple(tuple(int(v) for v in rng.integers(-2, 4, 2)) for _ in range(rank))
        k.update(fixed)
        reach = [oracle.dilate(a, b) for a, b in zip(k['window_dimensions'], k['window_dilation'])]
        pads = oracle.resolve(k['padding'], sizes, reach, k['window_strides'])
        w = Window(sizes, k['window_dimensions'], k['window_strides'], pads,
                   k['base_dilation'], k['window_dilation'])
        negative = min((min(p) for p in pads), default=0) < 0
        if 0 < np.prod(w.out) <= 330 and max(w.window, default=2) > 1 and \
                not (negative and set(w.window) == {1}):
            return k, w


def shown(k):
    return {x: v for x, v in k.items() if isinstance(v, str) or set(np.ravel(v)) - {1} or
            x == 'window_dimensions'}


def expected(reducer, dtype, operand, init, w):
    """The definition's result, with the scale of its rounding errors."""
    value = fold_window([wide(operand)], [init], lambda a, b: [REDUCERS[reducer](a[0], b[0])], w)[0]
    n = int(np.prod(w.window))
    return reduced(reducer, dtype, value, lambda: fold_window(
        [magnitude(operand)], [float(magnitude(np.asarray(init)))],
        lambda a, b: [a[0] + b[0]], w)[0], n)


def reduced(reducer, dtype, value, total, n):
    """As a result; `total` adds up magnitudes, n is how many elements are reduced."""
    if reducer in ('max', 'min'):
        return exact(dtype, value, bits=not is_complex(dtype))
    if not (is_float(dtype) or is_complex(dtype)) or reducer in ('and', 'or', 'xor'):
        return exact(dtype, value)
    if reducer == 'add':
        return result(dtype, value, total(), n)
    if reducer == 'mul':        # n roundings of relative size eps, not of random sign
        return result(dtype, value, magnitude(value), n * n)
    scale = np.where(np.isfinite(value), np.abs(value), 0) + 1
    return result(dtype, value, scale + np.log(n + 1), n * n, dtype)


def operand_for(rng, reducer, dtype, shape, special):
    x = near_one(rng, dtype, shape) if reducer == 'mul' else values(rng, dtype, shape)
    return sprinkle(rng, x) if reducer in ('max', 'min') and special else x


def reduce_window_case(rng, reducer, dtype, rank, init=None, special=False, **fixed):
    k, w = random_window(rng, rank, **fixed)
    x = operand_for(rng, reducer, dtype, w.sizes, special)
    first = identity(reducer, dtype) if init is None else init
    given = np.asarray(first).astype(DTYPES[dtype])

    def fn(x):
        if reducer == 'logaddexp':
            return windowed_reductions._reduce_window_logaddexp(
                x, w.window, w.strides, tuple(w.pads), tuple(w.base), tuple(w.dilation))
        return lax.reduce_window(x, given[()], PRIMITIVE[reducer], **k)
    call = 'reduce_window(%s, %s)' % (reducer, words(**shown(k), dtype=dtype))
    more = {} if init is None else {'excuse': 'XLA:CPU drops the init at rank 0'}
    if init is not None:
        call = call.replace(reducer, '%s, init=%s' % (reducer, init), 1)
    return Case('reduce_window', call, fn, [x], [expected(reducer, dtype, x, wide(given)[()], w)],
                **more if rank == 0 else {})


def builtin_cases():
    for reducer, dtypes in DTYPES_OF.items():
        for i, dtype in enumerate(dtypes):
            rng = generator('reduce_window', reducer, dtype)
            yield reduce_window_case(rng, reducer, dtype, 1 + i % 3, special=i % 2 == 0)
    for i in range(28):
        rng = generator('reduce_window', i)
        reducer = ('add', 'max', 'min', 'mul', 'add', 'max', 'logaddexp')[i % 7]
        yield reduce_window_case(rng, reducer, FLOATS[i % 3], (2, 4, 3, 1)[i % 4],
                                 special=i % 3 == 0)
    for i, (reducer, dtype, init) in enumerate([
            ('add', 'f32', 1.5), ('add', 's8', 100), ('max', 'f32', 1.), ('min', 's32', -3),
            ('mul', 'u8', 3), ('or', 'pred', True), ('xor', 'u16', 21845), ('and', 's16', 255),
            ('add', 'c64', 1 - 2j), ('mul', 'f64', .5), ('max', 'bf16', .75), ('min', 'f16', 0.)]):
        rng = generator('init', i)
        yield reduce_window_case(rng, reducer, dtype, 1 + i % 3, init)
    for i, (reducer, dtype, init) in enumerate([('add', 'f32', 2.), ('max', 's32', 5),
                                                ('mul', 'f64', None), ('min', 'f32', None)]):
        yield reduce_window_case(generator('rank 0', i), reducer, dtype, 0, init)


def shaped_cases():
    """Empty arrays, many dimensions, one large window, image pooling."""
    def one(rng, reducer, dtype, shape, **k):
        rank = len(shape)
        k = {'window_strides': (1,) * rank, 'padding': 'VALID', 'base_dilation': (1,) * rank,
             'window_dilation': (1,) * rank, **k}
        reach = [oracle.dilate(a, b) for a, b in zip(k['window_dimensions'], k['window_dilation'])]
        pads = oracle.resolve(k['padding'], shape, reach, k['window_strides'])
        w = Window(shape, k['window_dimensions'], k['window_strides'], pads, k['base_dilation'],
                   k['window_dilation'])
        x = operand_for(rng, reducer, dtype, shape, False)
        first = identity(reducer, dtype)
        given = np.asarray(first).astype(DTYPES[dtype])
        return Case('reduce_window',
                    'reduce_window(%s, %s)' % (reducer, words(**shown(k), dtype=dtype)),
                    lambda x: lax.reduce_window(x, given[()], PRIMITIVE[reducer], **k), [x],
                    [expected(reducer, dtype, x, first, w)])
    rows = [('add', 'f32', (0, 3), {'window_dimensions': (2, 2)}),
            ('max', 's32', (3, 0), {'window_dimensions': (2, 1), 'padding': ((0, 0), (0, 2))}),
            ('min', 'f32', (2, 3), {'window_dimensions': (3, 2)}),
            ('max', 'f32', (4,), {'window_dimensions': (2,), 'padding': ((-3, -2),)}),
            ('add', 'f64', (0,), {'window_dimensions': (3,), 'padding': ((2, 3),)}),
            ('max', 'f32', (129,), {'window_dimensions': (64,), 'window_strides': (3,)}),
            ('add', 's32', (257,), {'window_dimensions': (129,), 'padding': 'SAME'}),
            ('min', 's8', (20, 18), {'window_dimensions': (9, 11), 'padding': 'SAME_LOWER'})]
    for layout in ('NHWC', 'NCHW'):
        for reducer in ('max', 'add', 'min'):
            size = {'N': 2, 'H': 9, 'W': 7, 'C': 3}
            win, stride = {'H': 3, 'W': 2}, {'H': 2, 'W': 3}
            rows.append((reducer, 'f32', tuple(size[c] for c in layout),
                         {'window_dimensions': tuple(win.get(c, 1) for c in layout),
                          'window_strides': tuple(stride.get(c, 1) for c in layout),
                          'padding': 'SAME'}))
    for i, rank in enumerate((5, 6, 8, 10, 12)):
        shape = ((3, 2, 1, 4, 2, 1, 1, 2, 1, 1, 1, 1))[:rank]
        window = ((2, 1, 1, 3, 2, 1, 1, 2, 1, 1, 1, 1))[:rank]
        rows.append((('add', 'max', 'xor')[i % 3], ('f32', 'u8', 's64')[i % 3], shape,
                     {'window_dimensions': window, 'padding': 'SAME'}))
    for i, (reducer, dtype, shape, k) in enumerate(rows):
        yield one(generator('shaped', i), reducer, dtype, shape, **k)


# --- regions -------------------------------------------------------------------------------------

def decay(a, b):
    return a * a.dtype.type(.5) + b


def square_sum(a, b):
    return a + b * b


def abs_max(a, b):
    largest = np.maximum if isinstance(a, np.ndarray) else lax.max
    return largest(abs(a), abs(b))


def subtract(a, b):
    return a - b


def clipped_add(a, b):
    top = a.dtype.type(4)
    return np.minimum(a + b, top) if isinstance(a, np.ndarray) else lax.min(a + b, top)


GENERAL = [decay, square_sum, abs_max, subtract, clipped_add]


def general_case(i):
    region = GENERAL[i % len(GENERAL)]
    dtype = ('f32', 's32', 'f64')[i // len(GENERAL) % 3]
    if region is decay and dtype == 's32':
        dtype = 'f32'
    rng = generator('region', i)
    k, w = random_window(rng, 1 + i % 3)
    x = (rng.integers(-8, 9, w.sizes) / (1 if dtype == 's32' else 4)).astype(DTYPES[dtype])
    first = wide(np.asarray(0, DTYPES[dtype]))[()]
    value = fold_window([wide(x)], [first], lambda a, b: [region(a[0], b[0])], w)[0]
    n = int(np.prod(w.window))
    scale = fold_window([magnitude(x)], [0.], lambda a, b: [a[0] + b[0] * np.maximum(b[0], 1)],
                        w)[0]
    out = exact(dtype, value) if region is abs_max else result(dtype, value, scale, n, dtype)
    zero = DTYPES[dtype](0)
    return Case('reduce_window', 'reduce_window(region %s, %s)' %
                (region.__name__, words(**shown(k), dtype=dtype)),
                lambda x: lax.reduce_window(x, zero, region, **k), [x], [out],
                excuse='XLA:CPU scans the window in another order')


def arg_region(select, nan_wins):
    """(value, index) pairs; ties keep the accumulator or, if nan_wins, the lower index."""
    def jax_side(acc, elem):
        (a, i), (b, j) = acc, elem
        keep = select(a, b)
        if nan_wins:
            keep = lax.bitwise_or(keep, lax.ne(a, a))
            keep = lax.bitwise_or(lax.bitwise_and(keep, lax.ne(a, b)),
                                  lax.bitwise_and(lax.eq(a, b), lax.lt(i, j)))
        return lax.select(keep, a, b), lax.select(keep, i, j)

    def numpy_side(acc, elem):
        (a, i), (b, j) = acc, elem
        keep = {lax.ge: a >= b, lax.gt: a > b, lax.le: a <= b, lax.lt: a < b}[select]
        if nan_wins:
            keep = ((keep | (a != a)) & (a != b)) | ((a == b) & (i < j))
        return [np.where(keep, a, b), np.where(keep, i, j)]
    return jax_side, numpy_side


def arg_case(i):
    select = (lax.ge, lax.gt, lax.le, lax.lt)[i % 4]
    nan_wins = i % 3 == 2 and i % 4 in (1, 3)
    dtype, index = ('f32', 's32', 'f64', 'bf16')[i // 2 % 4], ('s32', 's64')[i % 2]
    rng = generator('arg', i)
    k, w = random_window(rng, (1, 2, 3)[i % 3])
    x = values(rng, dtype, w.sizes, small=True)
    x = sprinkle(rng, x, .05) if nan_wins else x
    at = np.arange(x.size, dtype=DTYPES[index]).reshape(w.sizes)
    first = identity('max' if i % 4 < 2 else 'min', dtype)
    inits = (np.asarray(first).astype(DTYPES[dtype])[()], DTYPES[index](-1))
    jax_side, numpy_side = arg_region(select, nan_wins)
    with np.errstate(invalid='ignore'):
        value, where = fold_window([wide(x), at], [first, -1], numpy_side, w)
    return Case('reduce_window', 'reduce_window(arg region %s%s, %s)' %
                (select.__name__, ' nan' if nan_wins else '', words(**shown(k), dtype=dtype)),
                lambda x, at: lax.reduce_window((x, at), inits, jax_side, **k), [x, at],
                [exact(dtype, value), exact(index, where)],
                excuse='XLA:CPU scans the window in another order')


def mixed_case(i):
    """Three operands of three types, each with its own reducer."""
    rng = generator('mixed', i)
    k, w = random_window(rng, 1 + i % 2)
    kinds = [('add', 'f32'), ('max', 's32'), ('or', 'pred')]
    xs = [values(rng, d, w.sizes) for _, d in kinds]
    inits = tuple(np.asarray(identity(r, d)).astype(DTYPES[d])[()] for r, d in kinds)

    def region(acc, elem):
        return tuple(PRIMITIVE[r](a, b) for (r, _), a, b in zip(kinds, acc, elem))
    return Case('reduce_window', 'reduce_window(add f32, max s32, or pred, %s)' %
                words(**shown(k)), lambda *xs: lax.reduce_window(xs, inits, region, **k), xs,
                [expected(r, d, x, identity(r, d), w) for (r, d), x in zip(kinds, xs)])


# --- gradients -----------------------------------------------------------------------------------

def sum_gradient_case(i):
    dtype = ('f32', 'f64', 'bf16', 'f32', 'c64', 'f16')[i % 6]
    rng = generator('sum vjp', i)
    k, w = random_window(rng, (2, 1, 3)[i % 3])
    g = values(rng, dtype, w.out)
    spec = jax.ShapeDtypeStruct(tuple(w.sizes), DTYPES[dtype])

    def fn(g):
        return jax.linear_transpose(lambda x: lax.reduce_window(x, DTYPES[dtype](0), lax.add, **k),
                                    spec)(g)
    value, scale = (oracle.sum_window_grad(a, w) for a in (wide(g), magnitude(g)))
    return Case('reduce_window_sum_vjp', 'vjp of reduce_window(add, %s)' %
                words(**shown(k), dtype=dtype), fn, [g],
                [result(dtype, value, scale, np.prod(w.window))])


def scatter_result(dtype, operand, source, select, w):
    """The gradient of a max or min window, as select_and_scatter with add."""
    value, hits = oracle.select_and_scatter(operand, wide(source), 0, select, REDUCERS['add'], w)
    if not is_float(dtype):
        return exact(dtype, value)
    scale = oracle.select_and_scatter(operand, magnitude(source), 0, select, REDUCERS['add'], w)[0]
    return result(dtype, value, scale, hits, dtype)


def max_gradient_case(i):
    """Pads are not negative and windows not dilated: JAX has no gradient for those."""
    dtype = ('f32', 'f64', 'bf16', 'f32', 'f16')[i % 5]
    maximum, rank = i % 2 == 0, (2, 1, 3)[i % 3]
    rng = generator('max vjp', i)
    pads = tuple(tuple(int(v) for v in rng.integers(0, 3, 2)) for _ in range(rank))
    k, w = random_window(rng, rank, window_dilation=(1,) * rank,
                         padding=(pads, 'SAME', 'VALID')[i % 3])
    x, g = values(rng, dtype, w.sizes), values(rng, dtype, w.out)
    reducer = lax.max if maximum else lax.min
    init = np.asarray(identity('max' if maximum else 'min', dtype)).astype(DTYPES[dtype])[()]

    def fn(g, x):
        return jax.vjp(lambda x: lax.reduce_window(x, init, reducer, **k), x)[1](g)[0]
    fine = Window([oracle.dilate(n, b) for n, b in zip(w.sizes, w.base)], w.window, w.strides,
                  w.pads)
    spread = oracle.pad(wide(x), init, [(0, 0, b - 1) for b in w.base])
    out = scatter_result(dtype, spread, g, 'ge' if maximum else 'le', fine)
    steps = tuple(slice(None, None, b) for b in w.base)
    for part in ('value', 'scale'):
        setattr(out, part, getattr(out, part)[steps])
    return Case('reduce_window_%s_vjp' % ('max' if maximum else 'min'),
                'vjp of reduce_window(%s, %s)' % ('max' if maximum else 'min',
                                                  words(**shown(k), dtype=dtype)),
                fn, [g, x], [out], excuse='XLA:CPU scans the window in another order')


# --- scans ---------------------------------------------------------------------------------------

SCANS = {'cumsum': 'add', 'cumprod': 'mul', 'cummax': 'max', 'cummin': 'min',
         'cumlogsumexp': 'logaddexp'}


def scan_case(op, dtype, i, shape=None):
    rng = generator(op, dtype, i)
    rank = 1 + i % 3
    lengths = [1, 3, 5, 7, 8, 9, 15, 16, 2, 4]
    shape = shape or distinct(rng, rank, lengths, 200)
    axis, reverse = int(rng.integers(len(shape))), bool(i % 2)
    reducer = SCANS[op]
    x = operand_for(rng, reducer, dtype, shape, i % 2 == 0)
    w = oracle.scan_window(shape, axis, reverse)
    return Case(op, '%s(%s)' % (op, words(axis=axis, reverse=reverse, dtype=dtype)),
                lambda x: getattr(lax, op)(x, axis=axis, reverse=reverse), [x],
                [expected(reducer, dtype, x, identity(reducer, dtype), w)])


def scan_cases():
    kinds = dict.fromkeys(SCANS, NUMBERS)
    kinds['cumlogsumexp'] = FLOATS
    for op, dtypes in kinds.items():
        for i, dtype in enumerate(dtypes):
            yield scan_case(op, dtype, i)
    for i, n in enumerate((17, 31, 32, 33, 63, 65, 127, 128, 129, 100)):
        op = ('cumsum', 'cummax', 'cumprod', 'cummin', 'cumlogsumexp')[i % 5]
        dtype = ('f32', 'f32', 's32', 'f64', 'f32', 'bf16', 's16', 'f64', 'f16', 'f64')[i]
        yield scan_case(op, dtype, i, [n] if i % 2 else [2, n] if i % 4 else [n, 3])
    yield scan_case('cumsum', 'f32', 40, [0, 3])


def cases():
    yield from builtin_cases()
    yield from shaped_cases()
    for i in range(14):
        yield general_case(i)
    for i in range(16):
        yield arg_case(i)
    for i in range(4):
        yield mixed_case(i)
    for i in range(12):
        yield sum_gradient_case(i)
    for i in range(18):
        yield max_gradient_case(i)
    yield from scan_cases()
