"""Bytes of an ONNX file made into its graph, after a look at how much memory that takes.

The format is protobuf (https://protobuf.dev/programming-guides/encoding), the messages are those of
https://github.com/onnx/onnx/blob/main/onnx/onnx.proto. Nothing that a file names is opened, and nothing in
it is run.
"""

from __future__ import annotations

from typing import Any, BinaryIO

from gates.interop.errors import InteropError, required
from gates.interop.limits import check_size

OLDEST = 7
"""The first opset whose LSTM, GRU and RNN are today's."""

MODEL_FIELDS = frozenset({1, 2, 3, 4, 5, 6, 7, 8, 14, 20, 25, 26})
IR_VERSION, GRAPH = 1, 7
MAX_SECTIONS = 10_000
MAX_FIELDS = 1_000_000
MAX_DEPTH = 90  # protobuf's own limit is 100
METADATA = "gatescope"
"""The property under which a model written here says what its nodes do not."""

READOUT = "readout"
"""What the read-out's node is called in a model written here."""

VARINT, FIXED64, SIZED, FIXED32 = 0, 1, 2, 5
MESSAGE_BYTES, TEXT_BYTES, NUMBER_BYTES = 256, 32, 8
"""What protobuf takes beside the bytes themselves for a message, for a text and for each packed number."""


class Malformed(ValueError):
    """Bytes that are no protobuf message."""


def is_onnx(file: BinaryIO) -> bool:
    """Whether a file's top level reads like an ONNX model: its fields, one after the other, to the end."""
    end = file.seek(0, 2)
    position = 0
    seen: set[int] = set()
    for _ in range(MAX_SECTIONS):
        if position == end:
            return {IR_VERSION, GRAPH} <= seen
        file.seek(position)
        head = file.read(20)
        try:
            key, start = varint(head, 0)
            wire = key & 7
            if wire == VARINT:
                size = varint(head, start)[1] - start
            elif wire == SIZED:
                size, start = varint(head, start)
            else:
                return False
        except Malformed:
            return False
        position += start + size
        seen.add(key >> 3)
        if position > end or not seen <= MODEL_FIELDS:
            return False
    return False


def parsed(file: BinaryIO, label: str, max_bytes: int) -> Any:
    """Return the ``ModelProto`` in ``file``.

    Raises:
        InteropError: onnx is not installed; the file is damaged, would take more than ``max_bytes``, or its
            opset is older than 7.
    """
    with required("onnx", label):
        from onnx import ModelProto
    file.seek(0)
    data = file.read()
    try:
        needed = len(data) + _Scale(data, label).weigh(0, len(data), ModelProto.DESCRIPTOR)
        check_size(label, needed, max_bytes)
        model = ModelProto.FromString(data)
    except InteropError:
        raise
    except Exception as error:  # Malformed, texts that are none, and whatever protobuf finds beyond that
        raise InteropError("interop.error.damaged", path=label, where="protobuf") from error
    _check_opset(model, label)
    return model


def _check_opset(model: Any, label: str) -> None:
    versions = [entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx")]
    if not versions:
        raise InteropError("interop.error.damaged", path=label, where="opset_import")
    if min(versions) < OLDEST:
        raise InteropError("interop.error.opset", path=label, version=min(versions), oldest=OLDEST)


class _Scale:
    """Weighs a message before it is parsed: an empty message of two bytes takes hundreds in memory."""

    def __init__(self, data: bytes, label: str) -> None:
        self.data = data
        self.label = label
        self.fields = 0

    def weigh(self, position: int, end: int, kind: Any, depth: int = 0) -> int:
        """Return how many bytes the message of type ``kind`` between two positions takes, roughly."""
        if depth > MAX_DEPTH:
            raise Malformed("nested too deeply")
        weight, known = MESSAGE_BYTES, kind.fields_by_number
        while position < end:
            self.fields += 1
            if self.fields > MAX_FIELDS:
                raise InteropError("interop.error.fields", path=self.label, limit=f"{MAX_FIELDS:,}")
            key, position = varint(self.data, position)
            wire, size = key & 7, 0
            if wire == VARINT:
                position, weight = varint(self.data, position)[1], weight + NUMBER_BYTES
            elif wire in (FIXED64, FIXED32):
                position, weight = position + (8 if wire == FIXED64 else 4), weight + NUMBER_BYTES
            elif wire == SIZED:
                size, position = varint(self.data, position)
                if position + size > end:
                    raise Malformed("cut off")
                weight += self._sized(position, size, known.get(key >> 3), depth)
                position += size
            else:
                raise Malformed("an unknown kind of field")
        if position != end:
            raise Malformed("cut off")
        return weight

    def _sized(self, position: int, size: int, field: Any, depth: int) -> int:
        if field is None:
            return size
        if field.type == field.TYPE_MESSAGE:
            return self.weigh(position, position + size, field.message_type, depth + 1)
        if field.type in (field.TYPE_STRING, field.TYPE_BYTES):
            if field.type == field.TYPE_STRING:
                self.data[position : position + size].decode()  # protobuf would hand out bytes for a text
            return TEXT_BYTES + size
        whole = field.type not in (
            field.TYPE_FLOAT,
            field.TYPE_DOUBLE,
        )  # these are as large as they are written
        return size * NUMBER_BYTES if whole else size


def varint(data: bytes, position: int) -> tuple[int, int]:
    """Return the number of variable length at ``position``, and where it ends.

    Raises:
        Malformed: it is longer than 64 bits or cut off.
    """
    value = shift = 0
    for place in range(position, min(position + 10, len(data))):
        byte = data[place]
        value |= (byte & 127) << shift
        if byte < 128:
            return value, place + 1
        shift += 7
    raise Malformed("no number")
