"""Models: what PyTorch computes is what the engine computes, however the cell is written."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from gates import LSTM
from gates.network import Layer, Network, Readout
from gates.training.models.network import Model, initial_network
from gates.training.recipe import CELLS, Recipe

INPUTS, HIDDEN, OUTPUTS, STEPS, BATCH = 3, 5, 4, 9, 6


def random_network(cell: str, layers: int = 1) -> Network:
    """A network whose weights are all different and large enough that every gate matters."""
    rng = np.random.default_rng(5)
    network = initial_network(recipe(cell, layers=layers), INPUTS, OUTPUTS)
    cells = []
    for own in network.cells:
        drawn: dict[str, Any] = {
            name: rng.normal(scale=0.6, size=array.shape).astype(np.float32)
            for name, array in own.arrays().items()
            if not (name == "b_hn" and cell == "gru-before")
        }
        if cell == "lstm-coupled":  # these rows are not used
            for array in drawn.values():
                array[own.rows("input")] = 0
        cells.append(replace(own, **drawn))
    readout = Readout(
        rng.normal(size=(OUTPUTS, HIDDEN)).astype(np.float32), rng.normal(size=OUTPUTS).astype(np.float32)
    )
    return Network(tuple(map(Layer, cells)), readout)


def recipe(cell: str, **changes: Any) -> Recipe:
    return Recipe("parity", cell, hidden=HIDDEN, **changes)


def inputs() -> np.ndarray:
    return np.random.default_rng(6).normal(size=(STEPS, BATCH, INPUTS)).astype(np.float32)


def torch_scores(model: Model, x: np.ndarray) -> np.ndarray:
    with torch.no_grad():
        scores: np.ndarray = model.scores(model.run(torch.from_numpy(x))[0]).numpy()
    return scores


@pytest.mark.parametrize("from_scratch", [False, True])
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("cell", CELLS)
def test_forward_is_the_engines_before_and_after_training(cell: str, layers: int, from_scratch: bool) -> None:
    network = random_network(cell, layers)
    model = Model(network, from_scratch=from_scratch)
    x = inputs()
    assert np.abs(torch_scores(model, x) - network.run(x).scores).max() <= 1e-6

    model.scores(model.run(torch.from_numpy(x))[0]).square().mean().backward()
    with torch.no_grad():
        for weight in model.parameters:
            if weight.grad is not None:
                weight -= 0.1 * weight.grad
    trained = model.network()
    assert np.abs(trained.run(x).scores - network.run(x).scores).max() > 1e-3
    assert np.abs(torch_scores(model, x) - trained.run(x).scores).max() <= 1e-6
    assert all(own.dtype == np.float32 for own in trained.cells)
    for own, source in zip(trained.cells, network.cells, strict=True):
        assert getattr(own, "reset", None) == getattr(source, "reset", None)
        assert getattr(own, "coupled", None) == getattr(source, "coupled", None)


@pytest.mark.parametrize("cell", CELLS)
def test_every_way_to_write_a_cell_has_the_same_gradients(cell: str) -> None:
    network, x = random_network(cell), inputs()
    steps = []
    for from_scratch in (False, True):
        model = Model(network, from_scratch=from_scratch)
        optimiser = torch.optim.SGD(model.parameters, lr=1.0)
        model.scores(model.run(torch.from_numpy(x))[0]).square().mean().backward()
        optimiser.step()
        steps.append(model.network())
    for first, second in zip(*(net.cells for net in steps), strict=True):
        for name, array in first.arrays().items():
            assert np.allclose(array, second.arrays()[name], atol=1e-5), name


@pytest.mark.parametrize("cell", CELLS)
def test_the_state_goes_on_where_it_is_handed_back(cell: str) -> None:
    model = Model(random_network(cell, layers=2))
    x = torch.from_numpy(inputs())
    with torch.no_grad():
        whole, _ = model.run(x)
        first, states = model.run(x[:4])
        second, _ = model.run(x[4:], states)
    assert torch.allclose(torch.cat([first, second]), whole, atol=1e-6)


@pytest.mark.parametrize("cell", CELLS[1:])
def test_the_forget_bias_is_the_whole_bias_of_the_gate_that_keeps(cell: str) -> None:
    part = "update" if cell.startswith("gru") else "forget"
    own = initial_network(recipe(cell, forget_bias=2.5), INPUTS, OUTPUTS).cells[0]
    free = initial_network(recipe(cell), INPUTS, OUTPUTS).cells[0]
    assert (own.part(part).b == 2.5).all()
    assert np.abs(free.part(part).b).max() <= HIDDEN**-0.5
    others = np.ones(len(own.b), bool)
    others[own.rows(part)] = False
    assert np.array_equal(own.b[others], free.b[others])


@pytest.mark.parametrize("cell", CELLS)
def test_orthogonal_recurrent_blocks(cell: str) -> None:
    own = initial_network(recipe(cell, init="orthogonal"), INPUTS, OUTPUTS).cells[0]
    for name in own.parts:
        if (cell, name) != ("lstm-coupled", "input"):
            U = own.part(name).U.astype(np.float64)
            assert np.abs(U @ U.T - np.eye(HIDDEN)).max() < 1e-6


@pytest.mark.parametrize("cell", CELLS)
def test_small_weights_are_d2ls(cell: str) -> None:
    network = initial_network(Recipe("parity", cell, hidden=64, init="small"), 28, 28)
    own, readout = network.cells[0], network.readout
    assert readout is not None
    drawn = np.concatenate([own.part(own.parts[-1]).U.ravel(), readout.V.ravel()])
    assert abs(drawn.std() - 0.01) < 5e-4 and abs(drawn.mean()) < 1e-3
    assert not own.b.any() and not readout.b.any()


def test_sizes_of_d2ls_models() -> None:
    """The numbers of weights that d2l's scratch models have with 256 units and 28 symbols."""
    for cell, count in (("gru-before", 226_076), ("lstm", 299_036)):
        model = Model(initial_network(Recipe("parity", cell, hidden=256, init="small"), 28, 28))
        assert sum(weight.numel() for weight in model.parameters) == count


@pytest.mark.parametrize("cell", CELLS)
def test_the_seed_alone_decides(cell: str) -> None:
    torch.manual_seed(1)
    first = initial_network(recipe(cell, seed=3), INPUTS, OUTPUTS)
    torch.manual_seed(2)
    state = torch.random.get_rng_state()
    again, other = (initial_network(recipe(cell, seed=seed), INPUTS, OUTPUTS) for seed in (3, 4))
    Model(again)
    assert torch.equal(state, torch.random.get_rng_state())
    assert np.array_equal(first.cells[0].U, again.cells[0].U)
    assert not np.array_equal(first.cells[0].U, other.cells[0].U)


def test_what_a_coupled_cell_does_not_use_is_zero() -> None:
    own = initial_network(recipe("lstm-coupled"), INPUTS, OUTPUTS).cells[0]
    assert isinstance(own, LSTM) and own.coupled
    assert not own.part("input").W.any() and not own.part("input").b.any()
