"""Files that are cut off, changed, or made to do harm: each is refused in a sentence, and none does any."""

import io
import json
import pickle
import struct
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gates.errors import GatesError
from gates.interop import load
from tests.interop.compare import assert_equal, module
from tests.interop.files.samples import Canary, assert_refused, npy, zipped


def test_cut_off_anywhere(weights_file: Path) -> None:
    whole = weights_file.read_bytes()
    for part in (0.1, 0.3, 0.5, 0.7, 0.9, 0.99):
        weights_file.write_bytes(whole[: int(len(whole) * part)])
        assert_refused(weights_file, "is damaged")
    weights_file.write_bytes(whole[:-1])
    assert_refused(weights_file, "is damaged")


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_bytes_changed_give_a_network_or_a_named_error(weights_file: Path, data: Any) -> None:
    whole = bytearray(weights_file.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    file = io.BytesIO(bytes(whole))
    try:
        assert load(file).layers
    except GatesError as error:
        assert str(error)


@pytest.mark.parametrize("protocol", [2, 4])
def test_code_in_a_pickle_is_named_and_never_run(tmp_path: Path, protocol: int) -> None:
    canary, path = tmp_path / "canary", tmp_path / "model.pt"
    torch.save({"weight_ih": Canary(canary)}, path, pickle_protocol=protocol)
    assert_refused(path, r"asks for (posix|nt)\.system to be run on opening, so it was refused")
    assert not canary.exists()
    torch.load(path, weights_only=False)
    assert canary.exists(), "a canary that cannot sing proves nothing"


@pytest.mark.parametrize(("doublings", "said"), [(3, "no recurrent layer"), (60, r"at: data\.pkl")])
def test_tuples_that_double_and_double_do_not_hang_the_reader(
    tmp_path: Path, doublings: int, said: str
) -> None:
    key: tuple[Any, ...] = (1,)
    for _ in range(doublings):
        key = (key, key)
    mapping = b"\x80\x02}" + pickle.dumps(key, 2)[2:-1] + b"K\x01s."  # {key: 1}, never made here
    assert_refused(
        zipped(tmp_path / "m.pt", {"m/data.pkl": mapping, "m/version": b"3", "m/byteorder": b"little"}), said
    )


def test_a_tuple_that_is_held_twice_is_no_attack(tmp_path: Path) -> None:
    layer, sizes = module("GRU", 3, 4), (3, 4)
    torch.save({"net": layer.state_dict(), "sizes": [sizes] * 9}, tmp_path / "m.pt")
    assert_equal(load(tmp_path / "m.pt"), load(layer))


def test_whole_modules_are_refused_with_the_way_out(tmp_path: Path) -> None:
    torch.save(module("LSTM", 3, 4), tmp_path / "model.pt")
    assert_refused(
        tmp_path / "model.pt", r"torch\.nn\.modules\.rnn\.LSTM.*torch\.save\(model\.state_dict\(\), path\)"
    )


def test_pickled_objects_in_npz_are_never_run(tmp_path: Path) -> None:
    canary, path = tmp_path / "canary", tmp_path / "model.npz"
    np.savez(path, weight_ih=np.array([Canary(canary)], dtype=object))
    assert_refused(path, r"weight_ih\.npy \(pickle\)")
    assert not canary.exists()


def test_a_zip_bomb_is_weighed_by_its_label(tmp_path: Path) -> None:
    bomb = zipped(tmp_path / "bomb.npz", {"weight_ih.npy": npy((2**24,), "|u1", bytes(2**24))})
    assert bomb.stat().st_size < 2**16
    assert_refused(bomb, r"needs 16\.0 MB of memory, more than the 1\.0 MB allowed", max_bytes=2**20)
    bomb = zipped(tmp_path / "bomb.pt", {"m/data.pkl": pickle.dumps({}, 2), "m/data/0": bytes(2**24)})
    assert_refused(bomb, r"needs 16\.0 MB", max_bytes=2**20)


def test_a_zip_that_lies_about_its_size_is_damaged(tmp_path: Path) -> None:
    path = zipped(tmp_path / "lies.npz", {"weight_ih.npy": npy((2**20,), "|u1", bytes(2**20))})
    content = path.read_bytes()
    size = len(npy((2**20,), "|u1", bytes(2**20)))
    assert content.count(struct.pack("<I", size)) == 2
    path.write_bytes(content.replace(struct.pack("<I", size), struct.pack("<I", 200)))
    assert_refused(path, "is damaged")


def test_an_array_that_claims_more_than_it_has_is_damaged(tmp_path: Path) -> None:
    for shape in ((2**40,), (2**20, 2**20), (3,), (-1,), (0, 2**62)):
        path = zipped(tmp_path / "claims.npz", {"weight_ih.npy": npy(shape, content=bytes(16))})
        assert_refused(path, r"is damaged or cut off \(at: weight_ih\.npy\)|is damaged")


def test_a_crowded_table_of_contents_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = zipped(tmp_path / "crowd.npz", {f"{k}.npy": b"" for k in range(300)})
    monkeypatch.setattr("gates.interop.files.archives.MAX_DIRECTORY", 10_000)
    assert_refused(path, "table of contents")


@pytest.mark.parametrize("length", [2**32, 2**62, 2**64 - 1, 1000])
def test_a_header_longer_than_its_file_is_not_read(tmp_path: Path, length: int) -> None:
    path = tmp_path / "header.safetensors"
    path.write_bytes(struct.pack("<Q", length) + b"{" + b" " * 100)
    assert_refused(path, r"is damaged or cut off \(at: header\)")


@pytest.mark.parametrize(
    "header",
    [
        {"weight_ih": {"dtype": "F64", "shape": [2**40, 4], "data_offsets": [0, 2**45]}},
        {"weight_ih": {"dtype": "F64", "shape": [4, 4], "data_offsets": [0, 16]}},
        {"weight_ih": {"dtype": "F64", "shape": [-1, -2], "data_offsets": [0, 16]}},
        {"weight_ih": {"dtype": "F99", "shape": [2], "data_offsets": [0, 16]}},
        {"weight_ih": 3},
        {},
    ],
)
def test_a_safetensors_header_that_does_not_add_up(tmp_path: Path, header: Any) -> None:
    text = json.dumps(header).encode()
    path = tmp_path / "sums.safetensors"
    path.write_bytes(struct.pack("<Q", len(text)) + text + bytes(16))
    assert_refused(path, "is damaged")
    deep = b"{" + b'"a":{' * 100_000
    path.write_bytes(struct.pack("<Q", len(deep)) + deep)
    assert_refused(path, "is damaged")


def test_a_tensor_that_repeats_one_number_is_not_unfolded(tmp_path: Path) -> None:
    torch.save({"weight_hh": torch.zeros(1).expand(4 * 2**20, 2**20)}, tmp_path / "m.pt")
    assert (tmp_path / "m.pt").stat().st_size < 2**12
    assert_refused(tmp_path / "m.pt", "MB of memory, more than")


def test_a_storage_that_claims_more_than_it_has_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "m.pt"
    torch.save({"a": torch.arange(4.0)}, path)
    with zipfile.ZipFile(path) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    name = next(name for name in entries if name.endswith("data.pkl"))
    pickled = (
        entries[name]
        .replace(b"K\x04t", b"J\x00\x00\x00\x40t")
        .replace(b"K\x04\x85", b"J\x00\x00\x00\x40\x85")
    )
    assert pickled != entries[name]
    with zipfile.ZipFile(path, "w") as archive:
        for entry, content in (entries | {name: pickled}).items():
            archive.writestr(entry, content)
    assert_refused(path, r"is damaged or cut off \(at: data\.pkl\)")
