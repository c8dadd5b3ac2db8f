"""The ways in which a book, a notebook or a sheet prints matrices, for tests that paste them."""

import json
from collections.abc import Callable

from gates.exercises.file import to_json
from gates.exercises.model import Exercise

Rows = list[list[float]]
LETTERS = {
    "lstm": {"input": "i", "forget": "f", "candidate": "g", "output": "o"},
    "gru": {"reset": "r", "update": "z", "candidate": "n"},
}


def listed(name: str, rows: Rows) -> str:
    return json.dumps(rows)


def latex(name: str, rows: Rows) -> str:
    body = r" \\ ".join(" & ".join(map(repr, row)) for row in rows)
    return rf"\mathbf{{{name}}} = \begin{{bmatrix}} {body} \end{{bmatrix}}"


def matlab(name: str, rows: Rows) -> str:
    return f"{name} = [" + "; ".join(" ".join(map(repr, row)) for row in rows) + "];"


def sheet(name: str, rows: Rows) -> str:
    return "\n".join("\t".join(map(repr, row)) for row in rows) + "\n"


def chinese(name: str, rows: Rows) -> str:
    body = "；".join("，".join(map(repr, row)) for row in rows)
    return f"{name} ＝ 【{body}】".replace("-", "－")


def numpy(name: str, rows: Rows) -> str:
    return f"{name} = np.array({rows!r}, dtype=np.float64)"


WRITERS: tuple[Callable[[str, Rows], str], ...] = (listed, latex, matlab, sheet, chinese, numpy)


def whole(exercise: Exercise, write: Callable[[str, Rows], str]) -> str:
    """Return all weights of an exercise as one text, in its own form, gate after gate."""
    letters = LETTERS.get(exercise.kind, {})
    texts = []
    for part, own in to_json(exercise)["weights"].items():
        matrices = {name: own[name] for name in ("W", "U") if name in own} | {"b": [own["b"]]}
        texts += [write(f"{name}_{letters[part]}" if letters else name, m) for name, m in matrices.items()]
    return "\n\n".join(texts)
