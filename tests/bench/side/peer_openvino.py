# SPDX-License-Identifier: Apache-2.0
"""OpenVINO (CPU plugin) as a peer: a model of one operator, weights as constants."""
import numpy as np
import openvino
from openvino import opset8

from side import native, onnx_form


def convolution(form, x):
    """Conv or ConvTranspose."""
    a = form.attributes
    n, groups, w = len(a["strides"]), a["group"], form.weights
    if groups > 1:
        w = w.reshape(groups, w.shape[0] // groups, *w.shape[1:])
    common = (x, opset8.constant(w), a["strides"])
    low, high = a["pads"][:n], a["pads"][n:]
    if form.operator == "Conv":
        make = opset8.group_convolution if groups > 1 else opset8.convolution
        return make(*common, low, high, a["dilations"])
    make = (opset8.group_convolution_backprop_data if groups > 1
            else opset8.convolution_backprop_data)
    return make(*common, pads_begin=low, pads_end=high, dilations=a["dilations"],
                output_padding=a["output_padding"])


def pool(form, x):
    """MaxPool or AveragePool."""
    a = form.attributes
    n = len(a["strides"])
    low, high = a["pads"][:n], a["pads"][n:]
    if form.operator == "MaxPool":
        return opset8.max_pool(x, a["strides"], a["dilations"], low, high,
                               a["kernel_shape"]).output(0)
    return opset8.avg_pool(x, a["strides"], low, high, a["kernel_shape"], False)


class Peer:
    """OpenVINO with one set of threads."""

    def __init__(self, options):
        self.core = openvino.Core()
        self.settings = {"INFERENCE_NUM_THREADS": options["threads"], "NUM_STREAMS": 1,
                         "INFERENCE_PRECISION_HINT": "f32", "PERFORMANCE_HINT": "LATENCY",
                         "ENABLE_CPU_PINNING": False}

    def version(self):
        """As the package tells it."""
        return openvino.__version__.split("-")[0]

    def open(self, row, inputs, result, _options):
        """A Call for the row."""
        form = onnx_form.form(row, inputs, result)
        x = opset8.parameter(list(form.x.shape), np.float32)
        y = pool(form, x) if form.weights is None else convolution(form, x)
        compiled = self.core.compile_model(openvino.Model([y], [x], "row"), "CPU", self.settings)
        request = compiled.create_infer_request()
        request.set_input_tensor(openvino.Tensor(form.x))
        return native.python_call(request.infer,
                                  lambda: form.back(request.get_output_tensor(0).data),
                                  form.operator)
