"""Files: what each format gives back, and what a damaged, mislabelled or hostile one comes to."""

import io
import json
import os
import pickle
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.torch import save_file

from gates.errors import GatesError
from gates.interop import AmbiguousError, InteropError, load, save
from tests.interop.compare import assert_equal, module

SUFFIXES = (".pt", ".npz", ".safetensors")


def write(path: Path, state: dict[str, torch.Tensor]) -> Path:
    """Write a state dict as PyTorch, NumPy and safetensors users do."""
    if path.suffix == ".npz":
        np.savez_compressed(path, **{name: value.numpy() for name, value in state.items()})
    elif path.suffix == ".safetensors":
        save_file(state, path)
    else:
        torch.save(state, path)
    return path


@pytest.fixture(params=SUFFIXES)
def good(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return write(tmp_path / f"model{request.param}", module("LSTM", 3, 4, num_layers=2).state_dict())


def test_a_state_dict_is_read_from_every_format(good: Path) -> None:
    layer = module("LSTM", 3, 4, num_layers=2)
    assert_equal(load(good), load(layer))
    assert_equal(load(str(good)), load(layer))
    with good.open("rb") as file:
        assert_equal(load(file), load(layer))
    assert_equal(load(io.BytesIO(good.read_bytes())), load(layer))
    assert str(good) in str(load(good).report)


@pytest.mark.parametrize("suffix", [".pth", ".bin", ".ckpt", ".PT", ".weights", ""])
def test_the_content_decides_where_the_name_does_not_contradict(tmp_path: Path, suffix: str) -> None:
    layer = module("GRU", 3, 4)
    path = tmp_path / f"model{suffix}"
    torch.save({"epoch": 1, "net": layer.state_dict()}, path)
    assert_equal(load(path), load(layer))


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32])
def test_precision_is_kept_or_named(tmp_path: Path, suffix: str, dtype: torch.dtype) -> None:
    if suffix == ".npz" and dtype == torch.bfloat16:
        pytest.skip("NumPy has no bfloat16")
    layer = module("GRU", 3, 4).to(dtype)
    network = load(write(tmp_path / f"m{suffix}", layer.state_dict()))
    assert_equal(network, load(layer))
    assert ("became float32" in str(network.report)) == (dtype != torch.float32)


def test_several_readings_name_the_file(tmp_path: Path) -> None:
    path = write(tmp_path / "m.pt", module("RNN", 3, 4).state_dict())
    with pytest.raises(AmbiguousError) as caught:
        load(path)
    for reading in caught.value.readings:
        assert eval(reading.call, {"load": load}).layers[0].forward.activation == reading.activation


def test_other_arrays_are_passed_over(tmp_path: Path) -> None:
    layer = module("LSTM", 3, 4)
    state = {f"lstm.{name}": value for name, value in layer.state_dict().items()}
    extra = {"ids": torch.arange(5), "flags": torch.ones(2, dtype=torch.bool), "none": torch.zeros(0, 3)}
    for suffix in SUFFIXES:
        network = load(write(tmp_path / f"m{suffix}", state | extra))
        assert_equal(network, load(layer))
        assert "3 other arrays were left aside" in str(network.report)


# What is no file of weights


def refused(path: Path | Any, said: str, **options: Any) -> None:
    with pytest.raises(InteropError, match=said):
        load(path, **options)


def test_missing_folder_and_empty(tmp_path: Path) -> None:
    refused(tmp_path / "no.pt", r"There is no file .*no\.pt")
    refused(tmp_path, "is a folder")
    (tmp_path / "void.pt").touch()
    refused(tmp_path / "void.pt", r"void\.pt is empty")


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="needs permissions that bind")
def test_unreadable(tmp_path: Path) -> None:
    path = write(tmp_path / "m.npz", module("GRU", 3, 4).state_dict())
    path.chmod(0)
    refused(path, "cannot be read")


@pytest.mark.parametrize("suffix", [*SUFFIXES, ".txt", ""])
def test_other_content(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"letter{suffix}"
    path.write_text("Dear model, this is no file of weights at all.")
    refused(path, "is damaged" if suffix in SUFFIXES else "none of the formats")


def test_mislabelled(good: Path, tmp_path: Path) -> None:
    for suffix in (".pt", ".pth", ".npz", ".safetensors"):
        other = tmp_path / f"other{suffix}"
        other.write_bytes(good.read_bytes())
        if {suffix, good.suffix} <= {".pt", ".pth"} or suffix == good.suffix:
            assert load(other).layers
        else:
            refused(other, rf"is named {suffix}, but what it holds is {good.suffix}")


def test_zips_of_other_things(tmp_path: Path) -> None:
    for names in ([], ["letter.txt"], ["a.npy", "letter.txt"]):
        with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
            for name in names:
                archive.writestr(name, b"x")
        refused(tmp_path / "other.zip", "none of the formats")


def test_a_bare_pickle_names_the_way_out(tmp_path: Path) -> None:
    path = tmp_path / "bare.pkl"
    arrays = {name: value.numpy() for name, value in module("LSTM", 3, 4).state_dict().items()}
    for protocol in (2, 3, 4, 5):
        path.write_bytes(pickle.dumps(arrays, protocol))
        with pytest.raises(InteropError, match="may run any code") as caught:
            load(path)
        advice = str(caught.value).partition("arrays that it holds: ")[2]
        assert_equal(eval(advice, {"load": load, "pickle": pickle}), load(module("LSTM", 3, 4)))


def test_what_is_no_state_dict_at_the_top_is_named(tmp_path: Path) -> None:
    for held in (torch.ones(3), [1, 2], "text"):
        torch.save(held, tmp_path / "m.pt")
        refused(tmp_path / "m.pt", f"holds {type(held).__name__} at its top")


def test_a_list_at_the_top_is_read_by_its_parts(tmp_path: Path) -> None:
    layer = module("LSTM", 3, 4)
    torch.save([layer.state_dict(), {"lr": 0.1}], tmp_path / "m.pt")
    assert_equal(load(tmp_path / "m.pt"), load(layer))
    shapes = [(2, 3), (3, 3), (3,)] * 3 + [(3, 2), (2,)]
    parameters = [torch.randn(*shape, dtype=torch.float64) for shape in shapes]
    torch.save(parameters, tmp_path / "d2l.pt")
    assert_equal(load(tmp_path / "d2l.pt"), load([value.numpy() for value in parameters]))
    torch.save(parameters[:2], tmp_path / "short.pt")
    refused(tmp_path / "short.pt", "This list of 2 is none of d2l's")


# Damaged


def test_cut_off_anywhere(good: Path) -> None:
    whole = good.read_bytes()
    for part in (0.1, 0.3, 0.5, 0.7, 0.9, 0.99):
        good.write_bytes(whole[: int(len(whole) * part)])
        refused(good, "is damaged")
    good.write_bytes(whole[:-1])
    refused(good, "is damaged")


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_bytes_changed_give_a_network_or_a_named_error(good: Path, data: Any) -> None:
    whole = bytearray(good.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    file = io.BytesIO(bytes(whole))
    try:
        assert load(file).layers
    except GatesError as error:
        assert str(error)


# Hostile


class Canary:
    """Unpickled, it would write a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return os.system, (f"echo sung > {self.path}",)


@pytest.mark.parametrize("protocol", [2, 4])
def test_code_in_a_pickle_is_named_and_never_run(tmp_path: Path, protocol: int) -> None:
    canary, path = tmp_path / "canary", tmp_path / "model.pt"
    torch.save({"weight_ih": Canary(canary)}, path, pickle_protocol=protocol)
    refused(path, r"asks for (posix|nt)\.system to be run on opening, so it was refused")
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
    refused(
        zipped(tmp_path / "m.pt", {"m/data.pkl": mapping, "m/version": b"3", "m/byteorder": b"little"}), said
    )


def test_a_tuple_that_is_held_twice_is_no_attack(tmp_path: Path) -> None:
    layer, sizes = module("GRU", 3, 4), (3, 4)
    torch.save({"net": layer.state_dict(), "sizes": [sizes] * 9}, tmp_path / "m.pt")
    assert_equal(load(tmp_path / "m.pt"), load(layer))


def test_whole_modules_are_refused_with_the_way_out(tmp_path: Path) -> None:
    torch.save(module("LSTM", 3, 4), tmp_path / "model.pt")
    refused(
        tmp_path / "model.pt", r"torch\.nn\.modules\.rnn\.LSTM.*torch\.save\(model\.state_dict\(\), path\)"
    )


def test_pickled_objects_in_npz_are_never_run(tmp_path: Path) -> None:
    canary, path = tmp_path / "canary", tmp_path / "model.npz"
    np.savez(path, weight_ih=np.array([Canary(canary)], dtype=object))
    refused(path, r"weight_ih\.npy \(pickle\)")
    assert not canary.exists()


def zipped(path: Path, entries: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return path


def npy(shape: tuple[int, ...], descr: str = "<f8", content: bytes = b"") -> bytes:
    stream = io.BytesIO()
    np.lib.format.write_array_header_1_0(stream, {"descr": descr, "fortran_order": False, "shape": shape})
    return stream.getvalue() + content


def test_a_zip_bomb_is_weighed_by_its_label(tmp_path: Path) -> None:
    bomb = zipped(tmp_path / "bomb.npz", {"weight_ih.npy": npy((2**24,), "|u1", bytes(2**24))})
    assert bomb.stat().st_size < 2**16
    refused(bomb, r"needs 16\.0 MB of memory, more than the 1\.0 MB allowed", max_bytes=2**20)
    bomb = zipped(tmp_path / "bomb.pt", {"m/data.pkl": pickle.dumps({}, 2), "m/data/0": bytes(2**24)})
    refused(bomb, r"needs 16\.0 MB", max_bytes=2**20)


def test_a_zip_that_lies_about_its_size_is_damaged(tmp_path: Path) -> None:
    path = zipped(tmp_path / "lies.npz", {"weight_ih.npy": npy((2**20,), "|u1", bytes(2**20))})
    content = path.read_bytes()
    size = len(npy((2**20,), "|u1", bytes(2**20)))
    assert content.count(struct.pack("<I", size)) == 2
    path.write_bytes(content.replace(struct.pack("<I", size), struct.pack("<I", 200)))
    refused(path, "is damaged")


def test_an_array_that_claims_more_than_it_has_is_damaged(tmp_path: Path) -> None:
    for shape in ((2**40,), (2**20, 2**20), (3,), (-1,), (0, 2**62)):
        path = zipped(tmp_path / "claims.npz", {"weight_ih.npy": npy(shape, content=bytes(16))})
        refused(path, r"is damaged or cut off \(at: weight_ih\.npy\)|is damaged")


def test_a_crowded_table_of_contents_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = zipped(tmp_path / "crowd.npz", {f"{k}.npy": b"" for k in range(300)})
    monkeypatch.setattr("gates.interop.files.archives.MAX_DIRECTORY", 10_000)
    refused(path, "table of contents")


@pytest.mark.parametrize("length", [2**32, 2**62, 2**64 - 1, 1000])
def test_a_header_longer_than_its_file_is_not_read(tmp_path: Path, length: int) -> None:
    path = tmp_path / "header.safetensors"
    path.write_bytes(struct.pack("<Q", length) + b"{" + b" " * 100)
    refused(path, r"is damaged or cut off \(at: header\)")


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
    refused(path, "is damaged")
    deep = b"{" + b'"a":{' * 100_000
    path.write_bytes(struct.pack("<Q", len(deep)) + deep)
    refused(path, "is damaged")


def test_a_tensor_that_repeats_one_number_is_not_unfolded(tmp_path: Path) -> None:
    torch.save({"weight_hh": torch.zeros(1).expand(4 * 2**20, 2**20)}, tmp_path / "m.pt")
    assert (tmp_path / "m.pt").stat().st_size < 2**12
    refused(tmp_path / "m.pt", "MB of memory, more than")


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
    refused(path, r"is damaged or cut off \(at: data\.pkl\)")


@pytest.mark.parametrize(
    "about",
    ["3", "[]", "{", '{"cells": 3}', '{"cells": {"": 3}}', '{"cells": {"": {"_l0": {"without": 5}}}}',
     '{"cells": {"": {"_l0": {"evil": 5}}}}', '{"cells": {}, "readout": 3}', "[" * 100_000],
)  # fmt: skip
def test_notes_of_another_hand_are_checked(tmp_path: Path, about: str) -> None:
    path = tmp_path / "m.npz"
    np.savez(path, gatescope=np.array(about), weight_ih=np.ones((4, 3)), weight_hh=np.ones((4, 1)))
    refused(path, r"at: gatescope")


def test_options_that_do_not_exist_are_named(tmp_path: Path) -> None:
    save(load(module("GRU", 3, 4)), tmp_path / "m.npz")
    with np.load(tmp_path / "m.npz") as held:
        arrays = dict(held)
    arrays["gatescope"] = np.array(str(arrays["gatescope"]).replace("after", "never"))
    np.savez(tmp_path / "m.npz", **arrays)
    with pytest.raises(GatesError, match=r"reset cannot be 'never'"):
        load(tmp_path / "m.npz")


def test_what_is_no_plain_file_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    pipe = tmp_path / "m.h5"
    os.mkfifo(pipe)
    refused(pipe, "is a pipe or a device")
    refused(Path("/dev/zero"), "is a pipe or a device")
    refused(tmp_path / "no\0name.pt", "no file")
    refused(tmp_path / "no\ud800name.pt", "no file")


@pytest.mark.parametrize("package", ["torch", "safetensors"])
def test_a_missing_package_is_named(tmp_path: Path, package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / ("m.pt" if package == "torch" else "m.safetensors")
    write(path, module("LSTM", 3, 4).state_dict())
    monkeypatch.setitem(sys.modules, package, None)
    refused(path, f"pip install {package}")


def test_npz_and_safetensors_are_read_without_torch(tmp_path: Path) -> None:
    state = module("LSTM", 3, 4).state_dict()
    paths = [str(write(tmp_path / f"m{suffix}", state)) for suffix in (".npz", ".safetensors")]
    code = f"from gates.interop import load; [load(path) for path in {paths}]"
    code += "; import sys; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[3], timeout=600)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_nan_in_a_file_names_the_array(tmp_path: Path, suffix: str) -> None:
    state = module("LSTM", 3, 4).state_dict()
    state["weight_hh_l0"][0, 0] = float("inf")
    refused(write(tmp_path / f"m{suffix}", state), "weight_hh_l0 contains NaN or infinity")


def test_limits_can_be_raised(good: Path) -> None:
    refused(good, "more than the 0.0 MB allowed", max_bytes=1000)
    read: Callable[..., Any] = load
    assert read(good, max_bytes=10**6).layers
