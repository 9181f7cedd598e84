# SPDX-License-Identifier: Apache-2.0
"""A row as one channels-first operator of ONNX, for ONNX Runtime and OpenVINO: the operator, its
arrays, its attributes. Convolutions count for these peers where the row is channels-first; windows
in any layout, because each peer has windows in its own."""
import dataclasses

import numpy as np

from side import geometry, native


@dataclasses.dataclass
class Form:
    """One operator. `back` turns its result into the row's."""
    operator: str
    x: object
    weights: object
    attributes: dict
    back: object


def pads(low, high):
    """ONNX's order: all begins, then all ends."""
    return [*low, *high]


def transposed(row, lhs, rhs, result):
    """A convolution with a spread lhs, as ConvTranspose."""
    n = len(row.window)
    _, stride, dilation, low = geometry.steps(row)
    high = [(k - 1) * d - side[1] for k, d, side in
            zip(row.window, row.rhs_dilation, row.padding)]
    if min(low) < 0:
        raise native.Cannot("negative padding")
    weights = geometry.flipped(row, rhs)
    groups, shape = row.groups, weights.shape
    split = weights.reshape(groups, shape[0] // groups, *shape[1:]).swapaxes(1, 2)
    attributes = {"group": groups, "kernel_shape": list(row.window), "dilations": list(dilation),
                  "strides": list(stride), "pads": pads(low, [max(0, h) for h in high]),
                  "output_padding": [max(0, -h) for h in high]}
    merged = split.reshape(groups * split.shape[1], split.shape[2], *shape[-n:])
    return Form("ConvTranspose", lhs, np.ascontiguousarray(merged), attributes, lambda y: y)


def convolution(row, inputs, result):
    """A Layer."""
    if row.channels_last:
        raise native.Cannot("channels-first only")
    if row.direction == "bwd_w":
        raise native.Cannot("no operator for weight gradients")
    if row.direction != "fwd":
        return transposed(row, *inputs, result)
    attributes = {"group": row.groups, "kernel_shape": list(row.window),
                  "dilations": list(row.rhs_dilation), "strides": list(row.stride),
                  "pads": pads(*zip(*row.padding))}
    return Form("Conv", inputs[0], inputs[1], attributes, lambda y: y)


def channels_first(array, axes):
    """Batch, features, spatial; rows of a matrix become features."""
    if axes[0] == "rows":
        return array.reshape(1, -1, array.shape[-1])
    return np.ascontiguousarray(np.transpose(array, axes))


def window(row, inputs, result):
    """A Window."""
    if row.kind != "reduce_window" or max(row.lhs_dilation) > 1:
        raise native.Cannot("no such operator")
    axes = geometry.pool_axes(row)
    moving = [axes[1]] if axes[0] == "rows" else axes[2:]
    low, high = zip(*(row.padding[i] for i in moving))
    attributes = {"kernel_shape": [row.window[i] for i in moving],
                  "strides": [row.stride[i] for i in moving], "pads": pads(low, high)}
    maximum = row.reducer == "max"
    if maximum:
        attributes["dilations"] = [row.rhs_dilation[i] for i in moving]
    else:
        attributes["count_include_pad"] = 1
    scale = 1 if maximum else np.prod(row.window)

    def back(y):
        turned = y.reshape(result.shape) if axes[0] == "rows" else np.transpose(y, np.argsort(axes))
        return turned.astype(np.float64) * scale
    return Form("MaxPool" if maximum else "AveragePool", channels_first(inputs[0], axes), None,
                attributes, back)


def form(row, inputs, result):
    """The operator of any row."""
    if row.dtype != "f32":
        raise native.Cannot("f32 only")
    make = convolution if row.family == "convolution" else window
    return make(row, inputs, result)
