"""What is known of a value in an ONNX graph without running it: constants, and what moves them about.

Exporters leave weights behind Slice, Concat, Transpose and the like. These few are worked out by NumPy,
within a limit of memory; no other operator is. What each means is in https://onnx.ai/onnx/operators.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gates.interop.errors import InteropError
from gates.interop.limits import check_size

Array = NDArray[Any]

MAX_DEPTH = 100
"""How many operators may stand one behind the other between a constant and a layer."""


MAX_PASSED = 1_000
"""How many values are looked at on the way back from one."""

FLOATS = (1, 10, 11, 16)
"""ONNX' numbers for float32, float16, float64 and bfloat16."""


class Unknown(Exception):
    """A value that only a run would tell. ``node`` is what makes it, None for an input of the graph."""

    def __init__(self, name: str, node: Any = None) -> None:
        super().__init__(name)
        self.name = name
        self.node = node


class Values:
    """The values of one graph by name.

    made: the node that makes a value, and which of its outputs it is.
    """

    def __init__(self, graph: Any, label: str, max_bytes: int) -> None:
        """Find out what makes each value.

        Raises:
            InteropError: two nodes or constants make the same one, or nothing bears its name.
        """
        self.label = label
        self.max_bytes = max_bytes
        self.made: dict[str, tuple[Any, int]] = {}
        self._stored = {tensor.name: tensor for tensor in graph.initializer}
        self._known: dict[str, Array | Unknown] = {}
        self._held = 0
        self._add(graph.node)

    def _add(self, nodes: Iterable[Any]) -> None:
        for node in nodes:
            for index, name in enumerate(node.output):
                if name and (name in self.made or name in self._stored):
                    raise InteropError("interop.error.damaged", path=self.label, where=name)
                if name:
                    self.made[name] = node, index

    def extend(self, nodes: Sequence[Any], tensors: Iterable[Any]) -> None:
        """Take in more nodes and arrays; a value that another node made is from now on theirs.

        Raises:
            InteropError: two of them make the same one.
        """
        for name in (name for node in nodes for name in node.output):
            self.made.pop(name, None)
            self._known.pop(name, None)
        self._stored |= {tensor.name: tensor for tensor in tensors}
        self._add(nodes)

    def put(self, name: str, array: Array) -> None:
        """Let ``array`` be the value called ``name``."""
        self._known[name] = self._keep(array)

    def passes(self, name: str, operator: str) -> bool:
        """Whether ``operator`` stands somewhere between the file's arrays and a value made from them."""
        waiting, seen = [name], {name}
        while waiting and len(seen) <= MAX_PASSED:
            node, _ = self.made.get(waiting.pop(), (None, 0))
            if node is None:
                continue
            if node.op_type == operator:
                return True
            waiting += [value for value in node.input if value not in seen]
            seen |= set(node.input)
        return False

    @property
    def stored(self) -> Mapping[str, tuple[int, ...]]:
        """The shapes of the floating-point arrays that the file holds, by name."""
        return {
            name: tuple(tensor.dims) for name, tensor in self._stored.items() if tensor.data_type in FLOATS
        }

    def dims(self, name: str) -> tuple[int, ...] | None:
        """Return the shape of an array that the file holds, without reading it; None if it holds none."""
        node, _ = self.made.get(name, (None, 0))
        if node is not None and node.op_type == "Constant":
            tensors = [attribute.t for attribute in node.attribute if attribute.name == "value"]
            return tuple(tensors[0].dims) if tensors else tuple(self.of(name).shape)
        return tuple(self._stored[name].dims) if name in self._stored else None

    def origin(self, name: str) -> str:
        """Return the array of the file that a value is made from; its own name where there is none."""
        for _ in range(MAX_DEPTH):
            node, _ = self.made.get(name, (None, 0))
            if node is None or node.op_type not in OPERATORS or not node.input:
                break
            name = node.input[0]
        return name

    @property
    def used(self) -> frozenset[str]:
        """The names of all values that were asked for so far, and of what they were made from."""
        return frozenset(self._known)

    def take(self, size: int) -> None:
        """Count ``size`` more bytes as taken; a graph may have many layers share the same weights.

        Raises:
            InteropError: that is more than is allowed.
        """
        self._held += size
        check_size(self.label, self._held, self.max_bytes)

    def of(self, name: str) -> Array:
        """Return the value called ``name``.

        Raises:
            Unknown: it depends on the graph's inputs, or on an operator that is not worked out here.
            InteropError: it is damaged, kept in another file, or too large.
        """
        return self._of(name, self._known, 0)

    def evaluate(self, name: str, known: Mapping[str, Array]) -> Array:
        """Return the value called ``name`` where those of ``known`` have the values given there."""
        certain = {key: value for key, value in self._known.items() if not isinstance(value, Unknown)}
        return self._of(name, {**certain, **known}, 0)

    def _of(self, name: str, known: dict[str, Array | Unknown], depth: int) -> Array:
        if name not in known:
            known[name] = Unknown(name)  # what needs itself is never known
            try:
                known[name] = self._found(name, known, depth)
            except Unknown as unknown:
                known[name] = unknown
        value = known[name]
        if isinstance(value, Unknown):
            raise value
        return value

    def _found(self, name: str, known: dict[str, Array | Unknown], depth: int) -> Array:
        if name in self._stored:
            return self._keep(array_of(self._stored[name], name, self.label))
        node, place = self.made.get(name, (None, 0))
        work = OPERATORS.get(node.op_type) if node is not None and node.domain in ("", "ai.onnx") else None
        if work is None or depth > MAX_DEPTH:
            raise Unknown(name, node)
        inputs = [self._of(value, known, depth + 1) if value else None for value in node.input]
        try:
            with np.errstate(all="ignore"):  # a hostile file may cast NaN to a whole number, and the like
                results = work(inputs, attributes(node), self._allow)
            return self._keep(results[place])
        except (ArithmeticError, AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
            if isinstance(error, InteropError):
                raise
            where = node.name or name
            raise InteropError("interop.error.damaged", path=self.label, where=where) from error

    def _allow(self, items: int) -> None:
        """Raise an InteropError if an array of so many numbers of eight bytes is too large."""
        check_size(self.label, self._held + 8 * items, self.max_bytes)

    def _keep(self, array: Array) -> Array:
        self.take(array.nbytes)
        return array


def attributes(node: Any) -> dict[str, Any]:
    """Return a node's attributes as plain values: numbers, texts, lists of them, tensors."""
    from onnx import helper

    by_name: dict[str, Any] = {}
    for attribute in node.attribute:
        value = helper.get_attribute_value(attribute)
        if isinstance(value, bytes):
            value = value.decode()
        elif isinstance(value, (list, tuple)):
            value = [item.decode() if isinstance(item, bytes) else item for item in value]
        by_name[attribute.name] = value
    return by_name


def array_of(tensor: Any, name: str, label: str) -> Array:
    """Return a tensor of the file as an array, its claims checked before any memory is taken for it.

    Raises:
        InteropError: it is kept in another file, holds no numbers, or fewer or more than its shape says.
    """
    from onnx import TensorProto, helper, numpy_helper

    if tensor.data_location == TensorProto.EXTERNAL or tensor.external_data:
        raise InteropError("interop.error.external", path=label, array=name)
    try:
        dtype = np.dtype(helper.tensor_dtype_to_np_dtype(tensor.data_type))
        field = helper.tensor_dtype_to_field(tensor.data_type)
        expected = prod(tensor.dims)
        written = len(tensor.raw_data) // dtype.itemsize if tensor.raw_data else len(getattr(tensor, field))
        if min(tensor.dims, default=0) < 0 or dtype.hasobject or expected != written:
            raise ValueError("its shape is not that of its numbers")
        array: Array = numpy_helper.to_array(tensor)
    except Exception as error:  # an unknown type, bytes of the wrong length, and the like
        raise InteropError("interop.error.damaged", path=label, where=name) from error
    return array


# The operators: inputs (None where one is left out), attributes, and a check of the size to come

Allow = Callable[[int], None]
Inputs = Sequence[Any]
Options = Mapping[str, Any]


def _constant(inputs: Inputs, options: Options, allow: Allow) -> list[Array]:
    (name, value) = next(iter(options.items()))
    if name == "value":
        return [array_of(value, "Constant", "Constant")]
    kinds = {"value_float": "f4", "value_floats": "f4", "value_int": "i8", "value_ints": "i8"}
    return [np.array(value, kinds[name])]


def _axes(inputs: Inputs, options: Options) -> tuple[int, ...] | None:
    """Axes are an input since opset 13, an attribute before; left out, they are all that fit."""
    axes = inputs[1] if len(inputs) > 1 else options.get("axes")
    return None if axes is None else tuple(int(axis) for axis in np.ravel(axes))


def _unsqueeze(inputs: Inputs, options: Options, allow: Allow) -> list[Array]:
    axes = _axes(inputs, options)
    if axes is None:
        raise ValueError("no axes")
    return [np.expand_dims(inputs[0], axes)]


def _reshape(inputs: Inputs, options: Options, allow: Allow) -> list[Array]:
    array = inputs[0]
    target = inputs[1] if len(inputs) > 1 else options["shape"]
    shape = [int(size) for size in np.ravel(target)]
    if not options.get("allowzero"):
        shape = [size or array.shape[index] for index, size in enumerate(shape)]
    return [array.reshape(shape)]


def _slice(inputs: Inputs, options: Options, allow: Allow) -> list[Array]:
    """Starts, ends, axes and steps are inputs since opset 10, attributes before."""
    names = ("starts", "ends", "axes", "steps")
    bounds = list(inputs[1:]) + [None] * 4 if len(inputs) > 1 else [options.get(name) for name in names]
    starts, ends = (np.ravel(np.asarray(bound)).tolist() for bound in bounds[:2])
    axes = range(len(starts)) if bounds[2] is None else np.ravel(bounds[2]).tolist()
    steps = [1] * len(starts) if bounds[3] is None else np.ravel(bounds[3]).tolist()
    where = [slice(None)] * inputs[0].ndim
    for start, end, axis, step in zip(starts, ends, axes, steps, strict=True):
        if step < 0 and end < -inputs[0].shape[axis]:
            end = None  # beyond the first entry, which a negative number does not say in Python
        where[axis] = slice(start, end, step)
    return [inputs[0][tuple(where)]]


def _split(inputs: Inputs, options: Options, allow: Allow) -> list[Array]:
    sizes = inputs[1] if len(inputs) > 1 else options.get("split")
    if sizes is None:
        raise ValueError("no sizes")
    return np.split(inputs[0], np.cumsum(np.ravel(sizes))[:-1].tolist(), options.get("axis", 0))


def _concat(inputs: Inputs, options: Options, allow: Allow) -> list[Array]:
    allow(sum(array.size for array in inputs))
    return [np.concatenate(inputs, options["axis"])]


def _gather(inputs: Inputs, options: Options, allow: Allow) -> list[Array]:
    data, indices = inputs
    axis = options.get("axis", 0)
    allow(data.size // max(data.shape[axis], 1) * indices.size)
    return [np.take(data, indices, axis)]


def _shape(inputs: Inputs, options: Options, allow: Allow) -> list[Array]:
    return [np.array(inputs[0].shape[options.get("start", 0) : options.get("end")], "i8")]


def _constant_of_shape(inputs: Inputs, options: Options, allow: Allow) -> list[Array]:
    shape = [int(size) for size in np.ravel(inputs[0])]
    allow(prod(shape))
    value = array_of(options["value"], "ConstantOfShape", "") if "value" in options else np.zeros(1, "f4")
    return [np.full(shape, value.item(), value.dtype)]


def _expand(inputs: Inputs, options: Options, allow: Allow) -> list[Array]:
    shape = np.broadcast_shapes(inputs[0].shape, tuple(int(size) for size in np.ravel(inputs[1])))
    allow(prod(shape))
    return [np.broadcast_to(inputs[0], shape).copy()]


def _multiply(inputs: Inputs, options: Options, allow: Allow) -> list[Array]:
    allow(prod(np.broadcast_shapes(inputs[0].shape, inputs[1].shape)))
    return [np.asarray(inputs[0] * inputs[1])]


def _cast(inputs: Inputs, options: Options, allow: Allow) -> list[Array]:
    from onnx import helper

    dtype = np.dtype(helper.tensor_dtype_to_np_dtype(options["to"]))
    if dtype.hasobject:
        raise ValueError("not a number")
    allow(inputs[0].size)
    return [inputs[0].astype(dtype)]


def _broadcastable(parameter: Any, whole: Array, options: Options) -> Any:
    """A scale or zero point as it meets the numbers: of all, of each place on an axis, or of blocks of it."""
    axis, block = options.get("axis", 1), options.get("block_size", 0)
    if block:
        return np.take(parameter, np.arange(whole.shape[axis]) // block, axis)
    if parameter.size == 1:
        return parameter.reshape(())
    shape = [1] * whole.ndim
    shape[axis] = parameter.size
    return parameter.reshape(shape)


def _dequantise(inputs: Inputs, options: Options, allow: Allow) -> list[Array]:
    """(w − zero)·scale, https://onnx.ai/onnx/operators/onnx__DequantizeLinear.html."""
    whole, scale = inputs[0], inputs[1]
    zero = inputs[2] if len(inputs) > 2 and inputs[2] is not None else np.zeros(scale.shape, whole.dtype)
    if whole.dtype.kind not in "iu" or scale.dtype.kind != "f":
        raise ValueError("not whole numbers and a scale")
    allow(2 * whole.size)
    wide = whole.astype("i8") - _broadcastable(zero.astype("i8"), whole, options)
    return [wide.astype(scale.dtype) * _broadcastable(scale, whole, options)]


def _identity(inputs: Inputs, options: Options, allow: Allow) -> list[Array]:
    return [inputs[0]]


def _dropout(inputs: Inputs, options: Options, allow: Allow) -> list[Array]:
    """It does nothing but in training, which its third input may ask for since opset 12."""
    if len(inputs) > 2 and inputs[2] is not None and inputs[2].any():
        raise Unknown("Dropout")
    return [inputs[0]]


OPERATORS: Mapping[str, Callable[[Inputs, Options, Allow], list[Array]]] = {
    "Cast": _cast,
    "Concat": _concat,
    "Constant": _constant,
    "ConstantOfShape": _constant_of_shape,
    "DequantizeLinear": _dequantise,
    "Dropout": _dropout,
    "Expand": _expand,
    "Gather": _gather,
    "Identity": _identity,
    "Mul": _multiply,
    "Reshape": _reshape,
    "Shape": _shape,
    "Slice": _slice,
    "Split": _split,
    "Squeeze": lambda inputs, options, allow: [np.squeeze(inputs[0], _axes(inputs, options))],
    "Transpose": lambda inputs, options, allow: [np.transpose(inputs[0], options.get("perm"))],
    "Unsqueeze": _unsqueeze,
}
"""What is worked out."""
