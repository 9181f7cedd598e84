# SPDX-License-Identifier: Apache-2.0
"""ONNX Runtime (CPU provider) as a peer: a model of one operator, weights as initializers."""
import numpy as np
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from side import native, onnx_form


def model(form):
    """The serialized model."""
    names, initializers = ["x"], []
    if form.weights is not None:
        names.append("w")
        initializers.append(numpy_helper.from_array(np.ascontiguousarray(form.weights), "w"))
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, form.x.shape)
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, None)
    node = helper.make_node(form.operator, names, ["y"], **form.attributes)
    graph = helper.make_graph([node], "row", [x], [y], initializers)
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 19)])
    made.ir_version = 9
    return made.SerializeToString()


class Peer:
    """ONNX Runtime with one set of threads."""

    def __init__(self, options):
        self.settings = onnxruntime.SessionOptions()
        self.settings.intra_op_num_threads = options["threads"]
        self.settings.inter_op_num_threads = 1
        self.settings.log_severity_level = 3

    def version(self):
        """As the package tells it."""
        return onnxruntime.__version__

    def open(self, row, inputs, result, _options):
        """A Call for the row; input and output are bound, so that no copy is timed."""
        form = onnx_form.form(row, inputs, result)
        session = onnxruntime.InferenceSession(model(form), self.settings,
                                               providers=["CPUExecutionProvider"])
        y = session.run(None, {"x": form.x})[0]
        binding = session.io_binding()
        bound = [onnxruntime.OrtValue.ortvalue_from_numpy(array) for array in (form.x, y)]
        binding.bind_ortvalue_input("x", bound[0])
        binding.bind_ortvalue_output("y", bound[1])
        return native.python_call(lambda: session.run_with_iobinding(binding),
                                  lambda: form.back(bound[1].numpy()), form.operator)
