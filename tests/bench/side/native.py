# SPDX-License-Identifier: Apache-2.0
"""ctypes for native/*.h: our side of a pair, the loop that alternates, the peaks, and peers that
are compiled."""
import ctypes
import dataclasses
import os

RANK, NOTE, TEXT, OPERANDS = 8, 256, 512, 4
CALL = ctypes.CFUNCTYPE(None, ctypes.c_void_p)
KINDS = {"fwd": 0, "tconv": 1, "bwd_d": 2, "bwd_w": 3, "max": 4, "sum": 5, "max_grad": 6,
         "sum_grad": 7, "max_indices": 8}
DTYPES = {"f32": 0, "bf16": 1, "f16": 2, "s8": 3, "u8": 4}
ISAS = {"": 0, "scalar": 1, "avx2": 2, "avx512": 3, "amx": 4}


class Cannot(Exception):
    """The peer (or we) cannot do this row; the text says why."""


@dataclasses.dataclass
class Call:
    """One side of a pair: a C function and its argument, and where the result is. `keep` holds
    what must outlive it."""
    function: object
    argument: object
    result: object  # without arguments: the result in the row's layout
    note: str = ""
    facts: dict = dataclasses.field(default_factory=dict)
    keep: object = None


class Request(ctypes.Structure):
    """struct pair_request"""
    _fields_ = [("library", ctypes.c_char_p), ("text", ctypes.c_char_p),
                ("lowering", ctypes.c_char_p), ("threads", ctypes.c_int64),
                ("isa", ctypes.c_int64), ("prepacked", ctypes.c_int64),
                ("inputs", ctypes.c_void_p * OPERANDS), ("outputs", ctypes.c_void_p * OPERANDS)]


class Report(ctypes.Structure):
    """struct pair_report"""
    _fields_ = [("plan_us", ctypes.c_double), ("workspace", ctypes.c_int64),
                ("lowering", ctypes.c_char * TEXT), ("error", ctypes.c_char * TEXT)]


class Measure(ctypes.Structure):
    """struct pair_measure"""
    _fields_ = [("seconds", ctypes.c_double), ("capacity", ctypes.c_int64),
                ("bits", ctypes.c_int64), ("isa", ctypes.c_int64), ("cpu_time", ctypes.c_int64),
                ("peak", ctypes.c_double)]


class Tensor(ctypes.Structure):
    """struct peer_tensor"""
    _fields_ = [("sizes", ctypes.c_int64 * RANK), ("strides", ctypes.c_int64 * RANK),
                ("data", ctypes.c_void_p)]


class Problem(ctypes.Structure):
    """struct peer_problem"""
    _fields_ = [(name, ctypes.c_int64) for name in
                ("kind", "dtype", "n_spatial", "groups", "prepacked", "threads", "group_stride")]
    _fields_ += [(name, Tensor) for name in "xwy"]
    _fields_ += [(name, ctypes.c_int64 * RANK)
                 for name in ("window", "stride", "dilation", "low", "high")]


def load_pair(folder):
    """libpair.so with the types of its functions."""
    library = ctypes.CDLL(os.path.join(folder, "libpair.so"))
    library.pair_open.restype = ctypes.c_void_p
    library.pair_open.argtypes = [ctypes.POINTER(Request), ctypes.POINTER(Report)]
    library.pair_close.argtypes = [ctypes.c_void_p]
    library.pair_alternate.restype = ctypes.c_int64
    library.pair_alternate.argtypes = [ctypes.c_void_p] * 4 + [
        ctypes.POINTER(Measure), ctypes.POINTER(ctypes.c_double)]
    library.peaks_fma.restype = ctypes.c_double
    library.peaks_fma.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_double]
    library.peaks_copy.restype = ctypes.c_double
    library.peaks_copy.argtypes = [ctypes.c_size_t, ctypes.c_double]
    return library


def address(function):
    """The address of a C function, or of a Python one wrapped by CALL."""
    return ctypes.cast(function, ctypes.c_void_p)


def ours(pair, row, inputs, result, options):
    """Our side: the row's HLO text planned by the library of options["library"]."""
    request = Request(options["library"].encode(), row.text().encode(),
                      options["lowering"].encode() or None, options["threads"],
                      ISAS[options["isa"]], options["mode"] == "prepacked")
    outputs = [result]
    if row.kind == "reduce_window_variadic":
        outputs.append(result.copy())
    for i, array in enumerate(inputs):
        request.inputs[i] = array.ctypes.data
    for i, array in enumerate(outputs):
        request.outputs[i] = array.ctypes.data
    report = Report()
    handle = pair.pair_open(request, report)
    if not handle:
        raise Cannot(report.error.decode())
    facts = {"lowering": report.lowering.decode(), "plan_us": report.plan_us,
             "workspace": report.workspace}
    return Call(pair.pair_run, handle, lambda: result, facts["lowering"], facts,
                (request, inputs, outputs, lambda: pair.pair_close(handle)))


def python_call(function, result, note=""):
    """A side that is a Python function."""
    return Call(CALL(lambda _: function() and None), None, result, note)


def alternate(pair, first, second, how):
    """Paired seconds of the two sides, as a list of (first, second); how.peak is set."""
    times = (ctypes.c_double * (2 * how.capacity))()
    n = pair.pair_alternate(address(first.function), first.argument, address(second.function),
                            second.argument, ctypes.byref(how), times)
    return [(times[2 * i], times[2 * i + 1]) for i in range(n)]


def run_once(call):
    """One call, not timed."""
    CALL(address(call.function).value)(call.argument)
