# SPDX-License-Identifier: Apache-2.0
"""JAX's side of the goldens: a traced function as HLO and StableHLO text, and the result that
XLA:CPU gives for such a text.  Running the text rather than the function proves that the two say
the same.
"""
import os
import re

os.environ['JAX_PLATFORMS'] = 'cpu'
os.environ['JAX_ENABLE_X64'] = '1'
os.environ['XLA_FLAGS'] = '--xla_cpu_multi_thread_eigen=false'

import jax
import numpy as np
from jax._src.lib import xla_client

VERSION = '0.10.2'
# What one of our texts may contain; anything else would be outside the front end's promise.
KNOWN = set('''convolution reduce-window select-and-scatter pad transpose reduce reduce-precision
    reverse constant iota broadcast reshape slice concatenate parameter tuple get-tuple-element dot
    convert select compare call add subtract multiply divide maximum minimum and or xor not negate
    abs exponential log log-plus-one exponential-minus-one sqrt rsqrt tanh logistic sign floor ceil
    real imag complex'''.split())


def texts(fn, inputs, platform='cpu', edit=None):
    """-> HLO, StableHLO pretty, StableHLO generic; `edit` rewrites the pretty form."""
    specs = [jax.ShapeDtypeStruct(x.shape, x.dtype) for x in inputs]
    # keep_unused: a computation that ignores an input still takes it, so the files line up
    lowered = jax.jit(fn, keep_unused=True).trace(*specs).lower(lowering_platforms=(platform,))
    pretty = lowered.as_text()
    if edit is None:
        hlo = lowered.as_text(dialect='hlo')
        generic = lowered.compiler_ir().operation.get_asm(print_generic_op_form=True)
    else:
        pretty = edit(pretty)
        hlo = xla_client._xla.mlir.mlir_module_to_xla_computation(pretty).as_hlo_text()
        generic = None
    clean = [None if t is None else '\n'.join(x for x in t.split('\n') if x.strip())
             for t in (hlo, pretty, generic)]
    strange = opcodes(clean[0]) - KNOWN
    if strange or '{...}' in clean[0]:
        raise ValueError('text outside the front end: %s' % sorted(strange))
    return clean


def opcodes(hlo):
    return set(re.findall(r'^\s.* = [^=]*?[\])}] ([a-z][a-z0-9-]*)\(', hlo, re.M))


def run(text, inputs):
    """The results of HLO or StableHLO text on XLA:CPU."""
    if text.startswith('HloModule'):
        proto = xla_client.hlo.hlo_module_from_text(text).as_serialized_hlo_module_proto()
        text = xla_client._xla.mlir.hlo_to_stablehlo(proto)
    devices = xla_client.DeviceList(tuple(jax.devices()))
    program = jax.devices()[0].client.compile_and_load(text, devices, xla_client.CompileOptions())
    arrays = program.execute_sharded([jax.device_put(x) for x in inputs])
    return [np.asarray(x[0]) for x in arrays.disassemble_into_single_device_arrays()]


def reads_out_of_bounds(hlo):
    """XLA:CPU 0.10.2 reads past the input where a narrow float convolution has low < 0 < high."""
    for line in hlo.split('\n'):
        pads = re.search(r'= (?:f32|f16|bf16)\S* convolution\(.*pad=([-0-9_x]+)', line)
        for pair in pads.group(1).split('x') if pads else []:
            low, high = map(int, pair.split('_'))
            if low < 0 < high:
                return True
    return False
