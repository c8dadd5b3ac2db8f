"""Exercise files: strict JSON, read with a sentence for whatever is wrong in it, and written."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import numpy as np

from gates import strict_json
from gates.cells.lstm import GATES
from gates.core.activations import FUNCTIONS, Activation, AnyActivation
from gates.core.losses import LOSSES, OUTPUT_FUNCTIONS
from gates.errors import GatesError
from gates.exercises import structure
from gates.exercises.errors import ExerciseError
from gates.exercises.forms import FORMS, Form
from gates.exercises.json_value import JsonValue, excerpt, plain
from gates.exercises.model import ACTIVATIONS, CELLS, Claim, Exercise, ExerciseReadout, Floats, PartWeights
from gates.interop.orders import ORDERS

LARGEST_FILE = 1_000_000
MOST_UNITS, MOST_INPUTS, MOST_STEPS, MOST_OUTPUTS = 64, 64, 1000, 64

KEYS = (
    *("cell", "title", "source", "reset", "update", "form", "activations", "weights", "x", "h0", "c0"),
    *("readout", "targets", "loss", "learning_rate", "asked", "claim", "clamps", "coupled", "without"),
)
"""All keys of a file, in the order in which they are written."""
RESETS, UPDATES = ("before", "after"), ("keep", "write")
MIRRORED = ("sigmoid", "hard_sigmoid")
"""Gates with 1 − σ(a) = σ(−a): those whose z can be read the other way by turning its weights' signs."""

EMBEDDED = "gatescope-exercise:"
"""Stands before the exercise in a sheet, which can be read again."""
_EMBEDDED = re.compile(EMBEDDED + r"[ ]?+([^\n]++)")


def loads(text: str | bytes) -> Exercise:
    """Return the exercise of a file's text: JSON, or a sheet that ``gates.exercises.sheets`` wrote.

    Raises:
        ExerciseError: it is none; the sentence names the place and says what is expected there.
    """
    if len(text) > LARGEST_FILE:
        raise ExerciseError("error.exercise.size", size=len(text), limit=LARGEST_FILE)
    if isinstance(text, bytes):
        try:
            text = text.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise ExerciseError("error.exercise.encoding") from None
    text = text.lstrip("\ufeff \t\r\n")
    try:
        if not text.startswith("{") and (match := _EMBEDDED.search(text)):
            _, end = json.JSONDecoder().raw_decode(match[1])
            text = match[1][:end]
        value = strict_json.loads(text, unique=True, finite=False)
    except RecursionError:
        raise ExerciseError("error.exercise.json", reason="{{{…") from None
    except ValueError as wrong:
        raise ExerciseError("error.exercise.json", reason=wrong) from None
    return from_json(value)


def from_json(value: Any) -> Exercise:
    """Return the exercise that a JSON value says.

    Raises:
        ExerciseError: as ``loads``.
    """
    whole = JsonValue("", value).fields(KEYS, needed=("cell", "weights", "x"))
    kind = whole["cell"].choice(CELLS)
    form = whole["form"].choice(FORMS) if "form" in whole else "columns"
    options: dict[str, Any] = {"kind": kind, "form": form}
    for name in ("title", "source"):
        if name in whole:
            options[name] = whole[name].text()
    for name, choices in (("reset", RESETS), ("update", UPDATES), ("loss", tuple(LOSSES))):
        if name in whole:
            options[name] = whole[name].choice(choices)
    if kind != "gru":  # what only a GRU has may stand there, as in a file that lists everything
        options |= {"reset": "before", "update": "keep"}
    if "activations" in whole:
        options["activations"] = _activations(whole["activations"], kind)
    options |= structure.read(whole, kind)
    x = whole["x"].rows()
    if not 1 <= len(x) <= MOST_STEPS or not 1 <= x.shape[1] <= MOST_INPUTS:
        whole["x"].fail(
            "large", steps=len(x), inputs=x.shape[1], most_steps=MOST_STEPS, most_inputs=MOST_INPUTS
        )
    absent = structure.parts_without_weights(options["coupled"], options["without"])
    parts = _weights(whole["weights"], kind, form, x.shape[1], absent)
    hidden = len(next(iter(parts.values())).b)
    for name in ("h0", "c0"):
        if name in whole:
            if name == "c0" and kind != "lstm":
                whole[name].fail("no_cell", kind=kind.upper())
            options[name] = whole[name].vector(hidden, "units")
    if "readout" in whole:
        options["readout"] = _readout(whole["readout"], form, hidden)
    if "clamps" in whole:
        options["clamps"] = structure.clamps(whole["clamps"], kind, hidden, len(x))
    exercise = Exercise(parts=parts, x=x, **options)
    if "targets" in whole:
        exercise = replace(exercise, targets=_targets(whole["targets"], exercise))
    if "learning_rate" in whole:
        exercise = replace(exercise, learning_rate=whole["learning_rate"].number())
    if "asked" in whole:
        exercise = replace(exercise, asked=_asked(whole["asked"]))
    if "claim" in whole:
        exercise = replace(exercise, claim=_claim(whole["claim"], exercise))
    return _checked(exercise)


def to_json(exercise: Exercise) -> dict[str, Any]:
    """Return an exercise as a JSON value: its own numbers, and what differs from the defaults."""
    fields: dict[str, Any] = {"cell": exercise.kind}
    fields |= {name: text for name in ("title", "source") if (text := getattr(exercise, name))}
    if exercise.kind == "gru":
        fields |= {"reset": exercise.reset, "update": exercise.update}
    fields["form"] = exercise.form
    if exercise.activations:
        fields["activations"] = {
            name: written_activation(value) for name, value in exercise.activations.items()
        }
    fields["weights"] = {name: written(exercise, part) for name, part in exercise.parts.items()}
    fields["x"] = plain(exercise.x)
    for name in ("h0", "c0"):
        if (state := getattr(exercise, name)) is not None:
            fields[name] = plain(state)
    if exercise.readout is not None:
        fields["readout"] = written_readout(exercise.readout, exercise.readout.V, exercise.readout.b)
        if exercise.readout.activation != "identity":
            fields["readout"]["activation"] = exercise.readout.activation
    if exercise.targets is not None:
        rows = [None if np.isnan(row).all() else plain(row) for row in exercise.targets]
        fields |= {"targets": rows, "loss": exercise.loss}
    if exercise.learning_rate is not None:
        fields["learning_rate"] = plain(exercise.learning_rate)
    if exercise.asked:
        fields["asked"] = list(exercise.asked)
    if (claim := exercise.claim) is not None:
        fields["claim"] = {
            "step": claim.step,
            "signal": claim.signal,
            "values": plain(claim.values),
            "decimals": claim.decimals,
        }
    return fields | structure.write(exercise)


def dumps(exercise: Exercise) -> str:
    """Return an exercise as a file's text, a line for each key and each part."""
    value = to_json(exercise)
    weights = value["weights"].items()
    parts = ",\n".join(f"  {json.dumps(name)}: {json.dumps(part)}" for name, part in weights)
    lines = [
        f"{json.dumps(key)}: "
        + (f"{{\n{parts}}}" if key == "weights" else json.dumps(value[key], ensure_ascii=False))
        for key in KEYS
        if key in value
    ]
    return "{" + ",\n ".join(lines) + "}\n"


def written(exercise: Exercise, part: PartWeights) -> dict[str, Any]:
    """Return a part's weights, or their gradients, in the exercise's own form."""
    matrices = {name: plain(matrix) for name, matrix in exercise.printed.write(part.W, part.U).items()}
    matrices |= {"b": plain(part.b)} if part.biased else {}
    more = {"b_h": part.b_h, "p": part.p}
    return matrices | {name: plain(value) for name, value in more.items() if value is not None}


def written_readout(reading: ExerciseReadout, V: Floats, b: Floats) -> dict[str, Any]:
    """Return a read-out's V (K, H) and b, or their gradients, as the file prints them."""
    matrices = {"V": plain(V.T if reading.transposed else V)}
    return matrices | {"b": plain(b)} if reading.biased else matrices


def _activations(entry: JsonValue, kind: str) -> dict[str, AnyActivation]:
    everywhere = {name: default for setting in ACTIVATIONS.values() for name, (_, default) in setting.items()}
    chosen: dict[str, AnyActivation] = {}
    for name, setting in entry.fields(tuple(everywhere)).items():
        value: AnyActivation
        if isinstance(setting.value, dict):
            fields = setting.fields(("name", "alpha", "beta"), needed=("name",))
            numbers = {key: fields[key].number() for key in ("alpha", "beta") if key in fields}
            try:
                value = Activation(fields["name"].choice(FUNCTIONS), **numbers)
            except GatesError as wrong:
                raise ExerciseError(wrong.key, **wrong.values) from None
        else:
            value = setting.choice(FUNCTIONS)
        if value == everywhere[name]:
            continue
        if name not in ACTIVATIONS[kind]:
            setting.fail("activation", kind=kind.upper(), known=", ".join(ACTIVATIONS[kind]))
        chosen[name] = value
    return chosen


def written_activation(value: AnyActivation) -> Any:
    """Return an activation as files have it: its name, with its α and β where it has its own."""
    if isinstance(value, str):
        return value
    parameters = {"alpha": value.alpha, "beta": value.beta}
    return {"name": value.name} | {name: number for name, number in parameters.items() if number is not None}


def _weights(
    entry: JsonValue, kind: str, form: str, inputs: int, absent: Collection[str]
) -> dict[str, PartWeights]:
    names = tuple(name for name in CELLS[kind].parts if name not in absent)
    printed = FORMS[form]
    known = ("W", "b", "b_h") if printed.joined else ("W", "U", "b", "b_h")
    if isinstance(entry.value, dict) and "order" in entry.value:
        stack = entry.fields(("order", *known), needed=("order", *known[:-2]))
        entry = _unstacked(stack, kind, printed, absent)
    parts = entry.fields(names, needed=names)
    hidden: int | None = None
    weights = {}
    for name in names:
        seeing = (*known, "p") if kind == "lstm" and name in GATES else known
        fields = parts[name].fields(seeing, needed=known[:-2])
        matrices = {key: fields[key].rows() for key in known[:-2]}
        if hidden is None:
            hidden = matrices["W"].shape[1 if printed.rows else 0]
            if hidden > MOST_UNITS:
                fields["W"].fail("units", count=hidden, most=MOST_UNITS)
        for key, shape in printed.shapes(inputs, hidden).items():
            if matrices[key].shape != shape:
                _fail_shape(fields[key], matrices[key].shape, shape, form, inputs, hidden)
        b = fields["b"].vector(hidden, "units") if "b" in fields else np.zeros(hidden)
        b_h = fields["b_h"].vector(hidden, "units") if "b_h" in fields else None
        p = fields["p"].vector(hidden, "units") if "p" in fields else None
        weights[name] = PartWeights(*printed.read(matrices, inputs), b, b_h, "b" in fields, p)
    return weights


STACKED: Mapping[str, Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {**ORDERS, "olah": {**ORDERS["pytorch"], "lstm": ("forget", "input", "candidate", "output")}}
)
"""The orders in which gates are stacked: those of frameworks, and that of Olah's text."""


def _unstacked(stack: dict[str, JsonValue], kind: str, printed: Form, absent: Collection[str]) -> JsonValue:
    """Return weights part by part of those that are stacked in a named order, without those of no gate."""
    order = tuple(part for part in STACKED[stack["order"].choice(STACKED)][kind] if part not in absent)
    parts: dict[str, dict[str, Any]] = {part: {} for part in order}
    for key, entry in stack.items():
        if key == "order":
            continue
        array = entry.numbers() if key in ("b", "b_h") else entry.rows()
        axis = 1 if printed.rows and array.ndim == 2 else 0
        if array.shape[axis] % len(order):
            entry.fail("stacked", count=array.shape[axis], parts=len(order), order=", ".join(order))
        for part, block in zip(order, np.split(array, len(order), axis), strict=True):
            parts[part][key] = block.tolist()
    return JsonValue("weights", parts)


def _fail_shape(
    entry: JsonValue, shape: tuple[int, ...], expected: tuple[int, int], form: str, inputs: int, hidden: int
) -> None:
    about = {"form": form, "inputs": inputs, "units": hidden}
    if shape[0] != expected[0]:
        entry.fail("shape.rows", count=shape[0], expected=expected[0], **about)
    entry.fail("shape.columns", count=shape[1], expected=expected[1], **about)


def _readout(entry: JsonValue, form: str, hidden: int) -> ExerciseReadout:
    fields = entry.fields(("V", "b", "activation"), needed=("V",))
    V = fields["V"].rows()
    transposed = FORMS[form].rows and len(V) == hidden  # a row that fits h alone is a row of V·h
    if transposed:
        V = np.ascontiguousarray(V.T)
    if V.shape[1] != hidden:
        fields["V"].fail("readout", count=V.shape[1], expected=hidden)
    if len(V) > MOST_OUTPUTS:
        fields["V"].fail("outputs", count=len(V), most=MOST_OUTPUTS)
    b = fields["b"].vector(len(V), "outputs") if "b" in fields else np.zeros(len(V))
    activation = fields["activation"].choice(OUTPUT_FUNCTIONS) if "activation" in fields else "identity"
    return ExerciseReadout(V, b, activation, transposed, "b" in fields)


def _targets(entry: JsonValue, exercise: Exercise) -> Floats:
    rows = entry.entries("rows")
    if len(rows) != exercise.steps:
        entry.fail("count.steps", count=len(rows), expected=exercise.steps)
    targets = np.full((exercise.steps, exercise.outputs), math.nan)
    for at, row in enumerate(rows):
        if row is None:
            continue
        if not isinstance(row, list):
            entry.fail("row", row=at + 1, found=excerpt(row))
        if len(row) != exercise.outputs:
            entry.fail("ragged", row=at + 1, count=len(row), expected=exercise.outputs)
        targets[at] = [
            JsonValue(entry.path, value).number(at + 1, k, nothing=True) for k, value in enumerate(row, 1)
        ]
        _check_target(entry, at + 1, targets[at], exercise.loss)
    if np.isnan(targets).all():
        entry.fail("targets")
    return targets


def _check_target(entry: JsonValue, row: int, values: Floats, loss: str) -> None:
    counted = values[~np.isnan(values)]
    if loss in ("cross_entropy", "binary_cross_entropy") and ((counted < 0) | (counted > 1)).any():
        entry.fail("target.range", row=row, loss=loss)
    if (
        loss == "cross_entropy"
        and counted.size
        and not (len(counted) == len(values) and abs(counted.sum() - 1) < 1e-6)
    ):
        entry.fail("target.sum", row=row)


def _asked(entry: JsonValue) -> tuple[str, ...]:
    names = entry.entries("vector")
    if not all(isinstance(name, str) and len(name) <= 40 for name in names):
        entry.fail("vector", found=excerpt(names))
    return tuple(names)


def _claim(entry: JsonValue, exercise: Exercise) -> Claim:
    needed = ("step", "signal", "values", "decimals")
    fields = entry.fields(needed, needed=needed)
    step, decimals = fields["step"].integer(exercise.steps, "step"), fields["decimals"].number()
    if decimals not in range(13):
        fields["decimals"].fail("decimals", found=excerpt(fields["decimals"].value))
    signals = (*(name for name in CELLS[exercise.kind].signals[1:] if name not in exercise.without), "y")
    signal = fields["signal"].choice(signals)
    count = exercise.outputs if signal == "y" else exercise.hidden
    values = fields["values"].vector(count, "units")
    return Claim(step, signal, tuple(map(float, values)), int(decimals))


def _checked(exercise: Exercise) -> Exercise:
    """Return it, unless a z that writes cannot be turned, or the engine refuses the cell."""
    gate = exercise.activation("gate") if exercise.kind == "gru" else ""
    if exercise.update == "write" and gate not in MIRRORED:
        name = gate if isinstance(gate, str) else gate.name
        raise ExerciseError("error.exercise.mirrored", gate=name, choices=", ".join(MIRRORED))
    return exercise
