"""Keras' recurrent layers, each made into a stack: its options read from the configuration, or left open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from gates.core.activations import Activation, AnyActivation
from gates.interop.errors import InteropError
from gates.interop.keras.activations import activation_of, choices
from gates.interop.keras.cells import (
    KINDS,
    Arrays,
    cell_of,
    is_cudnn,
    kind_of,
    plain_arrays,
    reset_of,
)
from gates.interop.keras.config import Config, inside
from gates.interop.keras.forward import Direction, framework, reference
from gates.interop.orders import letters
from gates.interop.report import Note
from gates.interop.stacks import Stack
from gates.interop.values import dtype_name, shape
from gates.network import AnyCell, Layer

PLAIN: Mapping[str, Any] = {"activation": "tanh", "recurrent_activation": "sigmoid"}
"""What the cuDNN layers always have; their configuration does not mention it."""


@dataclass(frozen=True)
class Source:
    """A recurrent layer as it was found.

    kind: its class; of a Bidirectional, the class inside it. config: None if only weights are there.
    parts: the arrays of each direction. version: 2 or 3, of Keras; None if unknown.
    """

    name: str
    kind: str
    config: Config | None
    parts: Sequence[Arrays]
    version: int | None
    wrapper: Config | None = None
    notes: tuple[Note, ...] = ()
    readout: str | None = None


def stacks_of(source: Source) -> list[Stack]:
    """Return a layer as one stack; a Bidirectional whose halves are merged into one as its two halves too."""
    both = source.wrapper is not None or len(source.parts) == 2
    if (unlike := _unlike(source)) is not None:
        return unlike
    merge = "concat" if source.wrapper is None else source.wrapper.get("merge_mode", "concat")
    if not both or merge in ("concat", None) or len(source.parts) != 2:
        return [_stack(source, both)]
    names = _halves(source.name)
    problem = InteropError("interop.keras.error.merge", layer=source.name, mode=merge, names=", ".join(names))
    halves = [
        _stack(replace(source, name=name, config=config, parts=[arrays], wrapper=None, readout=None), False)
        for name, config, arrays in zip(names, _configs(source, both), source.parts, strict=True)
    ]
    return [Stack(source.name, problem=problem), *halves]


def _unlike(source: Source) -> list[Stack] | None:
    """A Bidirectional around two kinds of layer: what cannot be read as one, and its halves; else None."""
    wrapped = (source.wrapper or {}).get("backward_layer")
    if not isinstance(wrapped, Mapping) or source.config is None or len(source.parts) != 2:
        return None
    backward_kind, config = inside(str(wrapped.get("class_name")), wrapped.get("config") or {})
    if backward_kind == source.kind or backward_kind not in KINDS:
        return None
    names = _halves(source.name)
    pairs = zip(names, (source.kind, backward_kind), (source.config, config), source.parts, strict=True)
    halves = [
        replace(source, name=name, kind=kind, config=options, parts=[arrays], wrapper=None, readout=None)
        for name, kind, options, arrays in pairs
    ]
    problem = InteropError(
        "interop.keras.error.unlike",
        layer=source.name,
        kinds=f"{source.kind}, {backward_kind}",
        names=", ".join(names),
    )
    return [Stack(source.name, problem=problem), *(_stack(half, False) for half in halves)]


def _halves(name: str) -> list[str]:
    """The names of a Bidirectional's two layers."""
    return [f"{name}.forward_layer", f"{name}.backward_layer"]


def _stack(source: Source, both: bool) -> Stack:
    try:
        return _readable(source, both)
    except InteropError as problem:
        return Stack(source.name, problem=problem)


def _readable(source: Source, both: bool) -> Stack:
    kind = _kind(source)
    if len(source.parts) != 1 + both:
        raise InteropError("interop.keras.error.incomplete", layer=source.name, missing="kernel")
    configs = _configs(source, both)
    names = _halves(source.name) if both else [source.name]
    halves = [
        _direction(name, kind, config, arrays, source.version)
        for name, config, arrays in zip(names, configs, source.parts, strict=True)
    ]
    cells = [_cell(half) for half in halves]
    backwards = bool(configs[0] and configs[0].get("go_backwards")) and not both
    open_options = _open(source, kind, halves[0]) if source.config is None else {}
    forward = reference(halves, both)
    return Stack(
        source.name,
        (Layer(*cells) if both else Layer(None, cells[0]) if backwards else Layer(cells[0]),),
        (*_notes(source, halves, cells, both, backwards), *source.notes),
        open=open_options,
        reversed_output=backwards,
        readout=source.readout,
        reference=forward,
        framework=framework(),
    )


def _kind(source: Source) -> str:
    """The kind of cell, by the class or, where only weights are there, by their shapes."""
    if source.config is not None:
        return KINDS[source.kind]
    kind = kind_of(source.parts[0]) if source.parts else None
    if kind is None and source.parts and "recurrent_kernel" in source.parts[0]:
        array, sizes = f"{source.name}.recurrent_kernel", shape(source.parts[0]["recurrent_kernel"])
        if len(sizes) > 2:
            raise InteropError("interop.error.form.kernel", array=array, shape=sizes, layer=source.name)
        expected = "(U, U), (U, 3·U), (U, 4·U)"
        raise InteropError("interop.keras.error.shape", array=array, shape=sizes, expected=expected)
    if kind is None:
        raise InteropError("interop.keras.error.incomplete", layer=source.name, missing="recurrent_kernel")
    return kind


def _configs(source: Source, both: bool) -> list[Config | None]:
    """Each direction's configuration, the layer's own way of reading checked."""
    if source.config is None:
        return [None] * (1 + both)
    if not both:
        return [source.config]
    wrapper = source.wrapper or {}
    backward: Config = {**source.config, "go_backwards": True}
    if isinstance(wrapped := wrapper.get("backward_layer"), Mapping):
        kind, backward = inside(str(wrapped.get("class_name")), wrapped.get("config") or {})
        if kind != source.kind:
            raise InteropError("interop.keras.error.layer", layer=source.name, kind=f"Bidirectional({kind})")
    if source.config.get("go_backwards") or not backward.get("go_backwards"):
        raise InteropError("interop.keras.error.directions", layer=source.name)
    return [source.config, backward]


def _direction(name: str, kind: str, config: Config | None, arrays: Arrays, version: int | None) -> Direction:
    if config is None:  # the first of what is open, until it is chosen
        reset = reset_of(arrays) or "after"
        activations: dict[str, AnyActivation] = {"activation": "tanh", "gate": "sigmoid"}
        return Direction(kind, plain_arrays(name, kind, arrays, reset), activations, reset)
    options = {**PLAIN, **config} if is_cudnn(arrays) else config
    reset = "after" if is_cudnn(arrays) or options.get("reset_after") else "before"
    activations = {"activation": activation_of(name, options.get("activation", "tanh"), version)}
    if kind != "rnn":
        activations["gate"] = activation_of(name, options.get("recurrent_activation", "sigmoid"), version)
    return Direction(
        kind, plain_arrays(name, kind, arrays, reset), activations, reset, bool(options.get("go_backwards"))
    )


def _cell(half: Direction) -> AnyCell:
    return cell_of(half.kind, half.arrays, half.activations, half.reset)


def _open(source: Source, kind: str, half: Direction) -> dict[str, dict[str, Any]]:
    """What weights alone leave open of a layer; a cuDNN layer has one form only."""
    if is_cudnn(source.parts[0]) and kind != "rnn":
        return {}
    left = choices(source.version)
    if kind == "rnn":
        del left["gate_activation"]
    resets = (
        {"reset": {"after": "after", "before": "before"}}
        if kind == "gru" and "bias" not in half.arrays
        else {}
    )
    return {**left, **resets}


def _notes(
    source: Source, halves: Sequence[Direction], cells: Sequence[AnyCell], both: bool, backwards: bool
) -> Iterator[Note]:
    cell, config = cells[0], source.config
    if cell.kind == "rnn":
        yield Note("interop.keras.report.transposed")
    else:
        yield Note("interop.keras.report.order", given=letters(cell.kind, "keras"), order=letters(cell.kind))
    if any(is_cudnn(arrays) for arrays in source.parts) and cell.kind != "rnn":
        yield Note("interop.keras.report.cudnn")
    if "bias" not in halves[0].arrays:
        yield Note("interop.report.biases.none")
    if config is not None:
        yield from _on_options(config, halves[0])
    else:
        yield Note("interop.keras.report.bare")
    if cell.kind == "gru" and (config is not None or "bias" in halves[0].arrays):
        yield Note(f"interop.keras.report.reset.{halves[0].reset}")
    if both:
        yield Note("interop.report.both")
    if backwards:
        yield Note("interop.keras.report.backwards")
    yield Note("interop.keras.report.batch_first")
    dtypes = {dtype_name(value) for arrays in source.parts for value in arrays.values()}
    yield from (
        Note("interop.report.converted", given=name, dtype=str(cell.dtype))
        for name in sorted(dtypes - {str(cell.dtype)})
    )


def _on_options(config: Config, half: Direction) -> Iterator[Note]:
    squash, gate = half.activations["activation"], half.activations.get("gate")
    if gate is None:
        yield Note("interop.report.activation", activation=activation_text(squash))
    else:
        yield Note(
            "interop.keras.report.squashes", gate=activation_text(gate), squash=activation_text(squash)
        )
    if not config.get("return_sequences"):
        yield Note("interop.keras.report.last")
    if share := config.get("dropout") or config.get("recurrent_dropout"):
        yield Note("interop.keras.report.dropout", share=share)
    if config.get("stateful"):
        yield Note("interop.keras.report.stateful")
    if config.get("time_major"):
        yield Note("interop.keras.report.time_major")
    policy = policy_of(config)
    if "16" in policy:
        yield Note("interop.keras.report.policy", policy=policy)


def activation_text(activation: AnyActivation) -> str:
    """Return an activation as a person reads it, with its parameters where they are not its own."""
    if not isinstance(activation, Activation):
        return activation
    parameters = [value for value in (activation.alpha, activation.beta) if value is not None]
    return f"{activation.name}({', '.join(f'{value:.4g}' for value in parameters)})"


def policy_of(config: Config) -> str:
    """Return the number type that a layer computes in, as its configuration has it."""
    dtype = config.get("dtype")
    if isinstance(dtype, Mapping):
        dtype = (dtype.get("config") or {}).get("name")
    return str(dtype)
