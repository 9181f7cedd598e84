# SPDX-License-Identifier: Apache-2.0
"""A row told as struct peer_problem: by roles, and every direction of a convolution in the words of
its forward pass, which is how libraries of neural networks are called."""
import numpy as np

from side import native


def role_strides(labels, sizes):
    """Strides of a row-major tensor by label."""
    strides, step = {}, 1
    for label in reversed(labels):
        strides[label] = step
        step *= sizes[label]
    return strides


def tensor(row, which, two):
    """Sizes and strides of operand or result `which`, the labels `two` first."""
    sizes = row.sizes(which)
    strides = role_strides(row.labels[which], sizes)
    order = list(two) + [str(i) for i in range(len(row.window))]
    return [sizes[label] for label in order], [strides[label] for label in order]


def split_groups(form, groups, axis):
    """Weights of one group, whose axis (0 outputs, 1 inputs) had them all; the group's stride."""
    sizes, strides = form
    sizes[axis] //= groups
    return sizes[axis] * strides[axis]


def roles(row):
    """x, w, y by the direction of the row; each says which of lhs, rhs, result (0, 1, 2) it is."""
    if row.direction == "bwd_d":
        return {"y": (0, "bf"), "w": (1, "io"), "x": (2, "bf")}
    if row.direction == "bwd_w":
        return {"x": (0, "fb"), "y": (1, "io"), "w": (2, "fb")}
    return {"x": (0, "bf"), "w": (1, "oi"), "y": (2, "bf")}


def high_pads(problem, n):
    """What the sizes of x and y leave for the far side (exchanged for the transposed)."""
    x, y = (problem.y, problem.x) if problem.kind == native.KINDS["tconv"] else (
        problem.x, problem.y)
    for i in range(n):
        reach = (problem.window[i] - 1) * problem.dilation[i] + 1
        spread = (y.sizes[2 + i] - 1) * problem.stride[i] + reach
        problem.high[i] = spread - x.sizes[2 + i] - problem.low[i]


def steps(row):
    """(window, stride, dilation, low) of the forward pass."""
    lows = [low for low, _ in row.padding]
    if row.direction == "fwd":
        return row.window, row.stride, row.rhs_dilation, lows
    if row.direction == "bwd_w":
        return row.out_spatial, row.rhs_dilation, row.stride, lows
    turned = [(k - 1) * d - low for k, d, low in zip(row.window, row.rhs_dilation, lows)]
    return row.window, row.lhs_dilation, row.rhs_dilation, turned


def convolution(row, arrays, options):
    """The problem of a Layer; arrays are lhs, rhs and result."""
    p = native.Problem(kind=native.KINDS[row.direction], n_spatial=len(row.window), groups=1)
    forms = {name: (which, tensor(row, which, two)) for name, (which, two) in roles(row).items()}
    groups = row.batch_groups if row.direction == "bwd_w" else row.groups
    p.groups = groups
    if groups > 1:
        p.group_stride = split_groups(forms["w"][1], groups, 1 if row.direction == "bwd_d" else 0)
    for name, (which, (sizes, strides)) in forms.items():
        fill(getattr(p, name), sizes, strides, arrays[which])
    fill_steps(p, steps(row), options)
    p.dtype = native.DTYPES[row.dtype]
    high_pads(p, len(row.window))
    return p


def fill(into, sizes, strides, array):
    """Copies lists into struct peer_tensor."""
    into.sizes[:len(sizes)] = sizes
    into.strides[:len(strides)] = strides
    into.data = array.ctypes.data


def fill_steps(p, four, options):
    """Copies window, stride, dilation and low."""
    for name, values in zip(("window", "stride", "dilation", "low"), four):
        getattr(p, name)[:len(values)] = list(values)
    p.prepacked = options["mode"] == "prepacked"
    p.threads = options["threads"]


def flipped(row, rhs):
    """Weights as a transposed convolution or data gradient wants them: turned in space."""
    if row.direction not in ("tconv", "bwd_d"):
        return rhs
    axes = [i for i, label in enumerate(row.labels[1]) if label.isdigit()]
    turned = np.empty_like(rhs)
    turned[...] = np.flip(rhs, axes)
    return turned


def pool_axes(row):
    """(batch, features, spatial...) axes of a window row; None stands for a size of 1. A window
    over features, or over a matrix's rows, slides in one dimension."""
    rank = len(row.operand)
    moving = [i for i in range(rank) if row.window[i] > 1]
    if moving == [rank - 1]:
        return "rows", rank - 1
    if row.channels_last:
        return (0, rank - 1, *range(1, rank - 1))
    return tuple(range(rank))


def pool_kind(row):
    """The kind of a window row."""
    if row.scatters:
        return "max_grad"
    if row.kind == "reduce_window_variadic":
        return "max_indices"
    if row.reducer == "max":
        return "max"
    return "sum_grad" if any(step > 1 for step in row.lhs_dilation) else "sum"


def pooled_forms(row, axes):
    """Sizes and strides of operand and result, and the moving axes."""
    forms = []
    for shape in (row.operand, row.result):
        strides = [int(np.prod(shape[i + 1:])) for i in range(len(shape))]
        if axes[0] == "rows":
            rows, last = int(np.prod(shape[:-1])), shape[-1]
            forms.append(([1, rows, last], [rows * last, last, 1]))
        else:
            forms.append(([shape[i] for i in axes], [strides[i] for i in axes]))
    return forms, [axes[1]] if axes[0] == "rows" else list(axes[2:])


def pool(row, arrays, options):
    """The problem of a Window; arrays are the operands and the result."""
    kind = pool_kind(row)
    forms, moving = pooled_forms(row, pool_axes(row))
    p = native.Problem(kind=native.KINDS[kind], n_spatial=len(moving), groups=1)
    operand, result = forms
    stride = row.lhs_dilation if kind == "sum_grad" else row.stride
    low = [row.padding[i][0] for i in moving]
    if kind == "sum_grad":
        low = [row.window[i] - 1 - one for i, one in zip(moving, low)]
        fill(p.x, *result, arrays[-1])
        fill(p.y, *operand, arrays[0])
    elif kind == "max_grad":
        fill(p.x, *operand, arrays[-1])
        fill(p.w, *operand, arrays[0])
        fill(p.y, *result, arrays[1])
    else:
        fill(p.x, *operand, arrays[0])
        fill(p.y, *result, arrays[-1])
    fill_steps(p, ([row.window[i] for i in moving], [stride[i] for i in moving],
                   [row.rhs_dilation[i] for i in moving], low), options)
    p.dtype = native.DTYPES[row.dtype]
    high_pads(p, len(moving))
    return p
