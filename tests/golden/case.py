# SPDX-License-Identifier: Apache-2.0
"""What a golden case consists of, and the seeded values that the case lists share."""
import zlib
from dataclasses import dataclass, field
from typing import Callable, Optional

import numpy as np

import oracle
from oracle import DTYPES, EPS, is_complex, is_float, wide

SEED = 20260803
FLOATS = ['f32', 'f64', 'f16', 'bf16']
COMPLEX = ['c64', 'c128']
SIGNED = ['s8', 's16', 's32', 's64']
UNSIGNED = ['u8', 'u16', 'u32', 'u64']
INTS = SIGNED + UNSIGNED
NUMBERS = FLOATS + COMPLEX + INTS
ALL = NUMBERS + ['pred']


@dataclass
class Result:
    """One output: `mode` is exact, bits or float; value is what to expect (f64 / c128 if float)."""
    dtype: str
    mode: str
    value: np.ndarray
    scale: Optional[np.ndarray] = None
    terms: int = 0
    accumulate: str = ''

    def disagreement(self, got, accumulate=None):
        """None, or where `got` is not as expected.  XLA:CPU rounds f16 and bf16 windows at each
        step, so it is given the bound of that `accumulate`."""
        want = self.value
        if got.shape != want.shape or oracle.name(got) != self.dtype:
            return 'expected %s %s, got %s %s' % (self.dtype, want.shape, got.dtype, got.shape)
        got = wide(got)
        if self.mode == 'float':
            good = self.within(got, EPS[accumulate or self.accumulate])
        else:
            want = wide(want)
            good = (got == want) | ((got != got) & (want != want))
            if self.mode == 'bits':
                good &= (np.signbit(got) == np.signbit(want)) | np.isnan(got)
        if good.all():
            return None
        i = tuple(int(v) for v in np.argwhere(~good)[0])
        return '%d of %d differ, first %s: got %s, expected %s' % (
            np.sum(~good), good.size, i, got[i], want[i])

    def within(self, got, eps):
        scale = self.scale.astype(np.float64)
        bound = 4 * eps * np.sqrt(self.terms) * (scale + .1 * np.max(scale, initial=0)) + 1e-37
        good = np.ones(got.shape, bool)
        parts = [(got.real, self.value.real), (got.imag, self.value.imag)]
        for a, b in parts if is_complex(self.dtype) else [(got, self.value)]:
            with np.errstate(all='ignore'):
                near = np.abs(a - b) <= bound + EPS[self.dtype] * np.abs(b)
                good &= (a == b) | ((a != a) & (b != b)) | (near & np.isfinite(b))
        return good


@dataclass
class Case:
    op: str
    call: str           # for people: the call beside jax.lax
    fn: Callable
    inputs: list
    results: list
    platform: str = 'cpu'       # 'tpu' texts have no CPU work-arounds; they still run on the CPU
    edit: Optional[Callable] = None
    excuse: str = ''    # why XLA:CPU may answer otherwise; the definition's value then stands
    id: str = field(default='')


def exact(dtype, value, bits=False):
    value = np.asarray(value).astype(DTYPES[dtype])
    return Result(dtype, 'bits' if bits else 'exact', value)


def result(dtype, value, scale, terms, accumulate=None):
    """Exact for integers and pred, otherwise within the bound of README.md."""
    if not (is_float(dtype) or is_complex(dtype)):
        return exact(dtype, value)
    value = np.asarray(value, np.complex128 if is_complex(dtype) else np.float64)
    scale = np.where(np.isfinite(scale), scale, 0).astype(np.float32)
    return Result(dtype, 'float', value, scale, max(int(terms), 1),
                  accumulate or oracle.accumulator(dtype))


def generator(*words):
    return np.random.default_rng([SEED, zlib.crc32(' '.join(map(str, words)).encode())])


def values(rng, dtype, shape, small=False):
    """Multiples of 1/8 or uniform floats; full-range or small integers; pred half true."""
    if dtype == 'pred':
        return rng.integers(0, 2, shape).astype(bool)
    if is_complex(dtype):
        parts = rng.integers(-24, 25, (2,) + tuple(shape)) / 8
        return (parts[0] + 1j * parts[1]).astype(DTYPES[dtype])
    if is_float(dtype):
        x = rng.uniform(-2, 2, shape) if rng.random() < .5 else rng.integers(-24, 25, shape) / 8
        return np.asarray(x).astype(DTYPES[dtype])
    info = np.iinfo(DTYPES[dtype])
    low, high = (max(-9, info.min), 9) if small else (info.min, info.max)
    return np.asarray(rng.integers(low, high, shape, DTYPES[dtype], endpoint=True))


def near_one(rng, dtype, shape):
    """Floats whose products neither overflow nor vanish, with signs; other types as values()."""
    if not (is_float(dtype) or is_complex(dtype)):
        return values(rng, dtype, shape)
    x = rng.integers(13, 20, shape) / 16 * rng.choice([-1, 1], shape)
    return np.asarray(x * (1 if is_float(dtype) else 1 + .5j)).astype(DTYPES[dtype])


def sprinkle(rng, x, share=.12):
    """Some NaN, infinities and signed zeros in a copy of a float array."""
    if not is_float(oracle.name(x)):
        return x
    x = x.copy()
    special = rng.choice(np.array([np.nan, np.inf, -np.inf, 0., -0.]), x.shape)
    return np.where(rng.random(x.shape) < share, special, wide(x)).astype(x.dtype)


def distinct(rng, count, pool, limit):
    """`count` pairwise distinct sizes from the pool with a product of at most `limit`."""
    for _ in range(2000):
        sizes = [int(n) for n in rng.choice(pool, count, replace=False)]
        if np.prod(sizes) <= limit:
            return sizes
    raise ValueError('no %d sizes of %s within %d' % (count, list(pool), limit))


def words(**parameters):
    """name=value, ... in JAX's spelling."""
    def one(v):
        if isinstance(v, (list, tuple)):
            return '(' + ', '.join(map(one, v)) + (',)' if len(v) == 1 else ')')
        return repr(v)
    return ', '.join('%s=%s' % (k, v if k == 'dtype' else one(v)) for k, v in parameters.items())
