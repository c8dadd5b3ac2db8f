"""Hand-made cells, their sequences and what is asked of them, whole: as they were when last looked at.

The other tests say what each is to do; this one finds a weight that does nothing there, a unit too many, a
band's edge. Where another is meant, look at it in the app, and write the files again:
``python -m tests.examples.test_whole``.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import astuple
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gates.examples.challenges.catalogue import CHALLENGES
from gates.examples.comparisons import COMPARISONS
from gates.examples.lab.state import LabState
from gates.examples.notation.jacobian import gradient_lines, slope_lines
from gates.examples.notation.kinds import KINDS
from gates.examples.notation.letters import NOTATIONS, symbols
from gates.examples.presets.registry import HANDMADE

KEPT = Path(__file__).parent / "data"


def shown(value: Any) -> str:
    """A value in JSON, numbers to six digits; NaN, which asks nothing, as null."""

    def plain(value: Any) -> Any:
        if isinstance(value, float | np.floating):
            return None if np.isnan(value) else float(f"{value:.6g}")
        if isinstance(value, np.ndarray | list | tuple):
            return [plain(each) for each in value]
        return value

    return json.dumps(plain(value), ensure_ascii=False)


def cell(name: str, own: Any) -> Iterator[str]:
    lab = LabState.of(own)
    options = {"reset": lab.reset, "activation": lab.activation, "without": sorted(lab.without)}
    yield f"  {name} {lab.kind} {shown([*options.values(), lab.coupled])}"
    yield from (f"    {array} {shown(values)}" for array, values in lab.weights.items())


def presets() -> Iterator[str]:
    """Each with its sliders where they stand and elsewhere."""
    for one in (one for each in HANDMADE.values() for one in each):
        facts = [one.alphabet.columns, one.units, one.fails, one.reset, one.sentence, one.source]
        yield f"{one.cell} {one.id} {''.join(one.tokens)} {shown(facts)} {', '.join(one.figures)}"
        yield from (f"  {shown(astuple(each))}" for each in one.sliders)
        moved = {each.id: each.minimum + 0.3 * (each.maximum - each.minimum) for each in one.sliders}
        yield from cell("opened", one.build())
        yield from cell("moved", one.build(moved, "before"))


def comparisons() -> Iterator[str]:
    for own in COMPARISONS.values():
        yield f"{own.id} {''.join(own.tokens)} {shown([own.disturb, own.unit, own.relative, own.targets])}"
        for entry in own.entries:
            yield from cell(f"{entry.column} {entry.can}", entry.make())


def challenges() -> Iterator[str]:
    for task in CHALLENGES.values():
        facts = [task.columns, task.units, task.scale, task.limit, task.count, *astuple(task.reads)]
        yield f"{task.id} {''.join(task.sequence.tokens)} {shown(facts)}"
        yield from cell("start", task.start)
        yield from cell("solution", task.solution)
        tokens, _, bands = task.hidden
        yield f"  shown {shown(task.bands_for(task.sequence.x))}"
        yield f"  hidden {''.join(tokens[-1])} {shown(bands[:, -1])}"
        result = task.judge(LabState.of(task.start), task.sequence.x)
        yield f"  start {shown([astuple(result.shown), astuple(result.hidden), result.near])}"


def derivatives() -> Iterator[str]:
    """How a state depends on the one before, in each notation's letters."""
    forms: list[tuple[Any, dict[str, Any]]] = [
        ("rnn", {}), ("gru", {"reset": "before"}), ("gru", {"reset": "after"}), ("lstm", {}),
        ("lstm", {"peephole": True}), ("lstm", {"peephole": True, "coupled": True}),
        ("lstm", {"without": ["forget", "output"]}), ("lstm", {"linear": ["candidate", "cell"]}),
        ("mingru", {}), ("minlstm", {}), ("slstm", {}),
    ]  # fmt: skip
    for notation in NOTATIONS:
        for each in KINDS:
            yield f"{notation} {each} {json.dumps(dict(symbols(each, notation).labels), ensure_ascii=False)}"
        for kind, options in forms:
            yield f"{notation} {kind} {options or ''}"
            yield from gradient_lines(kind, notation, **options)
            if kind in SQUASHES:
                yield from slope_lines(kind, notation, SQUASHES[kind])


SQUASHES: dict[str, dict[str, str]] = {
    "rnn": {"hidden": "relu"},
    "gru": {"reset": "sigmoid", "update": "sigmoid", "candidate": "tanh"},
    "lstm": {"forget": "sigmoid", "candidate": "identity", "cell": "tanh"},
}
WHOLE: dict[str, Callable[[], Iterator[str]]] = {
    "presets": presets,
    "comparisons": comparisons,
    "challenges": challenges,
    "derivatives": derivatives,
}


@pytest.mark.parametrize("name", WHOLE)
def test_what_is_made_by_hand_is_what_was_looked_at(name: str) -> None:
    kept = (KEPT / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    made = list(WHOLE[name]())
    assert made == kept, f"{name} are others now. Where that is meant: python -m tests.examples.test_whole"


if __name__ == "__main__":
    for each, made in WHOLE.items():
        text = "".join(f"{line}\n" for line in made())
        (KEPT / f"{each}.txt").write_text(text, encoding="utf-8", newline="\n")
