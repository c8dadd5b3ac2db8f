"""What a file says of how a cell is built and of what is held: ``clamps``, ``coupled`` and ``without``."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from gates.cells.lstm import GATES
from gates.examples.lab.state import MOST_CLAMPS, Clamped
from gates.exercises.json_value import JsonValue, excerpt, plain
from gates.exercises.model import CELLS, Exercise

FIELDS = ("signal", "value", "units", "steps")


def read(fields: Mapping[str, JsonValue], kind: str) -> dict[str, Any]:
    """Return ``coupled`` and ``without`` of a file's fields; they are an LSTM's.

    Raises:
        ExerciseError: one of them is none, or the two do not go together.
    """
    coupled = "coupled" in fields and fields["coupled"].flag()
    without: list[str] = []
    if "without" in fields and fields["without"].value != []:
        gates = [JsonValue("without", gate).choice(GATES) for gate in fields["without"].entries("gates")]
        without = [gate for gate in GATES if gate in gates]
    if kind != "lstm" and (coupled or without):
        fields["coupled" if coupled else "without"].fail("no_cell", kind=kind.upper())
    if coupled and {"input", "forget"} & {*without}:
        fields["coupled"].fail("coupled")
    return {"coupled": coupled, "without": tuple(without)}


def parts_without_weights(coupled: bool, without: Collection[str]) -> set[str]:
    """Return the parts of which a cell has no weights: gates that are left out, and an i that is 1 − f."""
    return {*without} | ({"input"} if coupled else set())


def clamps(place: JsonValue, kind: str, hidden: int, steps: int) -> tuple[Clamped, ...]:
    """Return what is held, units and steps counted from 0; in the file they are counted from 1.

    Raises:
        ExerciseError: a signal, a unit, a step or a value is none of this exercise.
    """
    if place.value == []:
        return ()
    entries = place.entries("clamps")
    if len(entries) > MOST_CLAMPS:
        place.fail("clamps.many", count=len(entries), most=MOST_CLAMPS)
    return tuple(
        _clamp(JsonValue(f"{place.path}[{at}]", entry), kind, hidden, steps)
        for at, entry in enumerate(entries, 1)
    )


def _clamp(place: JsonValue, kind: str, hidden: int, steps: int) -> Clamped:
    fields = place.fields(FIELDS, needed=FIELDS[:2])
    signal = fields["signal"].choice(CELLS[kind].signals[1:])
    value = fields["value"].number()
    units = span = None
    if "units" in fields and fields["units"].value is not None:
        units_entry = fields["units"].entries("vector")
        units = tuple(
            sorted(
                {JsonValue(fields["units"].path, each).integer(hidden, "unit") - 1 for each in units_entry}
            )
        )
    if "steps" in fields and fields["steps"].value is not None:
        ends = fields["steps"].entries("vector")
        if len(ends) != 2:
            fields["steps"].fail("clamps.steps", found=excerpt(ends))
        first, last = (JsonValue(fields["steps"].path, each).integer(steps, "step") - 1 for each in ends)
        if first > last:
            fields["steps"].fail("clamps.steps", found=excerpt(ends))
        span = (first, last)
    return Clamped(signal, value, units, span)


def write(exercise: Exercise) -> dict[str, Any]:
    """Return what of this a file says: what differs from a cell that has all gates, with nothing held."""
    entry: dict[str, Any] = {}
    if exercise.clamps:
        entry["clamps"] = [_written(clamp) for clamp in exercise.clamps]
    if exercise.coupled:
        entry["coupled"] = True
    if exercise.without:
        entry["without"] = list(exercise.without)
    return entry


def _written(clamp: Clamped) -> dict[str, Any]:
    entry: dict[str, Any] = {"signal": clamp.signal, "value": plain(clamp.value)}
    if clamp.units is not None:
        entry["units"] = [unit + 1 for unit in clamp.units]
    if clamp.steps is not None:
        entry["steps"] = [step + 1 for step in clamp.steps]
    return entry
