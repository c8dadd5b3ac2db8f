"""Each figure whole, held against what it was when somebody last looked at it: ranges, hovers, widths, grids.

The other tests say why a figure is as it is; this one finds what none of them mentions. Sentences stand by
their keys and colours by their names, so neither another wording nor another shade is a difference. Where one
is meant, look at the figure in the app, and write the file again: ``python -m tests.figures.test_whole``.
"""

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gates.cells.gru import GRU
from gates.cells.lstm import LSTM
from gates.examples.demonstrations import cliff, descend, latch, remaining
from gates.figures import comparison, demonstrations, gradients, influence, training
from gates.figures.palette import CELLS, LIGHT
from gates.text import Translator, catalogue
from tests.figures import test_comparison, test_gradients, test_heatmaps, test_training
from tests.figures.test_gradients import BAND

KEPT = Path(__file__).parent / "data" / "figures.json"
INKS = {colour: name for name, colour in reversed([*LIGHT.items(), *CELLS["light"].items()])}


class Keys(Translator):
    """Says the key of a sentence and what is put into it."""

    def __call__(self, key: str, /, **values: object) -> str:
        assert super().__call__(key, **values)
        return " ".join([key, *(f"{name}={value}" for name, value in values.items())])


WAY: dict[str, Any] = {"theme": "light", "t": Keys("en", catalogue("en"))}


def short(cell: Any) -> Any:
    return cell.run(np.array([[0.5, -1.0], [1.0, 0.0]]))


def long_names() -> dict[str, Any]:
    names = {"x": "input", "hidden": "hidden state"}
    return {"symbols": {"x": "x", "hidden": "h"}, "names": names}


ANSWERS = [
    comparison.Answer("rnn", "RNN", np.array([0.5, -1.0])),
    comparison.Answer("lstm", "LSTM", np.array([1.0, 0.0])),
]
FIGURES: dict[str, Callable[[], Any]] = {
    "states": lambda: comparison.states_figure(test_comparison.STRIPS, ["a", "b"], **WAY),
    "answers": lambda: comparison.answers_figure(ANSWERS, (1.0, None), ("S", "R"), **WAY),
    "echo": lambda: comparison.difference_figure(test_comparison.LINES, **WAY),
    "flow": lambda: gradients.flow_figure(
        [*test_gradients.CURVES, gradients.Curve("gru", "hidden", BAND, exploded=0)], steps=3, **WAY
    ),
    "paths": lambda: gradients.paths_figure(
        dict.fromkeys(("total", "cell", "gates", "product"), BAND), **WAY
    ),
    "spectrum": lambda: gradients.spectrum_figure(
        [0, 5], np.array([0.9, 1.1]), np.array([2.0, 3.0]), np.array([1e-3, 0.0]), **WAY
    ),
    "eigenvalues": lambda: gradients.eigenvalue_figure(np.array([0.5 + 0.5j, 0.5 - 0.5j, -2.0]), 6, **WAY),
    "strips": lambda: gradients.strips_figure(
        {"x": np.array([[1e-30, -1.0]]), "hidden": np.array([[1e-6, 0.0]])}, **long_names(), **WAY
    ),
    "clip": lambda: gradients.clip_figure({"W_f": 10.0, "b": 0.0}, {"W_f": 1.0, "b": 0.0}, **WAY),
    "influence": lambda: influence.influence_figure(np.array([[2.0, 0.0], [1e-3, 1.0]]), "ab", **WAY),
    "influence of a step": lambda: influence.influence_curve(np.array([1e-3, 1.0]), "ab", **WAY),
    "latch": lambda: demonstrations.latch_figure(np.array([0.25, 0.5, 1.0]), latch(1.25, 3), **WAY),
    "squash": lambda: thin(demonstrations.squash_figure(latch(1.25, 3), **WAY)),
    "decay": lambda: demonstrations.decay_figure(remaining(2), (0.0, 1.0), **WAY),
    "cliff": lambda: demonstrations.cliff_figure(
        cliff(3), [("free", descend(False, 2)), ("clipped", descend(True, 2))], **WAY
    ),
    "curves": lambda: training.curves_figure(
        [test_training.LSTM, test_training.RNN], test_training.RIGHT, **WAY
    ),
    "gates": lambda: training.gates_figure(
        [0, 500],
        {"forget": [0.5, 0.9], "input": [0.5, 0.2]},
        {"forget": [0.0, 0.8], "input": [0.0, 0.4]},
        title="Gates",
        symbols={"forget": "f", "input": "i"},
        names={"forget": "forget gate", "input": "input gate"},
        **WAY,
    ),
    "heatmaps of an LSTM": lambda: test_heatmaps.draw(short(LSTM.init(2, 2, 0)), **WAY),
    "heatmaps of a GRU": lambda: test_heatmaps.draw(short(GRU.init(2, 1, 0)), unit_names=["n1"], **WAY),
}


def thin(figure: Any) -> Any:
    """Keep every fiftieth point of a smooth curve."""
    for drawn in figure.data:
        if len(drawn.x) > 50:
            drawn.x, drawn.y = drawn.x[::50], drawn.y[::50]
    return figure


def written(found: Any) -> Any:
    """A figure as JSON has it, each number with six digits, which every machine finds alike."""
    if hasattr(found, "to_plotly_json"):
        plain = found.to_plotly_json()
        plain["layout"].pop("template", None)
        return written(plain)
    if isinstance(found, dict) and "bdata" in found:
        values = np.frombuffer(base64.b64decode(found["bdata"]), found["dtype"])
        shape = [int(size) for size in found.get("shape", str(values.size)).split(",")]
        return written(values.reshape(shape))
    if isinstance(found, dict):
        return {str(name): written(value) for name, value in found.items()}
    if isinstance(found, (list, tuple, np.ndarray)):
        return [written(value) for value in found]
    if isinstance(found, (float, np.floating)):
        return float(f"{found:.6g}") if np.isfinite(found) else str(found)
    if isinstance(found, np.integer):
        return int(found)
    return f"colour {INKS[found]}" if isinstance(found, str) and found in INKS else found


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_is_what_was_looked_at(name: str) -> None:
    kept = json.loads(KEPT.read_text(encoding="utf-8"))
    assert set(kept) == set(FIGURES)
    made = json.loads(json.dumps(written(FIGURES[name]())))
    assert made == kept[name], (
        f"{name} is another now. Where that is meant: python -m tests.figures.test_whole"
    )


if __name__ == "__main__":
    told = {name: written(make()) for name, make in FIGURES.items()}
    lines = [
        f"{json.dumps(name)}: {json.dumps(figure, ensure_ascii=False, sort_keys=True)}"
        for name, figure in told.items()
    ]
    KEPT.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
