"""One node of ONNX: every option of LSTM, GRU and RNN, against ONNX Runtime and the document's equations."""

from typing import Any

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from gates import GRU, LSTM
from gates.core.activations import Activation
from tests.interop.onnx import models
from tests.interop.onnx.models import EXACT, agrees, loaded, refused

DIRECTIONS = ("forward", "reverse", "bidirectional")


# One node


@pytest.mark.parametrize("operator", models.PARTS)
@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("opset", [7, 14, 22])
def test_each_operator_in_each_direction(operator: str, direction: str, opset: int) -> None:
    arrays = models.weights(operator, directions=1 + (direction == "bidirectional"))
    network = agrees(models.single(operator, arrays, opset, direction=direction))
    assert (network.layers[0].forward is None) == (direction == "reverse")
    assert (network.layers[0].backward is None) == (direction == "forward")


@pytest.mark.parametrize("operator", models.PARTS)
def test_without_biases(operator: str) -> None:
    arrays = models.weights(operator)
    del arrays["B"]
    assert "no biases" in str(agrees(models.single(operator, arrays)).report)


@pytest.mark.parametrize("after", [0, 1])
@pytest.mark.parametrize("direction", DIRECTIONS)
def test_a_gru_resets_before_or_after(after: int, direction: str) -> None:
    arrays = models.weights("GRU", directions=1 + (direction == "bidirectional"))
    network = agrees(models.single("GRU", arrays, linear_before_reset=after, direction=direction))
    for cell in network.cells:
        assert isinstance(cell, GRU) and cell.reset == ("before", "after")[after]
        assert cell.b_hn.any() == bool(after)
    assert f"linear_before_reset is {after}" in str(network.report)


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("coupled", [0, 1])
@pytest.mark.parametrize("clip", [None, 0.6])
def test_peepholes_coupled_gates_and_clip_together(direction: str, coupled: int, clip: float | None) -> None:
    directions = 1 + (direction == "bidirectional")
    arrays = models.weights("LSTM", directions=directions) | {"P": models.random(directions, 12)}
    options = {"direction": direction, "input_forget": coupled} | ({"clip": clip} if clip else {})
    network = agrees(models.single("LSTM", arrays, **options))
    cell = network.cells[0]
    assert isinstance(cell, LSTM) and cell.coupled == bool(coupled) and cell.peephole is not None
    assert ("input_forget" in str(network.report)) == bool(coupled)
    assert ("±0.6" in str(network.report)) == bool(clip)


@pytest.mark.parametrize("operator", ["GRU", "RNN"])
def test_clip_of_the_others(operator: str) -> None:
    agrees(models.single(operator, models.weights(operator), clip=0.5))


ACTIVATIONS: list[tuple[str, list[str], dict[str, Any]]] = [
    ("RNN", ["Relu"], {}),
    ("RNN", ["LeakyRelu"], {}),
    ("RNN", ["LeakyRelu"], {"activation_alpha": [0.3]}),
    ("RNN", ["ThresholdedRelu"], {"activation_alpha": [0.2]}),
    ("RNN", ["Elu"], {}),
    ("RNN", ["Elu"], {"activation_alpha": [0.4]}),
    ("RNN", ["ScaledTanh"], {"activation_alpha": [1.3], "activation_beta": [0.6]}),
    ("RNN", ["Affine"], {"activation_alpha": [0.3], "activation_beta": [0.2]}),
    ("RNN", ["Softplus"], {}),
    ("RNN", ["Softsign"], {}),
    ("GRU", ["sigmoid", "sofTSIGN"], {}),
    ("GRU", ["HardSigmoid", "Softsign"], {}),
    ("GRU", ["HardSigmoid", "ScaledTanh"], {"activation_alpha": [0.3, 1.3], "activation_beta": [0.4, 0.6]}),
    ("LSTM", ["HardSigmoid", "Tanh", "Tanh"], {}),
    ("LSTM", ["Sigmoid", "Softsign", "Elu"], {"activation_alpha": [0.4]}),
    (
        "LSTM",
        ["HardSigmoid", "Tanh", "ScaledTanh"],
        {"activation_alpha": [0.3, 1.3], "activation_beta": [0.4, 0.6]},
    ),
]


@pytest.mark.parametrize(("operator", "names", "parameters"), ACTIVATIONS)
def test_activations_with_their_parameters(operator: str, names: Any, parameters: Any) -> None:
    network = agrees(models.single(operator, models.weights(operator), activations=names, **parameters))
    assert "Its activations are" in str(network.report)


@pytest.mark.parametrize(
    ("operator", "names", "parameters"),
    [
        ("RNN", ["Tanh", "Relu"], {}),
        ("RNN", ["Elu", "LeakyRelu"], {"activation_alpha": [0.3, 0.2]}),
        ("GRU", ["Sigmoid", "Softsign", "HardSigmoid", "Tanh"], {"activation_beta": [0.4]}),
        ("LSTM", ["Sigmoid", "Tanh", "Softsign", "HardSigmoid", "Softsign", "Tanh"], {}),
    ],
)
def test_each_direction_has_activations_of_its_own(operator: str, names: Any, parameters: Any) -> None:
    arrays = models.weights(operator, directions=2)
    made = models.single(operator, arrays, direction="bidirectional", activations=names, **parameters)
    network = agrees(made)
    assert network.cells[0].options != network.cells[1].options


def test_parameters_for_every_function_are_taken_only_where_they_mean_the_same() -> None:
    arrays, names = models.weights("LSTM"), ["HardSigmoid", "Tanh", "Tanh"]
    network = agrees(models.single("LSTM", arrays, activations=names, activation_alpha=[0.3, 1.0, 1.0]))
    cell = network.cells[0]
    assert isinstance(cell, LSTM) and cell.gate_activation == Activation(
        "hard_sigmoid", float(np.float32(0.3)), 0.5
    )
    for given in ([0.3, 0.4], [0.3, 0.4, 0.5, 0.6]):
        refused(models.single("LSTM", arrays, activations=names, activation_alpha=given), "not told whose")
    names = ["Sigmoid", "Tanh", "Elu"]
    refused(
        models.single("LSTM", arrays, activations=names, activation_alpha=[1.0, 2.0, 0.3]), "not told whose"
    )


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["Mish", "Tanh", "Tanh"], "activation Mish"),
        (["Sigmoid", "Tanh"], "names 2 activations, but 3"),
        (["Sigmoid", "Affine", "Tanh"], "Affine without its activation_alpha"),
        (["Sigmoid", "ScaledTanh", "Tanh"], "ScaledTanh without its activation_alpha"),
        (["Sigmoid", "ThresholdedRelu", "Tanh"], "ThresholdedRelu without its activation_alpha"),
    ],
)
def test_activations_that_are_not_told(names: list[str], said: str) -> None:
    refused(models.single("LSTM", models.weights("LSTM"), activations=names), said)


def test_coupled_gates_need_an_activation_that_is_symmetric() -> None:
    arrays = models.weights("LSTM")
    names = ["HardSigmoid", "Tanh", "Tanh"]
    agrees(models.single("LSTM", arrays, activations=names, activation_alpha=[0.3], input_forget=1))
    beta = {"activation_alpha": [0.3], "activation_beta": [0.4]}
    refused(
        models.single("LSTM", arrays, activations=names, input_forget=1, **beta), r"HardSigmoid\(0.3, 0.4"
    )
    refused(
        models.single("LSTM", arrays, activations=["Softsign", "Tanh", "Tanh"], input_forget=1),
        "couples its gates, f = 1 − i, with the activation Softsign",
    )


@pytest.mark.parametrize("clip", [0.0, -1.0])
def test_a_clip_is_above_zero(clip: float) -> None:
    refused(models.single("LSTM", models.weights("LSTM"), clip=clip), "a threshold is above 0")


# States and lengths


@pytest.mark.parametrize("operator", models.PARTS)
@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("batch", [1, models.BATCH])
def test_initial_states_in_the_file_are_where_a_run_begins(operator: str, direction: str, batch: int) -> None:
    directions = 1 + (direction == "bidirectional")
    names = ("initial_h", "initial_c")[: 1 + (operator == "LSTM")]
    states = {name: models.random(directions, batch, 4, seed=k) for k, name in enumerate(names)}
    shown = {name: np.repeat(state, models.BATCH // batch, axis=1) for name, state in states.items()}
    arrays = models.weights(operator, directions=directions)
    network = loaded(models.single(operator, arrays | states, direction=direction))
    made = models.single(operator, arrays | shown, direction=direction)
    x = models.sequence()
    theirs = models.flat(models.answer(made, x))
    assert np.abs(network.run(x).output - theirs).max() <= EXACT
    zeros = [cell.as_state(None, (models.BATCH,)) for cell in network.cells]
    assert np.abs(network.run(x, zeros).output - theirs).max() > 0.01, "another start ends elsewhere"
    assert "initial_h is stored in the file" in str(network.report)
    if batch == 1:
        assert network.difference is not None and network.difference <= EXACT
    else:
        assert network.difference is None


def test_only_one_of_two_states_may_be_there() -> None:
    arrays = models.weights("LSTM") | {"initial_c": models.random(1, 1, 4)}
    network = loaded(models.single("LSTM", arrays))
    shown = arrays | {"initial_c": np.repeat(arrays["initial_c"], models.BATCH, axis=1)}
    theirs = models.flat(models.answer(models.single("LSTM", shown), models.sequence()))
    assert np.abs(network.run(models.sequence()).output - theirs).max() <= EXACT


def test_states_that_a_run_is_given_are_named() -> None:
    arrays = models.weights("GRU")
    made = models.single("GRU", arrays | {"initial_h": models.random(1, 1, 4)})
    state = next(tensor for tensor in made.graph.initializer if tensor.name == "initial_h")
    made.graph.initializer.remove(state)
    made.graph.input.append(helper.make_tensor_value_info("initial_h", TensorProto.FLOAT, (1, "B", 4)))
    network = loaded(made)
    assert network.initial is None
    assert "initial_h comes out of initial_h, not out of the file" in str(network.report)


def test_layout_1_is_reported_and_its_states_are_turned() -> None:
    arrays = models.weights("LSTM", directions=2)
    states = {"initial_h": models.random(2, 3, 4), "initial_c": models.random(2, 3, 4, seed=9)}
    first = loaded(models.single("LSTM", arrays | states, direction="bidirectional"))
    turned = {name: state.swapaxes(0, 1) for name, state in states.items()}
    second = loaded(models.single("LSTM", arrays | turned, direction="bidirectional", layout=1))
    x = models.sequence()
    assert np.array_equal(first.run(x).output, second.run(x).output)
    assert "layout=1 is not applied" in str(second.report)
    assert "layout" not in str(first.report)


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_lengths_in_the_file_are_applied_to_a_batch_of_that_size(direction: str) -> None:
    lengths = np.array([7, 4, 2], np.int32)
    directions = 1 + (direction == "bidirectional")
    arrays = models.weights("GRU", directions=directions) | {"sequence_lens": lengths}
    made = models.single("GRU", arrays, direction=direction, linear_before_reset=1)
    network, x = loaded(made), models.sequence()
    assert "fixes sequence_lens to 7, 4, 2" in str(network.report)
    two = loaded(models.single("GRU", arrays | {"sequence_lens": lengths[1:]}, direction=direction))
    assert two.difference is not None
    assert two.difference <= EXACT, "measured on whole sequences"
    ours = network.run(x).output
    assert np.abs(ours - models.flat(models.answer(made, x))).max() <= EXACT
    assert np.array_equal(ours, network.run(x, lengths=lengths).output)
    whole = network.run(x, lengths=[7, 7, 7]).output
    assert not np.array_equal(ours, whole)
    assert np.array_equal(network.run(x[:, :2]).output, whole[:, :2]), "another batch is read whole"


# How numbers are written


def write(name: str, array: Any, how: str) -> TensorProto:
    if how == "float_data":
        return helper.make_tensor(name, TensorProto.FLOAT, array.shape, array.ravel())
    if how == "double_data":
        return helper.make_tensor(name, TensorProto.DOUBLE, array.shape, array.ravel())
    if how == "float16 in int32_data":
        return helper.make_tensor(name, TensorProto.FLOAT16, array.shape, array.astype("f2").ravel())
    kind = {
        "float16": TensorProto.FLOAT16,
        "bfloat16": TensorProto.BFLOAT16,
        "double": TensorProto.DOUBLE,
        "float": TensorProto.FLOAT,
    }[how]
    return numpy_helper.from_array(array.astype(helper.tensor_dtype_to_np_dtype(kind)), name)


@pytest.mark.parametrize(
    "how",
    ["float", "float_data", "double", "double_data", "float16", "float16 in int32_data", "bfloat16"],
)
@pytest.mark.parametrize("constant", [False, True])
def test_every_encoding_in_initializers_and_constants(how: str, constant: bool) -> None:
    arrays = models.weights("LSTM")
    tensors = [write(name, array, how) for name, array in arrays.items()]
    nodes = [models.node("LSTM", arrays)]
    if constant:
        nodes = [helper.make_node("Constant", [], [one.name], value=one) for one in tensors] + nodes
    network = loaded(models.model(nodes, [] if constant else tensors))
    exact = {"float16": "f2", "float16 in int32_data": "f2", "double": "f8", "double_data": "f8"}
    wanted = arrays["W"][0].astype(exact.get(how, "f4"))
    cell = network.layers[0].forward
    assert cell is not None and cell.dtype == (np.float64 if how.startswith("double") else np.float32)
    rows = np.split(wanted, 4)
    theirs = np.concatenate([rows[0], rows[2], rows[3], rows[1]])  # i, o, f, c here i, f, g, o
    assert np.abs(cell.W - theirs).max() <= (0.02 if how == "bfloat16" else 0)
    assert network.difference is not None and network.difference <= EXACT
    assert ("became float32" in str(network.report)) == ("16" in how)
    assert ("ONNX Runtime computes this in float32 only" in str(network.report)) == how.startswith("double")


def test_weights_behind_operators_that_move_them_about() -> None:
    arrays = models.weights("GRU")
    W, R, B = (arrays[name][0] for name in ("W", "R", "B"))
    tensors = models.stored({"tall": W.T, "left": R[:, :1], "right": R[:, 1:], "half": B.astype("f2")})
    ints = {"zero": [0], "one": [1], "rows": [12], "last": [2**62], "shape": [0, -1], "sizes": [12, 12]}
    tensors += [numpy_helper.from_array(np.array(value), name) for name, value in ints.items()]
    nodes = [
        helper.make_node("Transpose", ["tall"], ["w"], perm=[1, 0]),
        helper.make_node("Unsqueeze", ["w", "zero"], ["W"]),
        helper.make_node("Concat", ["left", "right"], ["r"], axis=1),
        helper.make_node("Slice", ["r", "zero", "last", "zero", "one"], ["r2"]),
        helper.make_node("Reshape", ["r2", "shape"], ["r3"]),
        helper.make_node("Unsqueeze", ["r3", "zero"], ["R"]),
        helper.make_node("Cast", ["half"], ["b"], to=TensorProto.FLOAT),
        helper.make_node("Split", ["b", "sizes"], ["b1", "b2"], axis=0),
        helper.make_node("Concat", ["b1", "b2"], ["b3"], axis=-1),
        helper.make_node("Identity", ["b3"], ["b4"]),
        helper.make_node("Unsqueeze", ["b4", "zero"], ["B"]),
        models.node("GRU", arrays),
    ]
    agrees(models.model(nodes, tensors))


# The document's equations, in float64, which ONNX Runtime does not compute


def σ(a: Any) -> Any:
    return 1 / (1 + np.exp(-a))


def document_lstm(X: Any, W: Any, R: Any, B: Any, P: Any) -> Any:
    """https://onnx.ai/onnx/operators/onnx__LSTM.html, f = Sigmoid, g = h = Tanh."""
    (Wi, Wo, Wf, Wc), (Ri, Ro, Rf, Rc), (Pi, Po, Pf) = np.split(W, 4), np.split(R, 4), np.split(P, 3)
    Wbi, Wbo, Wbf, Wbc, Rbi, Rbo, Rbf, Rbc = np.split(B, 8)
    Ht = Ct = np.zeros((X.shape[1], R.shape[1]))
    for Xt in X:
        it = σ(Xt @ Wi.T + Ht @ Ri.T + Pi * Ct + Wbi + Rbi)
        ft = σ(Xt @ Wf.T + Ht @ Rf.T + Pf * Ct + Wbf + Rbf)
        ct = np.tanh(Xt @ Wc.T + Ht @ Rc.T + Wbc + Rbc)
        Ct = ft * Ct + it * ct
        ot = σ(Xt @ Wo.T + Ht @ Ro.T + Po * Ct + Wbo + Rbo)
        Ht = ot * np.tanh(Ct)
        yield Ht


def document_gru(X: Any, W: Any, R: Any, B: Any, linear_before_reset: int) -> Any:
    """https://onnx.ai/onnx/operators/onnx__GRU.html, f = Sigmoid, g = Tanh."""
    (Wz, Wr, Wh), (Rz, Rr, Rh) = np.split(W, 3), np.split(R, 3)
    Wbz, Wbr, Wbh, Rbz, Rbr, Rbh = np.split(B, 6)
    Ht = np.zeros((X.shape[1], R.shape[1]))
    for Xt in X:
        zt = σ(Xt @ Wz.T + Ht @ Rz.T + Wbz + Rbz)
        rt = σ(Xt @ Wr.T + Ht @ Rr.T + Wbr + Rbr)
        if linear_before_reset:
            ht = np.tanh(Xt @ Wh.T + rt * (Ht @ Rh.T + Rbh) + Wbh)
        else:
            ht = np.tanh(Xt @ Wh.T + (rt * Ht) @ Rh.T + Rbh + Wbh)
        Ht = (1 - zt) * ht + zt * Ht
        yield Ht


def document_rnn(X: Any, W: Any, R: Any, B: Any) -> Any:
    """https://onnx.ai/onnx/operators/onnx__RNN.html, f = Tanh."""
    Wb, Rb = np.split(B, 2)
    Ht = np.zeros((X.shape[1], R.shape[1]))
    for Xt in X:
        Ht = np.tanh(Xt @ W.T + Ht @ R.T + Wb + Rb)
        yield Ht


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize(
    ("operator", "equations", "options"),
    [
        ("LSTM", document_lstm, {}),
        ("GRU", document_gru, {"linear_before_reset": 0}),
        ("GRU", document_gru, {"linear_before_reset": 1}),
        ("RNN", document_rnn, {}),
    ],
)
def test_the_equations_of_the_document(operator: str, equations: Any, options: Any, dtype: Any) -> None:
    arrays = models.weights(operator) | ({"P": models.random(1, 12)} if operator == "LSTM" else {})
    arrays = {name: array.astype(dtype) for name, array in arrays.items()}
    network = loaded(models.single(operator, arrays, **options))
    x = models.sequence().astype(dtype)
    wanted = np.stack(list(equations(x, **{name: array[0] for name, array in arrays.items()}, **options)))
    ours = network.run(x).output
    assert ours.dtype == dtype
    assert np.abs(ours - wanted).max() <= {np.float64: 1e-12, np.float32: EXACT}[dtype]
