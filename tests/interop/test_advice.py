"""What is often given and cannot be read as it is: what was found is named, and the next step works."""

import json
import re
import threading
import urllib.request
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import nn

import gates
from gates.interop import InteropError, load, save
from tests.interop.compare import assert_equal, module, sequence


def refusal(source: Any, said: str, **options: Any) -> str:
    with pytest.raises(InteropError, match=said) as caught:
        load(source, **options)
    return str(caught.value)


# Files that are something else


def test_a_git_lfs_pointer(tmp_path: Path) -> None:
    path = tmp_path / "model.pt"
    path.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a21\nsize 12345\n")
    refusal(path, r"is a Git LFS pointer of 72 bytes.*git lfs pull")
    layer = module("LSTM", 3, 4)
    torch.save(layer.state_dict(), path)  # what git lfs pull puts in its place
    assert_equal(load(path), load(layer))


@pytest.mark.parametrize("page", ["<!DOCTYPE html><html>Log in</html>", "\n<html lang='en'>"])
def test_a_web_page(tmp_path: Path, page: str) -> None:
    (tmp_path / "model.pt").write_text(page)
    refusal(tmp_path / "model.pt", "is a web page")


def test_one_array(tmp_path: Path) -> None:
    layer = module("LSTM", 3, 4)
    for name, value in layer.state_dict().items():
        np.save(tmp_path / f"{name}.npy", value.numpy())
    refusal(tmp_path / "weight_hh_l0.npy", r'load\(\{"weight_ih_l0": np\.load\(…\), …\}\)')
    assert_equal(load({path.stem: np.load(path) for path in tmp_path.iterdir()}), load(layer))


def test_checkpoints_of_tensorflow_lead_to_keras(tmp_path: Path) -> None:
    (tmp_path / "saved").mkdir()
    (tmp_path / "saved" / "saved_model.pb").write_bytes(b"\x08\x01")
    refusal(tmp_path / "saved", r'SavedModel of TensorFlow.*model\.save\("model\.keras"\)')
    for name in ("model.ckpt.index", "model.ckpt.data-00000-of-00001"):
        (tmp_path / name).write_bytes(b"\x00\x01\x02" * 30)
        refusal(tmp_path / name, "checkpoint of TensorFlow")
    refusal(tmp_path / "model.ckpt", "checkpoint of TensorFlow")
    refusal(tmp_path, "checkpoint of TensorFlow")
    _its_arrays_are_passed_on(refusal(tmp_path / "model.ckpt.index", "checkpoint"), tmp_path / "model.ckpt")
    keras = pytest.importorskip("tests.interop.keras.models").keras
    model = keras.Sequential([keras.Input((5, 3)), keras.layers.LSTM(4)])
    model.save(tmp_path / "model.keras")
    assert_equal(load(tmp_path / "model.keras"), load(model))


def _its_arrays_are_passed_on(said: str, prefix: Path) -> None:
    """Follow the advice with what stands for TensorFlow's reader, which is not installed here."""
    rng = np.random.default_rng(0)
    held = {"rnn/basic_lstm_cell/kernel": rng.normal(size=(7, 16)), "rnn/basic_lstm_cell/bias": np.zeros(16)}
    opened: list[str] = []

    class Reader:
        get_variable_to_shape_map = staticmethod(lambda: {name: array.shape for name, array in held.items()})
        get_tensor = staticmethod(held.__getitem__)

    train = SimpleNamespace(load_checkpoint=lambda path: (opened.append(path), Reader)[1])
    names = {"tf": SimpleNamespace(train=train), "load": load}
    exec(said.partition("pass its arrays: ")[2], names)
    assert opened == [str(prefix)]
    assert_equal(names["net"], load(held))


@pytest.mark.parametrize("mark", ["_METADATA", "manifest.ocdbt", "default/_METADATA"])
def test_a_checkpoint_of_orbax_leads_to_its_tree(tmp_path: Path, mark: str) -> None:
    (tmp_path / mark).parent.mkdir(exist_ok=True)
    (tmp_path / mark).write_text("{}")
    refusal(tmp_path, r"checkpoint of Orbax.*pass the tree")


def test_a_folder_lists_what_can_be_read_in_it(tmp_path: Path) -> None:
    refusal(tmp_path, "is a folder without a file that can be read")
    layer = module("LSTM", 3, 4)
    (tmp_path / "README.md").write_text("A model.")
    save_file(layer.state_dict(), tmp_path / "model.safetensors")
    said = refusal(tmp_path, "Name the file inside it")
    (named,) = re.findall(r'"([^"]+)"', said)
    assert_equal(load(named), load(layer))


def test_an_address_is_downloaded_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    layer = module("GRU", 3, 4)
    (tmp_path / "there").mkdir()
    torch.save(layer.state_dict(), tmp_path / "there" / "model.pt")
    handler = partial(SimpleHTTPRequestHandler, directory=str(tmp_path / "there"))
    monkeypatch.setattr(SimpleHTTPRequestHandler, "log_message", lambda *_: None)
    monkeypatch.chdir(tmp_path)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/model.pt"
        said = refusal(url, "is an address, and nothing is fetched")
        assert refusal(Path(url), "is an address") == said, "a path has lost a slash"
        first, then = said.partition("first: ")[2].split(", then ")
        names = {"load": load, "urllib": urllib}
        eval(first, names)
        assert_equal(eval(then, names), load(layer))
        server.shutdown()


# Arrays of other cells and kinds


def lstm_like(rows: tuple[int, ...]) -> dict[str, Any]:
    return {"cell.weight_ih": np.ones((8, 3)), "cell.weight_hh": np.ones(rows)}


def test_an_indrnn_is_a_plain_rnn_with_a_diagonal() -> None:
    rng = np.random.default_rng(0)
    W, u, b = rng.standard_normal((4, 3)), rng.standard_normal(4), rng.standard_normal(4)
    arrays = {"weight_ih_l0": W, "weight_hh_l0": u, "bias_ih_l0": b, "bias_hh_l0": np.zeros(4)}
    refusal(arrays, r"weight_hh_l0 has shape \(4,\): one number for each unit.*np\.diag of that array")
    network = load(arrays | {"weight_hh_l0": np.diag(u)}, activation="relu")
    x, h = rng.standard_normal((6, 3)), np.zeros(4)
    for x_t, ours in zip(x, network.run(x).output, strict=True):
        h = np.maximum(W @ x_t + u * h + b, 0)
        assert np.abs(ours - h).max() < 1e-12


def test_a_convlstm_leads_to_the_other_layers() -> None:
    layer = module("LSTM", 3, 4)
    convolving = {"conv.weight_ih": np.ones((16, 3, 3, 3)), "conv.weight_hh": np.ones((16, 4, 3, 3))}
    refusal(convolving, "conv convolves.*Choose a layer whose state is a vector, by name")
    both = convolving | {f"rnn.{name}": value for name, value in layer.state_dict().items()}
    assert_equal(load(both, name="rnn"), load(layer))


def test_an_mgu_is_made_by_hand() -> None:
    said = refusal(lstm_like((8, 4)), r"cell\.weight_hh has shape \(8, 4\): two parts")
    names = {"gates": gates, "b": np.zeros(8), "cell": type("Cell", (), {})}
    names["cell"].weight_ih, names["cell"].weight_hh = np.ones((8, 3)), np.ones((8, 4))
    made = eval(said.partition("f before n: ")[2], names)
    assert made.run(np.ones((5, 3))).hidden.shape == (5, 4)


@pytest.mark.parametrize("kind", ["LSTM", "GRU"])
def test_matrices_that_are_turned_are_turned_back(kind: str) -> None:
    layer = module(kind, 3, 4)
    turned = {name: value.numpy().T for name, value in layer.state_dict().items()}
    said = refusal(turned, "with the parts side by side")
    call = said.partition("Turn the matrices: ")[2]
    assert_equal(eval(call, {"load": load, "arrays": turned}), load(layer))


def test_any_other_shape_names_another_kind_of_cell() -> None:
    refusal(lstm_like((20, 4)), "its rows are neither.*Choose another layer by name")


@pytest.mark.parametrize("dtype", [torch.uint8, torch.int16, torch.int8])
def test_whole_numbers_in_safetensors_are_named_by_their_kind(tmp_path: Path, dtype: torch.dtype) -> None:
    layer = module("LSTM", 3, 4)
    short = {name: (value * 50).to(dtype) for name, value in layer.state_dict().items()}
    save_file(short, tmp_path / "m.safetensors")
    kind = str(dtype).removeprefix("torch.")
    refusal(tmp_path / "m.safetensors", rf"_l0 holds {kind}, not floating-point numbers")


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")
def test_a_quantised_state_dict_names_its_layer() -> None:
    model = nn.ModuleDict({"core": module("LSTM", 3, 4, dtype=torch.float32)})
    small = torch.ao.quantization.quantize_dynamic(model, {nn.LSTM})
    refusal(dict(small.state_dict()), "core is a quantised layer.*Load the floating-point model")
    assert load(model.state_dict()).layers


# Networks


def test_layers_that_do_not_fit_each_other_are_named() -> None:
    arrays = {f"a.{name}": value for name, value in module("LSTM", 3, 4).state_dict().items()}
    arrays |= {f"b.{name}": value for name, value in module("GRU", 5, 2).state_dict().items()}
    refusal(arrays, r"a, b do not fit.*reads 5 inputs, but the layer below gives 4", name=["a", "b"])
    assert load(arrays, name="b").layers and load(arrays, name="a").layers


@pytest.mark.parametrize("spoilt", [np.full((2, 4), np.nan), np.ones((2, 4), np.int8), np.ones((2, 5))])
def test_a_read_out_that_cannot_be_read_does_not_block_the_layer(tmp_path: Path, spoilt: Any) -> None:
    network = load(module("LSTM", 3, 4))
    path = tmp_path / "m.npz"
    save(gates.Network(network.layers, gates.Readout(np.ones((2, 4)), np.ones(2))), path)
    with np.load(path) as held:
        arrays = dict(held)
    np.savez(path, **arrays | {"readout.weight": spoilt})
    found = load(path)
    assert found.readout is None
    assert_equal(found, network)
    assert "The read-out readout was left out." in str(found.report)
    refusal(path, "readout", readout="readout")


def test_an_opset_before_7_is_exported_again(tmp_path: Path) -> None:
    import onnx

    layer, path = module("LSTM", 3, 4, dtype=torch.float32), tmp_path / "m.onnx"
    x = sequence(3, torch.float32)
    torch.onnx.export(layer, (x,), path, opset_version=17, dynamo=False)
    made = onnx.load(path)
    made.opset_import[0].version = 6
    onnx.save(made, tmp_path / "old.onnx")
    refusal(tmp_path / "old.onnx", r"opset 6.*torch\.onnx\.export\(…, opset_version=17\)")
    network = load(path)
    with torch.no_grad():
        assert np.abs(network.run(x.numpy()).output - layer(x)[0].numpy()).max() < 1e-6


# Archives and shards


def shards(folder: Path, state: dict[str, Any], suffix: str = ".safetensors") -> Path:
    names, table = list(state), {}
    for k, part in enumerate((names[::2], names[1::2]), start=1):
        shard = f"model-{k:05d}-of-00002{suffix}"
        held = {name: state[name] for name in part}
        (save_file if suffix == ".safetensors" else torch.save)(held, folder / shard)
        table |= dict.fromkeys(part, shard)
    index = folder / f"model{suffix}.index.json"
    index.write_text(json.dumps({"metadata": {"total_size": 1}, "weight_map": table}, indent=2))
    return index


@pytest.mark.parametrize("suffix", [".safetensors", ".bin"])
def test_a_model_in_shards_is_read_by_its_index(tmp_path: Path, suffix: str) -> None:
    layer = module("LSTM", 3, 4, num_layers=2)
    index = shards(tmp_path, {f"core.{name}": value for name, value in layer.state_dict().items()}, suffix)
    assert_equal(load(index), load(layer))
    assert str(index) in refusal(tmp_path, "is a folder")
    with index.open("rb") as file:
        refusal(file, "Give its path instead")
    shard = next(tmp_path.glob("*-00002-of-*"))
    aside = shard.rename(tmp_path / "aside")
    refusal(index, rf"names the file {shard.name}, which is not beside it\. Put it there")
    aside.rename(shard)
    assert_equal(load(index), load(layer))
    refusal(index, "MB of memory", max_bytes=2_000)


def test_an_index_that_lies_is_refused(tmp_path: Path) -> None:
    state = module("LSTM", 3, 4).state_dict()
    index = shards(tmp_path, state)
    (tmp_path / "inside").mkdir()
    for shard in ("../x.safetensors", "/etc/passwd", "a/b.safetensors", 3, "..", "a\\b"):
        (tmp_path / "bad.index.json").write_text(json.dumps({"weight_map": {"a": shard}}))
        refusal(tmp_path / "bad.index.json", r"damaged or cut off \(at: weight_map\)|not beside it")
    table = json.loads(index.read_text())
    table["weight_map"] = dict.fromkeys(state, "model-00001-of-00002.safetensors")
    index.write_text(json.dumps(table))
    refusal(index, r"does not hold weight_hh_l0.*Download")
