"""Several cells on one input: the columns of a comparison, and what the stage of each is told. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gates.examples.comparisons import COLUMNS, COMPARISONS, aligned_cell
from gates.examples.notation.kinds import DrawnKind
from gates.examples.notation.letters import symbols
from gates.inputs.sequence import Sequence as Reading
from gates.scenes.header import bar
from gates.scenes.links.compare import COMPARE, CompareState
from gates.scenes.scales import common_scale, largest_cell
from gates.scenes.scene import Scene, own_input
from gates.scenes.state import READER
from gates.text import Translator


@dataclass(frozen=True, eq=False)
class Column:
    """One of the cells: its title, its run, and whether its cell does the task (None: no task)."""

    id: str
    title: str
    scene: Scene
    can: bool | None

    @property
    def kind(self) -> DrawnKind:
        """The kind of its cell."""
        return COLUMNS[self.id]


def columns(state: CompareState, t: Translator) -> list[Column]:
    """Run every cell of a comparison over its input.

    Raises:
        InputError: where its input is none.
    """
    if state.source == "preset":
        task = COMPARISONS[state.preset]
        cells = [(entry.column, entry.make(), entry.can) for entry in task.entries]
        return [_column(t, name, cell, task.sequence, can) for name, cell, can in cells]
    sequence = own_input(state)
    assert sequence is not None
    inputs = sequence.x.shape[1]
    return [
        _column(t, name, aligned_cell(name, inputs, state.hidden, state.seed, state.bias), sequence, None)
        for name in state.columns
    ]


def _column(t: Translator, name: str, cell: Any, sequence: Reading, can: bool | None) -> Column:
    scene = Scene(cell, sequence, cell.run(sequence.x), None, {})
    return Column(name, t(f"compare.column.{name}"), scene, can)


def transport_fields(several: Sequence[Column], state: CompareState, t: Translator) -> dict[str, Any]:
    """Return the fields of the transport that moves all columns; its own run is the first one's.

    On a filled screen it also lists the comparisons, as a lone stage does its examples.
    """
    moved = bar((column.scene.cell.hidden, column.kind) for column in several)
    return moved | {"guesses": True, "examples": _comparisons(state, t)}


def _comparisons(state: CompareState, t: Translator) -> dict[str, Any]:
    """The comparisons that can be chosen, in the form of :func:`gates.scenes.header.examples`."""
    opening = CompareState(**state.values(READER))
    params = {name: value for name, value in COMPARE.write(opening).items() if name != "preset"}
    titles = {name: t(f"compare.preset.{name}") for name in COMPARISONS}
    return {"params": params, "titles": titles, "shown": state.preset if state.source == "preset" else None}


def column_headers(
    several: Sequence[Column], state: CompareState, t: Translator, *, guessing: bool = False
) -> list[dict[str, Any]]:
    """Return for each column the fields by which its stage's header differs from a lone one's.

    Args:
        several: all columns, whose memories have one scale.
        state: what the page shows.
        t: the reader's words.
        guessing: whether the reader guesses first, so that no heading says how it ends.
    """
    largest = largest_cell(column.scene.trace for column in several)
    return [
        {
            "random": state.source != "preset",
            "watch": None,
            "scale": common_scale(column.scene.trace, largest),
            "update": state.update if column.kind == "gru" else "keep",
            "symbols": _symbols(column, state),
            "link": None,
            "follow": True,
            "compact": True,
            "heading": column.title if guessing else _heading(column, t),
            "called": column.title,
            "guesses": True,
        }
        for column in several
    ]


def _heading(column: Column, t: Translator) -> str:
    """What stands above a column where the page's own heads are not: on a filled screen, in a file."""
    verdict = {True: "compare.can", False: "compare.cannot", None: None}[column.can]
    return column.title if verdict is None else f"{column.title} · {t(verdict)}"


def _symbols(column: Column, state: CompareState) -> dict[str, str]:
    """The letters of a column; an LSTM without tanh on its way out shows c itself."""
    scene = column.scene
    labels = dict(symbols(column.kind, state.notation, state.update, scene.reset).labels)
    if scene.variant["cell_activation"] == "identity":
        labels["tanh_cell"] = labels["cell"]
    return labels
