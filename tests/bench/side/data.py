# SPDX-License-Identifier: Apache-2.0
"""Arrays of a row: aligned, seeded, the same for us and for the peer."""
import ml_dtypes
import numpy as np

TYPES = {"f64": np.float64, "f32": np.float32, "f16": np.float16, "bf16": ml_dtypes.bfloat16,
         "s8": np.int8, "u8": np.uint8, "s32": np.int32}


def empty(shape, name):
    """A row-major array at a multiple of 64 bytes."""
    dtype = np.dtype(TYPES[name])
    count = int(np.prod(shape, dtype=np.int64))
    room = np.empty(count * dtype.itemsize + 64, np.uint8)
    start = -room.ctypes.data % 64
    return room[start:start + count * dtype.itemsize].view(dtype).reshape(shape)


def random(shape, name, generator):
    """Floats in [-0.5, 0.5), integers in [-8, 8) or [0, 16)."""
    array = empty(shape, name)
    if name in ("s8", "u8", "s32"):
        array[...] = generator.integers(0, 16, shape) - (0 if name == "u8" else 8)
    else:
        array[...] = (generator.random(shape, np.float32) - 0.5).astype(array.dtype)
    return array


def of_row(row):
    """Operands, and a result that nobody has written yet."""
    inputs, (shape, name) = row.inputs_and_result()
    generator = np.random.default_rng(1)
    result = empty(shape, name)
    result[...] = 77
    return [random(*one, generator) for one in inputs], result


def difference(ours, theirs):
    """The largest difference, of the largest value."""
    a, b = ours.astype(np.float64), theirs.astype(np.float64)
    scale = np.max(np.abs(b), initial=0)
    worst = np.max(np.abs(a - b), initial=0)
    return float(worst / scale) if scale > 0 else float(worst)
