"""ONNX graphs: several nodes, read-outs, what exporters write, and what cannot be read."""

import io
import sys
import warnings
from itertools import product
from typing import Any

import numpy as np
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper

from gates.interop import AmbiguousError, InteropError, load
from tests.interop.onnx import models
from tests.interop.onnx.models import EXACT, loaded, refused

# What cannot be read, by name


def test_other_operators_and_computed_weights_are_refused_by_name() -> None:
    made = models.single("GRU", models.weights("GRU"))
    made.graph.node[0].op_type, made.graph.node[0].domain = "AttnGRU", "com.microsoft"
    refused(made, r"gru is a com\.microsoft\.AttnGRU")
    arrays = models.weights("GRU")
    tensors = [tensor for tensor in models.stored(arrays) if tensor.name != "R"]
    refused(models.model([models.node("GRU", arrays)], tensors), r"gru\.R .*comes out of R")
    nodes = [helper.make_node("Softmax", ["X"], ["R"]), models.node("GRU", arrays)]
    refused(models.model(nodes, tensors), r"gru\.R .*comes out of Softmax")


def test_a_model_without_recurrent_layers_lists_its_operators() -> None:
    nodes = [helper.make_node("Relu", ["X"], ["a"]), helper.make_node("Softmax", ["a"], ["Y"])]
    refused(models.model(nodes, []), "no LSTM, GRU or RNN node, .*; its operators are: Relu, Softmax")


@pytest.mark.parametrize("opset", [1, 6])
def test_old_opsets_are_refused(opset: int) -> None:
    refused(models.single("LSTM", models.weights("LSTM"), opset), f"opset {opset}, whose")


@pytest.mark.parametrize(
    ("name", "shape"), [("W", (1, 16)), ("R", (1, 16, 5)), ("B", (1, 16)), ("P", (1, 16)), ("R", (2, 16, 4))]
)
def test_shapes_that_do_not_fit(name: str, shape: tuple[int, ...]) -> None:
    arrays = models.weights("LSTM") | {name: models.random(*shape)}
    refused(models.single("LSTM", arrays, hidden_size=4), rf"lstm\.{name} has shape")


# Several nodes


def stack(between: Any, operator: str = "LSTM", directions: int = 1, **options: Any) -> Any:
    """A model of two layers with the nodes of ``between`` from ``low`` to ``high``."""
    arrays = [
        models.weights(operator, directions=directions),
        models.weights(operator, 4 * directions, directions=directions, seed=1),
    ]
    both = {"direction": "bidirectional"} if directions == 2 else {}
    nodes = [
        models.node(operator, arrays[0], "a.", y="low", **both, **options),
        *between,
        models.node(operator, arrays[1], "b.", x="high", **both, **options),
    ]
    ints = {"one": [1], "merge": [0, 0, -1], "mixed": [0, -1, 8], "fixed": [9, 2, 4 * directions]}
    tensors = [numpy_helper.from_array(np.array(value), name) for name, value in ints.items()]
    return models.model(nodes, [*models.stored(arrays[0], "a."), *models.stored(arrays[1], "b."), *tensors])


SQUEEZE = [helper.make_node("Squeeze", ["low", "one"], ["high"])]
MERGE = [
    helper.make_node("Transpose", ["low"], ["m"], perm=[0, 2, 1, 3]),
    helper.make_node("Reshape", ["m", "merge"], ["high"]),
]


@pytest.mark.parametrize(("between", "directions"), [(SQUEEZE, 1), (MERGE, 1), (MERGE, 2)])
@pytest.mark.parametrize("operator", models.PARTS)
def test_a_chain_in_the_graph_is_the_reading(between: Any, directions: int, operator: str) -> None:
    made = stack(between, operator, directions)
    network, x = loaded(made), models.sequence()
    assert len(network.layers) == 2
    assert np.abs(network.run(x).output - models.flat(models.answer(made, x))).max() <= EXACT
    assert network.difference is not None and network.difference <= EXACT
    assert "Stacked from a." in str(network.report)
    named = loaded(made, name=[f"a.{operator.lower()}", f"b.{operator.lower()}"])
    assert np.array_equal(named.run(x).output, network.run(x).output)
    assert len(loaded(made, name=f"a.{operator.lower()}").layers) == 1


def test_a_shape_that_the_file_fixes_is_believed_where_the_layers_below_have_it() -> None:
    fixed = [MERGE[0], helper.make_node("Reshape", ["m", "fixed"], ["high"])]
    made = stack(fixed)
    made.graph.value_info.append(helper.make_tensor_value_info("low", TensorProto.FLOAT, (9, 1, 2, 4)))
    assert len(loaded(made).layers) == 2
    with pytest.raises(AmbiguousError):
        loaded(stack(fixed))


@pytest.mark.parametrize(
    ("between", "directions"),
    [
        ([helper.make_node("Squeeze", ["low", "one"], ["s"]), helper.make_node("Relu", ["s"], ["high"])], 1),
        ([helper.make_node("Reshape", ["low", "mixed"], ["high"])], 2),
        (
            [
                helper.make_node("Squeeze", ["low", "one"], ["s"]),
                helper.make_node("Transpose", ["s"], ["high"], perm=[1, 0, 2]),
            ],
            1,
        ),
    ],
)
def test_layers_that_are_not_plainly_chained_are_listed(between: Any, directions: int) -> None:
    made = stack(between, directions=directions)
    with pytest.raises(AmbiguousError) as caught:
        loaded(made)
    assert [reading.names for reading in caught.value.readings] == [("a.lstm",), ("b.lstm",)]
    for reading in caught.value.readings:
        file = io.BytesIO(made.SerializeToString())
        assert eval(reading.call, {"load": load, "file": file}).layers


def test_batch_first_layers_are_chained_too() -> None:
    network = loaded(stack([helper.make_node("Reshape", ["low", "merge"], ["high"])], layout=1))
    assert len(network.layers) == 2 and "layout=1" in str(network.report)


def test_names_that_are_missing_or_repeated_are_those_of_the_outputs() -> None:
    made = stack([helper.make_node("Relu", ["low"], ["r"]), *SQUEEZE])
    for node in made.graph.node:
        node.name = "" if node.op_type == "LSTM" else node.name
    with pytest.raises(InteropError, match="called 'lstm'"):
        loaded(made, name="lstm")
    assert len(loaded(made, name=["low", "Y"]).layers) == 2
    for node in made.graph.node:
        node.name = "same"
    assert len(loaded(made, name=["low", "Y"]).layers) == 2


# A read-out


@pytest.mark.parametrize("form", ["Gemm", "Gemm transB", "MatMul", "MatMul+Add", "Add+MatMul"])
def test_a_linear_layer_is_the_read_out_where_it_is_named(form: str) -> None:
    arrays, V, b = models.weights("RNN"), models.random(2, 4, seed=8), models.random(2, seed=9)
    squeeze = helper.make_node("Squeeze", ["h", "one"], ["top"])
    scores = [helper.make_node("MatMul", ["top", "tall"], ["Y"], "fc")]
    if form.startswith("Gemm"):
        turned = form.endswith("transB")
        options = {"transB": int(turned), "alpha": 0.5, "beta": 2.0}
        scores = [
            helper.make_node("Gemm", ["last", "wide" if turned else "tall", "bias"], ["Y"], "fc", **options)
        ]
        scores.insert(0, helper.make_node("Gather", ["top", "zero"], ["last"], axis=0))
    elif "Add" in form:
        scores[0].output[0] = "product"
        pair = ["product", "bias"] if form == "MatMul+Add" else ["bias", "product"]
        scores.append(helper.make_node("Add", pair, ["Y"]))
    used = [name for score in scores for name in score.input]
    linear = {"tall": V.T, "wide": V, "bias": b}
    tensors = models.stored(arrays | {name: array for name, array in linear.items() if name in used})
    ints = {"one": np.array([1]), "zero": np.array(0)}
    tensors += [numpy_helper.from_array(value, name) for name, value in ints.items()]
    made = models.model([models.node("RNN", arrays, y="h"), squeeze, *scores], tensors)
    network, x = loaded(made, readout="fc"), models.sequence()
    ours = network.run(x).scores
    theirs = models.answer(made, x)
    assert np.abs((ours[0] if form.startswith("Gemm") else ours) - theirs).max() <= EXACT
    assert loaded(made).readout is None
    assert "left aside: fc." in str(loaded(made).report) and "left aside" not in str(network.report)
    for name in ("rnn", "nobody"):
        refused(made, "no linear layer called", readout=name)


# As exporters write them


class Model(torch.nn.Module):
    def __init__(self, kind: str, **options: Any) -> None:
        super().__init__()
        self.rnn = getattr(torch.nn, kind)(3, 4, **options)
        self.head = torch.nn.Linear(4 * (1 + self.rnn.bidirectional), 2)

    def forward(self, x: torch.Tensor) -> Any:
        return self.head(self.rnn(x)[0])


@pytest.mark.parametrize("kind", ["LSTM", "GRU", "RNN"])
@pytest.mark.parametrize(("both", "batch_first", "folded"), list(product([False, True], repeat=3))[1:6:2])
def test_what_torch_exports(kind: str, both: bool, batch_first: bool, folded: bool) -> None:
    torch.manual_seed(0)
    module = Model(kind, num_layers=2, bidirectional=both, batch_first=batch_first).eval()
    file = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            module, (torch.randn(5, 2, 3),), file, dynamo=False, do_constant_folding=folded,
            input_names=["x"], dynamic_axes={"x": {0: "a", 1: "b"}},
        )  # fmt: skip
    network = load(file, readout="/head/MatMul")
    x = torch.randn(6, 3, 3)
    with torch.no_grad():
        theirs = module(x.transpose(0, 1)).transpose(0, 1) if batch_first else module(x)
    assert len(network.layers) == 2
    assert np.abs(network.run(x.numpy()).scores - theirs.numpy()).max() <= EXACT
    assert network.initial is None and "state=" not in str(network.report), "torch begins in zeros"


def test_without_onnx_the_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(InteropError, match="pip install onnx"):
        load(io.BytesIO(b"\x08\x08\x3a\x00\x42\x02\x10\x0e"))  # an empty graph, written by hand


def test_without_onnx_runtime_nothing_is_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gates.interop.onnx.runtime.framework", lambda: "")
    monkeypatch.setattr("gates.interop.onnx.graph.framework", lambda: "")
    network = loaded(models.single("RNN", models.weights("RNN")))
    assert network.difference is None and "pip install onnxruntime" in str(network.report)
