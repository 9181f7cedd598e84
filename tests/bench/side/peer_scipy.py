# SPDX-License-Identifier: Apache-2.0
"""SciPy and NumPy as a peer, on rows for which they have an algorithm: running extrema and sums,
cumulative sums, and convolutions of single channels through the Fourier transform."""
import numpy as np
import scipy
from scipy import ndimage, signal

from side import native


def dense_window(row):
    """Refuses windows that the filters cannot be given."""
    if row.kind != "reduce_window" or max(row.lhs_dilation + row.rhs_dilation + row.stride) > 1:
        raise native.Cannot("filters have neither strides nor dilations")
    if row.result != row.operand:
        raise native.Cannot("filters keep the size")


def window(row, x):
    """A function, and what it is."""
    dense_window(row)
    moving = [i for i, k in enumerate(row.window) if k > 1]
    if row.reducer == "add" and len(moving) == 1 and row.padding[moving[0]] == (
            row.window[moving[0]] - 1, 0) and row.window[moving[0]] == row.operand[moving[0]]:
        return lambda: np.cumsum(x, moving[0]), "cumsum"
    origins = [low - k // 2 for (low, _), k in zip(row.padding, row.window)]
    if row.reducer == "max":
        return lambda: ndimage.maximum_filter(x, row.window, mode="constant", cval=-np.inf,
                                              origin=origins), "maximum_filter"
    if not row.reducer.startswith("add"):
        raise native.Cannot("no such filter")
    return lambda: ndimage.uniform_filter(x, row.window, mode="constant", origin=origins), "mean"


def convolution(row, x, w):
    """A function, and what it is: one input and one output channel a group, channels last."""
    single = row.inputs == row.groups == row.outputs
    plain = row.direction == "fwd" and max(row.stride + row.lhs_dilation + row.rhs_dilation) == 1
    if not (single and plain and row.channels_last):
        raise native.Cannot("single channels, channels last, without strides and dilations only")
    axes = tuple(range(1, 1 + len(row.window)))
    kernel = np.ascontiguousarray(np.flip(w.reshape(1, *row.window, row.outputs), axes))
    low, high = zip(*row.padding)
    cut = (slice(None), *(slice(k - 1 - a, k - 1 - a + o) for k, a, o in
                          zip(row.window, low, row.out_spatial)), slice(None))
    if min(k - 1 - a for k, a in zip(row.window, low + high)) < 0:
        raise native.Cannot("padding beyond the window")
    return lambda: signal.oaconvolve(x, kernel, axes=axes)[cut], "oaconvolve"


class Peer:
    """One thread, whatever is asked for."""

    def __init__(self, options):
        self.threads = options["threads"]

    def version(self):
        """As the package tells it."""
        return scipy.__version__

    def open(self, row, inputs, _result, _options):
        """A Call for the row."""
        if row.family == "convolution":
            function, note = convolution(row, *inputs)
        else:
            function, note = window(row, inputs[0])
        scale = np.prod(row.window) if note == "mean" else 1
        kept = {}

        def call():
            kept["y"] = function()
        return native.python_call(call, lambda: kept["y"].astype(np.float64) * scale, note)
