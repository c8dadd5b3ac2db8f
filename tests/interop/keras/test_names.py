"""Arrays of Keras without its files: by their names in mappings and .npz, and lists in a layer's order."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gates.interop import AmbiguousError, InteropError, load
from tests.interop.compare import assert_equal
from tests.interop.keras.models import assert_same, keras, sequential

ASKED = {"activation": "tanh", "gate_activation": "sigmoid"}
LAYERS = {"lstm": "LSTM", "gru": "GRU", "rnn": "SimpleRNN"}


def layer(kind: str, units: int = 4, **options: Any) -> Any:
    return getattr(keras.layers, LAYERS[kind])(units, return_sequences=True, **options)


def open_options(kind: str) -> dict[str, str]:
    return ASKED if kind != "rnn" else {"activation": "tanh"}


def by_path(model: Any, form: str = "{}") -> dict[str, Any]:
    """The variables by Keras 3's path, as keras.Variable has it, in one of the forms that files have."""
    arrays = zip(model.weights, model.get_weights(), strict=True)
    return {form.format(weight.path): array for weight, array in arrays}


def test_two_matrices_of_a_cell_of_unknown_class_are_not_taken_for_a_plain_rnn() -> None:
    """An echo state network has the same arrays, and keeps a part of its state besides."""
    model = sequential(layer("rnn"))
    kernel, recurrent_kernel, bias = model.get_weights()
    arrays = {"esn/kernel:0": kernel, "esn/recurrent_kernel:0": recurrent_kernel, "esn/bias:0": bias}
    with pytest.raises(InteropError, match="other cells have such too") as caught:
        load(arrays, activation="tanh")
    call = str(caught.value).partition("a SimpleRNN: ")[2]
    ready = {"load": lambda weights, kind: load(weights, kind=kind, activation="tanh")}
    given = {"kernel": kernel, "recurrent_kernel": recurrent_kernel, "bias": bias}
    assert_equal(eval(call, ready | given), load(model))


@pytest.mark.parametrize(
    ("shape", "said"),
    [
        ((4, 32), r"recurrent_kernel has shape \(4, 32\), but \(U, U\), \(U, 3·U\), \(U, 4·U\)"),
        ((3, 3, 4, 16), "convolves, as a ConvLSTM does"),
    ],
)
def test_other_cells_are_told_by_their_shape(shape: tuple[int, ...], said: str) -> None:
    with pytest.raises(InteropError, match=said):
        load({"cell/kernel:0": np.ones((3, shape[-1])), "cell/recurrent_kernel:0": np.ones(shape)})


@pytest.mark.parametrize("form", ["{}", "{}:0", "{}/.ATTRIBUTES/VARIABLE_VALUE", "model/{}:0"])
@pytest.mark.parametrize("kind", LAYERS)
def test_a_mapping_of_keras_names(kind: str, form: str) -> None:
    model = sequential(layer(kind))
    network = load(by_path(model, form), **open_options(kind))
    assert_same(network, model)
    assert_equal(network, load(model))


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("kind", LAYERS)
def test_a_list_in_a_layers_own_order(kind: str, bias: bool, tmp_path: Path) -> None:
    model = sequential(layer(kind, use_bias=bias))
    weights = model.get_weights()
    open_reset = {"reset": "after"} if kind == "gru" and not bias else {}
    network = load(weights, kind=kind, **open_options(kind), **open_reset)
    assert_equal(network, load(model))
    assert "in the order of Keras' get_weights()" in str(network.report)
    np.savez(tmp_path / "w.npz", *weights)  # arr_0, arr_1, …
    assert_equal(load(tmp_path / "w.npz", kind=kind, **open_options(kind), **open_reset), network)
    with pytest.raises(AmbiguousError) as caught:
        load(weights, kind=kind)
    assert {reading.activation for reading in caught.value.readings} >= {"tanh", "relu"}


def test_a_gru_that_resets_before_is_told_by_its_bias() -> None:
    model = sequential(layer("gru", reset_after=False))
    assert_equal(load(model.get_weights(), kind="gru", **ASKED), load(model))
    assert_equal(load(by_path(model), **ASKED), load(model))


@pytest.mark.parametrize("kind", LAYERS)
def test_both_directions(kind: str) -> None:
    model = sequential(keras.layers.Bidirectional(layer(kind)))
    assert_equal(load(model.get_weights(), kind=kind, **open_options(kind)), load(model))
    assert_equal(load(by_path(model, "{}:0"), **open_options(kind)), load(model))


def test_six_arrays_that_may_be_two_layers_are_asked_for_by_name() -> None:
    two = sequential(layer("lstm", 3), layer("lstm", 3))  # with three inputs
    with pytest.raises(InteropError, match="may be the two directions of a lstm, or two of them") as caught:
        load(two.get_weights(), kind="lstm", **ASKED)
    call = str(caught.value).partition("Keras' names: ")[2]
    both = sequential(keras.layers.Bidirectional(layer("lstm", 3)))
    names = {"load": lambda arrays: load(arrays, **ASKED)}
    for weight in both.weights:
        weight.numpy = lambda weight=weight: keras.ops.convert_to_numpy(weight)
    assert_equal(eval(call, names | {"layer": both.layers[0]}), load(both))


def test_several_layers_and_a_read_out_from_npz(tmp_path: Path) -> None:
    model = sequential(
        layer("gru", 4, name="low"), layer("lstm", 5, name="high"), keras.layers.Dense(2, name="d")
    )
    np.savez(tmp_path / "m.npz", **by_path(model, "{}:0"))
    with pytest.raises(AmbiguousError) as caught:
        load(tmp_path / "m.npz", **ASKED)
    ends = [reading.names[-1].rpartition("/")[2] for reading in caught.value.readings]
    assert sorted(ends) == ["high", "high", "low"]
    chain = max(caught.value.readings, key=lambda reading: len(reading.names))
    dense = next(name for name in by_path(model) if name.endswith("d/kernel")).removesuffix("/kernel")
    network = load(tmp_path / "m.npz", name=list(chain.names), readout=dense, **ASKED)
    assert_equal(network, load(model))
    assert "left aside" not in str(network.report)
    alone = load(tmp_path / "m.npz", name=chain.names[0], **ASKED)
    assert f"5 other arrays were left aside: {dense}.kernel, {dense}.bias, {chain.names[1]}" in str(
        alone.report
    )


def test_nested_mappings_and_bare_names() -> None:
    model = sequential(layer("lstm", name="core"))
    kernel, recurrent, bias = model.get_weights()
    own = {"kernel:0": kernel, "recurrent_kernel:0": recurrent, "bias:0": bias}
    for arrays in (own, {"core": own}, {"core": {"lstm_cell": own}}, {"core/lstm_cell_7": own}):
        assert_equal(load(arrays, **ASKED), load(model))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("lstm/lstm_cell/input_gate_peephole_weights:0", "Beside the weights of lstm stands"),
        ("lstm/norm/gamma", "Beside the weights of lstm stands lstm/norm/gamma"),
    ],
)
def test_what_stands_inside_a_layer_is_named(name: str, said: str) -> None:
    arrays = by_path(sequential(layer("lstm", name="lstm")), "{}")
    arrays = {
        own.partition("/")[2] if own.startswith("sequential") else own: array for own, array in arrays.items()
    }
    assert load(arrays, **ASKED).layers
    with pytest.raises(InteropError, match=said):
        load(arrays | {name: np.ones(4, np.float32)}, **ASKED)
    slot = "lstm/lstm_cell/kernel/.OPTIMIZER_SLOT/optimizer/m/.ATTRIBUTES/VARIABLE_VALUE"
    assert load(arrays | {slot: np.ones(4, np.float32)}, **ASKED).layers


def test_lists_that_are_no_layers_say_what_is_needed() -> None:
    model = sequential(layer("lstm"), layer("gru"), keras.layers.Dense(2))
    weights = model.get_weights()
    with pytest.raises(InteropError, match=r"list of 8") as caught:
        load(weights, kind="lstm")
    call = str(caught.value).partition("and its kind: ")[2].partition(". ")[0]
    ready = {"load": lambda arrays, kind: load(arrays, kind=kind, **ASKED), "layer": model.layers[0]}
    assert_equal(eval(call, ready), load(model, name=model.layers[0].name))
    for spoilt in (weights[:3][::-1], [array.T for array in weights[:3]], weights[:1], [], ["a", "b"]):
        with pytest.raises(InteropError):
            load(spoilt, kind="lstm")
    with pytest.raises(InteropError, match="list of 3"):
        load(weights[:3], kind="gru")
    with pytest.raises(InteropError, match="list of 3"):
        load(weights[:3])


def test_arrays_that_do_not_fit_are_named() -> None:
    arrays = by_path(sequential(layer("lstm", name="l")))
    kernel = next(name for name in arrays if name.endswith("/kernel"))
    with pytest.raises(InteropError, match="has shape"):
        load(arrays | {kernel: np.ones((3, 12))}, **ASKED)
    del arrays[kernel]
    with pytest.raises(InteropError, match="has no kernel"):
        load(arrays, **ASKED)


def test_more_layers_than_any_model_has_are_refused() -> None:
    one = {"kernel": np.ones((3, 16)), "recurrent_kernel": np.ones((4, 16)), "bias": np.ones(16)}
    many = {f"l{k}/{name}:0": array for k in range(2001) for name, array in one.items()}
    with pytest.raises(InteropError, match="describes more than 2000 layers"):
        load(many)
