"""TorchScript and torch.export: live or as files, weights are read by name and no program is run."""

import io
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from gates.interop import InteropError, load
from tests.interop.compare import assert_equal, module, sequence
from tests.interop.files.samples import Canary, assert_refused

pytestmark = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning", "ignore::UserWarning", "ignore::FutureWarning"
)


class Model(nn.Module):
    def __init__(self, dtype: torch.dtype = torch.float64) -> None:
        super().__init__()
        self.core = module("LSTM", 3, 4, num_layers=2, bidirectional=True, dtype=dtype)
        self.head = nn.Linear(8, 2, dtype=dtype)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.core(x)[0])


def traced(model: nn.Module) -> Any:
    return torch.jit.trace(model, sequence(3, next(model.parameters()).dtype))


def exported(model: nn.Module) -> Any:
    return torch.export.export(model, (sequence(3, next(model.parameters()).dtype),))


LIVE: dict[str, Callable[[nn.Module], Any]] = {
    "traced": traced,
    "scripted": torch.jit.script,
    "frozen in eval": lambda model: torch.jit.trace(model.eval(), sequence(3)),
    "exported": exported,
    "an exported program's module": lambda model: exported(model).module(),
}


@pytest.mark.parametrize("how", LIVE)
def test_a_live_program_gives_what_the_model_gives(how: str) -> None:
    model = Model()
    x = sequence(3)
    with torch.no_grad():
        wanted = model(x).numpy()
    network = load(LIVE[how](model), readout="head")
    assert np.abs(network.run(x.numpy()).scores - wanted).max() < 1e-12


FILES: dict[str, Callable[[nn.Module, Path], None]] = {
    "traced": lambda model, path: torch.jit.save(traced(model), path),
    "scripted": lambda model, path: torch.jit.save(torch.jit.script(model), path),
    "exported": lambda model, path: torch.export.save(exported(model), path),
}


@pytest.mark.parametrize(
    ("how", "dtype"),
    [
        ("traced", torch.float64),
        ("scripted", torch.float32),
        ("exported", torch.float64),
        ("exported", torch.float32),
    ],
)
def test_a_file_gives_what_the_model_gives(tmp_path: Path, how: str, dtype: torch.dtype) -> None:
    model = Model(dtype)
    path = tmp_path / ("m.pt2" if how == "exported" else "m.pt")
    FILES[how](model, path)
    network = load(path, readout="head")
    assert_equal(network, load(model, readout="head"))
    assert "weights were read by their names" in str(network.report)


def test_views_of_one_storage_and_short_floats_are_read(tmp_path: Path) -> None:
    model = Model(torch.float32).to(torch.bfloat16)
    with torch.no_grad():
        both = torch.randn(2, 16, 4, dtype=torch.bfloat16)
        model.core.weight_hh_l0.set_(both[1])
        model.core.weight_ih_l0.set_(torch.randn(3, 16, dtype=torch.bfloat16).t())
    torch.jit.save(torch.jit.script(model), tmp_path / "m.pt")
    network = load(tmp_path / "m.pt")
    assert_equal(network, load(model.core))
    assert "bfloat16 became float32" in str(network.report)


def rewritten(path: Path, change: Callable[[str, bytes], bytes]) -> Path:
    with zipfile.ZipFile(path) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, change(name, content))
    return path


def test_code_in_a_programs_data_is_never_run(tmp_path: Path) -> None:
    canary, path = tmp_path / "canary", tmp_path / "m.pt"
    torch.jit.save(torch.jit.script(Model()), path)
    evil = pickle.dumps({"core": Canary(canary)}, 2)
    rewritten(path, lambda name, content: evil if name.endswith("data.pkl") else content)
    assert_refused(path, r"asks for (posix|nt)\.system")
    assert not canary.exists()


def test_tuples_that_double_and_double_do_not_hang_the_reader(tmp_path: Path) -> None:
    path, key = tmp_path / "m.pt", (1,)
    for _ in range(60):
        key = (key, key)  # type: ignore[assignment]
    torch.jit.save(torch.jit.script(Model()), path)
    mapping = b"\x80\x02}" + pickle.dumps(key, 2)[2:-1] + b"K\x01s."
    rewritten(path, lambda name, content: mapping if name.endswith("data.pkl") else content)
    assert_refused(path, r"at: data\.pkl")


@pytest.mark.parametrize("how", FILES)
def test_claims_beyond_the_bytes_are_damaged(tmp_path: Path, how: str) -> None:
    path = tmp_path / "m.bin2"
    FILES[how](Model(torch.float32), path)

    def shorter(name: str, content: bytes) -> bytes:
        return content[:40] if "/data/" in name and len(content) > 60 and "json" not in name else content

    assert_refused(rewritten(path, shorter), "is damaged")


def test_a_tensor_that_claims_to_be_huge_is_weighed(tmp_path: Path) -> None:
    path = tmp_path / "m.pt"
    torch.jit.save(torch.jit.script(Model(torch.float32)), path)

    def huge(name: str, content: bytes) -> bytes:
        shape, claimed = b"(K\x10K\x03t", b"(J\x00\x00\x00\x40K\x03t"
        return content.replace(shape, claimed) if name.endswith("data.pkl") else content

    assert_refused(rewritten(path, huge), "MB of memory")


def test_any_damage_to_a_program_is_an_error_with_a_sentence(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for how in ("scripted", "exported"):
        path = tmp_path / how
        FILES[how](Model(torch.float32), path)
        whole = path.read_bytes()
        for _ in range(75):
            changed = bytearray(whole)
            for place in rng.integers(0, len(whole), rng.integers(1, 5)):
                changed[place] = rng.integers(256)
            try:
                load(io.BytesIO(bytes(changed)))
            except InteropError as error:
                assert str(error)
