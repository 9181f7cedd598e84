# SPDX-License-Identifier: Apache-2.0
"""The rows of layers.csv and windows.csv as problems: shapes, HLO text, work, and which of them an
option means. Nothing here needs NumPy, so that the command starts with any Python."""
import csv
import dataclasses
import math
import os

BENCH = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

# operands and result of a convolution, HLO's names; what windows take
CONVOLUTION_TYPES = {
    "f64": ("f64", "f64", "f64"), "f32": ("f32", "f32", "f32"), "f16": ("f16", "f16", "f16"),
    "bf16": ("bf16", "bf16", "bf16"), "bf16_f32": ("bf16", "bf16", "f32"),
    "f16_f32": ("f16", "f16", "f32"), "s8": ("s8", "s8", "s32"), "u8": ("u8", "s8", "s32"),
    "s32": ("s32", "s32", "s32"),
}


def ints(text):
    """3x3 -> (3, 3)"""
    return tuple(int(part) for part in text.split("x"))


def pairs(text):
    """1:1x0:2 -> ((1, 1), (0, 2))"""
    return tuple(tuple(int(side) for side in part.split(":")) for part in text.split("x"))


def typed(name, shape):
    """HLO's type: f32[1,2,3]"""
    return f"{name}[{','.join(map(str, shape))}]"


def window_text(size, stride, padding, base, dilation):
    """The attribute window={...} of HLO."""
    by = lambda values: "x".join(map(str, values))
    pads = "x".join(f"{low}_{high}" for low, high in padding)
    return (f"window={{size={by(size)} stride={by(stride)} pad={pads} "
            f"lhs_dilate={by(base)} rhs_dilate={by(dilation)}}}")


def reordered(labels, weights, first):
    """Labels of one tensor, channels first or last: activations are a, spatial, b or a, b, spatial;
    weights spatial, x, y or y, x, spatial."""
    letters = "".join(c for c in labels if not c.isdigit())
    digits = "".join(c for c in labels if c.isdigit())
    if weights:
        spatial_first = labels[0].isdigit()
        if first != spatial_first:
            return letters + digits if first else digits + letters
        return letters[::-1] + digits if first else digits + letters[::-1]
    return letters + digits if first else letters[0] + digits + letters[1]


@dataclasses.dataclass
class Layer:
    """One convolution, direction and all."""
    name: str
    kind: str
    direction: str
    batch: int
    inputs: int
    outputs: int
    spatial: tuple
    window: tuple
    stride: tuple
    padding: tuple
    lhs_dilation: tuple
    rhs_dilation: tuple
    groups: int
    batch_groups: int
    out_spatial: tuple
    labels: tuple
    tier: int
    useful: float
    valid: float
    dtype: str = "f32"
    family: str = "convolution"

    @property
    def channels_last(self):
        """Whether the features of the first operand are its fastest dimension (the batch of a
        weight gradient, whose lhs has the two exchanged)."""
        return not self.labels[0][-1].isdigit()

    @property
    def types(self):
        """Element types of lhs, rhs and result."""
        return CONVOLUTION_TYPES[self.dtype]

    def sizes(self, which):
        """Sizes by label: which is 0 lhs, 1 rhs, 2 result."""
        roles = (("b", "f"), ("i", "o"), ("b", "f"))[which]
        two = ((self.batch, self.inputs), (self.inputs // self.groups, self.outputs),
               (self.batch // self.batch_groups, self.outputs))[which]
        spatial = (self.spatial, self.window, self.out_spatial)[which]
        return dict(zip(roles, two)) | {str(i): size for i, size in enumerate(spatial)}

    def shape(self, which):
        """Sizes in the order of the labels."""
        sizes = self.sizes(which)
        return tuple(sizes[label] for label in self.labels[which])

    def inputs_and_result(self):
        """((shape, type), ...) of operands, and of the result."""
        return [(self.shape(i), self.types[i]) for i in (0, 1)], (self.shape(2), self.types[2])

    def text(self):
        """The row as one HLO instruction."""
        lhs, rhs, out = (typed(self.types[i], self.shape(i)) for i in range(3))
        labels = f"{self.labels[0]}_{self.labels[1]}->{self.labels[2]}"
        mixed = ', frontend_attributes={lax.mixed="true"}' if self.dtype == "u8" else ""
        window = window_text(self.window, self.stride, self.padding, self.lhs_dilation,
                             self.rhs_dilation)
        return (f"%y = {out} convolution({lhs} %x, {rhs} %w), {window}, dim_labels={labels}, "
                f"feature_group_count={self.groups}, batch_group_count={self.batch_groups}{mixed}")

    def relayout(self, first):
        """The same problem, channels first or last."""
        weights = 2 if self.direction == "bwd_w" else 1
        labels = tuple(reordered(text, i == weights, first) for i, text in enumerate(self.labels))
        return dataclasses.replace(self, labels=labels)

    def tags(self):
        """Words for the groups of a summary."""
        found = ["convolution", self.direction]
        if self.dense():
            found += ["dense", "last" if self.channels_last else "first"]
            if self.valid >= 2e8 and min(self.inputs, self.outputs) >= 32:
                found.append("large")
            if self.inputs in (1, 3):
                found.append("few")
        if self.name.startswith("r50_l4_") and self.batch == 1:
            found.append("heavy")
        return found

    def dense(self):
        """The rows that the targets of dense convolutions are about."""
        apart = any(word in self.kind for word in ("dw", "1d-k4096", "huge", "1d-k128"))
        return self.direction == "fwd" and not apart and not self.kind.endswith("grouped")


@dataclasses.dataclass
class Window:
    """One window reduction or its gradient."""
    name: str
    kind: str
    reducer: str
    operand: tuple
    window: tuple
    stride: tuple
    padding: tuple
    lhs_dilation: tuple
    rhs_dilation: tuple
    layout: str
    result: tuple
    useful: float
    valid: float = 0
    tier: int = 1
    direction: str = "window"
    dtype: str = "f32"
    family: str = "window"

    @property
    def channels_last(self):
        """Whether the layout ends in C; a matrix (NC) has no channels to speak of."""
        return self.layout.endswith("C") and len(self.operand) > 2

    @property
    def scatters(self):
        """Whether the row is a select_and_scatter: operand and source in, operand's shape out."""
        return self.kind == "select_and_scatter"

    def inputs_and_result(self):
        """((shape, type), ...) of operands, and of the (first) result."""
        operand, pooled = (self.operand, self.dtype), (self.result, self.dtype)
        if self.scatters:
            return [operand, pooled], operand
        return [operand] * (2 if self.kind == "reduce_window_variadic" else 1), pooled

    def text(self):
        """The row as HLO."""
        x, y = typed(self.dtype, self.operand), typed(self.dtype, self.result)
        e = f"{self.dtype}[]"
        window = window_text(self.window, self.stride, self.padding, self.lhs_dilation,
                             self.rhs_dilation)
        if self.scatters:
            plain = window.split(" lhs_dilate")[0] + "}"
            return (f"%g = {x} select-and-scatter({x} %x, {y} %dy, {e} %zero), {plain}, "
                    "select=%ge, scatter=%add")
        if self.kind == "reduce_window_variadic":
            return PAIR.replace("TYPE", self.dtype) + (
                f"%y = ({y}, {y}) reduce-window({x} %x, {x} %t, {e} %low, {e} %zero), {window}, "
                'to_apply=%pair, frontend_attributes={lax.init="-inf;0"}')
        name = self.reducer.split("-")[0]
        return f"%y = {y} reduce-window({x} %x, {e} %init), {window}, to_apply=%{name}"

    def relayout(self, first):
        """The same problem, channels first or last."""
        rank = len(self.operand)
        if rank < 3 or first != self.channels_last:
            return self
        order = (0, rank - 1, *range(1, rank - 1)) if first else (0, *range(2, rank), 1)
        turned = {field: tuple(getattr(self, field)[i] for i in order)
                  for field in ("operand", "window", "stride", "padding", "lhs_dilation",
                                "rhs_dilation", "result")}
        return dataclasses.replace(self, layout="NCHW" if first else "NHWC", **turned)

    def tags(self):
        """Words for the groups of a summary."""
        return ["window", "scatter" if self.scatters else self.kind]

    def dense(self):
        """No window is a dense convolution."""
        return False


# the larger key and its payload, as jax.jvp of max pooling has them
PAIR = """pair {
  a = TYPE[] parameter(0)
  p = TYPE[] parameter(1)
  b = TYPE[] parameter(2)
  q = TYPE[] parameter(3)
  take = pred[] compare(a, b), direction=GE
  key = TYPE[] select(take, a, b)
  payload = TYPE[] select(take, p, q)
  ROOT both = (TYPE[], TYPE[]) tuple(key, payload)
}
"""


def layer(cells):
    """A Layer of one line of layers.csv."""
    lhs, rest = cells["dim_labels"].split("_")
    return Layer(
        name=cells["name"], kind=cells["class"], direction=cells["direction"],
        batch=int(cells["N"]), inputs=int(cells["Cin"]), outputs=int(cells["Cout"]),
        spatial=ints(cells["spatial"]), window=ints(cells["kernel"]),
        stride=ints(cells["stride"]), padding=pairs(cells["padding"]),
        lhs_dilation=ints(cells["lhs_dilation"]), rhs_dilation=ints(cells["rhs_dilation"]),
        groups=int(cells["groups"]), batch_groups=int(cells["batch_groups"]),
        out_spatial=ints(cells["out_spatial"]), labels=(lhs, *rest.split("->")),
        tier=int(cells["tier"]), useful=2.0 * int(cells["macs_useful"]),
        valid=2.0 * int(cells["macs_valid"]))


def window(cells):
    """A Window of one line of windows.csv."""
    return Window(
        name=cells["name"], kind=cells["op"], reducer=cells["reducer"],
        operand=ints(cells["operand_shape"]), window=ints(cells["window"]),
        stride=ints(cells["stride"]), padding=pairs(cells["padding"]),
        lhs_dilation=ints(cells["base_dilation"]), rhs_dilation=ints(cells["window_dilation"]),
        layout=cells["layout"], result=ints(cells["out_shape"]), useful=float(cells["naive_ops"]))


def read(path):
    """Every row of a file; which of the two it is shows in its columns."""
    with open(path, newline="", encoding="utf-8") as file:
        return [(layer if "dim_labels" in cells else window)(cells)
                for cells in csv.DictReader(file)]


def select(every, options):
    """The rows that --only, --tier, --class and --family mean, in the asked type and layout."""
    chosen = every
    if options["only"]:
        chosen = [row for row in chosen if row.name in options["only"].split(",")]
    if options["tier"]:
        chosen = [row for row in chosen if row.tier == options["tier"]]
    if options["class"]:
        words = options["class"].split(",")
        chosen = [row for row in chosen if any(word in row.kind for word in words)]
    families = {"": lambda row: True, "dense": lambda row: row.dense(),
                "dense-nhwc": lambda row: row.dense() and row.channels_last,
                "dense-nchw": lambda row: row.dense() and not row.channels_last,
                "fwd": lambda row: row.direction == "fwd",
                "grad": lambda row: row.direction.startswith("bwd"),
                "tconv": lambda row: row.direction == "tconv"}
    return [row for row in chosen if families[options["family"]](row)]


def variant(row, dtype, layout):
    """The row in another element type and layout ("", "nhwc" or "nchw")."""
    turned = row.relayout(layout == "nchw") if layout else row
    return dataclasses.replace(turned, dtype=dtype)


def geomean(values):
    """Geometric mean; NaN of nothing."""
    values = list(values)
    return math.exp(sum(map(math.log, values)) / len(values)) if values else math.nan
