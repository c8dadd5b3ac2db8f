"""What one takes away from the lab: code that computes the same numbers, the weights, and the trace.

The code is complete: run, it prints the hidden states that the page shows. Weights are written as the
shortest decimals that give the same values, so that nothing is lost on the way.
"""

from __future__ import annotations

import csv
import io
import tempfile
import textwrap
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gates.core.trace import Trace
from gates.examples.lab.numbers import Floats, decimal_difference
from gates.examples.lab.readout_code import Written, numpy_lines, torch_activation, torch_lines
from gates.examples.lab.state import Clamped, LabState, as_single

Translate = Callable[..., str]
FloatArray = NDArray[np.float64]

WIDTH = 100
COMMENT = 66  # narrow, for the two scripts stand side by side


def numpy_code(lab: LabState, x: FloatArray, t: Translate, scaled: bool = False) -> str:
    """Return a script that runs the cell over ``x`` (T, I) with the engine; ``trace`` holds the result."""
    name = lab.kind.upper()
    clamps = _engine_clamps(lab, len(x))
    weights = "\n".join(
        f"{array} = {_array(lab, array, 'np.array', values)}" for array, values in lab.weights.items()
    )
    arguments = [
        f"{array}={array}{'.astype(np.float64)' * _in_float32(values)}"
        for array, values in lab.weights.items()
    ]
    arguments += [f"{option}={value!r}" for option, value in _options(lab).items()]
    start, state = _start(lab, "np.array")
    run = ["x", *([f"state={state}"] if state else []), *(["clamps=clamps"] if clamps else [])]
    used = [name for name, value in (("loss", lab.task.targets), ("show", lab.task.V)) if value is not None]
    return _joined(
        _comment(t("takeaway.code.numpy")),
        "import numpy as np",
        "",
        f"from gates import {f'{name}, Clamp' if clamps else name}",
        *([f"from gates.core.losses import {', '.join(used)}"] if used else []),
        "",
        _comment(t("takeaway.code.weights")),
        weights,
        f"cell = {_call(name, arguments)}",
        "",
        _comment(t("takeaway.code.input")),
        *([_comment(t("takeaway.code.scaled"))] if scaled else []),
        f"x = {_input(x, 'np.array')}",
        *([_comment(t("takeaway.code.start")), *start] if start else []),
        *([_comment(t("takeaway.code.clamps")), f"clamps = {_list(clamps)}"] if clamps else []),
        "",
        f"trace = cell.run({', '.join(run)})",
        "print(trace.hidden)",
        *numpy_lines(lab.task, _comment(t("takeaway.code.read")), _named("np.array", "np.nan")),
    )


def torch_code(lab: LabState, x: FloatArray, t: Translate, scaled: bool = False) -> str:
    """Return a script that does the same in PyTorch; ``hidden`` (T, H) holds the result.

    PyTorch's own module where it has one for this cell, else the step written out.
    """
    arrays = _torch_arrays(lab)
    weights = [
        f"{name} = {_array(lab, name, 'torch.tensor', values)}.to(dtype)" for name, values in arrays.items()
    ]
    summed = lab.b_h is not None and not in_torch(lab)
    return _joined(
        _comment(t("takeaway.code.torch")),
        "import torch",
        "",
        f"dtype = torch.float64  # {t('takeaway.code.dtype')}",
        "",
        _comment(t("takeaway.code.weights")),
        *weights,
        *(["b = b_ih + b_hh"] if summed else []),
        "",
        _comment(t("takeaway.code.input")),
        *([_comment(t("takeaway.code.scaled"))] if scaled else []),
        f"x = {_input(x, 'torch.tensor', 'dtype=dtype')}",
        *(
            [_comment(t("takeaway.code.start")), *_start(lab, "torch.tensor")[0]]
            if lab.has_initial_state
            else []
        ),
        "",
        _module(lab) if in_torch(lab) else _written_out(lab, len(x), t),
        "print(hidden)",
        *torch_lines(lab.task, _comment(t("takeaway.code.read")), _named("torch.tensor", "torch.nan")),
    )


def in_torch(lab: LabState) -> bool:
    """Tell whether PyTorch has a module for this cell: no clamps, variants, or reset before the product."""
    common = lab.reset == "after" and lab.peephole is None and not lab.coupled and not lab.without
    usual = lab.options if lab.kind == "rnn" and lab.activation in ("tanh", "relu") else _usual_options(lab)
    return common and not lab.clamps and lab.activations.items() <= usual.items()


def _usual_options(lab: LabState) -> dict[str, Any]:
    return {name: getattr(LabState, name) for name in lab.activations}


def npz(lab: LabState) -> bytes:
    """Return the weights as ``np.load`` and ``gates.interop.load`` read them, under PyTorch's names."""
    from gates.interop import save

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cell.npz"
        save(lab.cell(), path)
        return path.read_bytes()


def table(trace: Trace, tokens: tuple[str, ...]) -> str:
    """Return the trace as CSV, a row for each number: step and unit from 1, as on the screen, in full."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("step", "token", "signal", "unit", "value"))
    for step, token in enumerate(tokens):
        for signal in trace.signals:
            for unit, value in enumerate(getattr(trace, signal)[step].tolist(), start=1):
                writer.writerow((step + 1, token, signal, unit, repr(value)))
    return text.getvalue()


# PyTorch

_MODULE = """\
{name} = torch.nn.{class_}({inputs}, {hidden}{options}, dtype=dtype)
with torch.no_grad():
    {name}.weight_ih_l0.copy_(W)
    {name}.weight_hh_l0.copy_(U)
    {name}.bias_ih_l0.copy_({first})
    {name}.bias_hh_l0.copy_({recurrent})
    hidden, _ = {name}({arguments})"""

_HOLD = """\
def hold(signal, t, value):
    for name, level, units, steps in clamps:
        if name == signal and t in steps:
            value = value.clone()
            value[units] = level
    return value
"""


def _torch_arrays(lab: LabState) -> dict[str, Floats]:
    """The weights by the names of PyTorch's code: a cell that is printed with two biases has b_ih and b_hh.

    The candidate's part of b_hh is a b_hn, where there is one and PyTorch's own module reads it.
    """
    if lab.b_h is None:
        return lab.weights
    second = lab.b_h.copy()
    if lab.b_hn is not None:
        second[lab.cell().rows("candidate")] = 0
    first = decimal_difference(lab.b, second)
    if lab.b_hn is not None and in_torch(lab):
        second[lab.cell().rows("candidate")] = lab.b_hn
    arrays = {name: values for name, values in lab.weights.items() if name != "b"}
    if in_torch(lab):
        arrays.pop("b_hn", None)
    return {"W": arrays.pop("W"), "U": arrays.pop("U"), "b_ih": first, "b_hh": second, **arrays}


def _module(lab: LabState) -> str:
    """The cell as PyTorch's module: gates in the same order, the second bias 0 but where there is one."""
    first, recurrent = "b", "torch.zeros_like(b)"
    if lab.b_h is not None:
        first, recurrent = "b_ih", "b_hh"
    elif lab.b_hn is not None:
        recurrent = f"torch.cat([torch.zeros({2 * lab.hidden}, dtype=dtype), b_hn])"
    return _MODULE.format(
        name=lab.kind,
        class_=lab.kind.upper(),
        inputs=lab.inputs,
        hidden=lab.hidden,
        options=f', nonlinearity="{lab.activation}"' if lab.kind == "rnn" else "",
        first=first,
        recurrent=recurrent,
        arguments=", ".join(["x", *([_module_start(lab)] if lab.has_initial_state else [])]),
    )


def _written_out(lab: LabState, steps: int, t: Translate) -> str:
    """The cell's step in plain operations, with what it is held at."""
    lines: list[str] = []
    if lab.clamps:
        listed = [
            f'("{clamp.signal}", {clamp.value!r}, {_units(clamp) or "slice(None)"}, '
            f"{_span(clamp, steps) or f'range({steps})'})"
            for clamp in lab.clamps
        ]
        lines += [_comment(t("takeaway.code.clamps")), f"clamps = {_list(listed)}", "", "", _HOLD, ""]
    body = {"lstm": _lstm_step, "gru": _gru_step, "rnn": _rnn_step}[lab.kind](lab)
    states = {"h": lab.initial_hidden} | ({"c": lab.initial_cell} if lab.kind == "lstm" else {})
    zeros = " = ".join(name for name, array in states.items() if array is None)
    if zeros:
        lines.append(f"{zeros} = torch.zeros({lab.hidden}, dtype=dtype)")
    lines += [f"{name} = {name}0" for name, array in states.items() if array is not None]
    lines += ["states = []", "for t in range(len(x)):"]
    lines += [f"    {line}" for line in body]
    lines += ["    states.append(h)", "hidden = torch.stack(states)"]
    return "\n".join(lines)


def _held(lab: LabState, signal: str, value: str) -> str:
    clamped = any(clamp.signal == signal for clamp in lab.clamps)
    return f'hold("{signal}", t, {value})' if clamped else value


def _lstm_step(lab: LabState) -> Iterator[str]:
    def gate(name: str, seen: str) -> str:
        if name in lab.without:
            return "torch.ones_like(c)"
        row = ("input", "forget", "output").index(name)
        look = f" + peephole[{row}] * {seen}" if lab.peephole is not None else ""
        return torch_activation(lab.gate_activation, f"a_{name[0]}{look}")

    yield "a_i, a_f, a_g, a_o = (W @ x[t] + U @ h + b).chunk(4)"
    yield f"f = {_held(lab, 'forget', gate('forget', 'c'))}"
    yield f"i = {_held(lab, 'input', '1 - f' if lab.coupled else gate('input', 'c'))}"
    yield f"g = {_held(lab, 'candidate', torch_activation(lab.candidate_activation, 'a_g'))}"
    yield f"c = {_held(lab, 'cell', 'f * c + i * g')}"
    yield f"o = {_held(lab, 'output', gate('output', 'c'))}"
    yield f"h = {_held(lab, 'hidden', 'o * ' + _factor(torch_activation(lab.cell_activation, 'c')))}"


def _gru_step(lab: LabState) -> Iterator[str]:
    after = lab.reset == "after"
    yield "(W_r, W_z, W_n), (U_r, U_z, U_n), (b_r, b_z, b_n) = W.chunk(3), U.chunk(3), b.chunk(3)"
    yield f"r = {_held(lab, 'reset', torch_activation(lab.gate_activation, 'W_r @ x[t] + U_r @ h + b_r'))}"
    yield f"z = {_held(lab, 'update', torch_activation(lab.gate_activation, 'W_z @ x[t] + U_z @ h + b_z'))}"
    recurrent = "r * (U_n @ h + b_hn)" if after else "U_n @ (r * h)"
    candidate = torch_activation(lab.candidate_activation, f"W_n @ x[t] + b_n + {recurrent}")
    yield f"n = {_held(lab, 'candidate', candidate)}"
    yield f"h = {_held(lab, 'hidden', 'z * h + (1 - z) * n')}"


def _rnn_step(lab: LabState) -> Iterator[str]:
    yield f"h = {_held(lab, 'hidden', torch_activation(lab.activation, 'W @ x[t] + U @ h + b'))}"


# How it is written


def _options(lab: LabState) -> Mapping[str, Any]:
    """The options that are not as they are by default."""
    match lab.kind:
        case "lstm":
            chosen = {"coupled": lab.coupled, "without": sorted(lab.without)}
            return {name: value for name, value in chosen.items() if value} | _other_activations(lab)
        case "gru":
            return {"reset": lab.reset} | _other_activations(lab)
        case _:
            return {"activation": lab.activation}


def _other_activations(lab: LabState) -> dict[str, str]:
    return {name: value for name, value in lab.activations.items() if value != getattr(LabState, name)}


def _factor(expression: str) -> str:
    return expression if expression.count(" ") == 0 or expression.startswith("torch.") else f"({expression})"


def _start(lab: LabState, function: str) -> tuple[list[str], str]:
    """The lines that say where a run begins, and the state as the engine's ``run`` takes it; "" for zeros."""
    states = {"h0": lab.initial_hidden, "c0": lab.initial_cell}
    written = _named(function, "")
    lines = [written(name, array) for name, array in states.items() if array is not None]
    names = [name if array is not None else "None" for name, array in states.items()]
    return lines, "" if not lines else f"({', '.join(names)})" if lab.kind == "lstm" else "h0"


def _module_start(lab: LabState) -> str:
    """The state as PyTorch's modules take it."""
    zeros = f"torch.zeros(1, {lab.hidden}, dtype=dtype)"
    h = zeros if lab.initial_hidden is None else "h0.unsqueeze(0)"
    if lab.kind != "lstm":
        return h
    return f"({h}, {zeros if lab.initial_cell is None else 'c0.unsqueeze(0)'})"


def _named(function: str, missing: str) -> Written:
    """Writes an array as a line of its own; ``missing`` is how a place without a number is spelled."""
    dtype = ", dtype=dtype" if function.startswith("torch") else ""

    def written(name: str, array: Floats) -> str:
        rows = [
            [missing if value != value else _plain(value) for value in row]
            for row in np.atleast_2d(array).tolist()
        ]
        return f"{name} = {function}({_rows(rows, flat=array.ndim == 1)}{dtype})"

    return written


def _engine_clamps(lab: LabState, steps: int) -> list[str]:
    def written(clamp: Clamped) -> str:
        where = {"units": _units(clamp), "steps": _span(clamp, steps)}
        chosen = [f"{name}={value}" for name, value in where.items() if value]
        return "Clamp(" + ", ".join([f'"{clamp.signal}"', repr(clamp.value), *chosen]) + ")"

    return [written(clamp) for clamp in lab.clamps]


def _units(clamp: Clamped) -> str:
    return "" if clamp.units is None else repr(list(clamp.units))


def _span(clamp: Clamped, steps: int) -> str:
    return "" if clamp.steps is None else f"range({clamp.steps[0]}, {min(clamp.steps[1] + 1, steps)})"


def _input(x: FloatArray, function: str, *more: str) -> str:
    """The sequence, a row a step; a single input as a plain list that is stood upright."""
    values = [[_plain(value) for value in row] for row in x.tolist()]
    if x.shape[1] > 1:
        return f"{function}({', '.join([_rows(values), *more])})"
    lines = textwrap.wrap(", ".join(row[0] for row in values), WIDTH - 4)
    flat = lines[0] if len(lines) == 1 else "\n    " + "\n    ".join(lines) + "\n"
    return f"{function}({', '.join([f'[{flat}]', *more])}).reshape(-1, 1)"


def _plain(value: float) -> str:
    """The shortest decimal that is this float64 again; a whole number without its point, but for −0."""
    written = repr(value)
    return written if written == "-0.0" else written.removesuffix(".0")


def _array(lab: LabState, name: str, function: str, values: Floats) -> str:
    """One weight array, a row a line, the part named where its rows begin."""
    library, short = function.partition(".")[0], _single if _in_float32(values) else _plain
    dtype = f"{library}.{'float32' if _in_float32(values) else 'float64'}"
    if not any(values.tobytes()):
        return f"{library}.zeros({values.shape}, dtype={dtype})"
    if values.ndim == 1:
        return f"{function}({_rows([list(map(short, values.tolist()))], flat=True)}, dtype={dtype})"
    parts = ("input", "forget", "output") if name == "peephole" else lab.cell().parts
    each = len(values) // len(parts)
    notes = {each * k: part for k, part in enumerate(parts)} if len(parts) > 1 else {}
    rows = [list(map(short, row)) for row in values.tolist()]
    return f"{function}({_rows(rows, notes=notes)}, dtype={dtype})"


def _single(value: float) -> str:
    """The shortest decimal that is this number again in float32, which holds it."""
    written = str(np.float32(value))
    return written if written == "-0.0" else written.removesuffix(".0")


def _in_float32(values: Floats) -> bool:
    """Tell whether an array is written as float32: that holds all of it, and spares digits."""
    exact = bool((as_single(values) == values).all())
    return exact and any(_single(value) != _plain(value) for value in values.ravel().tolist())


def _rows(rows: list[list[Any]], *, flat: bool = False, notes: Mapping[int, str] | None = None) -> str:
    """A nested list; a short one on one line."""
    written = ["[" + ", ".join(str(value) for value in row) + "]" for row in rows]
    if flat:
        return written[0]
    line = "[" + ", ".join(written) + "]"
    if len(line) <= WIDTH // 2 and not notes:
        return line
    lines = [
        f"    {row}," + (f"  # {notes[index]}" if notes and index in notes else "")
        for index, row in enumerate(written)
    ]
    return "\n".join(["[", *lines, "]"])


def _comment(text: str) -> str:
    return textwrap.fill(text, COMMENT, initial_indent="# ", subsequent_indent="# ")


def _list(items: list[str]) -> str:
    return "\n".join(["[", *(f"    {item}," for item in items), "]"])


def _call(name: str, arguments: list[str]) -> str:
    line = f"{name}({', '.join(arguments)})"
    return line if len(line) <= WIDTH else f"{name}({_list(arguments)[1:-1]})"


def _joined(*lines: str) -> str:
    return "\n".join(lines) + "\n"
