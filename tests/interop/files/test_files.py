"""Files: what each format gives back, and what a damaged, mislabelled or hostile one comes to."""

import io
import os
import pickle
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from gates.errors import GatesError
from gates.interop import AmbiguousError, InteropError, load, save
from tests.interop.compare import assert_equal, module
from tests.interop.files.samples import SUFFIXES, assert_refused, write_state_dict


def test_a_state_dict_is_read_from_every_format(weights_file: Path) -> None:
    layer = module("LSTM", 3, 4, num_layers=2)
    assert_equal(load(weights_file), load(layer))
    assert_equal(load(str(weights_file)), load(layer))
    with weights_file.open("rb") as file:
        assert_equal(load(file), load(layer))
    assert_equal(load(io.BytesIO(weights_file.read_bytes())), load(layer))
    assert str(weights_file) in str(load(weights_file).report)


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
    network = load(write_state_dict(tmp_path / f"m{suffix}", layer.state_dict()))
    assert_equal(network, load(layer))
    assert ("became float32" in str(network.report)) == (dtype != torch.float32)


def test_several_readings_name_the_file(tmp_path: Path) -> None:
    path = write_state_dict(tmp_path / "m.pt", module("RNN", 3, 4).state_dict())
    with pytest.raises(AmbiguousError) as caught:
        load(path)
    for reading in caught.value.readings:
        assert eval(reading.call, {"load": load}).layers[0].forward.activation == reading.activation


def test_other_arrays_are_passed_over(tmp_path: Path) -> None:
    layer = module("LSTM", 3, 4)
    state = {f"lstm.{name}": value for name, value in layer.state_dict().items()}
    extra = {"ids": torch.arange(5), "flags": torch.ones(2, dtype=torch.bool), "none": torch.zeros(0, 3)}
    for suffix in SUFFIXES:
        network = load(write_state_dict(tmp_path / f"m{suffix}", state | extra))
        assert_equal(network, load(layer))
        assert "3 other arrays were left aside" in str(network.report)


# What is no file of weights


def test_missing_folder_and_empty(tmp_path: Path) -> None:
    assert_refused(tmp_path / "no.pt", r"There is no file .*no\.pt")
    assert_refused(tmp_path, "is a folder")
    (tmp_path / "void.pt").touch()
    assert_refused(tmp_path / "void.pt", r"void\.pt is empty")


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="needs permissions that bind")
def test_unreadable(tmp_path: Path) -> None:
    path = write_state_dict(tmp_path / "m.npz", module("GRU", 3, 4).state_dict())
    path.chmod(0)
    assert_refused(path, "cannot be read")


@pytest.mark.parametrize("suffix", [*SUFFIXES, ".txt", ""])
def test_other_content(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"letter{suffix}"
    path.write_text("Dear model, this is no file of weights at all.")
    assert_refused(path, "is damaged" if suffix in SUFFIXES else "none of the formats")


def test_mislabelled(weights_file: Path, tmp_path: Path) -> None:
    for suffix in (".pt", ".pth", ".npz", ".safetensors"):
        other = tmp_path / f"other{suffix}"
        other.write_bytes(weights_file.read_bytes())
        if {suffix, weights_file.suffix} <= {".pt", ".pth"} or suffix == weights_file.suffix:
            assert load(other).layers
        else:
            assert_refused(other, rf"is named {suffix}, but what it holds is {weights_file.suffix}")


def test_zips_of_other_things(tmp_path: Path) -> None:
    for names in ([], ["letter.txt"], ["a.npy", "letter.txt"]):
        with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
            for name in names:
                archive.writestr(name, b"x")
        assert_refused(tmp_path / "other.zip", "none of the formats")


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
        assert_refused(tmp_path / "m.pt", f"holds {type(held).__name__} at its top")


def test_a_list_at_the_top_is_read_by_its_parts(tmp_path: Path) -> None:
    layer = module("LSTM", 3, 4)
    torch.save([layer.state_dict(), {"lr": 0.1}], tmp_path / "m.pt")
    assert_equal(load(tmp_path / "m.pt"), load(layer))
    shapes = [(2, 3), (3, 3), (3,)] * 3 + [(3, 2), (2,)]
    parameters = [torch.randn(*shape, dtype=torch.float64) for shape in shapes]
    torch.save(parameters, tmp_path / "d2l.pt")
    assert_equal(load(tmp_path / "d2l.pt"), load([value.numpy() for value in parameters]))
    torch.save(parameters[:2], tmp_path / "short.pt")
    assert_refused(tmp_path / "short.pt", "This list of 2 is none of d2l's")


# What is asked of load


@pytest.mark.parametrize(
    "about",
    ["3", "[]", "{", '{"cells": 3}', '{"cells": {"": 3}}', '{"cells": {"": {"_l0": {"without": 5}}}}',
     '{"cells": {"": {"_l0": {"evil": 5}}}}', '{"cells": {}, "readout": 3}', "[" * 100_000],
)  # fmt: skip
def test_notes_of_another_hand_are_checked(tmp_path: Path, about: str) -> None:
    path = tmp_path / "m.npz"
    np.savez(path, gatescope=np.array(about), weight_ih=np.ones((4, 3)), weight_hh=np.ones((4, 1)))
    assert_refused(path, r"at: gatescope")


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
    assert_refused(pipe, "is a pipe or a device")
    assert_refused(Path("/dev/zero"), "is a pipe or a device")
    assert_refused(tmp_path / "no\0name.pt", "no file")
    assert_refused(tmp_path / "no\ud800name.pt", "no file")


@pytest.mark.parametrize("package", ["torch", "safetensors"])
def test_a_missing_package_is_named(tmp_path: Path, package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / ("m.pt" if package == "torch" else "m.safetensors")
    write_state_dict(path, module("LSTM", 3, 4).state_dict())
    monkeypatch.setitem(sys.modules, package, None)
    assert_refused(path, f"pip install {package}")


def test_npz_and_safetensors_are_read_without_torch(tmp_path: Path) -> None:
    state = module("LSTM", 3, 4).state_dict()
    paths = [str(write_state_dict(tmp_path / f"m{suffix}", state)) for suffix in (".npz", ".safetensors")]
    code = f"from gates.interop import load; [load(path) for path in {paths}]"
    code += "; import sys; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[3], timeout=600)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_nan_in_a_file_names_the_array(tmp_path: Path, suffix: str) -> None:
    state = module("LSTM", 3, 4).state_dict()
    state["weight_hh_l0"][0, 0] = float("inf")
    assert_refused(write_state_dict(tmp_path / f"m{suffix}", state), "weight_hh_l0 contains NaN or infinity")


def test_limits_can_be_raised(weights_file: Path) -> None:
    assert_refused(weights_file, "more than the 0.0 MB allowed", max_bytes=1000)
    read: Callable[..., Any] = load
    assert read(weights_file, max_bytes=10**6).layers
