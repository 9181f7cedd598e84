# SPDX-License-Identifier: Apache-2.0
"""Cases of the convolution family: forward, transposed, patches, local, and the two gradients."""
import re

import jax
import numpy as np
from jax import lax
from jax._src.lax.convolution import conv_dimension_numbers

import oracle
from case import ALL, COMPLEX, NUMBERS, Case, distinct, exact, generator, result, values, words
from oracle import DTYPES, Conv, Window, by_spec, from_spec, magnitude, wide

LETTERS = 'HWDTUVXYZABE'
PAIRS = [('s8', 's16'), ('s8', 's32'), ('s8', 's64'), ('s8', 'f16'), ('s8', 'bf16'), ('s8', 'f32'),
         ('s8', 'f64'), ('s16', 's32'), ('s16', 's64'), ('s16', 'bf16'), ('s16', 'f32'),
         ('s16', 'f64'), ('s32', 's64'), ('s32', 'f32'), ('s32', 'f64'), ('s64', 'f64'),
         ('u8', 's8'), ('u8', 'u16'), ('u8', 's32'), ('u8', 'u32'), ('u8', 'u64'), ('u8', 's64'),
         ('u8', 'f32'), ('u8', 'f16'), ('u16', 'u32'), ('u16', 's32'), ('u16', 'f32'),
         ('u32', 'u64'), ('u32', 'f64'), ('u64', 'f64'), ('f16', 'bf16'), ('f16', 'f32'),
         ('f16', 'f64'), ('bf16', 'f16'), ('bf16', 'f32'), ('bf16', 'f64'), ('f32', 'f64'),
         ('c64', 'c128'), ('pred', 's32'), ('pred', 'f32')]
POOL = {0: range(1, 18), 1: [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33], 2: range(1, 11),
        3: range(1, 8), 4: range(1, 7)}
KERNEL = {0: [1], 1: range(1, 9), 2: range(1, 6), 3: range(1, 5), 4: range(1, 5)}


class Problem:
    """One convolution as JAX is told it: canonical sizes, window and dimension numbers."""

    def __init__(self, n, c, o, spatial, kernel, **more):
        nd = len(spatial)
        self.nd, self.fgc, self.bgc = nd, more.get('fgc', 1), more.get('bgc', 1)
        self.lhs, self.rhs = (n, c) + tuple(spatial), (o, c // self.fgc) + tuple(kernel)
        self.strides = more.get('strides') or [1] * nd
        self.lhs_dilation = more.get('lhs_dilation') or [1] * nd
        self.rhs_dilation = more.get('rhs_dilation') or [1] * nd
        self.padding = more.get('padding', 'VALID')
        self.numbers, self.reversal = more.get('numbers'), more.get('reversal')
        reach = [oracle.dilate(k, d) for k, d in zip(kernel, self.rhs_dilation)]
        self.pads = oracle.resolve(self.padding, spatial, reach, self.strides)
        self.window = Window(self.lhs[2:], self.rhs[2:], self.strides, self.pads,
                             self.lhs_dilation, self.rhs_dilation)
        self.conv = Conv(self.lhs, self.rhs, self.window, self.fgc, self.bgc, self.reversal)
        self.specs = conv_dimension_numbers(self.lhs, self.rhs, self.numbers and
                                            tuple(self.numbers))

    def fits(self, limit=360):
        sizes = [dilated + sum(p) for dilated, p in
                 zip(map(oracle.dilate, self.lhs[2:], self.lhs_dilation), self.pads)]
        arrays = [self.lhs, self.rhs, self.conv.out_shape]
        return min(sizes, default=0) >= 0 and all(0 < np.prod(a) <= limit for a in arrays)

    def keywords(self, preferred=None):
        """The keywords that differ from JAX's defaults."""
        k = {'window_strides': tuple(self.strides), 'padding': self.padding}
        for key in ('lhs_dilation', 'rhs_dilation'):
            if set(getattr(self, key)) - {1}:
                k[key] = tuple(getattr(self, key))
        if self.numbers:
            k['dimension_numbers'] = tuple(self.numbers)
        if self.fgc > 1:
            k['feature_group_count'] = self.fgc
        if self.bgc > 1:
            k['batch_group_count'] = self.bgc
        if preferred:
            k['preferred_element_type'] = DTYPES[preferred]
        return k

    def call(self, op, dtype, preferred=None, **more):
        k = self.keywords()
        if preferred:
            k['preferred_element_type'] = preferred
        if self.reversal:
            k['window_reversal'] = self.reversal
        return '%s(%s)' % (op, words(**k, **more, dtype=dtype))

    def laid_out(self, array, which):
        """A canonical array in the dimension order that JAX is told."""
        return np.ascontiguousarray(from_spec(array, self.specs[which]))

    def arrays(self, rng, dtype, small=False):
        return [self.laid_out(values(rng, dtype, s, small), i)
                for i, s in enumerate((self.lhs, self.rhs))]

    def canonical(self, array, which):
        return by_spec(array, self.specs[which])


def permuted(rng, nd):
    """Random dimension-number strings; the spatial order is that of rhs."""
    label = list(rng.permutation(list(LETTERS[:nd]))) if nd else []
    return tuple(''.join(rng.permutation(list(ends) + label)) for ends in ('NC', 'OI', 'NC'))


def channels_last(nd):
    label = ('', 'H', 'HW', 'DHW', 'DHWT')[nd]
    return ('N' + label + 'C', label + 'IO', 'N' + label + 'C')


def random_pads(rng, nd, negative_free):
    """Pairs of any sign; low < 0 < high only where XLA:CPU can do it."""
    pads = [tuple(int(v) for v in rng.integers(-1, 4, 2)) for _ in range(nd)]
    return pads if negative_free else [(lo, min(hi, 0)) if lo < 0 else (lo, hi) for lo, hi in pads]


def random_window(rng, nd, free):
    def some(p, high):
        return [int(v) for v in rng.integers(1, high, nd)] if rng.random() < p else [1] * nd
    more = {'strides': some(.6, 4), 'lhs_dilation': some(.3, 4), 'rhs_dilation': some(.35, 4)}
    plain = set(more['lhs_dilation']) <= {1}
    more['padding'] = str(rng.choice(['SAME', 'SAME_LOWER', 'VALID'])) \
        if plain and rng.random() < .4 else random_pads(rng, nd, free)
    return more


def random_groups(rng, n, c):
    """-> feature groups, batch groups, at most one of them above 1"""
    kind = rng.random()
    if kind < .1:
        return c, 1
    fgc, bgc = ([d for d in range(2, size + 1) if size % d == 0] or [1] for size in (c, n))
    return (int(rng.choice(fgc)), 1) if kind < .3 else (1, int(rng.choice(bgc))) \
        if kind < .45 else (1, 1)


def random_problem(rng, nd, dtype, limit=360, **fixed):
    """A problem with pairwise distinct sizes of lhs and of the kernel."""
    limit = max(limit, 760) if nd == 4 else limit
    while True:
        n, c, *spatial = distinct(rng, 2 + nd, POOL[nd], limit)
        fgc, bgc = random_groups(rng, n, c)
        kernel = distinct(rng, nd, KERNEL[nd], 60)
        o = int(rng.integers(1, 6)) * max(fgc, bgc)
        order = rng.random()
        numbers = None if order < .25 else channels_last(nd) if order < .5 else permuted(rng, nd)
        more = random_window(rng, nd, dtype not in ('f32', 'f16', 'bf16'))
        more.update(fgc=fgc, bgc=bgc, numbers=numbers, **fixed)
        p = Problem(n, c, o, spatial, kernel, **more)
        if o not in (n, c) and (bgc == 1 or o != bgc * bgc) and p.fits(limit):
            return p


def forward(p, rng, dtype, preferred=None, arrays=None, op='conv_general_dilated', **more):
    small = bool(preferred) and preferred[0] not in 'su'
    lhs, rhs = arrays or p.arrays(rng, dtype, small)
    out = preferred or dtype
    a, b = [wide(p.canonical(x.astype(DTYPES[out]), i)) for i, x in enumerate((lhs, rhs))]
    value = from_spec(p.conv.forward(a, b), p.specs[2])
    scale = from_spec(p.conv.forward(magnitude(a), magnitude(b)), p.specs[2])
    k = p.keywords(preferred)

    def fn(lhs, rhs):
        return lax.conv_general_dilated(lhs, rhs, **k)
    if out in COMPLEX:
        more.setdefault('platform', 'tpu')
    return Case(op, p.call('conv_general_dilated', dtype, preferred), fn, [lhs, rhs],
                [result(out, value, scale, np.prod(p.rhs[1:]))], **more)


def reversed_case(p, rng, dtype):
    """window_reversal, which JAX never emits: written into the StableHLO text."""
    def edit(text):
        flags = ', '.join('true' if r else 'false' for r in p.reversal)
        return re.sub(r'reverse = \[[^]]*\]', 'reverse = [%s]' % flags, text)
    return forward(p, rng, dtype, edit=edit)


def forward_cases():
    plan = [('f32', 0, 6), ('f32', 1, 28), ('f32', 2, 40), ('f32', 3, 18), ('f32', 4, 8)]
    plan += [(d, nd, 2 + (nd in (1, 2))) for d in ('f64', 'f16', 'bf16') for nd in range(5)]
    plan += [(d, nd, 1 + (nd in (1, 2))) for d in ('s8', 'u8', 's32', 'pred', 'c64', 'c128')
             for nd in range(5)]
    plan += [(d, nd, 1) for d in ('s16', 's64', 'u16', 'u32', 'u64') for nd in range(5)]
    for dtype, nd, count in plan:
        for i in range(count):
            rng = generator('conv', dtype, nd, i)
            yield forward(random_problem(rng, nd, dtype), rng, dtype)
    for i, (dtype, preferred) in enumerate(PAIRS):
        rng = generator('preferred', dtype, preferred)
        yield forward(random_problem(rng, (1, 2)[i % 2], dtype, 200), rng, dtype, preferred)
    for i in range(14):
        nd, dtype = (1, 2, 2, 3)[i % 4], ('f32', 'f64', 's32', 'bf16', 'u8')[i % 5]
        rng = generator('reversal', i)
        flags = [bool(v) for v in rng.integers(0, 2, nd)]
        flags[i % nd] = True
        yield reversed_case(random_problem(rng, nd, dtype, reversal=flags), rng, dtype)


def dense_cases():
    """Channels-last layers with eight or more channels a group, and depthwise ones."""
    rows = [(1, 8, 9, (7, 5), (3, 3)), (2, 16, 7, (5, 4), (1, 1)), (1, 9, 16, (6, 5), (3, 2)),
            (1, 15, 4, (4, 7), (2, 3)), (1, 17, 3, (5, 3), (3, 1)), (3, 8, 17, (4, 2), (2, 2)),
            (2, 8, 5, (15,), (3,)), (1, 16, 3, (17,), (5,)), (1, 8, 3, (4, 3, 5), (2, 2, 3)),
            (1, 32, 2, (4, 3), (2, 1)), (1, 31, 3, (3, 4), (1, 3)), (1, 33, 2, (3, 4), (2, 2))]
    for i, (n, c, o, spatial, kernel) in enumerate(rows):
        for dtype in ('f32', 'f64') if i % 2 else ('f32', 'bf16'):
            rng = generator('dense', i, dtype)
            more = {'padding': ('SAME', 'VALID', 'SAME_LOWER')[i % 3]}
            more['strides'] = [1 + (i % 4 == 3)] * len(spatial)
            more['rhs_dilation'] = [1 + (i % 5 == 2)] * len(spatial)
            more['numbers'] = channels_last(len(spatial))
            yield forward(Problem(n, c, o, spatial, kernel, **more), rng, dtype)
    for i, (c, depth) in enumerate([(8, 1), (16, 2), (9, 1), (17, 1), (7, 3), (32, 1)]):
        rng = generator('depthwise', i)
        yield forward(Problem(1, c, c * depth, (5, 4), (3, 2), padding='SAME', fgc=c,
                              numbers=channels_last(2)), rng, 'f32')
    for i, groups in enumerate([2, 3, 4]):
        rng = generator('grouped', i)
        yield forward(Problem(1, 8 * groups, 3 * groups, (4, 3), (2, 3), padding='SAME',
                              fgc=groups, numbers=channels_last(2)), rng, 'f32')
        yield forward(Problem(3 * groups, 5, 2 * (groups + 1) * groups, (4, 6), (2, 3),
                              padding='SAME', bgc=groups), rng, 'f32')


def corner_cases():
    """Empty dimensions, many dimensions, inf and NaN elements, and XLA:CPU's out-of-bounds pads."""
    empty = [Problem(0, 2, 3, (5,), (2,)), Problem(2, 0, 3, (4,), (3,), padding='SAME'),
             Problem(2, 3, 0, (5, 4), (2, 1)), Problem(1, 2, 3, (0, 4), (3, 2), padding='SAME'),
             Problem(1, 2, 3, (2,), (3,)), Problem(2, 3, 1, (0,), (2,), padding=[(2, 1)]),
             Problem(1, 2, 3, (3,), (2,), padding=[(-2, -1)])]
    for i, p in enumerate(empty):
        yield forward(p, generator('empty', i), ('f32', 's32', 'bf16', 'c64')[i % 4])
    for nd in range(5, 11):
        rng = generator('rank', nd)
        spatial = ([2, 1, 3, 1, 2, 1, 1, 2, 1, 1])[:nd]
        kernel = ([2, 1, 2, 1, 1, 1, 1, 2, 1, 1])[:nd]
        pads = [(int(a), int(b)) for a, b in rng.integers(0, 2, (nd, 2))]
        pads = [q if d < 4 else (0, 0) for d, q in enumerate(pads)]
        p = Problem(2, 3, 4, spatial, kernel, padding=pads, numbers=permuted(rng, nd))
        yield forward(p, rng, ('f32', 's16', 'f64')[nd % 3])
    for i, (nd, bad) in enumerate([(1, np.nan), (1, np.inf), (2, -np.inf), (2, np.nan)]):
        rng = generator('nonfinite', i)
        p = Problem(1, 2, 3, (9, 7)[:nd], (2, 3)[:nd], strides=(2, 1)[:nd])
        lhs, rhs = p.arrays(rng, 'f32')
        lhs[(0, 1) + (4,) * nd] = bad
        rhs = np.where(rhs == 0, np.float32(.5), rhs)
        yield forward(p, rng, 'f32', arrays=[lhs, rhs])
    rows = [((9,), (3,), [(-2, 1)]), ((6, 7), (2, 3), [(-1, 2), (1, 0)]),
            ((5, 8), (3, 2), [(1, -1), (-2, 3)]), ((4, 3, 5), (2, 1, 2), [(-1, 1)] * 3)]
    for i, (spatial, kernel, pads) in enumerate(rows):
        rng = generator('out of bounds', i)
        p = Problem(2, 3, 4, spatial, kernel, padding=pads)
        yield forward(p, rng, ('f32', 'bf16')[i % 2])
    for i, dtype in enumerate(COMPLEX):     # JAX's own CPU form: three real convolutions
        rng = generator('three real', i)
        yield forward(Problem(2, 3, 4, (7, 5), (3, 2), padding='SAME'), rng, dtype, platform='cpu')


def transpose_padding(padding, kernel, dilation, strides, consistent):
    """conv_transpose's pads of the dilated convolution."""
    pads = []
    for d, (k, r, s) in enumerate(zip(kernel, dilation, strides)):
        k = oracle.dilate(k, r)
        if padding == 'SAME':
            low = k - 1 if s > k - 1 else -(-(k + s - 2) // 2)
            pads.append((low, k + s - 2 - low))
        elif padding == 'VALID':
            pads.append((k - 1, s - 1 + max(k - s, 0)))
        else:
            a, b = padding[d]
            pads.append((k - 1 - a, k - 1 - b) if consistent else (a, b))
    return pads


def conv_transpose_case(i):
    rng = generator('conv_transpose', i)
    dtype = (['f32'] + ALL)[i % 16]
    nd = (1, 2, 2, 3, 0)[i % 5]
    swap, consistent = bool(i % 3 == 1), bool(i % 4 == 2)
    label = ('', 'H', 'HW', 'HWD')[nd]
    default = ('N' + label + 'C', label + 'IO', 'N' + label + 'C')
    numbers = default if i % 2 else permuted(rng, nd)
    while True:
        n, c, o = distinct(rng, 3, range(1, 6), 60)
        spatial, kernel = (distinct(rng, nd, range(*r), 60) for r in ((2, 9), (1, 6)))
        strides, dilation = ([int(v) for v in rng.integers(1, h, nd)] for h in (4, 3))
        pairs = [tuple(int(v) for v in rng.integers(0, 3, 2)) for _ in range(nd)]
        padding = ('SAME', 'VALID', pairs)[i % 3]
        pads = transpose_padding(padding, kernel, dilation, strides, consistent)
        p = Problem(n, c, o, spatial, kernel, lhs_dilation=strides, rhs_dilation=dilation,
                    padding=pads, numbers=numbers)
        skip = any(lo < 0 for lo, _ in pads)
        if p.fits() and not skip:
            break
    lhs, rhs = p.arrays(rng, dtype)
    k = {'strides': tuple(strides), 'padding': padding, 'rhs_dilation': tuple(dilation),
         'dimension_numbers': tuple(numbers), 'transpose_kernel': swap,
         'use_consistent_padding': consistent}
    given = rhs
    if swap:        # JAX flips the kernel and swaps I and O; hand it the kernel that undoes that
        flipped = p.canonical(rhs, 1)[(slice(None),) * 2 + (slice(None, None, -1),) * nd]
        given = np.ascontiguousarray(from_spec(flipped.swapaxes(0, 1), p.specs[1]))
    case = forward(p, rng, dtype, arrays=[lhs, rhs], op='conv_transpose')
    case.inputs = [lhs, given]
    case.call = 'conv_transpose(%s)' % words(**k, dtype=dtype)
    case.fn = lambda lhs, rhs: lax.conv_transpose(lhs, rhs, **k)
    return case


def patches_case(i, local):
    dtype = NUMBERS[i % 14] if local else ALL[i % 15]
    nd = (1, 2, 2, 3)[i % 4]
    rng = generator('local' if local else 'patches', i)
    while True:
        p = random_problem(rng, nd, dtype, 120 if local else 300)
        taps = int(np.prod(p.rhs[2:])) * p.lhs[1]
        p.fgc = p.bgc = 1
        # JAX's 0/1 kernel has C * taps rows; XLA's out-of-bounds pads are no subject here
        if taps * p.lhs[0] * np.prod(p.window.out) <= 600 and taps <= 60 and \
                not any(lo < 0 for lo, _ in p.pads):
            break
    k = {x: v for x, v in p.keywords().items() if 'group' not in x}
    k['filter_shape'] = p.rhs[2:]
    lhs = p.arrays(rng, dtype)[0]
    rows = oracle.patches(p.canonical(lhs, 0), p.window)
    more = {'platform': 'tpu'} if dtype in COMPLEX else {}
    if not local:
        out = from_spec(rows, p.specs[2])
        return Case('conv_general_dilated_patches',
                    'conv_general_dilated_patches(%s)' % words(**k, dtype=dtype),
                    lambda x: lax.conv_general_dilated_patches(x, **k), [lhs],
                    [exact(dtype, out)], **more)
    o = 1 + i % 4
    weights = values(rng, dtype, (o, taps) + p.window.out)
    a, b = wide(rows), wide(weights)
    value, scale = [sum(oracle.multiply(x[:, None, t], y[None, :, t]) for t in range(taps))
                    for x, y in ((a, b), (magnitude(a), magnitude(b)))]
    rhs = p.laid_out(weights, 1)
    return Case('conv_general_dilated_local',
                'conv_general_dilated_local(%s)' % words(**k, dtype=dtype),
                lambda x, y: lax.conv_general_dilated_local(x, y, **k), [lhs, rhs],
                [result(dtype, from_spec(value, p.specs[2]), from_spec(scale, p.specs[2]),
                        taps)], **more)


def gradient_case(i, side):
    dtype = ('f32', 'f32', 'f64', 'f32', 'bf16', 'c64', 'f32', 'f16', 'f64', 'c128')[i % 10]
    nd = (2, 1, 2, 3, 1, 2, 0)[i % 7]
    preferred = {'bf16': 'f32'}.get(dtype) if i % 4 == 0 else None
    rng = generator('gradient', side, i)
    p = random_problem(rng, nd, dtype, 300)
    k = p.keywords(preferred)
    grad = preferred or dtype
    g = p.laid_out(values(rng, grad, p.conv.out_shape), 2)
    operands = p.arrays(rng, dtype)
    other = operands[1 if side == 'lhs' else 0]
    spec = jax.ShapeDtypeStruct(operands[0 if side == 'lhs' else 1].shape, DTYPES[dtype])

    def fn(g, other):
        if side == 'lhs':
            return jax.linear_transpose(lambda x: lax.conv_general_dilated(x, other, **k), spec)(g)
        return jax.linear_transpose(lambda x: lax.conv_general_dilated(other, x, **k), spec)(g)
    a, b = wide(p.canonical(g, 2)), wide(p.canonical(other, 1 if side == 'lhs' else 0))

    def adjoint(a, b):
        return p.conv.grad_lhs(a, b) if side == 'lhs' else p.conv.grad_rhs(b, a)
    which = 0 if side == 'lhs' else 1
    value, scale = (from_spec(adjoint(*x), p.specs[which])
                    for x in ((a, b), (magnitude(a), magnitude(b))))
    terms = np.prod(p.rhs[2:]) * p.rhs[0] // max(p.fgc, p.bgc) if side == 'lhs' else \
        p.conv.out_shape[0] * np.prod(p.window.out)
    more = {'platform': 'tpu'} if dtype in COMPLEX else {}
    return Case('conv_vjp_' + side, p.call('vjp of conv_general_dilated', dtype, preferred,
                                           wrt=side), fn, [g, other],
                [result(dtype, value, scale, terms)], **more)


def cases():
    yield from forward_cases()
    yield from dense_cases()
    yield from corner_cases()
    for i in range(36):
        yield conv_transpose_case(i)
    for i in range(20):
        yield patches_case(i, False)
    for i in range(14):
        yield patches_case(i, True)
    for side in ('lhs', 'rhs'):
        for i in range(36):
            yield gradient_case(i, side)
