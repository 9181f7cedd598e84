# SPDX-License-Identifier: Apache-2.0
"""JAX (XLA:CPU) as a peer: each row literally as one operation of jax.lax under jit, weights as a
run-time argument."""
import os

import numpy as np

from side import data, native


def configure(threads, dtype):
    """Before the import: XLA reads these once."""
    multi = "true" if threads > 1 else "false"
    os.environ["XLA_FLAGS"] = f"--xla_cpu_multi_thread_eigen={multi}"
    os.environ["JAX_PLATFORMS"] = "cpu"
    if dtype == "f64":
        os.environ["JAX_ENABLE_X64"] = "1"


def numbers(lax, labels):
    """Dimension numbers of three label strings."""
    def spec(text, two):
        return tuple(text.index(c) for c in two + "".join(map(str, range(len(text) - 2))))
    return lax.ConvDimensionNumbers(spec(labels[0], "bf"), spec(labels[1], "oi"),
                                    spec(labels[2], "bf"))


def convolution(lax, row):
    """The row as a function of lhs and rhs."""
    wanted = None if row.types[2] == row.types[0] else data.TYPES[row.types[2]]
    return lambda x, w: lax.conv_general_dilated(
        x, w, row.stride, row.padding, row.lhs_dilation, row.rhs_dilation,
        numbers(lax, row.labels), row.groups, row.batch_groups, preferred_element_type=wanted)


def window(jax, row):
    """The row as a function of its operands."""
    lax, jnp = jax.lax, jax.numpy
    shape = dict(window_dimensions=row.window, window_strides=row.stride, padding=row.padding)
    dilations = dict(base_dilation=row.lhs_dilation, window_dilation=row.rhs_dilation)
    if row.scatters:
        def pooled(x):
            return lax.reduce_window(x, -jnp.inf, lax.max, **shape)
        return lambda x, dy: jax.vjp(pooled, x)[1](dy)[0]
    if row.kind == "reduce_window_variadic":
        def larger(a, b):
            take = a[0] >= b[0]
            return jnp.where(take, a[0], b[0]), jnp.where(take, a[1], b[1])
        return lambda x, t: lax.reduce_window((x, t), (-np.inf, 0.0), larger, **shape, **dilations)
    reducer, start = (lax.max, -jnp.inf) if row.reducer == "max" else (lax.add, 0.0)
    return lambda x: lax.reduce_window(x, start, reducer, **shape, **dilations)


class Peer:
    """JAX with one set of threads."""

    def __init__(self, options):
        configure(options["threads"], options["dtype"])
        import jax
        self.jax = jax

    def version(self):
        """As the package tells it."""
        return self.jax.__version__

    def open(self, row, inputs, _result, options):
        """A Call for the row."""
        if options["mode"] == "prepacked":
            raise native.Cannot("weights are run-time arguments")
        if row.dtype == "u8":
            raise native.Cannot("no u8 with s8")
        if row.family == "convolution":
            function = convolution(self.jax.lax, row)
        else:
            function = window(self.jax, row)
        operands = [self.jax.numpy.asarray(array) for array in inputs]
        compiled = self.jax.jit(function).lower(*operands).compile()
        kept = {}

        def call():
            kept["y"] = self.jax.block_until_ready(compiled(*operands))

        def result():
            y = kept["y"]
            return np.asarray(y[0] if isinstance(y, (tuple, list)) else y)
        return native.python_call(call, result, "jit")
