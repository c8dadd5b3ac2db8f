"""Trees of named arrays, and bare lists of them, as frameworks other than PyTorch and Keras have them.

They are told apart by their names alone. Flax and d2l keep a matrix for each gate, (in, out), and name it
after the gate. Equinox has PyTorch's weight_ih and weight_hh, but calls the biases ``bias`` and ``bias_n``,
where PyTorch has ``bias_ih`` and ``bias_hh``; without biases both compute the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from gates.interop.errors import InteropError, names_text
from gates.interop.hints import NO_HINTS, Hints
from gates.interop.report import Note
from gates.interop.stacks import SourceContents, Stack
from gates.interop.trees import concatenated, d2l, equinox, flax, haiku, mlx
from gates.interop.trees import linear as linear_layers
from gates.interop.values import Value
from gates.network import Readout

SHORT = re.compile(r"(?:[bwupBWUP]|bias|peep)[^.]{0,6}|\w{1,20}_[ifgcorzn](?:\..*)?", re.DOTALL)
"""What stands beside a cell at a model's top level and may well be a part of it."""

SLOT = re.compile(
    r"[^.]+(?:\.[^.]+)?\.(?:Adam|Adadelta|Adagrad|RMSProp|Momentum|Ftrl|ExponentialMovingAverage)(?:_\d+)?"
)
"""What optimisers of TensorFlow 1 keep of a variable, under its name."""

BRACKETS = re.compile(r"\[['\"]?+([^\[\]'\"]*+)['\"]?+\]")


def read_parameter_list(parameters: Sequence[Any]) -> SourceContents:
    """Return what a bare list of parameters in d2l's order holds.

    Raises:
        InteropError: it is no such list.
    """
    arrays = d2l.named(parameters)
    if arrays is None:
        raise InteropError("interop.error.list", count=len(parameters))
    contents, _ = read_tree(arrays)
    return replace(contents, notes=(Note("interop.report.d2l.list"),))


def read_tree(arrays: Mapping[str, Value], hints: Hints = NO_HINTS) -> tuple[SourceContents, frozenset[str]]:
    """Return the cells of frameworks other than PyTorch and Keras, and the names that are theirs."""
    names = dotted_names(arrays)
    dotted = {leaves: arrays[name] for leaves, name in names.items()}
    stacks: list[Stack] = []
    unread: dict[str, Value] = {}
    claimed: set[str] = set()
    for owner, leaves, stack in _cells(dotted, hints):
        stacks.append(stack)
        claimed |= {names[f"{owner}.{rest}".removeprefix(".")] for rest in leaves}
        unread |= {f"{owner}.{rest.replace('.', '/')}": value for rest, value in leaves.items()}
    unread |= {
        d2l.shown_name(leaves): dotted[leaves] for leaves, name in names.items() if name not in claimed
    }

    def linear(name: str) -> Readout | None:
        return flax.linear(name, dotted) or d2l.linear(name, dotted) or haiku.linear(name, dotted)

    return SourceContents(tuple(stacks), arrays=unread, linear=linear), frozenset(claimed)


def _cells(arrays: Mapping[str, Value], hints: Hints) -> Iterator[tuple[str, Mapping[str, Value], Stack]]:
    """Yield each cell's owner, its arrays, and the stack that they make or what keeps them from it."""
    for owner, leaves in flax.find(arrays).items():
        yield owner, leaves, _without_extras(flax.stack(owner, leaves), leaves, arrays, flax.FRAMEWORK)
    for owner, leaves in equinox.find(arrays).items():
        yield owner, leaves, _without_extras(equinox.stack(owner, leaves), leaves, arrays, equinox.FRAMEWORK)
    for owner, leaves in d2l.find(arrays).items():
        yield owner, leaves, _without_extras(d2l.stack(owner, leaves, arrays), leaves, arrays, d2l.FRAMEWORK)
    taken: set[str] = set()
    for family in (concatenated, haiku, mlx, linear_layers):
        for owner, leaves in family.find(arrays, hints).items():
            if owner not in taken:
                taken.add(owner)
                stack = family.stack(owner, leaves, hints)
                named = concatenated.framework(leaves, hints) if family is concatenated else family.FRAMEWORK
                yield owner, leaves, _without_extras(stack, leaves, arrays, named, bare=True)


def _without_extras(
    stack: Stack, leaves: Mapping[str, Value], arrays: Mapping[str, Value], framework: str, bare: bool = False
) -> Stack:
    """The stack, with a problem if its cell has more than such cells have: a norm, a bias of its own.

    At a tree's top level the rest of a model may stand beside a cell, and so may d2l's output layer anywhere;
    with ``bare``, nothing there may be called as a weight or a bias is, for names as short as b are no one's.
    """
    if stack.problem is not None:
        return stack
    top = stack.name.rpartition(".")[2] in ("", "params")
    if top and not bare:
        return stack
    start = f"{stack.name}." if stack.name else ""
    extra = [
        leaf
        for name in arrays
        if name.startswith(start)
        and (leaf := name.removeprefix(start)) not in leaves
        and (not top or SHORT.fullmatch(leaf))
        and leaf not in (d2l.SCORES, d2l.SCORES_BIAS, *mlx.SCORES)
        and "rngs" not in leaf.split(".")
        and not SLOT.fullmatch(leaf)
    ]
    if not extra:
        return stack
    listed = names_text(extra)
    problem = InteropError("interop.error.tree.extra", layer=stack.name, framework=framework, extra=listed)
    return Stack(stack.name, problem=problem)


def dotted_names(names: Iterable[str]) -> dict[str, str]:
    """Return dotted names for those with slashes or brackets, each with the name as it was.

    ``params/cell/hf/kernel`` and ``['params']['cell']['hf']['kernel']``, as JAX writes the path to a leaf,
    become ``params.cell.hf.kernel``. Where two would become the same, all stay as they are.
    """
    names = list(names)
    dotted = [BRACKETS.sub(r".\1", name).removesuffix(":0").replace("/", ".").strip(".") for name in names]
    return dict(zip(dotted if len(set(dotted)) == len(names) else names, names, strict=True))
