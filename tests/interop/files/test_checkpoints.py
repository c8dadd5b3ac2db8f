"""Checkpoints by PyTorch's own list of what is safe, and those that are opened in a process of their own."""

import collections
import os
import pickle
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from gates.interop import InteropError, load
from gates.interop.files.pytorch import MAX_PICKLE
from tests.interop.compare import assert_equal, module
from tests.interop.files.test_files import Canary, refused

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
}


@pytest.mark.parametrize("what", BESIDE)
@pytest.mark.parametrize("legacy", [False, True])
def test_what_pytorch_opens_is_opened(tmp_path: Path, what: str, legacy: bool) -> None:
    if legacy and what != "a counter":
        pytest.skip("a process for each would take long; the list is the same")
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
    halves = {f"half.{name}": value.to(torch.bfloat16) for name, value in layer.state_dict().items()}
    path = legacy(
        tmp_path / "old.pth", {"net": layer.state_dict(), "other": halves, "t": torch.ones(2, 3).t()}
    )
    assert_equal(load(path, name="net"), load(layer))
    assert "bfloat16 became float32" in str(load(path, name="other.half").report)


def test_a_large_vocabulary_beside_the_weights(tmp_path: Path) -> None:
    layer, path = module("LSTM", 3, 4), tmp_path / "m.pt"
    words = {f"{k} {'long' * 20}": k for k in range(50_000)}
    torch.save({"vocabulary": words, "model": layer.state_dict()}, path)
    with zipfile.ZipFile(path) as archive:
        assert archive.getinfo("m/data.pkl").file_size > MAX_PICKLE, "opened in a process of its own"
    assert_equal(load(path), load(layer))


def test_code_in_an_old_file_is_named_and_never_run(tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    path = legacy(tmp_path / "old.pt", {"weight_ih": Canary(canary)})
    refused(path, r"asks for (posix|nt)\.system")
    assert not canary.exists()
    torch.load(path, weights_only=False)
    assert canary.exists(), "a canary that cannot sing proves nothing"


def test_an_old_file_that_is_cut_off_is_damaged(tmp_path: Path) -> None:
    path = legacy(tmp_path / "old.pt", module("LSTM", 3, 4).state_dict())
    whole = path.read_bytes()
    for length in (100, len(whole) // 2):
        path.write_bytes(whole[:length])
        refused(path, r"is damaged or cut off \(at: data\.pkl\)")


def test_memory_and_time_are_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = legacy(tmp_path / "old.pt", {"weight_hh": torch.zeros(40, 2**20)})
    path.write_bytes(path.read_bytes()[:2000])  # it claims 160 MB, and has none
    refused(path, "is damaged|MB of memory", max_bytes=2**20)
    mine = pickle.dumps({"a": 1}, 2)

    def holding(name: str, operations: bytes) -> Path:
        path = legacy(tmp_path / name, {"a": 1})
        content = path.read_bytes()
        assert content.count(mine) == 1
        path.write_bytes(content.replace(mine, b"\x80\x02" + operations + b"."))
        return path

    refused(holding("bomb.pt", b"]" * 400_000), "MB of memory", max_bytes=2**24)
    monkeypatch.setattr("gates.interop.files.isolated.SECONDS", 1)
    busy = b"N" + b"q\x00" * 5_000_000  # kept under the same number again and again: seconds on any processor
    refused(holding("slow.pt", busy), "more than 1 seconds", max_bytes=2**33)


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


@pytest.mark.skipif(os.name == "nt", reason="opened nowhere")
def test_a_list_in_an_old_file_is_named(tmp_path: Path) -> None:
    refused(legacy(tmp_path / "old.pt", [1, 2]), "holds list at its top")
