"""Files of weights as tests write them, hostile ones too, and that one is refused."""

import io
import os
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from gates.interop import InteropError, load

SUFFIXES = (".pt", ".npz", ".safetensors")


def write_state_dict(path: Path, state: dict[str, torch.Tensor]) -> Path:
    """Write a state dict as PyTorch, NumPy and safetensors users do."""
    if path.suffix == ".npz":
        np.savez_compressed(path, **{name: value.numpy() for name, value in state.items()})
    elif path.suffix == ".safetensors":
        save_file(state, path)
    else:
        torch.save(state, path)
    return path


def assert_refused(path: Path | Any, said: str, **options: Any) -> None:
    with pytest.raises(InteropError, match=said):
        load(path, **options)


class Canary:
    """Unpickled, it would write a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return os.system, (f"echo sung > {self.path}",)


def zipped(path: Path, entries: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return path


def npy(shape: tuple[int, ...], descr: str = "<f8", content: bytes = b"") -> bytes:
    stream = io.BytesIO()
    np.lib.format.write_array_header_1_0(stream, {"descr": descr, "fortran_order": False, "shape": shape})
    return stream.getvalue() + content
