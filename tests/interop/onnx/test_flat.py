"""Layers inside functions and conditions: what the file decides is read, and everything else is named."""

import io
from typing import Any

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper

from gates.interop import InteropError, load
from gates.interop.onnx import flat
from tests.interop.compare import assert_equal, module
from tests.interop.onnx import models
from tests.interop.onnx.models import EXACT, agrees, loaded, refused

OPSETS = [helper.make_opsetid("", 14)]


def graph(nodes: Any, tensors: Any, output: str = "Y") -> Any:
    shown = [helper.make_tensor_value_info(output, TensorProto.FLOAT, None)]
    return helper.make_graph(nodes, "branch", [], shown, tensors)


def either(condition: Any, then: Any, otherwise: Any, y: str = "Y") -> tuple[Any, Any]:
    """An If on a stored condition, named after what it makes, and that condition."""
    stored = numpy_helper.from_array(np.array(condition), f"{y}_condition")
    node = helper.make_node("If", [stored.name], [y], f"if_{y}", then_branch=then, else_branch=otherwise)
    return node, stored


@pytest.mark.parametrize("condition", [True, [False]])
def test_a_condition_that_stands_in_the_file_is_decided(condition: Any) -> None:
    first, second = models.weights("LSTM"), models.weights("GRU", seed=4)
    branches = [
        graph([models.node("LSTM", first)], models.stored(first)),
        graph([models.node("GRU", second)], models.stored(second)),
    ]
    node, stored = either(condition, *branches)
    made = models.model([node], [stored])
    network = agrees(made)
    assert network.cells[0].kind == ("lstm" if condition is True else "gru")


def test_conditions_inside_conditions_and_equal_names_in_two_of_them() -> None:
    """Two branches may use the same names, and reach for arrays that stand around them."""
    low, high = models.weights("LSTM"), models.weights("LSTM", 4, seed=2)
    names = {"one": np.array([1])}
    inner = graph([models.node("LSTM", low, y="h"), helper.make_node("Squeeze", ["h", "one"], ["s"])],
                  models.stored(low), "s")  # fmt: skip
    node, condition = either(True, inner, inner, "u")
    outer, outer_condition = either(True, graph([node], [condition], "u"), inner, "low")
    above = graph([models.node("LSTM", high, x="low", y="h")], models.stored(high), "h")
    top, top_condition = either(False, inner, above)
    made = models.model([outer, top], [outer_condition, top_condition, *models.stored(names)])
    network, x = loaded(made), models.sequence()
    assert len(network.layers) == 2
    assert np.abs(network.run(x).output - models.flat(models.answer(made, x))).max() <= EXACT


def test_a_condition_that_only_a_run_tells_is_named() -> None:
    arrays = models.weights("LSTM")
    branch = graph([models.node("LSTM", arrays)], models.stored(arrays))
    node, _ = either(True, branch, branch)
    yes = helper.make_node("Cast", ["X"], [node.input[0]], to=TensorProto.BOOL)
    made = models.model([yes, node], [])
    refused(made, "If if_Y/lstm stands inside If if_Y")
    own = [*models.stored(arrays, "own.")]
    beside = models.model([yes, node, models.node("LSTM", arrays, "own.", y="Z")], own)
    assert "One layer was left aside. If if_Y/lstm stands inside" in str(loaded(beside).report)
    alone = models.single("LSTM", arrays)  # the layer exported by itself
    assert_equal(loaded(beside), loaded(alone))


def test_conditions_too_deep_or_too_large_are_left(monkeypatch: pytest.MonkeyPatch) -> None:
    arrays = models.weights("LSTM")
    simple = deep = graph([models.node("LSTM", arrays)], models.stored(arrays))
    for _ in range(flat.MAX_ENTERED):
        node, condition = either(True, deep, simple)
        deep = graph([node], [condition])
    assert loaded(models.model([node], [condition])).layers
    node, condition = either(True, deep, simple)
    refused(models.model([node], [condition]), "stands inside")

    monkeypatch.setattr(flat, "MAX_BRANCH", 40)
    for idle in (36, 37):
        idles = [helper.make_node("Identity", ["X"], [f"x{k}"]) for k in range(idle)]
        wide = graph([models.node("LSTM", arrays), *idles], models.stored(arrays))
        node, condition = either(True, wide, simple)
        made = models.model([node], [condition])
        if idle == 36:
            assert loaded(made).layers
        else:
            refused(made, "stands inside If if_Y")


def function(name: str, inputs: Any, outputs: Any, nodes: Any) -> Any:
    domains = {node.domain for node in nodes if node.domain}
    opsets = [*OPSETS, *(helper.make_opsetid(domain, 1) for domain in domains)]
    return helper.make_function("local", name, inputs, outputs, nodes, opsets)


def with_functions(nodes: Any, tensors: Any, *functions: Any) -> Any:
    made = models.model(nodes, tensors)
    made.opset_import.append(helper.make_opsetid("local", 1))
    made.functions.extend(functions)
    return made


def test_functions_are_inlined_also_in_each_other() -> None:
    arrays = models.weights("GRU")
    inner = function("Inner", ["x", "W", "R", "B"], ["y"], [models.node("GRU", arrays, x="x", y="y")])
    inputs = ["a", "w", "r", "b"]
    call = helper.make_node("Inner", inputs, ["z"], domain="local")
    outer = function("Outer", inputs, ["z"], [call])
    nodes = [helper.make_node("Outer", ["X", "W", "R", "B"], ["Y"], domain="local")]
    made = with_functions(nodes, models.stored(arrays), inner, outer)
    assert_equal(agrees(made), loaded(models.single("GRU", arrays)))


def test_functions_that_call_themselves_or_multiply_are_left() -> None:
    arrays = models.weights("LSTM")
    node = models.node("LSTM", arrays, x="x", y="y")
    again = helper.make_node("Loops", ["x", "W", "R", "B"], ["z"], domain="local")
    names = ["x", "W", "R", "B"]
    call = helper.make_node("Loops", ["X", "W", "R", "B"], ["Y"], domain="local")
    made = with_functions([call], models.stored(arrays), function("Loops", names, ["y"], [node, again]))
    refused(made, "Loops/lstm stands inside Loops")
    functions = [function("F0", names, ["y"], [node])]
    for k in range(1, 40):  # two calls each: 2⁴⁰ nodes
        twice = [helper.make_node(f"F{k - 1}", names, [f"y{one}"], domain="local") for one in range(2)]
        functions.append(function(f"F{k}", names, ["y1"], twice))
    call = helper.make_node("F39", ["X", "W", "R", "B"], ["Y"], domain="local")
    refused(with_functions([call], models.stored(arrays), *functions), "F0/lstm stands inside F0")


def test_functions_that_repeat_large_constants_are_weighed_first() -> None:
    arrays = models.weights("LSTM")
    large = numpy_helper.from_array(np.zeros(2**18, np.float32))
    constant = helper.make_node("Constant", [], ["c"], value=large)
    node = models.node("LSTM", arrays, x="x", y="y")
    wide = function("Wide", ["x", "W", "R", "B"], ["y"], [constant, node])
    calls = [helper.make_node("Wide", ["X", "W", "R", "B"], [f"Y{k}"], domain="local") for k in range(2000)]
    refused(with_functions(calls, models.stored(arrays), wide), r"needs \d,\d{3}\.\d MB of memory")


def test_a_function_that_is_wrong_is_a_damaged_file() -> None:
    arrays = models.weights("LSTM")
    wrong = function("Wrong", ["x"], ["y"], [models.node("LSTM", arrays, x="x", y="y")])
    call = helper.make_node("Wrong", ["X", "W", "R", "B", "X"], ["Y", "Z", "Q"], domain="local")
    with pytest.raises(InteropError):
        loaded(with_functions([call], models.stored(arrays), wrong))


# Cells that were exported step by step


class Steps(torch.nn.Module):
    """A cell run in a loop, which the exporter writes out operator by operator."""

    def __init__(self, kind: str, biases: bool) -> None:
        super().__init__()
        self.core = module(kind, 3, 4, dtype=torch.float32)
        self.head = module("Linear", 4, 2, dtype=torch.float32)
        if not biases:
            for bias in (self.core.bias_ih, self.core.bias_hh):
                torch.nn.init.zeros_(bias)

    def forward(self, x: torch.Tensor) -> Any:
        h = torch.zeros(x.shape[1], 4)
        state = (h, h) if isinstance(self.core, torch.nn.LSTMCell) else h
        for step in x:
            state = self.core(step, state)
        return self.head(state[0] if isinstance(state, tuple) else state)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("biases", [True, False])
@pytest.mark.parametrize("kind", ["LSTMCell", "GRUCell", "RNNCell"])
def test_a_cell_exported_step_by_step_is_read_by_its_names(kind: str, biases: bool) -> None:
    steps, file = Steps(kind, biases).eval(), io.BytesIO()
    x = torch.randn(5, 2, 3)
    torch.onnx.export(steps, (x,), file, dynamo=False, opset_version=17)
    made = onnx.load_from_string(file.getvalue())
    shared = any(node.op_type == "Identity" for node in made.graph.node)
    assert shared != biases, "the exporter keeps one of two equal arrays"
    options = {"activation": "tanh"} if kind == "RNNCell" else {}
    network = load(file, readout="head", **options)
    with torch.no_grad():
        wanted = steps(x).numpy()
    assert np.abs(network.run(x.numpy()).scores[-1] - wanted).max() <= EXACT
    assert_equal(loaded(made, **options), load(steps.core.state_dict(), **options))
    assert "The graph has no recurrent node. The weights were read by PyTorch's names" in str(network.report)


@pytest.mark.filterwarnings("ignore")
def test_a_cell_whose_arrays_are_not_all_named_is_refused() -> None:
    steps, file = Steps("LSTMCell", True).eval(), io.BytesIO()
    torch.onnx.export(steps, (torch.randn(5, 2, 3),), file, dynamo=False, opset_version=17)
    made = onnx.load_from_string(file.getvalue())
    for tensor in made.graph.initializer:
        tensor.name = tensor.name.replace("core.bias_hh", "onnx::Add_7")
    refused(made, r"core is incomplete: core\.bias_hh is missing")
    for tensor in made.graph.initializer:
        tensor.name = tensor.name.replace("core.weight_hh", "onnx::Gemm_8")
    refused(made, "no LSTM, GRU or RNN node, and no weights under PyTorch's names")
