"""The README's library section is code that runs, in the order in which a reader meets it."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

README = Path(__file__).resolve().parents[1] / "README.md"
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def names() -> dict[str, Any]:
    """What a reader who typed in every block has afterwards."""
    text = README.read_text(encoding="utf-8")
    namespace: dict[str, Any] = {}
    for block in BLOCK.finditer(text):
        before = text.count("\n", 0, block.start(1))  # so that an error names the README's line
        exec(compile("\n" * before + block[1], str(README), "exec"), namespace)
    return namespace


def test_every_block_runs(names: dict[str, Any]) -> None:
    assert {"LSTM", "GRU", "RNN", "cell", "trace"} <= names.keys()


def test_the_shapes_are_the_ones_it_states(names: dict[str, Any]) -> None:
    x, cell = names["x"], names["cell"]
    assert x.shape == (20, 3)
    trace = cell.run(x)
    for signal in ("forget", "input", "output", "candidate", "cell", "hidden"):
        assert getattr(trace, signal).shape == (20, 4), signal
    assert cell.run(x[:, None]).hidden.shape == (20, 1, 4)


def test_gradients_have_the_shape_of_what_they_belong_to(names: dict[str, Any]) -> None:
    cell, trace, grads = names["cell"], names["trace"], names["grads"]
    assert grads.weights.U.shape == cell.U.shape
    assert grads.inputs.shape == trace.x.shape
    assert grads.signals.forget.shape == trace.forget.shape


def test_the_network_from_torch_gives_what_torch_gives(names: dict[str, Any]) -> None:
    import torch

    module = torch.nn.LSTM(3, 4, num_layers=2, bidirectional=True, dtype=torch.float64)
    with torch.no_grad():
        expected = module(torch.from_numpy(names["x"]))[0].numpy()
    np.testing.assert_allclose(names["load"](module).run(names["x"]).output, expected, rtol=0, atol=1e-12)
    assert names["out"].layers[1].forward.forget.shape == (20, 8, 4)


def test_stepping_by_hand_ends_where_run_does(names: dict[str, Any]) -> None:
    last = names["rnn"].run(names["x"]).hidden[-1]
    np.testing.assert_allclose(names["state"], last, rtol=0, atol=1e-12)


def test_the_preset_it_shows_is_the_one_that_is_there() -> None:
    block = re.search(r"^```py\n(.*?)^```$", README.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert block
    shown = {line.partition("  #")[0].strip() for line in block[1].splitlines()}
    source = (README.parent / "gates" / "examples" / "presets" / "rnn.py").read_text(encoding="utf-8")
    assert shown <= {line.strip() for line in source.splitlines()}
