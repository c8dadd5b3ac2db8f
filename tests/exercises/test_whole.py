"""Sheets, and what judges answers, whole: held against what they were when somebody last looked at them.

The other tests say why a line is as it is; this one finds what none of them mentions: a drawing's places, the
order of lines, classes that a style sheet names. Sentences stand by their keys, so another wording is no
difference. Where one is meant, look at the sheet, and write the files again:
``python -m tests.exercises.test_whole``.
"""

import copy
import json
from collections.abc import Callable
from dataclasses import astuple, replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from gates.examples.lab.state import Clamped
from gates.exercises.arithmetic.labels import Labels
from gates.exercises.classes import platforms, puzzles, sets
from gates.exercises.classes.puzzles import PuzzleSet
from gates.exercises.classes.sets import ClassSet
from gates.exercises.classics import classic, text
from gates.exercises.errors import ExerciseError
from gates.exercises.file import from_json
from gates.exercises.judging import judging
from gates.exercises.model import Exercise
from gates.exercises.puzzles.strips import Strips, reason, strips
from gates.exercises.sheets import content
from gates.exercises.sheets.content import Options
from gates.exercises.sheets.equations import equations
from gates.exercises.sheets.html import STYLE
from gates.exercises.sheets.sheet import sheet
from tests.exercises.cases import CASES
from tests.exercises.test_file import WRONG
from tests.text.keys import by_keys

KEPT = Path(__file__).parent / "data"


def on_paper(exercise: Exercise, suffix: str, options: Options) -> str:
    with patch.object(content, "translator", by_keys):
        return sheet(exercise, suffix, options).replace(STYLE % options.paper.upper(), "STYLE")


def clamped_exercise() -> Exercise:
    own = classic("hkust")
    parts = {name: part for name, part in own.parts.items() if name != "input"}
    clamps = (Clamped("forget", 0.5, steps=(2, 2)),)
    return replace(own, clamps=clamps, coupled=True, parts=parts, title="t", source="")


def judged(exercise: Exercise, asked: tuple[str, ...] = ()) -> str:
    told = judging(exercise, asked)
    return "".join(f"{json.dumps(part)}: {json.dumps(value)}\n" for part, value in told.items())


def stepped() -> str:
    """The equations of every form, and of what is coupled, left out, seen or held."""
    return "".join(
        f"{value['cell']} {value['form']} {value['reset']} {value['update']}\n"
        + "".join(f"    {line}\n" for line in equations(exercise, Labels(exercise)))
        for value in CASES
        for exercise in [from_json(value)]
    )


def refused() -> str:
    said = []
    for base, change, _, _ in WRONG:
        value = copy.deepcopy(base)
        change(value)
        with pytest.raises(ExerciseError) as wrong:
            from_json(value)
        said.append(f"{wrong.value.key} {json.dumps(wrong.value.values)}\n")
    return "".join(said)


def puzzled() -> str:
    """A puzzle of each design, on paper and for a platform."""
    said = []
    with patch.object(puzzles, "translator", by_keys), patch.object(platforms, "translator", by_keys):
        for name in puzzles.PUZZLES:
            own = sets.make(name, [3], students=["ann"])
            assert isinstance(own, PuzzleSet)
            said += [puzzles.paper(own, Options(part=part)).replace(STYLE % "A4", "STYLE") for part in PARTS]
            answers = ",".join("1" for _ in own.asked)
            marked = puzzles.mark(own, f"student,{csv_row(own.asked)}\nann,{answers}\n", by_keys("en"))
            said.append(puzzles.table(own, marked))
        said.append(platforms.moodle_strips(own))
    said += [" ".join(map(str, reason_fields(strips(seed), letter))) for seed in (3, 4) for letter in "ABC"]
    single = sets.make("rnn-three", [1])
    assert isinstance(single, ClassSet)
    with patch.object(content, "translator", by_keys), patch.object(platforms, "translator", by_keys):
        said.append(platforms.moodle(single).replace(single.exercises[1].title, "TITLE"))
    return "\n".join(said)


def softmax() -> dict[str, Any]:
    """A step whose loss goes through a softmax and a logarithm."""
    readout = {"V": [[1], [-2]], "b": [0.5, 0], "activation": "softmax"}
    activation = {"hidden": {"name": "leaky_relu", "alpha": 0.2}}
    more = {"readout": readout, "targets": [[0.25, 0.75]], "loss": "cross_entropy", "activations": activation}
    return json.loads(text("bptt")) | {"x": [[1]]} | more


def reason_fields(task: Strips, letter: str) -> tuple[object, ...]:
    why = reason(task, letter)
    return why.step, why.signal, *astuple(why)[2:4], f"{why.value:.6g}", f"{why.shown:.6g}"


def csv_row(names: tuple[str, ...]) -> str:
    return ",".join(f'"{name}"' for name in names)


SIGMOID = {
    "readout": {"V": [[1]], "b": [0.5], "activation": "sigmoid"},
    "targets": [[0.25]],
    "loss": "binary_cross_entropy",
}
PARTS = ("worksheet", "key")
WHOLE: dict[str, Callable[[], str]] = {
    "bptt.tex": lambda: on_paper(classic("bptt"), ".tex", Options(decimals=3)),
    "held.html": lambda: on_paper(clamped_exercise(), ".html", Options("zh", "concatenated", "a4")),
    "lee-lstm.html": lambda: on_paper(classic("lee-lstm"), ".html", Options(part="worksheet")),
    "gru.md": lambda: on_paper(classic("gru-integers-after"), ".md", Options(notation="row")),
    "mistake.tex": lambda: on_paper(classic("mistake-hkust"), ".tex", Options("zh", "z", "letter", 2)),
    "bptt.txt": lambda: judged(classic("bptt")),
    "equations.txt": stepped,
    "refusals.txt": refused,
    "puzzles.txt": puzzled,
    "softmax.txt": lambda: judged(from_json(softmax())),
    "sigmoid.txt": lambda: judged(from_json(softmax() | SIGMOID)),
    "gru.txt": lambda: judged(classic("gru-integers-after"), ("h1[1]",)),
}


@pytest.mark.parametrize("name", WHOLE)
def test_a_sheet_is_what_was_looked_at(name: str) -> None:
    kept = (KEPT / name).read_text(encoding="utf-8")
    made = WHOLE[name]()
    assert made == kept, f"{name} is another now. Where that is meant: python -m tests.exercises.test_whole"


if __name__ == "__main__":
    for each, make in WHOLE.items():
        (KEPT / each).write_text(make(), encoding="utf-8", newline="\n")
