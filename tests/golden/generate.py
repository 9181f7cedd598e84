# SPDX-License-Identifier: Apache-2.0
"""Writes the golden cases: cases.txt (problems as HLO and StableHLO text, what the arrays are, how
to compare) and cases.bin (the arrays), beside this script.  Format and rules: README.md.

How to run:
    python3 -m venv venv && venv/bin/pip install jax==0.10.2 numpy==2.4.6
    venv/bin/python generate.py             # about two minutes; a second run writes the same bytes
    venv/bin/python check.py --jax          # re-reads the files and runs every text again

Everything is seeded (SEED in case.py, mixed with a name for each case, so that adding one leaves
the others alone).  Every case is run by XLA:CPU from its own text, and the answer must agree with
oracle.py, which computes from the definitions alone.  Where XLA:CPU 0.10.2 is known to depart from
them, the definition's value is written and the case says `source oracle`:
  * ties and order-dependent regions where XLA:CPU scans a window in another order;
  * a rank-0 reduce_window, which drops its initial value;
  * f32, f16 and bf16 convolutions with low < 0 < high pads, which read past the input: not run.
Left out because XLA:CPU aborts on them: windows of ones with negative pads, select_and_scatter of
rank 0.  Left out because their texts need operations outside the front end: logaddexp of complex
numbers.  Left out because XLA:CPU differs by more than rounding: scans longer than 16 with an
initial value that is no identity.
"""
import collections
import os
import sys

import ml_dtypes
import numpy as np

import xla
import cases_conv
import cases_move
import cases_window
import oracle

HERE = os.path.dirname(os.path.abspath(__file__))


class Blob:
    """The binary file: arrays in row-major order, little-endian, 8-byte aligned."""

    def __init__(self):
        self.bytes = bytearray()

    def add(self, array):
        array = np.ascontiguousarray(array)
        offset = len(self.bytes)
        self.bytes += array.astype(array.dtype.newbyteorder('<')).tobytes()
        self.bytes += bytes(-len(self.bytes) % 8)
        return offset


def shape_words(array):
    return ' '.join(map(str, (array.ndim,) + array.shape))


def output_line(r, blob):
    value = blob.add(r.value)
    scale = blob.add(r.scale) if r.mode == 'float' else -1
    return 'output %s %s %d %s %d %d %s' % (r.dtype, r.mode, r.terms, r.accumulate or '-', value,
                                            scale, shape_words(r.value))


def block(word, text):
    lines = text.split('\n')
    return ['%s %d' % (word, len(lines))] + lines


def judge(case, texts):
    """'jax', or why the oracle's value stands; an unexplained difference ends the run."""
    if xla.reads_out_of_bounds(texts[0]):
        return 'oracle XLA:CPU reads out of bounds'
    for text in texts:
        got = xla.run(text, case.inputs)
        if len(got) != len(case.results):
            sys.exit('%s: %d results, expected %d' % (case.id, len(got), len(case.results)))
        for r, g in zip(case.results, got):
            wrong = r.disagreement(g, r.dtype)
            if wrong and not case.excuse:
                sys.exit('%s: %s\n%s\n%s' % (case.id, wrong, case.call, text))
            if wrong:
                return 'oracle ' + case.excuse
    return 'jax'


def overflows(r):
    if r.mode != 'float':
        return False
    finite = np.abs(np.where(np.isfinite(r.value), r.value, 0))
    return np.any(finite > .5 * float(ml_dtypes.finfo(oracle.DTYPES[r.dtype]).max))


def written(case, number, blob):
    """The lines of one case, and where its expectation comes from."""
    hlo, pretty, generic = xla.texts(case.fn, case.inputs, case.platform, case.edit)
    extra = []
    if number % 3 == 0:
        extra = ['stablehlo-generic', generic] if number % 15 == 0 and generic else \
            ['stablehlo', pretty]
    source = judge(case, [hlo] + extra[1:])
    if any(map(overflows, case.results)):
        sys.exit('%s: the result overflows its type\n%s' % (case.id, case.call))
    lines = ['', 'case ' + case.id, 'call ' + case.call, 'source ' + source]
    for x in case.inputs:
        lines.append('input %s %d %s' % (oracle.name(x), blob.add(x), shape_words(x)))
    lines += [output_line(r, blob) for r in case.results]
    lines += block('hlo', hlo)
    lines += block(*extra) if extra else []
    return lines + ['end'], source


def main():
    if xla.jax.__version__ != xla.VERSION:
        sys.exit('jax %s is needed, this is %s' % (xla.VERSION, xla.jax.__version__))
    blob, lines, counts, sources = Blob(), [], collections.Counter(), collections.Counter()
    for module in (cases_conv, cases_window, cases_move):
        for case in module.cases():
            counts[case.op] += 1
            case.id = '%s-%03d' % (case.op, counts[case.op])
            more, source = written(case, sum(counts.values()), blob)
            lines += more
            sources[source] += 1
    head = ['lax-goldens 1', 'cases %d' % sum(counts.values()), 'bytes %d' % len(blob.bytes)]
    with open(os.path.join(HERE, 'cases.txt'), 'w', newline='\n') as f:
        f.write('\n'.join(head + lines) + '\n')
    with open(os.path.join(HERE, 'cases.bin'), 'wb') as f:
        f.write(blob.bytes)
    for title, table in (('op', counts), ('source', sources)):
        print('\n%-36s cases' % title)
        for key, n in table.items():
            print('%-36s %5d' % (key, n))
    print('%-36s %5d' % ('total', sum(counts.values())))


if __name__ == '__main__':
    main()
