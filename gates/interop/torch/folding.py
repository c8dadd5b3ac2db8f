"""Weights that a state dict keeps re-parametrised, folded into the arrays that the layer computes with.

What is folded is exact: weight drop (the raw weight is what counts in eval mode), weight norm (Salimans &
Kingma 2016, w = g·v/‖v‖), pruning (w = original⊙mask) and spectral norm in eval mode (Miyato et al. 2018,
w = original/(uᵀ W v) with the u and v that are stored).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from gates.core.activations import FloatArray
from gates.interop.errors import InteropError
from gates.interop.groups import NAME
from gates.interop.report import Note
from gates.interop.values import Value, as_floats

PARAMETER = r"(?:weight_ih|weight_hh|weight_hr|bias_ih|bias_hh)(?:_l\d{1,4}(?:_reverse)?)?"
KEPT = re.compile(
    rf"(?:(?P<owner>.*)\.)?(?:parametrizations\.(?P<new>{PARAMETER})\.(?P<part>.+)"
    rf"|(?P<old>{PARAMETER})_(?P<how>raw|g|v|u|orig|mask))",
    re.DOTALL,
)
"""PyTorch's two ways to name the parts of a parameter: since 1.9, and before, which pruning keeps."""

Parts = Mapping[str, FloatArray]


@dataclass
class Folded:
    """Arrays with what could be folded in place of its parts.

    made: the names of the arrays that were put together. notes, problems: by the layer that owns them.
    """

    arrays: dict[str, Value]
    made: set[str] = field(default_factory=set)
    notes: dict[str, list[Note]] = field(default_factory=dict)
    problems: dict[str, InteropError] = field(default_factory=dict)


def fold(arrays: Mapping[str, Value]) -> Folded:
    """Return ``arrays`` with PyTorch's own names for each parameter that is kept in parts."""
    parts_of: dict[tuple[str, str], dict[str, str]] = {}
    for name in arrays:
        if match := KEPT.fullmatch(name):
            place = match["owner"] or "", match["new"] or match["old"]
            parts_of.setdefault(place, {})[match["part"] or match["how"]] = name
    if not parts_of:
        return Folded(dict(arrays))
    parts = {name for names in parts_of.values() for name in names.values()}
    folded = Folded({name: value for name, value in arrays.items() if name not in parts})
    merged: dict[tuple[str, str], list[str]] = {}
    for (wrapper, parameter), names in parts_of.items():
        owner = _owner(wrapper, folded.arrays) if names.keys() == {"raw"} else wrapper
        full = f"{owner}.{parameter}".removeprefix(".")
        way = FOLDINGS.get(frozenset(names))
        try:
            if way is None:
                raise InteropError(
                    "interop.error.reparametrised", array=full, parts=", ".join(names.values())
                )
            folded.arrays[full] = _fold_parameter(way, full, names, arrays)
        except InteropError as problem:
            folded.problems.setdefault(owner, problem)
            continue
        folded.made.add(full)
        merged.setdefault((owner, way[0]), []).append(full)
    for (owner, key), fulls in merged.items():
        note = Note(key, arrays=", ".join(fulls))
        folded.notes.setdefault(owner, []).append(note)
    return folded


def _fold_parameter(
    folding: tuple[str, Callable[[Parts], FloatArray | None]],
    full: str,
    names: Mapping[str, str],
    arrays: Mapping[str, Value],
) -> FloatArray:
    folded = folding[1]({part: as_floats(name, arrays[name]) for part, name in names.items()})
    if folded is None:
        raise InteropError("interop.error.reparametrised", array=full, parts=", ".join(names.values()))
    return folded


def _owner(wrapper: str, arrays: Mapping[str, Value]) -> str:
    """The layer whose weight is dropped: the raw one stands beside the others, or in what wraps the layer."""
    owners = {match["owner"] or "" for name in arrays if (match := NAME.fullmatch(name))}
    inside = [owner for owner in owners if owner.startswith(f"{wrapper}." if wrapper else "")]
    return inside[0] if wrapper not in owners and len(inside) == 1 else wrapper


def _raw(parts: Parts) -> FloatArray:
    return parts["raw"]


def _norm(g: FloatArray, v: FloatArray) -> FloatArray | None:
    """g·v/‖v‖, the norm over the axes along which g has one number; None if g's shape tells no such axes."""
    if g.ndim and (g.ndim != v.ndim or sum(size != 1 for size in g.shape) > 1):
        return None
    axes = tuple(axis for axis, size in enumerate(g.shape) if size == 1) if g.ndim else tuple(range(v.ndim))
    if any(g.shape[axis] != v.shape[axis] for axis in range(g.ndim) if axis not in axes):
        return None
    length = np.sqrt(np.square(v).sum(axis=axes, keepdims=True)) if axes else np.abs(v)
    with np.errstate(divide="ignore", invalid="ignore"):  # a row of zeros has no direction, in PyTorch either
        weight: FloatArray = v * (g / length)
    return weight


def _pruned(parts: Parts) -> FloatArray | None:
    original, mask = parts["orig"], parts["mask"]
    return original * mask if original.shape == mask.shape else None


def _spectral(original: FloatArray, u: FloatArray, v: FloatArray) -> FloatArray | None:
    """original/σ with σ = uᵀ W v; None if the shapes do not tell which axis u belongs to."""
    if original.ndim != 2 or original.shape[0] == original.shape[1]:
        return None
    if (u.shape + v.shape) == original.shape:
        sigma = u @ original @ v
    elif (v.shape + u.shape) == original.shape:
        sigma = v @ original @ u
    else:
        return None
    weight: FloatArray = original / sigma
    return weight


FOLDINGS: Mapping[frozenset[str], tuple[str, Callable[[Parts], FloatArray | None]]] = {
    frozenset({"raw"}): ("interop.report.folded.raw", _raw),
    frozenset({"g", "v"}): ("interop.report.folded.norm", lambda parts: _norm(parts["g"], parts["v"])),
    frozenset({"original0", "original1"}): (
        "interop.report.folded.norm",
        lambda parts: _norm(parts["original0"], parts["original1"]),
    ),
    frozenset({"orig", "mask"}): ("interop.report.folded.pruned", _pruned),
    frozenset({"orig", "u", "v"}): (
        "interop.report.folded.spectral",
        lambda parts: _spectral(parts["orig"], parts["u"], parts["v"]),
    ),
    frozenset({"original", "0._u", "0._v"}): (
        "interop.report.folded.spectral",
        lambda parts: _spectral(parts["original"], parts["0._u"], parts["0._v"]),
    ),
}
"""By the parts that are there: the note on how they make the weight, and the function that does."""
