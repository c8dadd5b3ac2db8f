"""Trees of named arrays, and bare lists of them, as Flax, Equinox and d2l have them.

They are told apart by their names alone. Flax and d2l keep a matrix for each gate, (in, out), and name it
after the gate. Equinox has PyTorch's weight_ih and weight_hh, but calls the biases ``bias`` and ``bias_n``,
where PyTorch has ``bias_ih`` and ``bias_hh``; without biases both compute the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from gates.interop.errors import InteropError
from gates.interop.report import Note
from gates.interop.stacks import Found, Stack
from gates.interop.trees import d2l, equinox, flax
from gates.interop.values import Value
from gates.network import Readout

BRACKETS = re.compile(r"\[['\"]?([^\]'\"]*)['\"]?\]")


def in_list(parameters: Sequence[Any]) -> Found:
    """Return what a bare list of parameters in d2l's order holds.

    Raises:
        InteropError: it is no such list.
    """
    arrays = d2l.named(parameters)
    if arrays is None:
        raise InteropError("interop.error.list", count=len(parameters))
    found, _ = in_tree(arrays)
    return replace(found, notes=(Note("interop.report.d2l.list"),))


def in_tree(arrays: Mapping[str, Value]) -> tuple[Found, frozenset[str]]:
    """Return the cells of Flax, Equinox and d2l among named arrays, and the names that are theirs."""
    names = plain(arrays)
    dotted = {own: arrays[name] for own, name in names.items()}
    stacks: list[Stack] = []
    shown: dict[str, Value] = {}
    claimed: set[str] = set()
    for owner, own, stack in _cells(dotted):
        stacks.append(stack)
        claimed |= {names[f"{owner}.{rest}".removeprefix(".")] for rest in own}
        shown |= {f"{owner}.{rest.replace('.', '/')}": value for rest, value in own.items()}
    shown |= {d2l.shown(own): dotted[own] for own, name in names.items() if name not in claimed}

    def linear(name: str) -> Readout | None:
        return flax.linear(name, dotted) or d2l.linear(name, dotted)

    return Found(tuple(stacks), arrays=shown, linear=linear), frozenset(claimed)


def _cells(arrays: Mapping[str, Value]) -> Iterator[tuple[str, Mapping[str, Value], Stack]]:
    """Yield each cell's owner, its arrays and the stack that they make."""
    for owner, own in flax.find(arrays).items():
        yield owner, own, flax.stack(owner, own)
    for owner, own in equinox.find(arrays).items():
        yield owner, own, equinox.stack(owner, own)
    for owner, own in d2l.find(arrays).items():
        yield owner, own, d2l.stack(owner, own, arrays)


def plain(names: Iterable[str]) -> dict[str, str]:
    """Return dotted names for those with slashes or brackets, each with the name as it was.

    ``params/cell/hf/kernel`` and ``['params']['cell']['hf']['kernel']``, as JAX writes the path to a leaf,
    become ``params.cell.hf.kernel``. Where two would become the same, all stay as they are.
    """
    names = list(names)
    dotted = [BRACKETS.sub(r".\1", name).replace("/", ".").strip(".") for name in names]
    return dict(zip(dotted if len(set(dotted)) == len(names) else names, names, strict=True))
