"""Weights by name and shape alone: what is found, what is open, and what is wrong with it."""

import pickle
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from gates import LSTM
from gates.interop import AmbiguousError, InteropError, load
from gates.text import LANGUAGES, translator
from tests.interop.compare import assert_equal, assert_same, module


def arrays(source: nn.Module, prefix: str = "") -> dict[str, Any]:
    return {prefix + name: value.numpy().copy() for name, value in source.state_dict().items()}


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("LSTM", {}),
        ("LSTM", {"num_layers": 2, "bidirectional": True}),
        ("LSTM", {"num_layers": 2, "bidirectional": True, "proj_size": 3}),
        ("LSTM", {"bias": False}),
        ("GRU", {"num_layers": 3}),
        ("GRU", {"bidirectional": True, "bias": False}),
    ],
)
@pytest.mark.parametrize("prefix", ["", "rnn.", "encoder.blocks.2.lstm_cell."])
def test_layers_are_found_by_names_and_shapes(kind: str, options: Any, prefix: str) -> None:
    layer = module(kind, 3, 4, **options)
    network = load(arrays(layer, prefix))
    assert_equal(network, load(layer))
    assert "Weights do not tell whether the layer was batch_first" in str(network.report)


@pytest.mark.parametrize("kind", ["LSTMCell", "GRUCell"])
def test_cells_are_found_in_nested_names(kind: str) -> None:
    cell = module(kind, 3, 4)
    network = load(arrays(cell, "encoder.lstm_cell."))
    assert_equal(network, load(cell))
    assert f"{kind}(3, 4) called “encoder.lstm_cell”" in str(network.report)


def test_tensors_lists_and_arrays_are_all_weights() -> None:
    layer = module("GRU", 2, 3)
    for form in (
        dict,
        lambda d: {k: v.tolist() for k, v in d.items()},
        lambda d: {k: v.numpy() for k, v in d.items()},
    ):
        assert_equal(load(form(layer.state_dict())), load(layer))


def test_prefixes_of_wrappers_are_left_out_and_named() -> None:
    layer = module("LSTM", 3, 4)
    found = arrays(layer, "_orig_mod.module.core.") | {"_orig_mod.module.head.weight": np.ones((2, 4))}
    network = load(found, name="core")
    assert_equal(network, load(layer))
    for prefix in ("module.", "_orig_mod."):
        assert f"All names began with {prefix}, " in str(network.report)


def test_a_checkpoint_is_searched_to_its_depth() -> None:
    layer = module("LSTM", 3, 4)
    checkpoint: dict[str, Any] = {
        "epoch": 3,
        "model": {"state": layer.state_dict()},
        "optimizer": {"state": {0: {"exp_avg": torch.zeros(16, 3)}}},
    }
    checkpoint["again"] = checkpoint  # a mapping that contains itself ends the search, not the program
    network = load(checkpoint)
    assert_equal(network, load(layer))
    assert "called “model.state”" in str(network.report)


def test_the_squash_of_a_plain_rnn_is_asked_for() -> None:
    for nonlinearity in ("tanh", "relu"):
        layer = module("RNN", 3, 4, nonlinearity=nonlinearity)
        with pytest.raises(AmbiguousError) as caught:
            load(arrays(layer))
        assert [reading.call for reading in caught.value.readings] == [
            'load(arrays, activation="tanh")',
            'load(arrays, activation="relu")',
        ]
        chosen = next(r for r in caught.value.readings if r.activation == nonlinearity)
        assert_same(eval(chosen.call, {"load": load, "arrays": arrays(layer)}), layer)


def test_all_readings_of_several_layers_are_listed() -> None:
    found = arrays(module("LSTM", 3, 4, num_layers=2), "a.") | arrays(module("RNN", 4, 5), "b.")
    found |= arrays(module("LSTMCell", 5, 6), "")
    with pytest.raises(AmbiguousError) as caught:
        load(found)
    calls = [reading.call for reading in caught.value.readings]
    assert calls == [
        'load(arrays, name="a")',
        'load(arrays, name="b", activation="tanh")',
        'load(arrays, name="")',
        'load(arrays, name="b", activation="relu")',
    ]
    for call in calls:
        assert eval(call, {"load": load, "arrays": found}).cells
    assert len(load(found, activation="tanh").layers) == 1, "only b has a squash to choose"
    with pytest.raises(AmbiguousError, match="2 ways"):
        load(found, kind="lstm")


def test_a_flood_of_layers_is_counted_and_not_all_listed() -> None:
    cell = arrays(module("LSTMCell", 1, 1))
    flood = {f"{k}.{name}": value for k in range(300) for name, value in cell.items()}
    with pytest.raises(AmbiguousError, match="in 300 ways") as caught:
        load(flood)
    assert len(caught.value.readings) == 300 and len(str(caught.value).splitlines()) == 22
    assert load(flood, name="299").layers


def test_errors_survive_the_way_to_another_process() -> None:
    with pytest.raises(AmbiguousError) as caught:
        load(arrays(module("RNN", 3, 4)))
    copy = pickle.loads(pickle.dumps(caught.value))
    assert str(copy) == str(caught.value) and copy.readings == caught.value.readings
    with pytest.raises(InteropError) as plain:
        load({})
    assert str(pickle.loads(pickle.dumps(plain.value))) == str(plain.value)


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ({"weight_hh_l1": None}, r"weight_hh_l1 is missing"),
        ({"bias_hh_l0_reverse": None}, r"bias_hh_l0_reverse is missing"),
        ({"weight_ih_l1": None, "weight_hh_l1": None, "bias_ih_l1": None, "bias_hh_l1": None},
         r"weight_ih_l1, weight_hh_l1, bias_ih_l1, bias_hh_l1 is missing"),
        ({"weight_ih_l1": np.ones((16, 7))}, r"weight_ih_l1 has shape \(16, 7\), but \(16, 8\)"),
        ({"weight_ih_l0": np.ones(16)}, r"weight_ih_l0 has shape \(16,\)"),
        ({"weight_ih_l0": np.float64(3)}, r"weight_ih_l0 has shape \(\)"),
        ({"bias_ih_l0": np.ones(15)}, r"bias_ih_l0 has shape \(15,\), but \(16,\)"),
        ({"weight_hh_l0": np.ones((4, 16))}, r"shape \(4, 16\), with the parts side by side"),
        ({"weight_hh_l0": np.ones((20, 4))}, r"weight_hh_l0 has shape \(20, 4\): its rows are neither"),
        ({"weight_hh_l0": np.ones((0, 0))}, r"weight_hh_l0 has shape \(0, 0\)"),
        ({"weight_hh_l0": np.ones(16)}, r"weight_hh_l0 has shape \(16,\)"),
        ({"weight_hr_l0": np.ones((2, 4))}, r"weight_hr_l0 has shape \(2, 4\), but \(4, 4\)"),
        ({"weight_hr_l0": np.ones((4, 4))}, r"weight_hr_l0_reverse is missing"),
        ({"weight_ch_l0": np.ones((3, 4))}, r"stands weight_ch_l0, which no recurrent layer"),
        ({"bias_ih_l0": np.full(16, np.inf)}, r"bias_ih_l0 contains NaN or infinity \(16 of 16"),
        ({"weight_ih_l0": np.ones((16, 3), np.int8)}, r"weight_ih_l0 holds int8"),
        ({"weight_ih_l0": np.ones((16, 3), np.complex128)}, r"weight_ih_l0 holds complex128"),
        ({"weight_ih_l0": torch.ones(16, 3).to_sparse()}, r"weight_ih_l0 holds sparse_coo"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(broken: dict[str, Any], said: str) -> None:
    found = arrays(module("LSTM", 3, 4, num_layers=2, bidirectional=True)) | broken
    with pytest.raises(InteropError, match=said):
        load({name: value for name, value in found.items() if value is not None})


def test_a_layer_in_the_middle_cannot_be_left_out() -> None:
    found = {name: v for name, v in arrays(module("GRU", 4, 4, num_layers=3)).items() if "_l1" not in name}
    with pytest.raises(InteropError, match=r"weight_ih_l1, weight_hh_l1"):
        load(found)


def test_a_peephole_cells_weights_are_not_taken_for_torchs() -> None:
    found = arrays(module("LSTMCell", 3, 4), "cell.")
    for extra in ("weight_ci", "bias", "weight"):
        with pytest.raises(InteropError, match=rf"stands cell\.{extra}, "):
            load(found | {f"cell.{extra}": np.ones(4)})


def test_a_broken_layer_beside_a_good_one_is_left_aside_by_name() -> None:
    good, bad = module("LSTM", 3, 4), arrays(module("GRU", 3, 4), "bad.")
    del bad["bad.weight_hh_l0"]
    report = load(arrays(good, "good.") | bad).report
    assert "One layer was left aside. bad is incomplete: bad.weight_hh_l0 is missing" in str(report)
    assert "bad 不完整" in report.text(translator("zh"))
    with pytest.raises(InteropError, match=r"bad\.weight_hh_l0 is missing"):
        load(arrays(good, "good.") | bad, name="bad")


def test_nothing_recurrent_is_said_with_what_was_seen() -> None:
    with pytest.raises(InteropError, match=r"among 2 arrays \(a\.weight, a\.bias\)"):
        load(arrays(nn.Linear(2, 3), "a."))
    with pytest.raises(InteropError, match=r"among 0 arrays \(–\)"):
        load({"epoch": 3, "name": "x", "ragged": [[1], [2, 3]]})


def test_mixed_precision_ends_in_the_longer() -> None:
    found = arrays(module("LSTM", 3, 4))
    found["bias_ih_l0"] = found["bias_ih_l0"].astype(np.float32)
    network = load(found)
    assert network.layers[0].forward.dtype == np.float64
    assert "float32 became float64" in str(network.report)


def test_big_endian_weights_are_read() -> None:
    layer = module("LSTM", 3, 4)
    cell = load({name: value.astype(">f8") for name, value in arrays(layer).items()}).layers[0].forward
    assert isinstance(cell, LSTM) and cell.W.dtype == np.float64 and cell.W.dtype.isnative
    assert np.array_equal(cell.W, arrays(layer)["weight_ih_l0"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_reports_and_errors_speak_each_language(language: str) -> None:
    t = translator(language)
    for layer in (
        module("LSTM", 3, 4, num_layers=2, bidirectional=True, batch_first=True, dropout=0.5, proj_size=2),
        module("GRU", 3, 4, bias=False),
        module("RNN", 3, 4).half(),
    ):
        text = load(layer).report.text(t)
        assert len(text.splitlines()) == len(load(layer).report.notes) >= 4
        if language == "en":
            assert text == str(load(layer).report)
    with pytest.raises(AmbiguousError) as caught:
        load(arrays(module("RNN", 3, 4)))
    assert 'load(arrays, activation="relu")' in t(caught.value.key, **caught.value.values)
