"""Trees of Flax, Equinox and d2l, against their documents' equations written out in plain NumPy."""

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from gates import GRU, LSTM
from gates.errors import GatesError
from gates.interop import AmbiguousError, InteropError, LoadedNetwork, load
from tests.interop.trees.documents import (
    BY_NAME,
    CASES,
    EXACT,
    K,
    d2l_gru,
    d2l_lstm,
    d2l_rnn,
    d2l_tree,
    equinox_gru,
    equinox_lstm,
    equinox_tree,
    flat,
    flax_gru,
    flax_lstm,
    flax_tree,
    mapped,
    nnx_lstm_by_gate,
    nnx_tree,
)
from tests.interop.trees.steps import BATCH, STEPS, Array, H, I, Step, numbers, run, σ

SAID = {
    "Flax LSTM": "found flax.gates flax.squashes",
    "Flax GRU": "found flax.gates flax.reset.both flax.squashes",
    "Flax simple": "found flax.rnn flax.squashes",
    "NNX LSTM": "found flax.fused flax.squashes",
    "NNX GRU": "found flax.fused flax.reset flax.squashes",
    "NNX simple": "found flax.rnn flax.squashes",
    "Equinox LSTM": "found equinox",
    "Equinox GRU": "found equinox equinox.reset",
    "d2l LSTM": "found d2l readout",
    "d2l GRU": "found d2l d2l.reset readout",
    "d2l RNN": "found d2l readout",
}


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize(("case", "step", "tree", "kind"), CASES, ids=BY_NAME)
def test_the_equations_of_the_documents(case: str, step: Step, tree: Any, kind: type, dtype: Any) -> None:
    tree = mapped(tree, lambda array: array.astype(dtype))
    network = load(tree)
    (cell,) = network.cells
    assert type(cell) is kind and cell.dtype == dtype
    if isinstance(cell, GRU):
        assert cell.reset == ("before" if "d2l" in case else "after")
        assert cell.b_hn.any() == (case in ("Flax GRU", "Equinox GRU"))
    x = numbers(STEPS, BATCH, I, seed=9).astype(dtype)
    wanted = run(step, tree, 1 + (kind is LSTM), x)
    ours = network.run(x).output
    assert ours.dtype == dtype
    assert np.abs(ours - wanted).max() <= EXACT[dtype]
    assert " ".join(note.key.removeprefix("interop.report.") for note in network.report) == SAID[case]


@pytest.mark.parametrize("tree", [flax_tree("lstm"), nnx_tree("gru"), equinox_tree("gru"), d2l_tree("lstm")])
def test_every_array_has_a_place_of_its_own(tree: Any) -> None:
    x = numbers(STEPS, BATCH, I, seed=9)
    before = load(tree)
    for name in flat(tree):
        changed = flat(tree)
        changed[name] = changed[name] + 0.1
        after = load(changed)
        shown = [
            network.run(x).scores if network.readout else network.run(x).output for network in (before, after)
        ]
        assert np.abs(shown[0] - shown[1]).max() > 1e-4, name


@pytest.mark.parametrize("name", BY_NAME)
@pytest.mark.parametrize(
    "form", ["nested", "dotted", "slashed", "bracketed", "npz", "npz slashed", "tensors"]
)
def test_names_however_a_tree_is_written(tmp_path: Path, name: str, form: str) -> None:
    tree: Any = {"params": {"enc": BY_NAME[name]}}
    plain = load(tree)
    if form == "bracketed":
        tree = {"['" + key.replace(".", "']['") + "']": value for key, value in flat(tree).items()}
    elif form == "tensors":
        tree = mapped(tree, torch.from_numpy)
    elif form != "nested":
        tree = flat(tree, "/" if "slashed" in form else ".")
    if form.startswith("npz"):
        np.savez(tmp_path / "tree.npz", **tree)
        tree = tmp_path / "tree.npz"
    network = load(tree)
    x = numbers(STEPS, BATCH, I, seed=9)
    assert np.array_equal(network.run(x).output, plain.run(x).output)
    assert "params.enc" in str(network.report) and "left aside" not in str(network.report)
    assert np.array_equal(load(tree, name="params.enc").run(x).output, plain.run(x).output)


class Frozen(Mapping[str, Any]):
    """A mapping that is no dict and wraps its parts anew at each call, as Flax's FrozenDict."""

    def __init__(self, held: Mapping[str, Any]) -> None:
        self.held = held

    def __getitem__(self, name: str) -> Any:
        part = self.held[name]
        return Frozen(part) if isinstance(part, dict) else part

    def __iter__(self) -> Any:
        return iter(self.held)

    def __len__(self) -> int:
        return len(self.held)


def test_mappings_that_are_no_dicts() -> None:
    assert isinstance(load(Frozen({"params": flax_tree("lstm")})).cells[0], LSTM)


def test_nnx_writes_if_with_an_underscore() -> None:
    x = numbers(STEPS, BATCH, I)
    assert np.array_equal(load(nnx_lstm_by_gate()).run(x).output, load(flax_tree("lstm")).run(x).output)


def test_bfloat16_and_half_precision_are_named() -> None:
    tree = mapped(equinox_tree("lstm"), lambda array: array.astype(np.float16))
    network = load(tree)
    assert network.cells[0].dtype == np.float32 and "float16 became float32" in str(network.report)


# Several cells, read-outs


def test_layers_are_stacked_by_name_and_a_dense_reads_the_top() -> None:
    dense = {"kernel": numbers(H, K), "bias": numbers(K)}
    tree = {"params": {"LSTM_0": flax_tree("lstm"), "GRU_0": flax_tree("gru", H, seed=1), "Dense_0": dense}}
    with pytest.raises(AmbiguousError) as caught:
        load(tree)
    assert [reading.names for reading in caught.value.readings] == [("params.LSTM_0",), ("params.GRU_0",)]
    network = load(tree, name=["params.LSTM_0", "params.GRU_0"], readout="params.Dense_0")
    x = numbers(STEPS, BATCH, I)
    low = run(flax_lstm, tree["params"]["LSTM_0"], 2, x)
    high = run(flax_gru, tree["params"]["GRU_0"], 1, low)
    assert np.abs(network.run(x).scores - (high @ dense["kernel"] + dense["bias"])).max() <= 1e-12
    with pytest.raises(InteropError, match="no linear layer called"):
        load(tree, name="params.LSTM_0", readout="params.Dense_1")


def test_lists_of_layers_in_a_tree() -> None:
    tree = {"layers": [equinox_tree("gru"), equinox_tree("lstm", H)]}
    network = load(tree, name=["layers.0", "layers.1"])
    x = numbers(STEPS, BATCH, I)
    low = run(equinox_gru, tree["layers"][0], 1, x)
    assert np.abs(network.run(x).output - run(equinox_lstm, tree["layers"][1], 2, low)).max() <= 1e-12


@pytest.mark.parametrize("kind", ["lstm", "gru", "rnn"])
def test_d2l_has_its_output_layer_on_top(kind: str) -> None:
    tree = d2l_tree(kind)
    step = {"lstm": d2l_lstm, "gru": d2l_gru, "rnn": d2l_rnn}[kind]
    x = numbers(STEPS, BATCH, I)
    wanted = run(step, tree, 1 + (kind == "lstm"), x) @ tree["W_hq"] + tree["b_q"]
    inside = {f"rnn.{name}" if "q" not in name else name: array for name, array in tree.items()}
    for source in (tree, inside, {"net": tree}):
        network = load(source)
        assert np.abs(network.run(x).scores - wanted).max() <= 1e-12
        assert "left aside" not in str(network.report)
    alone = {name: array for name, array in tree.items() if "q" not in name}
    assert load(alone).readout is None


@pytest.mark.parametrize("kind", ["lstm", "gru", "rnn"])
@pytest.mark.parametrize("scores", [True, False])
@pytest.mark.parametrize("form", [list, tuple])
def test_d2l_as_a_bare_list_in_its_own_order(kind: str, scores: bool, form: type) -> None:
    tree = d2l_tree(kind)
    values = [torch.from_numpy(array) for name, array in tree.items() if scores or "q" not in name]
    network, x = load(form(values)), numbers(STEPS, BATCH, I)
    assert np.array_equal(network.run(x).output, load(tree).run(x).output)
    assert (network.readout is not None) == scores
    assert "A bare list has no names" in str(network.report)


@pytest.mark.parametrize(
    "wrong",
    [
        [],
        [numbers(I, H)],
        ["W_xi", "W_hi", "b_i"],
        [numbers(I, H), numbers(H, H), numbers(H), numbers(H, K)],
        [numbers(I, H), numbers(H, H), numbers(H)] * 2,
        [numbers(I, 4 * H), numbers(H, 4 * H), numbers(4 * H)],
        [numbers(H, I), numbers(H, H), numbers(H)],
        [numbers(I, H), numbers(H, H), numbers(1, H)],
    ],
)
def test_other_lists_are_refused(wrong: Any) -> None:
    with pytest.raises(InteropError, match="none of d2l's"):
        load(wrong)


def test_a_module_written_from_scratch_is_read_by_its_names() -> None:
    class Scratch(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            for name, array in d2l_tree("gru").items():
                setattr(self, name, torch.nn.Parameter(torch.from_numpy(array)))

    x = numbers(STEPS, BATCH, I)
    assert np.array_equal(load(Scratch()).run(x).output, load(d2l_tree("gru")).run(x).output)
    assert np.array_equal(load(Scratch().state_dict()).run(x).output, load(d2l_tree("gru")).run(x).output)


# PyTorch or Equinox


def test_pytorch_and_equinox_are_told_apart_by_their_biases() -> None:
    theirs = load(equinox_tree("lstm"))
    assert "Its bias is called bias, as Equinox has it" in str(theirs.report)
    cell = torch.nn.LSTMCell(I, H).double()
    assert "Equinox" not in str(load(cell.state_dict()).report)
    neither = {name: equinox_tree("lstm")[name] for name in ("weight_ih", "weight_hh")}
    without = load(neither)
    assert not without.cells[0].b.any() and "no biases" in str(without.report)
    with pytest.raises(InteropError, match="Beside the weights"):
        load(equinox_tree("lstm") | {"bias_ih": numbers(4 * H), "bias_hh": numbers(4 * H)})


# Activations, which a Flax tree does not tell


def test_other_activations_of_flax_are_said_by_the_caller() -> None:
    tree, x = flax_tree("gru"), numbers(STEPS, BATCH, I, seed=9)
    assert "Flax's own, tanh and sigmoid" in str(load(tree).report)
    network = load(tree, activation="relu", gate_activation="hard_sigmoid")

    def gru(x: Array, h: Array, p: Any) -> tuple[Array, ...]:
        def gate(a: Array) -> Array:
            return np.clip(a + 3, 0, 6) / 6  # jax.nn.hard_sigmoid

        r = gate(x @ p["ir"]["kernel"] + p["ir"]["bias"] + h @ p["hr"]["kernel"])
        z = gate(x @ p["iz"]["kernel"] + p["iz"]["bias"] + h @ p["hz"]["kernel"])
        a = x @ p["in"]["kernel"] + p["in"]["bias"] + r * (h @ p["hn"]["kernel"] + p["hn"]["bias"])
        return ((1 - z) * np.maximum(a, 0) + z * h,)

    assert np.abs(network.run(x).output - run(gru, tree, 1, x)).max() <= 1e-12
    assert load(tree, activation="tanh").run(x).output.tobytes() == load(tree).run(x).output.tobytes()
    assert load(flax_tree("simple"), activation="relu").cells[0].activation == "relu"
    for wrong in ({"gate_activation": "sigmoid"}, {"reset": "before"}):
        with pytest.raises(InteropError, match="does not fit"):
            load(flax_tree("simple"), **wrong)
    with pytest.raises(InteropError, match="does not fit"):
        load(equinox_tree("lstm"), activation="relu")


# What does not fit


def without(tree: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in flat(tree).items() if key != name}


@pytest.mark.parametrize(
    ("tree", "said"),
    [
        (without(flax_tree("lstm"), "hf.bias"), "as a cell of Flax: hf.bias is missing"),
        (without(flax_tree("lstm"), "io.kernel"), "io.kernel is missing"),
        (without(flax_tree("gru"), "hn.bias"), "hn.bias is missing"),
        (flat(flax_tree("gru")) | {"hr.bias": numbers(H)}, "Beside the weights of .* stands hr.bias"),
        (flat(flax_tree("simple")) | {"h.bias": numbers(H)}, "stands h.bias"),
        (flat(flax_tree("lstm")) | {"hf.kernel": numbers(H, H + 1)}, r"hf.kernel has shape \(4, 5\)"),
        (flat(flax_tree("lstm")) | {"if.kernel": numbers(I + 1, H)}, r"if.kernel has shape \(4, 4\)"),
        (mapped(flax_tree("lstm"), lambda a: np.stack([a, a])), r"hi.kernel has shape \(2, 4, 4\)"),
        (without(nnx_tree("gru"), "dense_i.bias"), "dense_i.bias is missing"),
        (flat(nnx_tree("gru")) | {"dense_h.kernel": numbers(H, 5 * H)}, r"dense_i.kernel has shape"),
        (without(equinox_tree("gru"), "bias_n"), "as a cell of Equinox: bias_n is missing"),
        (without(equinox_tree("gru"), "bias"), "bias is missing"),
        (equinox_tree("lstm") | {"bias_n": numbers(H)}, r"weight_ih has shape \(16, 3\)"),
        (without(d2l_tree("lstm"), "b_c"), "as a cell of d2l: b_c is missing"),
        (d2l_tree("gru") | {"W_xi": numbers(I, H), "W_hi": numbers(H, H)}, "as a cell of d2l"),
        (d2l_tree("rnn") | {"W_hh": np.full((H, H), np.nan)}, r"W_hh contains NaN or infinity \(16 of 16"),
        (d2l_tree("rnn") | {"W_hh": np.ones((H, H), int)}, "W_hh holds int64"),
    ],
)
def test_trees_that_do_not_fit_are_refused_by_name(tree: Any, said: str) -> None:
    with pytest.raises(InteropError, match=said):
        load(tree)


def test_an_mgu_is_refused_by_name() -> None:
    tree = flat(flax_tree("lstm"))
    mgu = {name: tree[source] for name, source in {
        "if.kernel": "if.kernel", "if.bias": "hf.bias", "hf.kernel": "hf.kernel", "in.kernel": "ii.kernel",
        "in.bias": "hi.bias", "hn.kernel": "hi.kernel", "hn.bias": "hi.bias",
    }.items()}  # fmt: skip
    with pytest.raises(InteropError, match="MGUCell"):
        load({"params": {"MGUCell_0": {"params": mgu}}})


def test_trees_that_contain_themselves_or_go_down_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gates.interop.values.MOST_LISTED", 2_000)
    tree: dict[str, Any] = {"params": flax_tree("gru")}
    tree["params"]["more"] = tree
    tree["list"] = [tree, tree["params"]]
    tree["list"].append(tree["list"])
    deep: dict[str, Any] = {}
    lowest = deep
    for _ in range(10_000):
        lowest["down"] = {}
        lowest = lowest["down"]
    lists: Any = [{}]
    for _ in range(60):
        lists = [lists, lists]
    network = load(tree | {"deep": deep, "lists": lists}, name="params")
    assert isinstance(network, LoadedNetwork)


@pytest.mark.parametrize("seed", range(60))
def test_any_array_changed_gives_a_network_or_a_named_error(seed: int) -> None:
    rng = np.random.default_rng(seed)
    tree = flat(BY_NAME[list(BY_NAME)[seed % len(BY_NAME)]])
    odd: list[Any] = [
        np.zeros((0, H)), np.ones(()), np.array(["a"]), np.array([None], object), numbers(H, H, H),
        np.broadcast_to(np.float32(1), (999, 999)), None, "text", [[1.0], [2.0, 3.0]], np.array([1j]),
    ]  # fmt: skip
    for name in rng.choice(list(tree), 2):
        tree[str(name)] = odd[rng.integers(len(odd))]
    try:
        assert load(tree).layers
    except GatesError as error:
        assert str(error)


def test_a_tree_in_a_damaged_file_is_a_named_error(tmp_path: Path) -> None:
    file = io.BytesIO()
    np.savez(file, **flat(flax_tree("lstm"), "/"))
    for part in (0.2, 0.6, 0.95):
        with pytest.raises(InteropError, match="is damaged"):
            load(io.BytesIO(file.getvalue()[: int(len(file.getvalue()) * part)]))


# What stands beside the weights


@pytest.mark.parametrize("name", BY_NAME)
def test_what_stands_inside_a_cell_beside_its_weights_is_refused(name: str) -> None:
    tree = {"cell": BY_NAME[name], "head": {"kernel": numbers(H, K)}}
    options = {} if "RNN" not in name and "simple" not in name else {"activation": "tanh"}
    cell = load(tree, name="cell", **options).cells[0]
    for extra in ({"LayerNorm_0": {"scale": numbers(H)}}, {"tau": numbers(H)}):
        with pytest.raises(InteropError, match=next(iter(extra))):
            load(tree | {"cell": BY_NAME[name] | extra}, name="cell", **options)
    seeds = {"rngs": {"params": {"count": np.array(3, np.uint32)}}}
    assert np.array_equal(
        load(tree | {"cell": BY_NAME[name] | seeds}, name="cell", **options).cells[0].W, cell.W
    )
    beside = load(BY_NAME[name] | {"LayerNorm_0": {"scale": numbers(H)}}, **options)
    assert "LayerNorm_0" in str(beside.report)


def test_peepholes_in_d2ls_manner_are_used() -> None:
    p = d2l_tree("lstm") | {f"W_c{end}": numbers(H, seed=90 + k) for k, end in enumerate("ifo")}

    def step(x: Array, h: Array, c: Array, p: Any) -> tuple[Array, ...]:
        i = σ(x @ p["W_xi"] + h @ p["W_hi"] + p["b_i"] + p["W_ci"] * c)
        f = σ(x @ p["W_xf"] + h @ p["W_hf"] + p["b_f"] + p["W_cf"] * c)
        c = f * c + i * np.tanh(x @ p["W_xc"] + h @ p["W_hc"] + p["b_c"])
        o = σ(x @ p["W_xo"] + h @ p["W_ho"] + p["b_o"] + p["W_co"] * c)
        return o * np.tanh(c), c

    network = load(p)
    x = numbers(STEPS, BATCH, I, seed=7)
    assert np.abs(network.run(x).output - run(step, p, 2, x)).max() < 1e-12
    assert "The peepholes W_ci, W_cf, W_co are used" in str(network.report)
    del p["W_cf"]
    with pytest.raises(InteropError, match="W_cf"):
        load(p)
