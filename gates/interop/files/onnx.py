"""``.onnx``: graphs of operators, as protobuf."""

from __future__ import annotations

from gates.interop.files.format import Format, Source
from gates.interop.onnx.file import is_onnx
from gates.interop.onnx.graph import read_onnx
from gates.interop.onnx.saving import write_onnx
from gates.interop.stacks import SourceContents


def match(source: Source) -> bool:
    """Whether its top level reads like a model."""
    return is_onnx(source.file)


def read(source: Source) -> SourceContents:
    """Return what the graph holds.

    Raises:
        InteropError: it is damaged, too large, too old, or has no recurrent node.
    """
    return read_onnx(source.file, source.label, source.max_bytes, source.hints)


FORMAT = Format(".onnx", (".onnx",), match, read, write_onnx)
