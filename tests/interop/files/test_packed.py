"""One file of weights in an archive, and archives that are none or too much."""

import gzip
import io
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from gates.interop import InteropError, load
from tests.interop.compare import assert_equal, module
from tests.interop.files.samples import SUFFIXES, assert_refused, write_state_dict


def packed(path: Path, entries: dict[str, bytes]) -> Path:
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in entries.items():
                archive.writestr(name, content)
    else:
        with tarfile.open(path, "w" if path.suffix == ".tar" else "w:gz") as archive:
            for name, content in entries.items():
                member = tarfile.TarInfo(name)
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))
    return path


KINDS = ["m.zip", "m.tar.gz", "m.tgz", "m.tar"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_one_file_of_weights_beside_others_is_read(tmp_path: Path, kind: str, suffix: str) -> None:
    layer = module("LSTM", 3, 4, num_layers=2)
    inner = write_state_dict(tmp_path / f"weights{suffix}", layer.state_dict()).read_bytes()
    others = {"model/README.md": b"# A model", "__MACOSX/model/._w.pt": b"x", "model/config.json": b"{}"}
    del others["model/config.json"]
    path = packed(tmp_path / kind, others | {f"model/weights{suffix}": inner})
    assert_equal(load(path), load(layer))
    with path.open("rb") as file:
        assert_equal(load(io.BytesIO(file.read())), load(layer))


@pytest.mark.parametrize("kind", KINDS)
def test_several_are_listed_and_unpacking_helps(tmp_path: Path, kind: str) -> None:
    layer = module("GRU", 3, 4)
    inner = write_state_dict(tmp_path / "w.npz", layer.state_dict()).read_bytes()
    path = packed(tmp_path / kind, {"a/w.npz": inner, "b/w.npz": inner})
    assert_refused(path, r"holds 2 files of weights \(a/w\.npz, b/w\.npz\).*Unpack it and name the file")
    if kind == "m.zip":
        with zipfile.ZipFile(path) as archive:
            archive.extractall(tmp_path)
    else:
        with tarfile.open(path) as tar:
            tar.extractall(tmp_path, filter="data")
    assert_equal(load(tmp_path / "a" / "w.npz"), load(layer))


def test_an_archive_in_an_archive_is_not_opened(tmp_path: Path) -> None:
    inner = write_state_dict(tmp_path / "w.npz", module("GRU", 3, 4).state_dict()).read_bytes()
    once = packed(tmp_path / "once.zip", {"w.npz": inner}).read_bytes()
    assert_refused(packed(tmp_path / "twice.zip", {"w.pt": once}), "is damaged")


@pytest.mark.parametrize("kind", KINDS)
def test_an_archive_that_unpacks_to_too_much_is_not_unpacked(tmp_path: Path, kind: str) -> None:
    path = packed(tmp_path / kind, {"w.npz": bytes(2**24)})
    assert_refused(path, "MB of memory", max_bytes=2**20)


def test_a_header_in_a_tar_that_claims_the_world_is_not_read(tmp_path: Path) -> None:
    member = tarfile.TarInfo("w.npz")
    member.size, member.type = 2**22, tarfile.XHDTYPE
    header = member.tobuf(tarfile.USTAR_FORMAT)
    (tmp_path / "pax.tar.gz").write_bytes(gzip.compress(header + bytes(2**22)))
    assert_refused(tmp_path / "pax.tar.gz", "MB of memory|is damaged", max_bytes=2**20)
    beside = packed(tmp_path / "beside.tar.gz", {"README.md": bytes(5 * 2**19), "w.npz": b""})
    assert_refused(beside, "MB of memory", max_bytes=2**20)


@pytest.mark.parametrize("kind", KINDS)
def test_any_damage_is_an_error_with_a_sentence(tmp_path: Path, kind: str) -> None:
    inner = write_state_dict(tmp_path / "w.npz", module("GRU", 3, 4).state_dict()).read_bytes()
    whole = packed(tmp_path / kind, {"w.npz": inner}).read_bytes()
    rng: Any = np.random.default_rng(0)
    for _ in range(100):
        changed = bytearray(whole[: rng.integers(len(whole))] if rng.random() < 0.3 else whole)
        for place in rng.integers(0, max(len(changed), 1), rng.integers(1, 5)):
            if changed:
                changed[min(place, len(changed) - 1)] = rng.integers(256)
        try:
            load(io.BytesIO(bytes(changed)))
        except InteropError as error:
            assert str(error)


def test_links_in_a_tar_lead_nowhere(tmp_path: Path) -> None:
    torch.save(module("GRU", 3, 4).state_dict(), tmp_path / "outside.pt")
    with tarfile.open(tmp_path / "m.tar", "w") as archive:
        member = tarfile.TarInfo("w.pt")
        member.type, member.linkname = tarfile.SYMTYPE, str(tmp_path / "outside.pt")
        archive.addfile(member)
    assert_refused(tmp_path / "m.tar", "holds 0 files of weights")
