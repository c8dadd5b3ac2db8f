"""Which of a source's layers are meant: one way to read it, or an error that lists all there are."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, product

from gates.cells.base import check_choice
from gates.interop.errors import AmbiguousError, InteropError, Reading, names_text
from gates.interop.stacks import OPTIONS, SourceContents, Stack

"""How many names a sentence lists before it breaks off."""

MOST = 10_000
"""How many readings are told apart at most."""

Stacks = tuple[Stack, ...]


@dataclass(frozen=True)
class LoadOptions:
    """What the caller asked for: names, a kind, and values for what weights may leave open."""

    name: str | Sequence[str] | None
    kind: str | None
    options: Mapping[str, str]


def resolve_stacks(contents: SourceContents, label: str, requested: LoadOptions) -> Stacks:
    """Return the stacks to read, bottom first, with nothing left open.

    Raises:
        AmbiguousError: there are several ways.
        InteropError: nothing fits, or what was asked for cannot be read.
    """
    for option, value in requested.options.items():
        check_choice(option, value, OPTIONS[option])
    candidates = _candidates(contents, label, requested.name)
    fitting = [
        stacks for stacks in candidates if requested.kind is None or _kinds(stacks) == {requested.kind}
    ]
    if not fitting:
        names = ", ".join(map(layers_text, candidates))
        raise InteropError("interop.error.kind", source=label, kind=requested.kind, names=names)
    fitting = [tuple(stack.opened(requested.options) for stack in stacks) for stacks in fitting]
    ways = [(stacks, options) for _, stacks, options in _all_readings(fitting, requested.options)]
    if not ways:
        unfit = [
            option
            for option, value in requested.options.items()
            if not any(_fits(stacks, option, value) for stacks in fitting)
        ]
        option = [*unfit, *requested.options][0]
        layers = ", ".join(map(layers_text, fitting))
        value = requested.options[option]
        raise InteropError("interop.error.option", option=option, given=value, layer=layers)
    if len(ways) > 1:
        by_name = len(contents.stacks) > 1
        readings = tuple(_reading(label, stacks, options, by_name) for stacks, options in ways)
        raise AmbiguousError("interop.error.several", source=label, count=len(ways), readings=readings)
    stacks, options = ways[0]
    return tuple(stack.chosen(options) for stack in stacks)


def layers_text(stacks: Stacks) -> str:
    """Return how to show stacks put one on the other, such as ``LSTM(3, 4) + GRU(4, 5)``."""
    return " + ".join(map(str, stacks))


def _candidates(contents: SourceContents, label: str, name: str | Sequence[str] | None) -> list[Stacks]:
    """What may be meant: the layers called ``name``, one on the other, or else all that the source chains."""
    if not contents.stacks:
        names = names_text(contents.arrays)
        raise InteropError("interop.error.none", source=label, count=len(contents.arrays), names=names)
    if name is not None:
        candidates = [_named(contents, label, [name] if isinstance(name, str) else list(name))]
    elif contents.chains:
        candidates = [_named(contents, label, names) for names in contents.chains]
    else:
        candidates = [(stack,) for stack in contents.stacks]
    readable = [stacks for stacks in candidates if problem_of(stacks) is None]
    if not readable:
        problem = problem_of(candidates[0])
        assert problem is not None
        raise problem
    return readable


def problem_of(stacks: Stacks) -> InteropError | None:
    """Return what keeps stacks from being read, if something does."""
    return next((stack.problem for stack in stacks if stack.problem is not None), None)


def _named(contents: SourceContents, label: str, requested: Sequence[str]) -> Stacks:
    by_name = {stack.name: stack for stack in reversed(contents.stacks)}
    for name in requested:
        if name not in by_name:
            names = ", ".join(repr(stack.name) for stack in contents.stacks)
            raise InteropError("interop.error.name", source=label, name=repr(name), names=names)
    return tuple(by_name[name] for name in requested)


def _all_readings(
    candidates: list[Stacks], requested: Mapping[str, str]
) -> list[tuple[int, Stacks, dict[str, str]]]:
    """Return every candidate with every value of what it leaves open and the caller did not settle.

    The most common values of all candidates come first: the number before each is how many are others.
    """
    ways = []
    for stacks in candidates:
        if not all(_fits(stacks, option, value) for option, value in requested.items()):
            continue
        left = _left_open(stacks)
        choices = [[requested[option]] if option in requested else left[option] for option in left]
        for values in islice(product(*choices), MOST):
            rare = sum(value != known[0] for value, known in zip(values, choices, strict=True))
            ways.append((rare, stacks, dict(zip(left, values, strict=True))))
    return sorted(ways, key=lambda way: way[0])[:MOST]


def _left_open(stacks: Stacks) -> dict[str, list[str]]:
    """What stacks leave open, and the values that suit all of them that do."""
    left: dict[str, list[str]] = {}
    for stack in stacks:
        for option, meanings in stack.open.items():
            known = left.setdefault(option, list(meanings))
            left[option] = [value for value in known if value in meanings]
    return left


def _fits(stacks: Stacks, option: str, value: str) -> bool:
    """Whether ``value`` is, or may be, that of the stacks it is about, and there is one of those."""
    concerned = [stack for stack in stacks if stack.has_option(option)]
    return bool(concerned) and all(stack.fits(option, value) for stack in concerned)


def _kinds(stacks: Stacks) -> set[str]:
    return {cell.kind for stack in stacks for cell in stack.cells}


def _reading(label: str, stacks: Stacks, options: Mapping[str, str], by_name: bool) -> Reading:
    names = [stack.name for stack in stacks]
    arguments = [label]
    if by_name:
        arguments.append(f"name={json.dumps(names if len(names) > 1 else names[0], ensure_ascii=False)}")
    arguments += [f'{option}="{value}"' for option, value in options.items()]
    call = f"load({', '.join(arguments)})"
    return Reading(
        ", ".join(names), layers_text(stacks), call, options.get("activation"), tuple(names), options
    )
