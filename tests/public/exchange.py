#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Exchanges tensors with NumPy through DLPack, both ways and without copies.

usage: exchange.py LIBLAX.SO
Prints a line for each check; the exit status says whether all hold.
"""
import ctypes
import sys

import numpy

F32, MAX_RANK = 2, 12
capsule_new = ctypes.pythonapi.PyCapsule_New
capsule_new.restype = ctypes.py_object
capsule_new.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]
capsule_pointer = ctypes.pythonapi.PyCapsule_GetPointer
capsule_pointer.restype = ctypes.c_void_p
capsule_pointer.argtypes = [ctypes.py_object, ctypes.c_char_p]


class Tensor(ctypes.Structure):
    """lax_tensor"""
    _fields_ = [("data", ctypes.c_void_p), ("dtype", ctypes.c_int), ("rank", ctypes.c_int32),
                ("shape", ctypes.c_int64 * MAX_RANK), ("strides", ctypes.c_int64 * MAX_RANK)]


class Exported:
    """An object that NumPy can take a lax_tensor from."""

    def __init__(self, library, tensor):
        self.library, self.tensor = library, tensor

    def __dlpack__(self, **_):
        managed = ctypes.c_void_p()
        status = self.library.lax_tensor_to_dlpack(ctypes.byref(self.tensor), None, None,
                                                   ctypes.byref(managed), None)
        assert status == 0
        return capsule_new(managed, b"dltensor", None)

    def __dlpack_device__(self):
        return (1, 0)


def check(name, holds):
    print(("ok      " if holds else "FAILED  ") + name)
    return holds


def main():
    library = ctypes.CDLL(sys.argv[1])
    array = numpy.arange(24, dtype=numpy.float32).reshape(2, 3, 4)[:, ::2, ::-1]
    plain = numpy.ascontiguousarray(array)
    tensor = Tensor()
    good = True
    for given in (plain, numpy.asfortranarray(array)):
        capsule = given.__dlpack__()
        managed = capsule_pointer(capsule, b"dltensor")
        status = library.lax_tensor_from_dlpack(ctypes.c_void_p(managed), ctypes.byref(tensor),
                                                None)
        same = [tensor.strides[d] * 4 for d in range(3)] == list(given.strides)
        good &= check("from NumPy", status == 0 and tensor.dtype == F32 and tensor.rank == 3 and
                      tensor.data == given.ctypes.data and same)
    strided = Tensor(array.ctypes.data, F32, 3, (ctypes.c_int64 * MAX_RANK)(*array.shape),
                     (ctypes.c_int64 * MAX_RANK)(*[s // 4 for s in array.strides]))
    back = numpy.from_dlpack(Exported(library, strided))
    good &= check("to NumPy, strided", numpy.array_equal(back, array) and
                  numpy.shares_memory(back, array) and back.strides == array.strides)
    del back
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
