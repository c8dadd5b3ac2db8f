"""Inputs of a node that hold nothing but zeros, or come from elsewhere, must still be of the node's size."""

from typing import Any

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.capi.onnxruntime_pybind11_state import (
    Fail,
    InvalidArgument,
    InvalidGraph,
    RuntimeException,
)

from gates.interop import InteropError, load
from tests.interop.compare import assert_same, module
from tests.interop.onnx import models
from tests.interop.onnx.models import loaded

REFUSALS = (Fail, InvalidArgument, InvalidGraph, RuntimeException)


def refused_by_both(made: Any, said: str) -> None:
    """ONNX Runtime refuses the model, and so does ``load``, by name."""
    with pytest.raises(REFUSALS):
        models.answer(made, models.sequence())
    with pytest.raises(InteropError, match=said):
        loaded(made)


@pytest.mark.parametrize("place", ["initial_h", "initial_c"])
@pytest.mark.parametrize("shape", [(1, models.BATCH, 5), (2, models.BATCH, 4), (models.BATCH, 4)])
def test_zero_states_of_another_size_are_refused(place: str, shape: tuple[int, ...]) -> None:
    arrays = models.weights("LSTM") | {place: np.zeros(shape, np.float32)}
    refused_by_both(models.single("LSTM", arrays), rf"lstm\.{place} has shape .*, but \(1, 'B', 4\)")


def test_a_projection_that_an_exporter_lost_leads_to_the_module() -> None:
    layer = module("LSTM", 3, 4, proj_size=2)
    cut = {"initial_c": np.zeros((1, 2, 4), np.float32), **models.weights("LSTM", hidden=2)}
    refused_by_both(
        models.single("LSTM", cut), r"initial_c has shape .* load the module itself, or its state dict"
    )
    for source in (layer, layer.state_dict()):
        assert_same(load(source), layer)


@pytest.mark.parametrize("operator", models.PARTS)
@pytest.mark.parametrize("batch", [1, models.BATCH, 7])
def test_zero_states_of_the_right_size_are_zeros_for_any_batch(operator: str, batch: int) -> None:
    places = ("initial_h", "initial_c")[: 1 + (operator == "LSTM")]
    states = {place: np.zeros((2, batch, 4), np.float32) for place in places}
    weights = models.weights(operator, directions=2)
    network = loaded(models.single(operator, weights | states, direction="bidirectional"))
    plain = loaded(models.single(operator, weights, direction="bidirectional"))
    x = models.sequence()
    assert network.initial is None
    assert np.array_equal(network.run(x).output, plain.run(x).output)


def with_dynamic_zeros(how: str, hidden: int, directions: int = 1, copies: int = 0) -> Any:
    """An LSTM whose states are zeros of the batch's size, as exporters write them."""
    arrays = models.weights("LSTM")

    def ints(name: str, values: Any) -> Any:
        return numpy_helper.from_array(np.array(values, np.int64), name)

    tensors = [
        *models.stored(arrays),
        ints("one", 1),
        ints("axis", [0]),
        ints("D", [directions]),
        ints("H", [hidden]),
    ]
    make = helper.make_node
    nodes = [
        make("Shape", ["X"], ["sizes"]),
        make("Gather", ["sizes", "one"], ["batch"]),
        make("Unsqueeze", ["batch", "axis"], ["batches"]),
        make("Concat", ["D", "batches", "H"], ["wanted"], axis=0),
    ]
    if how == "ConstantOfShape":
        nodes.append(make("ConstantOfShape", ["wanted"], ["zeros"]))
    elif how == "Expand of a number":
        tensors.append(numpy_helper.from_array(np.float32(0), "zero"))
        nodes.append(make("Expand", ["zero", "wanted"], ["zeros"]))
    elif how == "Expand of a row":
        tensors.append(numpy_helper.from_array(np.zeros((directions, 1, hidden), np.float32), "zero"))
        nodes.append(make("Expand", ["zero", "wanted"], ["zeros"]))
    else:  # Transpose
        nodes[-1] = make("Concat", ["batches", "D", "H"], ["wanted"], axis=0)
        nodes += [
            make("ConstantOfShape", ["wanted"], ["turned"]),
            make("Transpose", ["turned"], ["zeros"], perm=[1, 0, 2]),
        ]
    nodes += [make("Identity", [f"zeros{k or ''}"], [f"zeros{k + 1}"]) for k in range(copies)]
    zeros = f"zeros{copies or ''}"
    lstm = make("LSTM", ["X", "W", "R", "B", "", zeros, zeros], ["Y"], name="lstm", hidden_size=4)
    return models.model([*nodes, lstm], tensors)


WAYS = ["ConstantOfShape", "Expand of a number", "Expand of a row", "Transpose"]


@pytest.mark.parametrize("how", WAYS)
def test_zeros_of_the_batchs_size_are_measured_where_the_rest_is_known(how: str) -> None:
    made = with_dynamic_zeros(how, 4)
    network = loaded(made)
    assert network.initial is None
    x = models.sequence()
    assert np.abs(network.run(x).output - models.flat(models.answer(made, x))).max() < 1e-6
    refused_by_both(
        with_dynamic_zeros(how, 2), r"lstm\.initial_h has shape \(1, '\?', 2\), but \(1, 'B', 4\)"
    )
    refused_by_both(with_dynamic_zeros(how, 4, 3), r"lstm\.initial_h has shape \(3, '\?', 4\)")
    with pytest.raises(InteropError, match=r"lstm\.initial_h has shape"):
        loaded(with_dynamic_zeros(how, 2, copies=50))
    assert loaded(with_dynamic_zeros(how, 4, copies=3000)).initial is None, "so far it is not followed"


def test_zeros_of_layout_1_have_the_batch_first() -> None:
    arrays = models.weights("LSTM")
    for shape, fits in (((3, 1, 4), True), ((1, 3, 4), False)):
        made = models.single("LSTM", arrays | {"initial_c": np.zeros(shape, np.float32)}, layout=1)
        if fits:
            assert loaded(made).initial is None
        else:
            with pytest.raises(InteropError, match=r"initial_c has shape \(1, 3, 4\), but \('B', 1, 4\)"):
                loaded(made)


def test_an_input_of_the_model_that_does_not_fit_is_refused() -> None:
    made = models.model(
        [models.node("LSTM", models.weights("LSTM"))], models.stored(models.weights("LSTM")), x=("T", "B", 5)
    )
    with pytest.raises(REFUSALS):
        models.answer(made, models.sequence(5))
    with pytest.raises(InteropError, match=r"lstm\.X has shape \('\?', '\?', 5\), but \('T', 'B', 3\)"):
        loaded(made)
    state = helper.make_tensor_value_info("h", TensorProto.FLOAT, (1, "B", 5))
    lstm = helper.make_node("LSTM", ["X", "W", "R", "B", "", "h"], ["Y"], name="lstm", hidden_size=4)
    made = models.model([lstm], models.stored(models.weights("LSTM")))
    made.graph.input.append(state)
    with pytest.raises(InteropError, match=r"lstm\.initial_h has shape \(1, '\?', 5\)"):
        loaded(made)


@pytest.mark.parametrize(
    ("operator", "inputs", "options", "said"),
    [
        ("GRU", ["initial_c"], {}, "The GRU gru has initial_c, "),
        ("RNN", ["", "P"], {}, "The RNN rnn has P, "),
        ("RNN", [], {"linear_before_reset": 1}, "linear_before_reset"),
        ("LSTM", [], {"linear_before_reset": 1}, "linear_before_reset"),
        ("GRU", [], {"input_forget": 1}, "input_forget"),
        ("LSTM", [], {"zoneout": 0.1}, "zoneout"),
    ],
)
def test_what_the_operator_does_not_have_is_not_skipped(
    operator: str, inputs: list[str], options: dict[str, Any], said: str
) -> None:
    arrays = models.weights(operator)
    node = models.node(operator, arrays, **options)
    node.input.extend(["", "", *inputs] if inputs else [])
    extra = {"initial_c": np.ones((1, 3, 4), np.float32), "P": np.ones((1, 12), np.float32)}
    refused_by_both(models.model([node], models.stored(arrays | extra)), said)


def test_a_big_array_upstream_is_not_read_for_its_size(tmp_path: Any) -> None:
    arrays, table = models.weights("LSTM"), np.zeros((1000, 3), np.float32)
    nodes = [
        helper.make_node("Gather", ["table", "X"], ["embedded"]),
        models.node("LSTM", arrays, x="embedded"),
    ]
    made = models.model(nodes, [*models.stored(arrays), numpy_helper.from_array(table, "table")])
    path = tmp_path / "m.onnx"
    path.write_bytes(made.SerializeToString())
    assert "table" in str(load(path).report).partition("left aside")[2]
