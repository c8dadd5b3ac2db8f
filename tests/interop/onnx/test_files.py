"""ONNX files that are damaged, mislabelled, cyclic, oversized or hostile: a named error, little memory."""

import io
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

from gates.errors import GatesError
from gates.interop import InteropError, load
from tests.interop.onnx import models

LITTLE = 64 * 2**20
"""Bytes that refusing a small file may take."""


def sound_model(operator: str = "LSTM") -> ModelProto:
    return models.single(operator, models.weights(operator), direction="reverse")


def assert_refused(made: ModelProto | bytes, said: str, **options: Any) -> None:
    content = made if isinstance(made, bytes) else made.SerializeToString()
    with pytest.raises(InteropError, match=said):
        load(io.BytesIO(content), **options)


def refused_cheaply(made: ModelProto, said: str, **options: Any) -> None:
    """Refused without taking much memory for it."""
    tracemalloc.start()
    try:
        assert_refused(made, said, **options)
        assert tracemalloc.get_traced_memory()[1] < LITTLE
    finally:
        tracemalloc.stop()


def number(value: int) -> bytes:
    """A protobuf varint."""
    written = b""
    while value > 127:
        written += bytes([value & 127 | 128])
        value >>= 7
    return written + bytes([value])


def field(place: int, content: bytes) -> bytes:
    return number(place << 3 | 2) + number(len(content)) + content


def model_of(graph: bytes) -> bytes:
    """A model in opset 14 whose graph is written by hand."""
    return b"\x08\x08" + field(7, graph) + field(8, b"\x10\x0e")


# Damaged and mislabelled


def test_cut_off_anywhere(tmp_path: Path) -> None:
    whole, path = sound_model().SerializeToString(), tmp_path / "model.onnx"
    for part in (0.1, 0.3, 0.5, 0.7, 0.9, 0.99):
        path.write_bytes(whole[: int(len(whole) * part)])
        with pytest.raises(InteropError, match="is damaged"):
            load(path)


def test_mislabelled_and_other_content(tmp_path: Path) -> None:
    whole = sound_model().SerializeToString()
    for suffix in (".pt", ".npz", ".safetensors", ".h5", ".keras"):
        (tmp_path / f"m{suffix}").write_bytes(whole)
        with pytest.raises(InteropError, match=rf"is named {suffix}, but what it holds is \.onnx"):
            load(tmp_path / f"m{suffix}")
    np.savez(tmp_path / "arrays.npz", a=np.ones(3))
    (tmp_path / "other.onnx").write_bytes((tmp_path / "arrays.npz").read_bytes())
    with pytest.raises(InteropError, match=r"is named \.onnx, but what it holds is \.npz"):
        load(tmp_path / "other.onnx")
    (tmp_path / "letter.onnx").write_text("Dear model, this is no file of weights at all.")
    with pytest.raises(InteropError, match="is damaged"):
        load(tmp_path / "letter.onnx")
    (tmp_path / "without_an_end").write_bytes(whole)
    assert load(tmp_path / "without_an_end").layers


@settings(max_examples=120, deadline=None)
@given(data=st.data(), operator=st.sampled_from(["LSTM", "GRU", "RNN"]))
def test_any_bytes_changed_give_a_network_or_a_named_error(data: Any, operator: str) -> None:
    whole = bytearray(sound_model(operator).SerializeToString())
    numbers = whole.find(b"graph")  # before it stands the structure, behind it mostly weights
    for _ in range(data.draw(st.integers(1, 4))):
        last = data.draw(st.sampled_from([len(whole), max(numbers, 8) + 120])) - 1
        whole[data.draw(st.integers(0, last))] = data.draw(st.integers(0, 255))
    try:
        assert load(io.BytesIO(bytes(whole))).layers
    except GatesError as error:
        assert str(error)


def test_texts_that_are_no_text() -> None:
    whole = sound_model().SerializeToString()
    assert whole.count(b"reverse") == 1 and whole.count(b"lstm") == 1
    assert_refused(whole.replace(b"reverse", b"rev\xff\xfe\xfd\xfc"), "is damaged")
    assert_refused(whole.replace(b"lstm", b"l\xff\xfe\xfd"), "is damaged")


@pytest.mark.parametrize(
    "options",
    [
        {"hidden_size": "four"}, {"hidden_size": 2**62}, {"direction": "sideways"}, {"direction": 3},
        {"clip": "much"}, {"clip": float("nan")}, {"activations": [1, 2, 3]}, {"activation_alpha": [np.inf]},
        {"layout": [1]}, {"input_forget": "yes"},
    ],
)  # fmt: skip
def test_attributes_of_the_wrong_kind(options: Any) -> None:
    assert_refused(models.single("LSTM", models.weights("LSTM"), **options), "is damaged|has shape")


def test_nothing_where_the_weights_should_be() -> None:
    arrays = models.weights("GRU")
    for inputs in ([], ["X"], ["X", "W"], ["X", "", "R"]):
        node = helper.make_node("GRU", inputs, ["Y"], "gru", hidden_size=4)
        assert_refused(models.model([node], models.stored(arrays)), "is damaged")
    nan = arrays | {"R": arrays["R"] * np.float32(np.nan)}
    assert_refused(models.single("GRU", nan), r"gru\.R contains NaN or infinity \(48 of 48")
    whole = arrays | {"R": np.ones((1, 12, 4), np.int64)}
    assert_refused(models.single("GRU", whole), r"gru\.R holds int64")


# Cyclic


def weights_made_by(nodes: list[NodeProto], tensors: Any = ()) -> ModelProto:
    arrays = models.weights("RNN")
    del arrays["B"]
    stored = [tensor for tensor in models.stored(arrays) if tensor.name != "R"]
    return models.model([*nodes, models.node("RNN", arrays)], [*stored, *tensors])


def test_weights_that_need_themselves() -> None:
    for middle in ("R", "a"):
        nodes = [helper.make_node("Identity", [middle], ["R"]), helper.make_node("Identity", ["R"], ["a"])]
        assert_refused(weights_made_by(nodes if middle == "a" else nodes[:1]), r"rnn\.R .* comes out of")
    nodes = [helper.make_node("Concat", ["R", "R"], ["R"], axis=0)]
    assert_refused(weights_made_by(nodes), r"rnn\.R .* comes out of")


def test_layers_that_feed_each_other() -> None:
    arrays = [models.weights("RNN", 4), models.weights("RNN", 4, seed=1)]
    one = numpy_helper.from_array(np.array([1]), "one")
    nodes = [
        models.node("RNN", arrays[0], "a.", x="a.in", y="a.out"),
        models.node("RNN", arrays[1], "b.", x="b.in", y="b.out"),
        helper.make_node("Squeeze", ["a.out", "one"], ["b.in"]),
        helper.make_node("Squeeze", ["b.out", "one"], ["a.in"]),
    ]
    made = models.model(nodes, [*models.stored(arrays[0], "a."), *models.stored(arrays[1], "b."), one])
    with pytest.raises(InteropError):
        load(io.BytesIO(made.SerializeToString()))
    assert load(io.BytesIO(made.SerializeToString()), name="a.rnn").layers


def test_two_values_of_one_name() -> None:
    made = sound_model()
    made.graph.node.append(helper.make_node("Relu", ["X"], ["W"]))
    assert_refused(made, r"is damaged or cut off \(at: W\)")
    made = sound_model()
    made.graph.node.append(made.graph.node[0])
    assert_refused(made, r"is damaged or cut off \(at: Y\)")


# Oversized


def test_shapes_that_claim_more_than_there_is() -> None:
    for dims in ((1, 16, 10**12), (10**12, 10**12, 10**12), (1, 16, -3), (1, -16, -4), (1, 16, 5)):
        made = sound_model()
        tensor = next(one for one in made.graph.initializer if one.name == "W")
        del tensor.dims[:]
        tensor.dims.extend(dims)
        refused_cheaply(made, r"is damaged or cut off \(at: W\)")


def test_operators_that_would_make_more_than_is_allowed() -> None:
    ints = {"huge": [10**6, 10**6], "vast": [2**62, 2**62], "one": [1.0]}
    tensors = [numpy_helper.from_array(np.array(value), name) for name, value in ints.items()]
    for name in ("huge", "vast"):
        refused_cheaply(
            weights_made_by([helper.make_node("ConstantOfShape", [name], ["R"])], tensors), "MB of memory"
        )
        refused_cheaply(
            weights_made_by([helper.make_node("Expand", ["one", name], ["R"])], tensors), "MB of|damaged"
        )
    double = [helper.make_node("Concat", [f"r{k}", f"r{k}"], [f"r{k + 1}"], axis=0) for k in range(60)]
    double += [helper.make_node("Identity", ["one"], ["r0"]), helper.make_node("Identity", ["r60"], ["R"])]
    refused_cheaply(weights_made_by(double, tensors), "MB of memory", max_bytes=2**24)
    indices = numpy_helper.from_array(np.zeros((1000, 1000), np.int64), "many")
    wide = numpy_helper.from_array(np.zeros((1, 1000), np.float32), "wide")
    gather = [helper.make_node("Gather", ["wide", "many"], ["R"], axis=0)]
    refused_cheaply(weights_made_by(gather, [indices, wide]), "MB of memory")


def test_a_long_way_from_a_constant_is_not_followed_to_its_end() -> None:
    nodes = [helper.make_node("Identity", [f"r{k}"], [f"r{k + 1}"]) for k in range(20_000)]
    nodes.append(helper.make_node("Identity", ["r20000"], ["R"]))
    start = numpy_helper.from_array(np.ones((1, 4, 4), np.float32), "r0")
    assert_refused(weights_made_by(nodes, [start]), r"rnn\.R .* comes out of Identity")


def test_layers_that_share_their_weights_take_memory_each() -> None:
    arrays = models.weights("RNN", 256, 256)
    nodes = [models.node("RNN", arrays, y=f"Y{k}") for k in range(300)]
    made = models.model(nodes, models.stored(arrays), x=("T", "B", 256), outputs=("Y0",))
    tracemalloc.start()
    with pytest.raises(InteropError, match="can be read in"):
        load(io.BytesIO(made.SerializeToString()), max_bytes=2**24)
    assert tracemalloc.get_traced_memory()[1] < 2**27
    tracemalloc.stop()
    nodes = [models.node("RNN", arrays, y=f"Y{k}") for k in range(1_001)]
    assert_refused(models.model(nodes, models.stored(arrays), outputs=("Y0",)), "has 1001 recurrent nodes")


def test_many_empty_parts_are_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gates.interop.onnx.file.MAX_FIELDS", 50_000)
    assert_refused(model_of(field(1, b"") * 50_001), "more than 50,000 parts")
    assert_refused(model_of(field(1, b"") * 40_000), "MB of memory", max_bytes=2**20)
    packed = field(5, b"\x08\x01" + field(7, b"\x01" * 2**20))  # numbers of a byte that take eight
    assert_refused(model_of(packed), "MB of memory", max_bytes=2**22)


def test_a_file_larger_than_allowed_is_not_read() -> None:
    assert_refused(models.single("LSTM", models.weights("LSTM", hidden=64)), r"MB allowed", max_bytes=2**14)


# Hostile


@pytest.mark.parametrize("where", ["../../../../etc/passwd", "/etc/passwd", "W.bin", "file:///etc/passwd"])
@pytest.mark.parametrize("constant", [False, True])
def test_other_files_are_never_opened(where: str, constant: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    arrays = models.weights("LSTM")
    tensors = models.stored(arrays)
    tensor = next(one for one in tensors if one.name == "W")
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    for key, value in (("location", where), ("offset", "0"), ("length", "768")):
        tensor.external_data.add(key=key, value=value)
    nodes = [models.node("LSTM", arrays)]
    if constant:
        nodes.insert(0, helper.make_node("Constant", [], ["W"], value=tensor))
        tensors.remove(tensor)
    opened: list[Any] = []
    monkeypatch.setattr("builtins.open", lambda *given, **options: opened.append(given))
    monkeypatch.setattr("io.open", lambda *given, **options: opened.append(given))
    assert_refused(
        models.model(nodes, tensors), "keeps .* in another file, and no file that a model names is opened"
    )
    assert not opened


def test_graphs_inside_graphs_without_end() -> None:
    inner = b""
    for _ in range(300):
        inner = field(1, field(5, field(6, inner)))
    assert_refused(model_of(inner), "is damaged")


def test_subgraphs_that_a_reader_may_go_through() -> None:
    branch = helper.make_graph([models.node("GRU", models.weights("GRU"))], "g", [], [])
    for _ in range(25):
        outer = helper.make_node("If", ["c"], ["y"], then_branch=branch)
        branch = helper.make_graph([outer], "g", [], [])
    assert_refused(
        models.model([helper.make_node("If", ["c"], ["Y"], then_branch=branch)], []), "stands inside If/If"
    )
