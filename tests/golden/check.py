# SPDX-License-Identifier: Apache-2.0
"""Re-reads cases.txt and cases.bin as any other program would and says whether they are coherent:
counts, offsets, alignment, values, and that the signatures in the texts are those of the arrays.

    python3 check.py            # needs NumPy and ml_dtypes only
    python3 check.py --jax      # also runs every HLO and StableHLO text and compares the results
"""
import collections
import os
import re
import sys

import numpy as np

from case import Result
from oracle import DTYPES, EPS

HERE = os.path.dirname(os.path.abspath(__file__))
MLIR = {'pred': 'i1', 'c64': 'complex<f32>', 'c128': 'complex<f64>'}
BLOCKS = ('hlo', 'stablehlo', 'stablehlo-generic')


class Broken(Exception):
    pass


def need(condition, text, *values):
    if not condition:
        raise Broken(text % values)


class Reader:
    def __init__(self):
        self.lines = open(os.path.join(HERE, 'cases.txt'), newline='').read().split('\n')
        self.data = open(os.path.join(HERE, 'cases.bin'), 'rb').read()
        self.used = []
        self.at = 0

    def next(self):
        self.at += 1
        line = self.lines[self.at - 1]
        need(len(line) < 4000 and line.isascii(), 'line %d: too long or not ASCII', self.at)
        return line

    def array(self, dtype, offset, shape):
        dtype = np.dtype(dtype)
        size = int(np.prod(shape)) * dtype.itemsize
        need(offset % 8 == 0, 'offset %d is not aligned', offset)
        need(offset + size <= len(self.data), 'array at %d ends behind the file', offset)
        self.used.append((offset, size))
        if dtype == bool:
            need(set(self.data[offset:offset + size]) <= {0, 1}, 'pred at %d is not 0, 1', offset)
        return np.frombuffer(self.data, dtype, int(np.prod(shape)), offset).reshape(shape)

    def input(self, words):
        dtype, offset, rank, *dims = words
        need(int(rank) == len(dims), 'rank %s with %d dimensions', rank, len(dims))
        return self.array(DTYPES[dtype], int(offset), tuple(map(int, dims)))

    def output(self, words):
        dtype, mode, terms, accumulate, value, scale, rank, *dims = words
        need(int(rank) == len(dims), 'rank %s with %d dimensions', rank, len(dims))
        shape = tuple(map(int, dims))
        if mode != 'float':
            need(mode in ('exact', 'bits') and scale == '-1', 'mode %s, scale %s', mode, scale)
            return Result(dtype, mode, self.array(DTYPES[dtype], int(value), shape))
        need(int(terms) >= 1 and accumulate in EPS, 'K %s, accumulate %s', terms, accumulate)
        kind = np.complex128 if dtype[0] == 'c' else np.float64
        r = Result(dtype, mode, self.array(kind, int(value), shape),
                   self.array(np.float32, int(scale), shape), int(terms), accumulate)
        need(np.all(np.isfinite(r.scale) & (r.scale >= 0)), 'scale %s', r.scale)
        return r

    def case(self):
        c = {'id': self.next()[5:], 'inputs': [], 'outputs': [], 'texts': {}}
        while True:
            word, _, rest = self.next().partition(' ')
            if word == 'end':
                return c
            if word in BLOCKS:
                c['texts'][word] = '\n'.join(self.next() for _ in range(int(rest)))
            elif word in ('input', 'output'):
                c[word + 's'].append(getattr(self, word)(rest.split(' ')))
            else:
                need(word in ('call', 'source') and rest, 'line %d: %s', self.at, word)
                c[word] = rest


def hlo_types(text):
    """Parameter and result types from entry_computation_layout, without the layouts."""
    header = text.split('\n')[0].split('entry_computation_layout={')[1]
    found = [re.findall(r'(\w+)\[([\d,]*)\]', half) for half in header.split('->')]
    return [[(t, tuple(map(int, filter(None, d.split(','))))) for t, d in half] for half in found]


def mlir_type(dtype, shape):
    element = MLIR.get(dtype) or (dtype if dtype[0] in 'fb' else
                                  dtype.replace('s', 'i').replace('u', 'ui'))
    return 'tensor<%s>' % 'x'.join(list(map(str, shape)) + [element])


def check_types(c):
    wanted = [[(name_of(x), x.shape) for x in c['inputs']],
              [(r.dtype, r.value.shape) for r in c['outputs']]]
    need(hlo_types(c['texts']['hlo']) == wanted, 'HLO signature %s, arrays %s',
         hlo_types(c['texts']['hlo']), wanted)
    for word, text in c['texts'].items():
        if word == 'hlo':
            continue
        main = next(x for x in text.split('\n') if '@main' in x or 'sym_name = "main"' in x)
        got = re.findall(r'tensor<(?:[^<>]|<[^<>]*>)*>', main)
        need(got == [mlir_type(*t) for half in wanted for t in half], '%s: %s', word, main)


def name_of(array):
    return next(k for k, v in DTYPES.items() if np.dtype(v) == array.dtype)


def run_texts(c):
    import xla
    if c['source'] != 'jax':
        return
    for word, text in c['texts'].items():
        for r, got in zip(c['outputs'], xla.run(text, c['inputs']), strict=True):
            wrong = r.disagreement(got, r.dtype)
            need(not wrong, '%s: %s', word, wrong)


def check_coverage(used, size):
    end = 0
    for offset, length in sorted(used):
        need(offset == end, 'bytes %d to %d belong to no array or to two', end, offset)
        end = offset + -(-length // 8) * 8
    need(end == size, 'the file ends at %d, the arrays at %d', size, end)


def main():
    r, seen, tally = Reader(), set(), collections.Counter()
    need(r.next() == 'lax-goldens 1', 'not a golden file of version 1')
    count, size = int(r.next().split(' ')[1]), int(r.next().split(' ')[1])
    need(size == len(r.data), 'cases.bin has %d bytes, expected %d', len(r.data), size)
    for _ in range(count):
        need(r.next() == '', 'line %d: a blank line is expected', r.at)
        c = r.case()
        try:
            need(c['id'] not in seen, 'twice')
            check_types(c)
            if '--jax' in sys.argv:
                run_texts(c)
        except Broken as e:
            sys.exit('%s: %s' % (c['id'], e))
        seen.add(c['id'])
        tally.update(('cases', *c['texts'], *{o.mode for o in c['outputs']}))
    need(r.lines[r.at:] == [''], 'text behind the last case')
    check_coverage(r.used, size)
    print(', '.join('%s %d' % kv for kv in tally.items()))


if __name__ == '__main__':
    main()
