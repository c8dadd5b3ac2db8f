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

SHOWN = 6
BRACKETS = re.compile(r"\[['\"]?+([^\[\]'\"]*+)['\"]?+\]")


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
    """Yield each cell's owner, its arrays, and the stack that they make or what keeps them from it."""
    for owner, own in flax.find(arrays).items():
        yield owner, own, _alone(flax.stack(owner, own), own, arrays, flax.FRAMEWORK)
    for owner, own in equinox.find(arrays).items():
        yield owner, own, _alone(equinox.stack(owner, own), own, arrays, equinox.FRAMEWORK)
    for owner, own in d2l.find(arrays).items():
        yield owner, own, _alone(d2l.stack(owner, own, arrays), own, arrays, d2l.FRAMEWORK)


def _alone(stack: Stack, own: Mapping[str, Value], arrays: Mapping[str, Value], framework: str) -> Stack:
    """The stack, with a problem if its cell has more than such cells have: a norm, a bias of its own.

    At a tree's top level the rest of a model may stand beside a cell, and so may d2l's output layer anywhere.
    """
    if stack.problem is not None or stack.name.rpartition(".")[2] in ("", "params"):
        return stack
    extra = [
        rest
        for name in arrays
        if name.startswith(f"{stack.name}.")
        and (rest := name.removeprefix(f"{stack.name}.")) not in own
        and rest not in (d2l.SCORES, d2l.SCORES_BIAS)
        and "rngs" not in rest.split(".")
    ]
    if not extra:
        return stack
    listed = ", ".join(extra[:SHOWN]) + ", …" * (len(extra) > SHOWN)
    problem = InteropError("interop.error.tree.extra", layer=stack.name, framework=framework, extra=listed)
    return Stack(stack.name, problem=problem)


def plain(names: Iterable[str]) -> dict[str, str]:
    """Return dotted names for those with slashes or brackets, each with the name as it was.

    ``params/cell/hf/kernel`` and ``['params']['cell']['hf']['kernel']``, as JAX writes the path to a leaf,
    become ``params.cell.hf.kernel``. Where two would become the same, all stay as they are.
    """
    names = list(names)
    dotted = [BRACKETS.sub(r".\1", name).replace("/", ".").strip(".") for name in names]
    return dict(zip(dotted if len(set(dotted)) == len(names) else names, names, strict=True))
