# SPDX-License-Identifier: Apache-2.0
"""liblax as its own peer: the same row by another build, thread count, instruction set, lowering,
mode, layout or element type. --self says what differs, e.g. library=old/liblax.so.0,threads=1."""
import numpy as np

from side import data, native, rows


def turned(row, other, which, array):
    """An array of `row` as `other` orders and types its dimensions."""
    if row.family == "convolution":
        axes = [row.labels[which].index(label) for label in other.labels[which]]
    elif row.layout == other.layout:
        axes = range(array.ndim)
    elif other.layout == "NHWC":
        axes = (0, *range(2, array.ndim), 1)
    else:
        axes = (0, array.ndim - 1, *range(1, array.ndim - 1))
    return np.transpose(array, axes)


class Peer:
    """Another configuration of ours."""

    def __init__(self, options):
        self.changes = dict(part.split("=", 1) for part in options["self"].split(","))
        self.pair = native.load_pair(options["folder"])

    def version(self):
        """What differs."""
        return " ".join(f"{name}={value}" for name, value in self.changes.items())

    def open(self, row, inputs, result, options):
        """A Call for the row as it is elsewhere."""
        other = rows.variant(row, self.changes.get("dtype", row.dtype),
                             self.changes.get("layout", ""))
        forms, (shape, name) = other.inputs_and_result()
        operands = []
        for which, (array, (size, dtype)) in enumerate(zip(inputs, forms)):
            operands.append(data.empty(size, dtype))
            operands[-1][...] = turned(row, other, which, array)
        own = data.empty(shape, name)
        merged = options | self.changes
        merged["threads"] = int(merged["threads"])
        call = native.ours(self.pair, other, operands, own, merged)
        call.result = lambda: turned(other, row, 2, own)
        return call
