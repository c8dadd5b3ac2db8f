"""Weights in eight bits: exact behind DequantizeLinear, and of a DynamicQuantizeLSTM where asked for."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

from gates.interop import load
from tests.interop.compare import assert_equal
from tests.interop.onnx import models
from tests.interop.onnx.models import agrees, loaded, refused

RNG = np.random.default_rng(3)


def rounded(shape: tuple[int, ...], kind: str, axis: int | None) -> dict[str, Any]:
    """Whole numbers with scales and zero points, for all of them or for each place on an axis."""
    low, high = np.iinfo(kind).min, np.iinfo(kind).max
    count = () if axis is None else (shape[axis],)
    return {
        "whole": RNG.integers(low, high, shape, kind, endpoint=True),
        "scale": np.asarray(RNG.uniform(0.002, 0.006, count), np.float32),
        "zero": np.asarray(RNG.integers(low, high, count, kind), kind),
    }


@pytest.mark.parametrize(("kind", "axis"), [("int8", None), ("uint8", None), ("int8", 1), ("uint8", 2)])
def test_weights_behind_dequantize_linear_are_exact(kind: str, axis: int | None) -> None:
    arrays = models.weights("LSTM")
    parts = {place: rounded(arrays[place].shape, kind, axis) for place in ("W", "R")}
    tensors = models.stored({name: array for name, array in arrays.items() if name == "B"})
    nodes = []
    for place, own in parts.items():
        tensors += models.stored(own, f"{place}.")
        names = [f"{place}.{name}" for name in own]
        options = {} if axis is None else {"axis": axis}
        nodes.append(helper.make_node("DequantizeLinear", names, [place], **options))
    network = agrees(models.model([*nodes, models.node("LSTM", arrays)], tensors))
    assert "W, R are stored as whole numbers and were made floats" in str(network.report)
    own = parts["W"]
    spread = [1, 1, 1]
    if axis is not None:
        spread[axis] = -1
    scale, zero = (own[name].reshape(spread) for name in ("scale", "zero"))
    wanted = ((own["whole"].astype("f8") - zero) * scale)[0]
    cell = network.layers[0].forward
    assert cell is not None and np.abs(cell.part("input").W - wanted[:4]).max() < 1e-7
    assert_equal(network, loaded(models.single("LSTM", arrays | plain(parts, axis))))


def plain(parts: dict[str, Any], axis: int | None) -> dict[str, Any]:
    """The same weights as floats, as NumPy has them."""
    made = {}
    for place, own in parts.items():
        spread = [1, 1, 1]
        if axis is not None:
            spread[axis] = -1
        wide = own["whole"].astype("f4") - own["zero"].astype("f4").reshape(spread)
        made[place] = wide * own["scale"].reshape(spread)
    return made


def test_scales_for_blocks_of_an_axis() -> None:
    arrays = models.weights("LSTM")
    own = {"whole": RNG.integers(-128, 127, (1, 16, 3), np.int8), "scale": models.random(1, 4, 3) * 0.01}
    tensors = [tensor for tensor in models.stored(arrays) if tensor.name != "W"]
    for block, fits in ((4, True), (2, False)):
        options = {"axis": 1, "block_size": block}
        node = helper.make_node("DequantizeLinear", ["whole", "scale"], ["W"], **options)
        made = models.model([node, models.node("LSTM", arrays)], [*tensors, *models.stored(own)], opset=21)
        if fits:
            wide = own["whole"].astype("f4") * np.repeat(own["scale"], block, axis=1)
            assert_equal(agrees(made), loaded(models.single("LSTM", arrays | {"W": wide})))
        else:
            refused(made, "damaged")


def test_whole_numbers_alone_are_no_weights() -> None:
    arrays = models.weights("LSTM")
    packed = numpy_helper.from_array(np.ones(arrays["W"].shape, np.int8), "packed")
    tensors = [tensor for tensor in models.stored(arrays) if tensor.name != "W"]
    nodes = [helper.make_node("Identity", ["packed"], ["W"]), models.node("LSTM", arrays)]
    refused(models.model(nodes, [*tensors, packed]), r"lstm\.W holds int8")


def dynamic(folder: Path, directions: int, per_channel: bool, kind: QuantType) -> tuple[Path, Path]:
    """A model of one LSTM, and what ONNX Runtime's own tool makes of it."""
    options = {"direction": "bidirectional"} if directions == 2 else {}
    arrays = models.weights("LSTM", 5, 8, directions=directions)
    made = models.model([models.node("LSTM", arrays, **options)], models.stored(arrays), ("T", "B", 5))
    onnx.save(made, folder / "whole.onnx")
    # In seven bits, as ONNX Runtime advises: with eight, sums saturate on a processor without VNNI, and its
    # answers are wrong.
    quantize_dynamic(
        folder / "whole.onnx",
        folder / "small.onnx",
        per_channel=per_channel,
        reduce_range=True,
        weight_type=kind,
    )
    assert {node.op_type for node in onnx.load(folder / "small.onnx").graph.node} == {"DynamicQuantizeLSTM"}
    return folder / "whole.onnx", folder / "small.onnx"


@pytest.mark.parametrize("kind", [QuantType.QInt8, QuantType.QUInt8])
@pytest.mark.parametrize("per_channel", [False, True])
@pytest.mark.parametrize("directions", [1, 2])
def test_a_dynamic_layer_is_dequantised_where_that_is_asked_for(
    tmp_path: Path, directions: int, per_channel: bool, kind: QuantType
) -> None:
    whole, small = dynamic(tmp_path, directions, per_channel, kind)
    with small.open("rb") as file:
        refused(onnx.load(file), r'DynamicQuantizeLSTM.*load\(…, quantised="dequantise"\)')
    network, wanted = load(small, quantised="dequantise"), load(whole)
    for ours, theirs in zip(network.cells, wanted.cells, strict=True):
        step = np.abs(theirs.W).max() * 2 / 126  # of seven bits from −max to max
        assert 0 < np.abs(ours.W - theirs.W).max() <= step
        assert np.abs(ours.U - theirs.U).max() <= step
        assert np.array_equal(ours.b, theirs.b)
    x = models.random(7, 3, 5, seed=6)
    theirs = models.flat(models.answer(onnx.load(small), x))
    off = np.abs(network.run(x).output - theirs).max()
    assert 1e-5 < off < 0.05
    assert network.difference is not None and 1e-5 < network.difference < 0.05
    said = str(network.report)
    assert "rounds x and h to eight bits at each step" in said
    assert f"by {network.difference:.1e} at most" in said


def test_asking_for_it_where_nothing_is_quantised_is_an_error() -> None:
    made = models.single("LSTM", models.weights("LSTM"))
    refused(made, r"quantised=dequantise does not fit LSTM\(3, 4\)", quantised="dequantise")
    with pytest.raises(Exception, match="quantised"):
        loaded(made, quantised="guess")
    node = made.graph.node[0]
    for operator, domain, said in (
        ("QLinearLSTM", "com.microsoft", "lstm is a quantised layer"),
        ("LSTM", "com.acme", r"com\.acme\.LSTM"),
        ("LSTMP", "ai.onnx", "LSTMP"),
    ):
        node.op_type, node.domain = operator, domain
        refused(made, said)


@pytest.mark.parametrize("spoil", ["W", "W_scale", "R_zero_point"])
def test_a_dynamic_layer_that_does_not_fit_is_named(tmp_path: Path, spoil: str) -> None:
    made = onnx.load(dynamic(tmp_path, 1, True, QuantType.QInt8)[1])
    node = made.graph.node[0]
    place = {"W": 1, "W_scale": 8, "R_zero_point": 11}[spoil]
    tensor = next(one for one in made.graph.initializer if one.name == node.input[place])
    array = numpy_helper.to_array(tensor)
    tensor.CopyFrom(numpy_helper.from_array(np.concatenate([array, array], axis=-1), tensor.name))
    refused(made, rf"\.{spoil}\w* has shape", quantised="dequantise")
    del node.input[8:]
    refused(made, r"damaged.*W_scale", quantised="dequantise")
