"""Re-parametrised weights: what is folded equals the live module in eval mode, the rest names its reason."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.utils import parametrizations, parametrize, prune
from torch.nn.utils import spectral_norm as old_spectral_norm
from torch.nn.utils import weight_norm as old_weight_norm

from gates.interop import InteropError, load
from tests.interop.compare import module, sequence

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::UserWarning")


def old_norm(layer: Any, **options: Any) -> None:
    for name in ("weight_hh_l0", "weight_ih_l1"):
        old_weight_norm(layer, name, **options)
    with torch.no_grad():  # so that the weight is not what it was before
        layer.weight_hh_l0_g.mul_(1.7).add_(0.1)


def new_norm(layer: Any, **options: Any) -> None:
    for name in ("weight_hh_l0", "weight_ih_l1"):
        parametrizations.weight_norm(layer, name, **options)
    with torch.no_grad():
        layer.parametrizations.weight_hh_l0.original0.mul_(1.7).add_(0.1)


def pruned(layer: Any) -> None:
    prune.random_unstructured(layer, "weight_hh_l0", amount=0.4)
    prune.ln_structured(layer, "weight_ih_l1", amount=0.5, n=2, dim=0)


def old_spectral(layer: Any) -> None:
    old_spectral_norm(layer, "weight_hh_l0")
    layer.train()(sequence(3))


def new_spectral(layer: Any) -> None:
    parametrizations.spectral_norm(layer, "weight_hh_l0")
    parametrizations.spectral_norm(layer, "weight_ih_l1", dim=1)
    layer.train()(sequence(3))


EXACT: dict[str, Callable[[Any], None]] = {
    "weight norm, before 1.9": old_norm,
    "weight norm over columns, before 1.9": lambda layer: old_norm(layer, dim=1),
    "weight norm over everything, before 1.9": lambda layer: old_norm(layer, dim=None),
    "weight norm": new_norm,
    "weight norm over columns": lambda layer: new_norm(layer, dim=1),
    "weight norm of a bias": lambda layer: parametrizations.weight_norm(layer, "bias_hh_l0"),
    "pruning": pruned,
    "spectral norm, before 1.9": old_spectral,
    "spectral norm": new_spectral,
}


@pytest.mark.parametrize("how", EXACT)
@pytest.mark.parametrize("kind", ["LSTM", "GRU"])
def test_a_folded_state_dict_gives_what_the_live_module_gives(how: str, kind: str) -> None:
    layer = module(kind, 3, 4, num_layers=2)
    EXACT[how](layer)
    x = sequence(3)
    with torch.no_grad():
        wanted = layer.eval()(x)[0].numpy()
    state = {f"core.{name}": value for name, value in layer.state_dict().items()}
    for source in (state, layer):
        network = load(source)
        assert np.abs(network.run(x.numpy()).output - wanted).max() < 1e-12
        assert source is layer or "folded" in str(network.report)


def test_a_hooks_weight_from_before_a_change_is_not_taken() -> None:
    layer, x = module("LSTM", 3, 4), sequence(3)
    old_weight_norm(layer, "weight_hh_l0")
    with torch.no_grad():
        layer(x)
        layer.weight_hh_l0_g.mul_(2)
    ours = load(layer).run(x.numpy()).output
    with torch.no_grad():
        assert np.abs(ours - layer(x)[0].numpy()).max() < 1e-12


def test_reading_a_live_spectral_norm_does_not_train_it() -> None:
    layer = module("LSTM", 3, 4)
    parametrizations.spectral_norm(layer, "weight_hh_l0")
    layer.train()
    before = {name: value.clone() for name, value in layer.state_dict().items()}
    load(layer)
    assert layer.training and all(part.training for part in layer.modules())
    assert all(torch.equal(value, before[name]) for name, value in layer.state_dict().items())


@pytest.mark.parametrize("place", ["beside", "above", "above, the copy gone"])
def test_weight_drop_gives_the_raw_weight(place: str) -> None:
    layer, x = module("LSTM", 3, 4), sequence(3)
    with torch.no_grad():
        wanted = layer(x)[0].numpy()
    state = {f"rnns.0.module.{name}": value for name, value in layer.state_dict().items()}
    above = "rnns.0." if place != "beside" else "rnns.0.module."
    raw = state["rnns.0.module.weight_hh_l0"]
    state[f"{above}weight_hh_l0_raw"] = raw
    state["rnns.0.module.weight_hh_l0"] = nn.functional.dropout(raw, 0.5)
    if place.endswith("gone"):
        del state["rnns.0.module.weight_hh_l0"]
    network = load(state)
    assert np.abs(network.run(x.numpy()).output - wanted).max() < 1e-12
    assert "rnns.0.module.weight_hh_l0 is the raw weight" in str(network.report)
    assert "left aside" not in str(network.report)


def test_a_live_weight_drop_gives_the_raw_weight() -> None:
    class Dropped(nn.Module):
        def __init__(self, inner: Any) -> None:
            super().__init__()
            self.module = inner
            self.weight_hh_l0_raw = nn.Parameter(inner.weight_hh_l0.detach().clone())

    layer, x = module("LSTM", 3, 4), sequence(3)
    with torch.no_grad():
        wanted = layer(x)[0].numpy()
        model = Dropped(layer)
        layer.weight_hh_l0.copy_(nn.functional.dropout(layer.weight_hh_l0, 0.5))
    assert np.abs(load(model).run(x.numpy()).output - wanted).max() < 1e-12


class Halved(nn.Module):
    def forward(self, weight: Any) -> Any:
        return weight / 2


def own_way(layer: Any) -> None:
    parametrize.register_parametrization(layer, "weight_hh_l0", Halved())


def orthogonal(layer: Any) -> None:
    parametrizations.orthogonal(layer, "weight_hh_l0")


def two_ways(layer: Any) -> None:
    parametrizations.weight_norm(layer, "weight_hh_l0")
    parametrize.register_parametrization(layer, "weight_hh_l0", Halved(), unsafe=True)


def square(layer: Any) -> None:
    parametrizations.spectral_norm(layer, "weight_hh_l0")


@pytest.mark.parametrize(
    ("kind", "change"),
    [("GRU", own_way), ("LSTM", orthogonal), ("RNN", square)],
    ids=lambda case: getattr(case, "__name__", case),
)
def test_what_cannot_be_folded_names_its_parts_and_loads_from_the_live_module(
    kind: str, change: Callable[[Any], None]
) -> None:
    layer, x = module(kind, 3, 4), sequence(3)
    change(layer)
    state = {f"core.{name}": value for name, value in layer.state_dict().items()}
    with pytest.raises(
        InteropError, match=r"core\.weight_hh_l0 is kept re-parametrised.*load\(module\)"
    ) as caught:
        load(state)
    assert "core.parametrizations.weight_hh_l0.original" in str(caught.value)
    with torch.no_grad():
        wanted = layer.eval()(x)[0].numpy()
    assert np.abs(load(layer).run(x.numpy()).output - wanted).max() < 1e-12


def test_a_layer_all_of_whose_weights_are_beyond_reading_is_named() -> None:
    layer = module("LSTM", 3, 4)
    for name in ("weight_ih_l0", "weight_hh_l0"):
        parametrize.register_parametrization(layer, name, Halved())
    with pytest.raises(InteropError, match="re-parametrised"):
        load({f"core.{name}": value for name, value in layer.state_dict().items()})


def test_parts_that_do_not_fit_each_other_are_not_folded() -> None:
    layer = module("LSTM", 3, 4)
    new_g = {"weight_hh_l0_g": torch.ones(3, 1), "weight_hh_l0_v": layer.weight_hh_l0.detach()}
    state = {name: value for name, value in layer.state_dict().items() if name != "weight_hh_l0"}
    with pytest.raises(InteropError, match="re-parametrised"):
        load(state | new_g)
