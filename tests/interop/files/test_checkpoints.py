"""Checkpoints by PyTorch's own list of what is safe, and those that are opened in a process of their own.

Such a process takes seconds to import PyTorch: most tests run what it does here (``in_this_process``).
"""

import collections
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from gates.interop import InteropError, load
from gates.interop.files import child
from tests.interop.compare import assert_equal, module
from tests.interop.files.samples import Canary, assert_refused

BESIDE: dict[str, Any] = {
    "a set": {1, 2},
    "a counter": collections.Counter({30: 1, 80: 1}),
    "a complex number": 1 + 2j,
    "a bytearray": bytearray(b"abc"),
    "bytes": b"abc",
    "a size": torch.Size([2]),
    "a dtype": torch.float8_e5m2,
    "a parameter": torch.nn.Parameter(torch.ones(2)),
    "float8": torch.ones(3).to(torch.float8_e4m3fn),
    "a sparse tensor": torch.eye(3).to_sparse(),
    "a tensor without numbers": torch.ones(3, device="meta"),
    "a conjugate": torch.ones(3, dtype=torch.complex64).conj(),
}


@pytest.fixture
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is opened in a process of its own is opened in this one, without limits; the names of what was."""
    seen: list[str] = []

    def run(command: list[str], **_: Any) -> subprocess.CompletedProcess[bytes]:
        checkpoint, answer, label, *limits = command[command.index(child.__name__) + 1 :]
        child.main(Path(checkpoint), Path(answer), label, *map(int, limits))
        seen.append(label)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(child, "_limit", lambda max_bytes, seconds: None)
    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(sys, "platform", "linux")
    return seen


@pytest.mark.usefixtures("in_this_process")
@pytest.mark.parametrize("what", BESIDE)
@pytest.mark.parametrize("legacy", [False, True])
def test_what_pytorch_opens_is_opened(tmp_path: Path, what: str, legacy: bool) -> None:
    if legacy and what == "float8":
        pytest.skip("what PyTorch does not open")
    layer, path = module("LSTM", 3, 4), tmp_path / "m.pt"
    held = {"net": layer.state_dict(), "beside": BESIDE[what]}
    torch.save(held, path, _use_new_zipfile_serialization=not legacy)
    torch.load(path, weights_only=True)
    assert_equal(load(path), load(layer))


def test_a_scheduler_and_an_optimiser_beside_the_weights(tmp_path: Path) -> None:
    layer = module("GRU", 3, 4)
    optimiser = torch.optim.Adam(layer.parameters())
    scheduler = torch.optim.lr_scheduler.MultiStepLR(optimiser, [30, 80])
    held = {"model": layer, "optimiser": optimiser, "scheduler": scheduler}
    torch.save({name: part.state_dict() for name, part in held.items()}, tmp_path / "m.pt")
    assert_equal(load(tmp_path / "m.pt"), load(layer))


@pytest.mark.parametrize("dtype", [torch.float8_e4m3fn, torch.float8_e5m2])
@pytest.mark.parametrize("suffix", [".pt", ".safetensors"])
def test_float8_is_exact_in_float32(tmp_path: Path, dtype: torch.dtype, suffix: str) -> None:
    from safetensors.torch import save_file

    layer = module("LSTM", 3, 4, dtype=torch.float32)
    short = {name: value.to(dtype) for name, value in layer.state_dict().items()}
    (torch.save if suffix == ".pt" else save_file)(short, tmp_path / f"m{suffix}")
    network = load(tmp_path / f"m{suffix}")
    assert_equal(network, load({name: value.float() for name, value in short.items()}))
    assert "became float32" in str(network.report)


def test_every_number_of_eight_bits_is_pytorchs() -> None:
    from gates.interop.files.raw import strided

    every = torch.arange(256, dtype=torch.uint8)
    for kind in ("float8_e4m3fn", "float8_e5m2", "bfloat16"):
        given = every if kind != "bfloat16" else torch.arange(65536, dtype=torch.int32).to(torch.uint16)
        theirs = given.view(getattr(torch, kind)).float().numpy()
        ours = strided(given.numpy().tobytes(), kind, theirs.shape)
        assert np.array_equal(ours, theirs, equal_nan=True)


def test_another_protocol_names_a_way_that_works(tmp_path: Path) -> None:
    layer, path = module("LSTM", 3, 4), tmp_path / "m.pt"
    torch.save(layer.state_dict(), path, pickle_protocol=4)
    with pytest.raises(InteropError, match="protocol 4") as caught:
        load(path)
    advice = str(caught.value).partition("trust it: ")[2]
    assert_equal(eval(advice, {"load": load, "torch": torch}), load(layer))


# From before PyTorch 1.6, or with much beside the weights


def legacy(path: Path, held: Any) -> Path:
    torch.save(held, path, _use_new_zipfile_serialization=False)
    return path


def test_a_file_from_before_1_6_is_read(tmp_path: Path) -> None:
    layer = module("GRU", 3, 4, num_layers=2)
    short = {name: value.to(torch.bfloat16) for name, value in layer.state_dict().items()}
    halves = {f"half.{name}": value for name, value in short.items()}
    path = legacy(
        tmp_path / "old.pth", {"net": layer.state_dict(), "other": halves, "t": torch.ones(2, 3).t()}
    )
    network = load(path, name="other.half")
    assert_equal(network, load({name: value.float() for name, value in short.items()}))
    assert "bfloat16 became float32" in str(network.report)


def test_a_large_vocabulary_beside_the_weights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, in_this_process: list[str]
) -> None:
    layer, path = module("LSTM", 3, 4), tmp_path / "m.pt"
    words = {f"{k} {'long' * 20}": k for k in range(50)}
    torch.save({"vocabulary": words, "model": layer.state_dict()}, path)
    for most in (10_000, 1_000):
        monkeypatch.setattr("gates.interop.files.pytorch.MAX_PICKLE", most)
        assert_equal(load(path), load(layer))
    assert in_this_process == [str(path)], "for the second time only"
    torch.save({"vocabulary": words, "model": Canary(tmp_path / "canary")}, path)
    assert_refused(path, r"asks for (posix|nt)\.system")


@pytest.mark.usefixtures("in_this_process")
def test_code_in_an_old_file_is_named_and_never_run(tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    path = legacy(tmp_path / "old.pt", {"weight_ih": Canary(canary)})
    assert_refused(path, r"asks for (posix|nt)\.system")
    assert not canary.exists()
    torch.load(path, weights_only=False)
    assert canary.exists(), "a canary that cannot sing proves nothing"


@pytest.mark.usefixtures("in_this_process")
def test_an_old_file_that_is_cut_off_is_damaged(tmp_path: Path) -> None:
    path = legacy(tmp_path / "old.pt", module("LSTM", 3, 4).state_dict())
    whole = path.read_bytes()
    for length in (100, len(whole) // 2):
        path.write_bytes(whole[:length])
        assert_refused(path, r"is damaged or cut off \(at: data\.pkl\)")


@pytest.mark.skipif(sys.platform != "linux", reason="nothing can be limited")
def test_memory_is_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = legacy(tmp_path / "old.pt", {"weight_hh": torch.zeros(40, 2**20)})
    path.write_bytes(path.read_bytes()[:2000])  # it claims 160 MB, and has none
    assert_refused(path, "more than the 64 MB of memory", max_bytes=2**26)
    monkeypatch.setattr(child, "_limit", lambda max_bytes, seconds: None)
    given = (path, tmp_path / "answer", "old.pt", 2**26, 60)
    child.main(*given)
    assert b"damaged" in given[1].read_bytes(), "where there is memory"

    def load_many_objects(*_: Any, **__: Any) -> None:
        raise MemoryError

    monkeypatch.setattr(torch, "load", load_many_objects)
    with pytest.raises(MemoryError):
        child.main(*given)


@pytest.mark.skipif(sys.platform != "linux", reason="nothing can be limited")
def test_time_is_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, mine = legacy(tmp_path / "slow.pt", {"a": 1}), pickle.dumps({"a": 1}, 2)
    content = path.read_bytes()
    assert content.count(mine) == 1
    busy = b"N" + b"q\x00" * 2_000_000  # kept under the same number again and again: seconds on any processor
    path.write_bytes(content.replace(mine, b"\x80\x02" + busy + b"."))
    for seconds, by_the_clock in ((600, 0), (1, 600)):  # the clock ends it at once, or the processor's time
        monkeypatch.setattr("gates.interop.files.isolated.SECONDS", seconds)
        monkeypatch.setattr("gates.interop.files.isolated.TIMEOUT_FACTOR", by_the_clock)
        assert_refused(path, f"more than {seconds} seconds", max_bytes=2**33)


def test_where_nothing_can_be_limited_nothing_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    layer = module("LSTM", 3, 4)
    path = legacy(tmp_path / "old.pt", layer.state_dict())
    monkeypatch.setattr("sys.platform", "win32")
    with pytest.raises(InteropError, match="this system has no such limit") as caught:
        load(path)
    advice = str(caught.value).partition("trust it: ")[2]
    assert_equal(eval(advice, {"load": load, "torch": torch}), load(layer))


@pytest.mark.usefixtures("in_this_process")
def test_a_list_in_an_old_file_is_named_and_one_number_for_many_is_weighed_as_many(tmp_path: Path) -> None:
    assert_refused(legacy(tmp_path / "old.pt", [1, 2]), "holds list at its top")
    wide = legacy(tmp_path / "wide.pt", {"weight_hh": torch.zeros(1).expand(2**14, 2**14)})
    assert_refused(wide, "more than the 64.0 MB allowed", max_bytes=2**26)
