"""Files of Keras that are damaged, mislabelled or hostile: a named error, nothing run, nothing exhausted."""

import base64
import io
import json
import marshal
import pickle
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gates.errors import GatesError
from gates.interop import InteropError, load
from gates.text import LANGUAGES, translator
from tests.interop.compare import assert_equal
from tests.interop.files.samples import Canary, assert_refused, zipped
from tests.interop.keras.models import keras, sequential, written

FILES = Path(__file__).parents[1] / "data"
GOOD = ("keras2.h5", "keras2.keras", "keras2_cudnn.h5", "keras2_weights.h5")


def config(*layers: dict[str, Any]) -> dict[str, Any]:
    return {"class_name": "Sequential", "config": {"name": "s", "layers": list(layers)}}


def lstm(name: str = "lstm", **options: Any) -> dict[str, Any]:
    return {"class_name": "LSTM", "config": {"name": name, "units": 2, "return_sequences": True, **options}}


def model(path: Path, described: Any, fill: Callable[[Any], None] | None = None) -> Path:
    """A whole model in HDF5 with one LSTM's weights; ``fill`` puts what else it has into the file."""
    rng = np.random.default_rng(0)
    with h5py.File(path, "w") as file:
        text = described if isinstance(described, str) else json.dumps(described)
        file.attrs["model_config"] = text
        group = file.create_group("model_weights/lstm")
        file["model_weights"].attrs["layer_names"] = [b"lstm"]
        file["model_weights"].attrs["keras_version"] = b"2.15.0"
        names = ("kernel", "recurrent_kernel", "bias")
        group.attrs["weight_names"] = [f"lstm/{name}:0".encode() for name in names]
        for name, shape in zip(names, ((3, 8), (2, 8), (8,)), strict=True):
            group[f"lstm/{name}:0"] = rng.normal(size=shape)
        if fill is not None:
            fill(file)
    return path


def test_the_model_that_the_others_spoil_is_good(tmp_path: Path) -> None:
    assert load(model(tmp_path / "m.h5", config(lstm()))).inputs == 3


# Damaged and mislabelled


@pytest.mark.parametrize("name", GOOD)
def test_cut_off_anywhere(name: str) -> None:
    whole = (FILES / name).read_bytes()
    for k in range(1, 40):
        with pytest.raises(InteropError, match=r"is damaged|none of the formats"):
            load(io.BytesIO(whole[: len(whole) * k // 40]))


@pytest.mark.parametrize("name", GOOD)
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_bytes_changed_give_a_network_or_a_named_error(name: str, data: Any) -> None:
    whole = bytearray((FILES / name).read_bytes())
    for _ in range(data.draw(st.integers(1, 5))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        assert load(io.BytesIO(bytes(whole))).layers
    except GatesError as error:
        assert str(error)


def test_the_content_tells_the_format_and_a_name_that_lies_is_told(tmp_path: Path) -> None:
    for name, actual in (("keras2.h5", ".h5"), ("keras2.keras", ".keras")):
        for suffix in (".h5", ".hdf5", ".keras", ".pt", ".npz", ".safetensors", ".model", ""):
            path = tmp_path / f"m{suffix}"
            path.write_bytes((FILES / name).read_bytes())
            if suffix in (actual, ".model", "") or {suffix, actual} == {".h5", ".hdf5"}:
                assert load(path).layers
            else:
                assert_refused(path, rf"is named {suffix}, but what it holds is {actual}")
    (tmp_path / "letter.keras").write_text("Dear model")
    assert_refused(tmp_path / "letter.keras", "is damaged")


def test_an_archive_that_lacks_or_spoils_a_part_is_named(tmp_path: Path) -> None:
    with zipfile.ZipFile(FILES / "keras2.keras") as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    path = tmp_path / "m.keras"
    assert_refused(zipped(path, {**parts, "config.json": b"[" * 100_000}), r"at: config\.json")
    assert_refused(zipped(path, {**parts, "config.json": b"3"}), r"at: config\.json")
    assert_refused(zipped(path, {**parts, "metadata.json": b"no"}), r"at: metadata\.json")
    assert_refused(zipped(path, {**parts, "model.weights.h5": b"no"}), "at: HDF5")
    del parts["model.weights.h5"]
    assert_refused(zipped(path, parts), r"has no model\.weights\.h5")
    del parts["metadata.json"]
    assert_refused(zipped(path, parts), "is damaged")


WRONG: list[Any] = [None, 3, -1, "", "x" * 1000, [], {}, [[]], {"class_name": 3}, True, 1e300]


def spoiled(value: Any, wrong: Any, at: list[int]) -> Any:
    """A JSON value with the ``at``-th part of it replaced."""
    at[0] -= 1
    if at[0] == 0:
        return wrong
    if isinstance(value, dict):
        return {key: spoiled(part, wrong, at) for key, part in value.items()}
    return [spoiled(part, wrong, at) for part in value] if isinstance(value, list) else value


def test_a_configuration_with_anything_anywhere_gives_a_network_or_a_named_error(tmp_path: Path) -> None:
    bidirectional = {"class_name": "Bidirectional", "name": "lstm", "inbound_nodes": [[["a", 0, 0, {}]]],
                     "config": {"name": "lstm", "layer": lstm(), "merge_mode": "concat"}}  # fmt: skip
    nodes = [{"args": [{"config": {"keras_history": ["a", 0, 0]}}], "kwargs": {}}]
    policy = {"class_name": "DTypePolicy", "config": {"name": "float32"}}
    keras_3 = {**lstm(dtype=policy), "name": "lstm", "inbound_nodes": nodes}
    rng = np.random.default_rng(0)
    for described in (config(lstm(activation="relu")), config(bidirectional), config(keras_3)):
        for at in range(1, 45):
            wrong = WRONG[rng.integers(len(WRONG))]
            path = model(tmp_path / "m.h5", spoiled(described, wrong, [at]))
            try:
                assert load(path).layers
            except GatesError as error:
                assert str(error)


# Hostile


def test_code_in_a_lambda_is_never_run(tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    code = compile(f"open({str(canary)!r}, 'w').close()", "x", "exec")
    function = [base64.b64encode(marshal.dumps(code)).decode(), None, None]
    hostile = [
        {"class_name": "Lambda", "config": {"name": "l", "function": function, "function_type": "lambda"}},
        {"class_name": "os>system", "module": "os", "registered_name": "system", "config": {"name": "echo"}},
        {"class_name": "TFOpLambda", "config": {"name": "t", "function": "__import__"}},
    ]
    network = load(model(tmp_path / "m.h5", config(*hostile, lstm(kernel_initializer=hostile[0]))))
    assert network.inputs == 3
    assert not canary.exists()
    for option in ("activation", "recurrent_activation"):
        for value in (
            hostile[0],
            {"class_name": "function", "config": "my_own", "module": "builtins"},
            "os.system",
        ):
            assert_refused(model(tmp_path / "m.h5", config(lstm(**{option: value}))), "uses the activation")
    assert not canary.exists()
    exec(code)
    assert canary.exists(), "a canary that cannot sing proves nothing"


def test_pickles_are_never_opened(tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    pickled = pickle.dumps(Canary(canary))

    def opaque(file: Any) -> None:
        del file.attrs["model_config"]
        file.attrs["model_config"] = np.void(pickled)

    assert_refused(
        model(tmp_path / "m.h5", config(lstm()), opaque), r"holds something other than text.*@model_config"
    )
    text = model(tmp_path / "m.h5", base64.b64encode(pickled).decode())
    assert_refused(text, "at: model_config")

    def weight(file: Any) -> None:
        del file["model_weights/lstm/lstm/kernel:0"]
        file["model_weights/lstm/lstm/kernel:0"] = np.void(pickled)

    assert_refused(model(tmp_path / "m.h5", config(lstm()), weight), r"holds no numbers at .*kernel:0")
    assert not canary.exists()


KERNEL = "model_weights/lstm/lstm/kernel:0"


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ("newer form of HDF5", lambda file: h5py.ExternalLink("/etc/passwd", "/x")),
        ("has a link at", lambda file: h5py.SoftLink("/model_weights")),
        ("has a link at", lambda file: h5py.SoftLink(f"/{KERNEL}")),
        ("has a link at", lambda file: file["/"]),
        ("has a link at", lambda file: file["model_weights"]),
    ],
)
def test_links_are_refused_wherever_they_lead(said: str, place: Any, tmp_path: Path) -> None:
    for name in (KERNEL, "model_weights/lstm/lstm/loop", "loop"):

        def put(file: Any, name: str = name) -> None:
            if name in file:
                del file[name]
            file[name] = place(file)

        assert_refused(model(tmp_path / "m.h5", config(lstm()), put), said)


def compound() -> Any:
    return np.zeros((3, 8), [("a", "f4"), ("b", "f4")])


@pytest.mark.parametrize(
    ("said", "options"),
    [
        (r"holds no numbers at", {"data": compound()}),
        (r"holds no numbers at", {"data": ["a", "b"], "dtype": h5py.string_dtype()}),
        (r"holds no numbers at", {"shape": (3,), "dtype": h5py.vlen_dtype(np.float32)}),
        (r"holds no numbers at", {"shape": (3,), "dtype": h5py.ref_dtype}),
        (r"kernel holds int32", {"data": np.ones((3, 8), np.int32)}),
        (r"holds no numbers at", {"data": np.ones((3, 8), complex)}),
        (r"packed by a filter", {"data": np.ones((3, 8)), "compression": "lzf"}),
        (r"packed by a filter", {"data": np.ones((3, 8), "f4"), "scaleoffset": 3}),
        (r"512\.0 MB allowed", {"shape": (10**6, 10**6), "dtype": "f4", "compression": "gzip"}),
        (r"is damaged", {"shape": (3, 8), "dtype": "f4", "compression": "gzip"}),  # no chunk was written
        (r"512\.0 MB allowed", {"shape": (10**5, 1), "chunks": (1, 10**5), "maxshape": (None, None)}),
        (r"in another file", {"shape": (3, 8), "dtype": "f8", "external": [("/etc/passwd", 0, 192)]}),
        (r"more than the 512\.0 MB allowed", {"shape": (10**6, 10**6), "dtype": "f4"}),
        (r"is damaged or cut off", {"shape": (10**3, 10**3), "dtype": "f8"}),  # no bytes stand behind it
        (r"is damaged or cut off", {"dtype": "f8"}),
    ],
)  # fmt: skip
def test_what_is_no_plain_array_is_refused_before_it_is_read(
    said: str, options: dict[str, Any], tmp_path: Path
) -> None:
    def put(file: Any) -> None:
        del file[KERNEL]
        if set(options) == {"dtype"}:
            options["data"] = h5py.Empty(options.pop("dtype"))
        file.create_dataset(KERNEL, **options)

    assert_refused(model(tmp_path / "m.h5", config(lstm()), put), said)


@pytest.mark.parametrize("options", [{"compression": "gzip", "shuffle": True}, {"chunks": (1, 8)}])
def test_a_model_kept_compressed_is_the_model(tmp_path: Path, options: dict[str, Any]) -> None:
    plain = model(tmp_path / "plain.h5", config(lstm()))

    def pack(file: Any) -> None:
        array = file[KERNEL][()]
        del file[KERNEL]
        file.create_dataset(KERNEL, data=array, **options)

    assert_equal(load(model(tmp_path / "packed.h5", config(lstm()), pack)), load(plain))


def test_what_another_filter_packed_is_unpacked_by_h5py(tmp_path: Path) -> None:
    def pack(file: Any) -> None:
        array = file[KERNEL][()]
        del file[KERNEL]
        file.create_dataset(KERNEL, data=array, compression="lzf")

    path = model(tmp_path / "m.h5", config(lstm()), pack)
    with pytest.raises(InteropError) as caught:
        load(path)
    exec(str(caught.value).partition("in a copy of the file: ")[2], {"h5py": h5py})
    assert_equal(load(path), load(model(tmp_path / "plain.h5", config(lstm()))))


def test_a_virtual_array_is_refused(tmp_path: Path) -> None:
    def put(file: Any) -> None:
        del file[KERNEL]
        layout = h5py.VirtualLayout(shape=(3, 8), dtype="f8")
        layout[:] = h5py.VirtualSource("/etc/passwd", "x", shape=(3, 8))
        file.create_virtual_dataset(KERNEL, layout)

    assert_refused(model(tmp_path / "m.h5", config(lstm()), put), "in another file")


def test_endless_lists_and_depths_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def deep(file: Any) -> None:
        file.create_group("/".join("a" * 60))

    assert_refused(model(tmp_path / "m.h5", config(lstm()), deep), "has a link at")

    def wide(file: Any) -> None:
        for k in range(300):
            file.create_group(f"g{k}")

    monkeypatch.setattr("gates.interop.files.hdf5.tree.MAX_ENTRIES", 200)
    assert_refused(model(tmp_path / "m.h5", config(lstm()), wide), "more than 200 entries")
    monkeypatch.setattr("gates.interop.files.hdf5.tree.MAX_TEXT", 1000)
    assert_refused(model(tmp_path / "m.h5", config(lstm(comment="x" * 2000))), "needs 0.0 MB")


def test_a_bomb_in_an_archive_is_weighed_by_its_label(tmp_path: Path) -> None:
    bomb = zipped(tmp_path / "m.keras", {"config.json": b"{}", "model.weights.h5": bytes(2**24)})
    assert bomb.stat().st_size < 2**16
    assert_refused(bomb, r"needs 16\.0 MB of memory, more than the 1\.0 MB allowed", max_bytes=2**20)
    assert_refused(FILES / "keras2.h5", r"more than the 0\.0 MB allowed", max_bytes=1000)


def test_models_inside_models_without_end_are_left(tmp_path: Path) -> None:
    inner: dict[str, Any] = lstm("deep")
    for depth in range(1, 51):
        inner = {"class_name": "Sequential", "config": {"name": "s", "layers": [inner]}}
        if depth == 8:
            assert_refused(model(tmp_path / "m.h5", config(inner)), r"s\.s\.deep .*kernel")
        if depth in (9, 50):
            assert_refused(model(tmp_path / "m.h5", config(inner)), "holds no recurrent layer of Keras")


def test_a_store_that_tells_another_name_at_a_layers_place_is_not_believed(tmp_path: Path) -> None:
    path = written(sequential(keras.layers.LSTM(2, name="mine")), tmp_path, ".keras")
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    other = parts["config.json"].replace(b'"mine"', b'"other"')
    assert_refused(zipped(path, {**parts, "config.json": other}), "other has no kernel")
    assert load(zipped(path, parts)).layers


def test_more_layers_than_any_model_has_are_refused(tmp_path: Path) -> None:
    dense = [{"class_name": "Dense", "config": {"name": f"d{k}"}} for k in range(3000)]
    assert_refused(model(tmp_path / "m.h5", config(*dense, lstm())), "describes more than 2000 layers")


def test_layers_that_read_each_other_in_a_ring_end(tmp_path: Path) -> None:
    def reading(name: str, source: str) -> dict[str, Any]:
        return {**lstm(name), "name": name, "inbound_nodes": [[[source, 0, 0, {}]]]}

    ring = config(reading("lstm", "other"), reading("other", "lstm"))
    assert "One layer was left aside. other has no kernel" in str(load(model(tmp_path / "m.h5", ring)).report)
    assert load(model(tmp_path / "m.h5", config(reading("lstm", "lstm"))), name="lstm").layers


# Packages, languages


def test_neither_keras_nor_h5py_is_needed_to_read_a_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("gates.interop.keras.forward.find_spec", lambda name: None)
    monkeypatch.setitem(sys.modules, "h5py", None)
    for name in GOOD[:3]:
        network = load(FILES / name)
        assert network.difference is None and "the output differs" not in str(network.report)


@pytest.mark.parametrize("language", LANGUAGES)
def test_reports_and_errors_speak_each_language(language: str, tmp_path: Path) -> None:
    t = translator(language)
    for name in ("keras2.h5", "keras2_cudnn.h5"):
        network = load(FILES / name)
        text = network.report.text(t)
        assert len(text.splitlines()) == len(network.report.notes) >= 8
        assert (text == str(network.report)) == (language == "en")
    with pytest.raises(InteropError) as caught:
        load(model(tmp_path / "m.h5", config(lstm(activation="softmax"))))
    assert "softmax" in t(caught.value.key, **caught.value.values)
