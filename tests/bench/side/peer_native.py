# SPDX-License-Identifier: Apache-2.0
"""Peers behind native/peer.h: oneDNN and XNNPACK."""
import ctypes
import os

import numpy as np

from side import geometry, native, peer_self, rows


class Native:
    """One compiled peer."""

    def __init__(self, folder, name):
        self.library = ctypes.CDLL(os.path.join(folder, f"lib{name}_peer.so"))
        self.library.peer_open.restype = ctypes.c_void_p
        self.library.peer_open.argtypes = [ctypes.POINTER(native.Problem), ctypes.c_char_p]
        self.library.peer_finish.argtypes = [ctypes.c_void_p]
        self.library.peer_close.argtypes = [ctypes.c_void_p]
        self.name = name

    def version(self):
        """As the library tells it."""
        text = ctypes.create_string_buffer(native.NOTE)
        self.library.peer_version(text)
        return text.value.decode()

    def channels_last(self, row, inputs, result, options):
        """A window row of channels first, as this peer has windows."""
        other = rows.variant(row, row.dtype, "nhwc")
        if other is row or not other.channels_last:
            raise native.Cannot("channels-last only")
        moved = [np.ascontiguousarray(peer_self.turned(row, other, 0, array)) for array in inputs]
        own = np.ascontiguousarray(peer_self.turned(row, other, 2, result))
        call = self.open(other, moved, own, options)
        finish = call.result
        call.result = lambda: peer_self.turned(other, row, 2, finish())
        return call

    def open(self, row, inputs, result, options):
        """A Call for the row."""
        if row.dtype not in native.DTYPES:
            raise native.Cannot(f"no {row.dtype}")
        inputs = list(inputs)
        if self.name == "xnnpack" and row.family == "window" and not row.channels_last:
            return self.channels_last(row, inputs, result, options)
        if row.family == "convolution":
            inputs[1] = geometry.flipped(row, inputs[1])
            problem = geometry.convolution(row, [*inputs, result], options)
            scale = 1
        else:
            problem = geometry.pool(row, [*inputs, result], options)
            scale = np.prod(row.window) if problem.kind in (5, 7) else 1
        note = ctypes.create_string_buffer(native.NOTE)
        handle = self.library.peer_open(problem, note)
        if not handle:
            raise native.Cannot(note.value.decode())

        def finished():
            self.library.peer_finish(handle)
            return result.astype(np.float64) * scale if scale != 1 else result
        return native.Call(self.library.peer_run, handle, finished, note.value.decode(), {},
                           (problem, inputs, lambda: self.library.peer_close(handle)))
