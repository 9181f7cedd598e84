# SPDX-License-Identifier: Apache-2.0
"""Cases of select_and_scatter and its kin, pad, transpose, reduce and reduce_precision."""
import numpy as np
from jax import lax
from jax._src.lax import windowed_reductions

import oracle
from case import (ALL, FLOATS, INTS, Case, distinct, exact, generator, near_one, sprinkle, values,
                  words)
from cases_window import (DTYPES_OF, PRIMITIVE, POOL, arg_region, operand_for, reduced,
                          scatter_result)
from oracle import DTYPES, REDUCERS, Window, identity, magnitude, wide

SELECT = {'ge': lax.ge, 'gt': lax.gt, 'le': lax.le, 'lt': lax.lt}
TIES = 'XLA:CPU scans the window in another order'


def random_window(rng, rank, negative=False):
    while True:
        sizes = distinct(rng, rank, POOL[rank], 200)
        window = tuple(int(v) for v in rng.integers(1, 5, rank))
        strides = tuple(int(v) for v in rng.integers(1, 4, rank))
        pads = tuple(tuple(int(v) for v in rng.integers(-negative, 3, 2)) for _ in range(rank))
        w = Window(sizes, window, strides, pads)
        if 0 < np.prod(w.out) <= 200 and max(window) > 1:
            return w


def window_words(w, **more):
    return words(window_dimensions=w.window, window_strides=w.strides, padding=w.pads, **more)


def select_and_scatter_case(i):
    select = ('ge', 'gt', 'le', 'lt')[i % 4]
    dtype = (FLOATS + INTS + ['f32', 'pred'])[i % 14]
    scatter = ('add', 'add', 'max', 'add', 'mul')[i % 5] if dtype != 'pred' else 'or'
    rng = generator('select_and_scatter', i)
    w = random_window(rng, (2, 1, 3)[i % 3], negative=i % 4 == 1)
    operand = values(rng, dtype, w.sizes, small=True)
    operand = sprinkle(rng, operand, .06) if i % 6 == 0 else operand
    source = near_one(rng, dtype, w.out) if scatter == 'mul' else values(rng, dtype, w.out)
    first = identity(scatter, dtype)
    if i % 7 == 3 and scatter == 'add':
        first = first + type(first)(2)
    init = np.asarray(first).astype(DTYPES[dtype])[()]
    value, hits = oracle.select_and_scatter(operand, wide(source), first, select,
                                            REDUCERS[scatter], w)

    def total():
        return oracle.select_and_scatter(operand, magnitude(source), float(magnitude(first)),
                                         select, REDUCERS['add'], w)[0]
    out = reduced(scatter, dtype, value, total, hits + 1)
    if out.mode == 'float':
        out.accumulate = dtype      # each scatter is a rounding of its own
    return Case('select_and_scatter', 'select_and_scatter(%s, %s, init=%s, %s)' %
                (select, scatter, init, window_words(w, dtype=dtype)),
                lambda x, s: windowed_reductions._select_and_scatter(
                    x, SELECT[select], w.window, w.strides, tuple(w.pads), s, init,
                    PRIMITIVE[scatter]),
                [operand, source], [out], excuse=TIES)


def scatter_add_case(i):
    """JAX pads the operand first for CPUs; every other case has the bare operation."""
    dtype = (FLOATS + INTS + ['f32', 'pred'])[i % 14]
    select = ('ge', 'le')[i // 2 % 2]
    rng = generator('select_and_scatter_add', i)
    w = random_window(rng, (2, 3, 1)[i % 3], negative=i % 4 == 1)
    operand, source = values(rng, dtype, w.sizes), values(rng, dtype, w.out)
    prim = lax.ge_p if select == 'ge' else lax.le_p
    return Case('select_and_scatter_add', 'select_and_scatter_add(%s, %s)' %
                (select, window_words(w, dtype=dtype)),
                lambda s, x: windowed_reductions._select_and_scatter_add(
                    s, x, prim, w.window, w.strides, tuple(w.pads)),
                [source, operand], [scatter_result(dtype, operand, source, select, w)],
                platform='tpu' if i % 2 else 'cpu', excuse=TIES)


def gather_add_case(i):
    dtype = ('f32', 'f64', 'f16', 'bf16')[i % 4]
    select = ('ge', 'le')[i // 2 % 2]
    rng = generator('select_and_gather_add', i)
    rank = (2, 1, 3)[i % 3]
    plain = random_window(rng, rank, negative=i % 3 == 1)
    base, dilation = (tuple(int(v) for v in rng.integers(1, 3, rank)) for _ in range(2))
    w = Window(plain.sizes, plain.window, plain.strides, plain.pads, base, dilation)
    if not np.prod(w.out):
        w = plain
    operand, tangents = values(rng, dtype, w.sizes), values(rng, dtype, w.sizes)
    operand = sprinkle(rng, operand, .05) if i % 5 == 4 else operand
    with np.errstate(invalid='ignore'):
        value = oracle.select_and_gather_add(tangents, operand, select, w)
    prim = lax.ge_p if select == 'ge' else lax.le_p
    return Case('select_and_gather_add', 'select_and_gather_add(%s, %s)' %
                (select, window_words(w, base_dilation=tuple(w.base),
                                      window_dilation=tuple(w.dilation), dtype=dtype)),
                lambda t, x: windowed_reductions._select_and_gather_add(
                    t, x, prim, w.window, w.strides, tuple(w.pads), tuple(w.base),
                    tuple(w.dilation)),
                [tangents, operand], [exact(dtype, value)], excuse=TIES)


def pad_case(i):
    """Moves bits: NaN, infinities, signed zeros and subnormals must arrive as they are."""
    dtype = ALL[i % len(ALL)]
    rng = generator('pad', i)
    rank = (2, 1, 3, 4)[i % 4]
    while True:
        shape = distinct(rng, rank, range(1, 4 + 12 // rank), 160)
        config = [tuple(int(v) for v in (*rng.integers(-2, 4, 2), rng.integers(0, 3) * (i % 3 > 0)))
                  for _ in range(rank)]
        sizes = [lo + hi + oracle.dilate(n, inner + 1) for n, (lo, hi, inner) in zip(shape, config)]
        if min(sizes) > 0 and np.prod(sizes) <= 400:
            break
    if i == 30:
        shape, config = [2, 3] + [1, 2] * 5, [(1, 0, 0), (-1, 1, 1)] + [(0, 0, 0)] * 10
    elif i == 31:
        shape, config = [], []
    elif i > 31:
        shape = [(0, 3), (4,), (3, 2), (2, 5)][i - 32]
        config = [[(2, 1, 3), (0, 0, 1)], [(-2, -2, 0)], [(-3, 0, 0), (1, 1, 0)],
                  [(-4, 4, 0), (0, -6, 1)]][i - 32]
    x = sprinkle(rng, values(rng, dtype, shape))
    if oracle.is_float(dtype) and x.size > 2:
        x.flat[:2] = [oracle.ml_dtypes.finfo(x.dtype).smallest_subnormal] * 2
    value = values(rng, dtype, ())[()]
    return Case('pad', 'pad(value=%s, %s)' % (value, words(padding_config=config, dtype=dtype)),
                lambda x: lax.pad(x, value, config), [x],
                [exact(dtype, oracle.pad(x, value, config), bits=oracle.is_float(dtype))])


CONVERSIONS = [('f32', 'bf16'), ('f32', 'f16'), ('f64', 'f32'), ('f16', 'f32'), ('bf16', 'f32'),
               ('s8', 'f32'), ('f32', 's32'), ('u8', 's32'), ('s32', 's8'), ('c64', 'c128'),
               ('pred', 'f32'), ('s16', 'f64')]


def transpose_case(i):
    dtype, to = (ALL[i], ALL[i]) if i < len(ALL) else CONVERSIONS[i - len(ALL)]
    rng = generator('transpose', i)
    rank = (3, 4, 2, 5)[i % 4] if i != 3 else 7
    shape = distinct(rng, rank, range(1, 9), 400) if rank < 6 else [2, 1, 3, 2, 1, 4, 5]
    order = tuple(int(d) for d in rng.permutation(rank))
    x = values(rng, dtype, shape)
    x = sprinkle(rng, x) if to != 's32' else x
    fn = (lambda x: lax.transpose(x, order)) if to == dtype else \
        (lambda x: lax.convert_element_type(lax.transpose(x, order), DTYPES[to]))
    call = 'transpose(%s)' % words(permutation=order, dtype=dtype) + ' -> %s' % to * (to != dtype)
    with np.errstate(invalid='ignore'):
        out = exact(to, x.transpose(order).astype(DTYPES[to]),
                    bits=oracle.is_float(dtype) and oracle.is_float(to))
    return Case('transpose', call, fn, [x], [out])


def reduce_case(rng, reducer, dtype, shape, dimensions, init=None, special=False):
    x = operand_for(rng, reducer, dtype, shape, special)
    first = identity(reducer, dtype) if init is None else wide(np.asarray(init, DTYPES[dtype]))[()]
    given = np.asarray(first).astype(DTYPES[dtype])[()]
    value = oracle.fold_reduce([wide(x)], [first],
                               lambda a, b: [REDUCERS[reducer](a[0], b[0])], dimensions)[0]

    def total():
        return oracle.fold_reduce([magnitude(x)], [float(magnitude(np.asarray(first)))],
                                  lambda a, b: [a[0] + b[0]], dimensions)[0]
    n = int(np.prod([x.shape[d] for d in dimensions])) + 1
    shown = '' if init is None else ', init=%s' % init
    return Case('reduce', 'reduce(%s%s, %s)' %
                (reducer, shown, words(dimensions=dimensions, dtype=dtype)),
                lambda x: lax.reduce(x, given, PRIMITIVE[reducer], dimensions), [x],
                [reduced(reducer, dtype, value, total, n)])


def reduce_cases():
    rows = [(r, d) for r, ds in DTYPES_OF.items() if r != 'logaddexp'
            for d in ds[::1 if r in ('add', 'max') else 2]]
    for i, (reducer, dtype) in enumerate(rows):
        rng = generator('reduce', i)
        rank = 1 + i % 4
        shape = distinct(rng, rank, POOL[rank], 300)
        count = int(rng.integers(1, rank + 1))
        dims = tuple(sorted(int(d) for d in rng.choice(rank, count, replace=False)))
        yield reduce_case(rng, reducer, dtype, shape, dims, special=i % 2 == 0)
    for i, (reducer, dtype, shape, dims, init) in enumerate([
            ('add', 'f32', (3, 5), (1,), 5), ('add', 's8', (17, 2), (0,), 100),
            ('max', 'f64', (4, 0), (1,), None), ('add', 'f32', (0, 3), (0,), 2),
            ('mul', 'u16', (7,), (0,), 3), ('add', 'bf16', (2, 129), (1,), None),
            ('min', 'f32', (2, 3, 4), (), None), ('add', 'f16', (3, 65), (1,), None)]):
        yield reduce_case(generator('reduce init', i), reducer, dtype, shape, dims, init)
    for i in range(4):      # arg max and arg min
        rng = generator('reduce arg', i)
        select = (lax.ge, lax.gt, lax.le, lax.lt)[i]
        dtype, shape, dims = ('f32', 's32')[i % 2], (7, 9, 3), ((1,), (0, 2), (2,), (0,))[i]
        x = values(rng, dtype, shape, small=True)
        at = np.arange(x.size, dtype=np.int32).reshape(shape)
        first = identity('max' if i < 2 else 'min', dtype)
        inits = (np.asarray(first).astype(DTYPES[dtype])[()], np.int32(-1))
        jax_side, numpy_side = arg_region(select, False)
        value, where = oracle.fold_reduce([wide(x), at], [first, -1], numpy_side, dims)
        yield Case('reduce', 'reduce(arg region %s, %s)' %
                   (select.__name__, words(dimensions=dims, dtype=dtype)),
                   lambda x, at, i=inits, f=jax_side, d=dims: lax.reduce((x, at), i, f, d),
                   [x, at], [exact(dtype, value), exact('s32', where)], excuse=TIES)


def reduce_precision_cases():
    rows = [('f32', 5, 10), ('f32', 8, 7), ('f32', 4, 3), ('f32', 5, 2), ('f32', 8, 23),
            ('f32', 11, 52), ('f32', 2, 0), ('f32', 8, 0), ('f64', 8, 23), ('f64', 5, 10),
            ('f64', 11, 30), ('f64', 3, 2), ('f16', 4, 3), ('f16', 5, 5), ('f16', 8, 7),
            ('bf16', 5, 10), ('bf16', 8, 3), ('bf16', 4, 3)]
    for i, (dtype, exponent, mantissa) in enumerate(rows):
        rng = generator('reduce_precision', i)
        shape = distinct(rng, 2, range(7, 14), 120)
        reach = {'f16': 12, 'bf16': 24, 'f32': 24, 'f64': 40}[dtype]
        x = rng.uniform(1, 2, shape) * 2.0**rng.integers(-reach, min(reach, 15), shape)
        halves = rng.integers(1, 2**(min(mantissa, 6) + 2), shape) / 2.0**(min(mantissa, 6) + 1)
        x = np.where(rng.random(shape) < .4, halves * 2.0**rng.integers(-4, 5, shape), x)
        x = sprinkle(rng, (x * rng.choice([-1, 1], shape)).astype(DTYPES[dtype]), .08)
        yield Case('reduce_precision', 'reduce_precision(%s)' %
                   words(exponent_bits=exponent, mantissa_bits=mantissa, dtype=dtype),
                   lambda x, e=exponent, m=mantissa: lax.reduce_precision(x, e, m), [x],
                   [exact(dtype, oracle.reduce_precision(x, exponent, mantissa), bits=True)])


def cases():
    for i in range(42):
        yield select_and_scatter_case(i)
    for i in range(28):
        yield scatter_add_case(i)
    for i in range(14):
        yield gather_add_case(i)
    for i in range(36):
        yield pad_case(i)
    for i in range(len(ALL) + len(CONVERSIONS)):
        yield transpose_case(i)
    yield from reduce_cases()
    yield from reduce_precision_cases()
