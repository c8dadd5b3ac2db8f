"""A cell's formulas on one printed page: a step, the shapes, and how the state depends on the one before.

No formula is written here: the step's are those of :mod:`gates.examples.notation.latex`, the derivatives'
those of :mod:`gates.examples.notation.jacobian`, and sizes are counted on a cell that is made for that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from gates import GRU, LSTM, RNN
from gates.examples.comparisons import COLUMNS, AnyCell, aligned_cell, count, parameters_by_framework
from gates.examples.notation.jacobian import gradient_lines, slope_lines
from gates.examples.notation.kinds import KINDS, DrawnKind
from gates.examples.notation.latex import conventions, equations, options_of
from gates.examples.notation.letters import NOTATIONS, Reset, Update, effective_notation, symbols
from gates.exercises.sheets.blocks import (
    Block,
    Document,
    Equations,
    Heading,
    Maths,
    Paragraph,
    Prose,
    Table,
)
from gates.exercises.sheets.content import PAPERS
from gates.interop.orders import ORDERS, letters
from gates.text import LANGUAGES, Translator, translator

CELLS = tuple(COLUMNS)
ADDRESS = "/formulas"
"""Where the server gives a sheet (``gates/ui/web/routes/formulas.py``)."""
UPDATES: tuple[Update, ...] = ("keep", "write")
INPUTS, UNITS = 28, 256
"""The sizes that parameters are counted for: a text of 28 symbols, and the units of d2l's example."""
_IN_A_ROW = 3  # slopes
_LETTER = re.compile(r"(\b[A-Za-z]_[a-z]{1,2}\b)")
_SMALL = (3, 5)  # whose shapes are read as letters


@dataclass(frozen=True)
class Options:
    """How a sheet is written: language, notation, what a GRU's z does, and paper."""

    language: str = LANGUAGES[0]
    notation: str = NOTATIONS[0]
    update: Update = "keep"
    paper: str = PAPERS[0]


def formula_sheet(column: str, options: Options | None = None) -> Document:
    """Return the sheet of one of ``CELLS``."""
    sheet = _Sheet(column, options or Options())
    return Document(
        sheet.title,
        sheet.options.language,
        sheet.options.paper,
        tuple(sheet.blocks()),
        embedded="",
        dense=True,
    )


class _Sheet:
    def __init__(self, column: str, options: Options) -> None:
        self.column, self.options = column, options
        self.kind: DrawnKind = COLUMNS[column]
        self.cell: AnyCell = aligned_cell(column, *_SMALL, seed=0)
        self.t: Translator = translator(options.language)
        self.reset: Reset = self.cell.reset if isinstance(self.cell, GRU) else "after"
        self.notation, self.reason = effective_notation(self.kind, options.notation, self.reset)
        self.labels = symbols(self.kind, options.notation, options.update, self.reset).labels

    @property
    def title(self) -> str:
        return self.t("formulas.title", cell=self.t(f"compare.column.{self.column}"))

    def blocks(self) -> Iterator[Block]:
        t = self.t
        yield Heading(self.title, 1)
        yield Paragraph((t("formulas.written", notation=t(f"notation.{self.notation}")),))
        if self.reason:
            yield Paragraph(_set(t(self.reason)))
        yield Heading(t("formulas.step"))
        yield Equations(tuple(line.latex for line in self.equations()))
        yield Paragraph((t("formulas.signs"),))
        yield from self.ambiguous_letters()
        yield Heading(t("formulas.shapes"))
        yield self.shapes()
        yield Paragraph(self.parameters())
        if self.kind in ORDERS["pytorch"] and len(ORDERS["pytorch"][self.kind]) > 1:
            orders = {name: letters(self.kind, name) for name in ("pytorch", "keras", "onnx")}
            yield Paragraph((t("formulas.orders", **orders),))
        yield Heading(t("formulas.gradient"))
        yield Equations(self.gradient())
        yield Paragraph((t(self.gradient_key),))

    def equations(self) -> tuple[Any, ...]:
        activation = self.cell.squashes["hidden"].activation.name if isinstance(self.cell, RNN) else "tanh"
        return equations(
            self.kind,
            self.options.notation,
            reset=self.reset,
            update=self.options.update,
            activation=activation,
            **options_of(self.cell),
        )

    def ambiguous_letters(self) -> Iterator[Block]:
        """Yield what the letters say that are read in two ways."""
        keys = conventions(self.kind, self.options.notation, reset=self.reset, update=self.options.update)
        for key in keys:
            if key.startswith(("convention.update", "convention.reset")):
                yield Paragraph(_set(self.t(key)))
        if (key := f"formulas.{self.kind}") in self.t:
            yield Paragraph((self.t(key),))

    def shapes(self) -> Table:
        t, transposed = self.t, self.notation == "row"
        x, h = self.labels["x"], self.labels["hidden"]
        rows: list[tuple[Prose, ...]] = [((Maths(x),), ("I",), (t("formulas.input"),))]
        states = [h] + ([self.labels["cell"]] if "cell" in self.labels else [])
        rows.append((_listed(states), ("H",), (t("formulas.states"),)))
        used = [part for part in KINDS[self.kind].parts if self.uses(part)]
        for name, (wide, meaning) in {"W": ("I", "new"), "U": ("H", "old"), "b": ("", "bias")}.items():
            if name in count(self.cell).shapes:
                shape = f"({wide}, H)" if transposed and wide else f"(H, {wide})" if wide else "H"
                labels = [self.labels[f"{name}.{part}"] for part in used]
                rows.append((_listed(labels), (shape,), (t(f"formulas.{meaning}"),)))
        if "b_hn" in count(self.cell).shapes:
            rows.append(((Maths(self.labels["b_hn"]),), ("H",), (t("formulas.inside"),)))
        if "p" in count(self.cell).shapes:
            seen = [self.labels[f"p.{part}"] for part in ("input", "forget", "output") if self.uses(part)]
            rows.append((_listed(seen), ("H",), (t("formulas.peephole"),)))
        return Table(((t("formulas.what"),), (t("formulas.shape"),), (t("formulas.for"),)), tuple(rows))

    def uses(self, part: str) -> bool:
        """Whether a part is computed, and not fixed or taken from another one."""
        cell = self.cell
        return not isinstance(cell, LSTM) or not (part in cell.without or (part == "input" and cell.coupled))

    def parameters(self) -> Prose:
        """Say how many numbers are learned: in letters, and counted for the sizes of an example."""
        inputs, units = _SMALL
        shapes = count(self.cell).shapes
        gates = shapes["W"][0] // units
        size = {inputs: "I", units: "H"}
        pieces = [_times(shapes["W"][0] // units, f"H·{size[shapes['W'][1]]}")]
        pieces += [_times(shapes["U"][0] // units, "H·H")] if "U" in shapes else []
        pieces += [_times(gates, "H")]
        pieces += [_times(shapes["p"][0], "H")] if "p" in shapes else []
        pieces += ["H"] if "b_hn" in shapes else []
        large = aligned_cell(self.column, INPUTS, UNITS, seed=0)
        sizes = {"inputs": INPUTS, "units": UNITS, "total": f"{count(large).total:,}"}
        of_torch = parameters_by_framework(large)["pytorch"]
        more = (
            (self.t.between, self.t("formulas.pytorch", total=f"{of_torch:,}"))
            if of_torch is not None
            else ()
        )
        text = self.t("formulas.count", formula=" + ".join(pieces), **sizes)
        return (text, *more)

    def gradient(self) -> tuple[str, ...]:
        options = options_of(self.cell)
        if self.kind not in ("rnn", "gru", "lstm"):
            return gradient_lines(self.kind, self.options.notation)
        linear = [name for name in ("candidate", "cell") if options[f"{name}_activation"] == "identity"]  # type: ignore[literal-required]
        lines = gradient_lines(
            self.kind,
            self.options.notation,
            reset=self.reset,
            peephole=options["peephole"],
            coupled=options["coupled"],
            without=options["without"],
            linear=linear,
        )
        slopes = slope_lines(self.kind, self.options.notation, self.slopes(linear))
        rows = (slopes[at : at + _IN_A_ROW] for at in range(0, len(slopes), _IN_A_ROW))
        return (*lines, *(r",\qquad ".join(row) for row in rows))

    def slopes(self, linear: list[str]) -> dict[str, str]:
        if isinstance(self.cell, RNN):
            return {"hidden": self.cell.squashes["hidden"].activation.name}
        gates = {
            part: "sigmoid" for part in KINDS[self.kind].parts if part != "candidate" and self.uses(part)
        }
        new = {} if "candidate" in linear else {"candidate": "tanh"}
        return gates | new | ({"cell": "tanh"} if self.kind == "lstm" and "cell" not in linear else {})

    @property
    def gradient_key(self) -> str:
        if self.kind == "lstm":
            return "formulas.gradient.lstm"
        if self.kind == "gru" and self.options.update == "write":
            return "formulas.gradient.write"
        return f"formulas.gradient.{self.kind}"


def _set(text: str) -> Prose:
    """Return a sentence in which letters such as U_n are formulas."""
    pieces = _LETTER.split(text)
    return tuple(Maths(piece) if at % 2 else piece for at, piece in enumerate(pieces) if piece)


def _times(number: int, factor: str) -> str:
    return factor if number == 1 else f"{number}·{factor}"


def _listed(labels: list[str]) -> Prose:
    pieces: list[str | Maths] = []
    for label in labels:
        pieces += [", ", Maths(label)] if pieces else [Maths(label)]
    return tuple(pieces)


def link(cell: str, language: str, notation: str, update: str) -> str:
    """Return the address of a sheet, from any page of the app."""
    return f"{ADDRESS[1:]}?{urlencode({'cell': cell, 'lang': language, 'notation': notation, 'z': update})}"


def plain(options: Options) -> Options:
    """Return the options with what is not known left at its default."""
    known = {"language": LANGUAGES, "notation": NOTATIONS, "update": UPDATES, "paper": PAPERS}
    wrong = {
        name: getattr(Options, name)
        for name, allowed in known.items()
        if getattr(options, name) not in allowed
    }
    return replace(options, **wrong)
