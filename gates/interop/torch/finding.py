"""Finding recurrent layers among named arrays, and what else belongs to each of them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from gates.interop.groups import NAME, PEEPHOLES, REQUIRED, CellPlace, Group
from gates.interop.report import Note
from gates.interop.values import Value, shape

UNSUPPORTED = re.compile(r"(weight|bias|peephole)(_[^.]*)?")
"""What stands beside a layer's weights and makes another layer of it, even at the top of a state dict."""

PEEPHOLE = re.compile(
    r"(?:(?:w|W|weight)_?(?:c_?(?P<to>[ifo])|(?P<of>[ifo])_?c)|(?:w_)?(?:p|P|peep|peephole)_?c?_?(?P<gate>[ifo]))"
    r"(?P<place>_l(?P<layer>\d{1,4})(?P<reverse>_reverse)?)?"
)
"""Common names of peepholes, an array a gate: ``w_ci``, ``W_cf``, ``weight_co``, ``w_ic``, ``peephole_i``."""


def find_groups(arrays: Mapping[str, Value], roots: Collection[str] = ("",)) -> tuple[Group, ...]:
    """Return the recurrent layers whose parameters bear PyTorch's names, in the order of first mention.

    roots: the names before the top levels of state dicts. A layer there is the model's own, and what else
        stands beside it may be the rest of the model; elsewhere all below a layer's name belongs to it.
    """
    places_of: dict[tuple[str, bool], dict[CellPlace, dict[str, Value]]] = {}
    for name, value in arrays.items():
        if match := NAME.fullmatch(name):
            place = CellPlace(int(match["layer"] or 0), bool(match["reverse"]))
            group = places_of.setdefault((match["owner"] or "", bool(match["place"])), {})
            group.setdefault(place, {})[match["parameter"]] = value
    groups = {
        key: Group(key[0], key[1], places)
        for key, places in places_of.items()
        if any(name in parameters for parameters in places.values() for name in REQUIRED)
    }
    below: dict[str, dict[str, Value]] = {owner: {} for owner, _ in groups}
    for name, value in arrays.items():
        match = NAME.fullmatch(name)
        for owner in _owners(name, below):
            if match is None or (match["owner"] or "") != owner:
                below[owner][name] = value
    return tuple(completed(group, below[owner], owner in roots) for (owner, _), group in groups.items())


def _owners(name: str, owners: Mapping[str, object]) -> Iterator[str]:
    """Yield those of ``owners`` that ``name`` stands below."""
    head = name
    while head:
        head = head.rpartition(".")[0]
        if head in owners:
            yield head


def completed(group: Group, others: Mapping[str, Value], top: bool = False) -> Group:
    """Return a group with what else stands below its name: peepholes are taken, the rest are unknown.

    top: it is the model itself, so that only what calls itself a weight, a bias or a peephole is a stranger.
    """
    start = f"{group.name}." if group.name else ""
    arrays = {place: dict(parameters) for place, parameters in group.arrays.items()}
    names = dict(group.names)
    taken: list[str] = []
    for place, peepholes in _peepholes(others, start, group.layered).items():
        if place in arrays and peepholes.keys() == set(PEEPHOLES) and "peephole" not in arrays[place]:
            arrays[place] |= {part: vector(others[peepholes[part]]) for part in PEEPHOLES}
            names |= {(place, part): peepholes[part] for part in PEEPHOLES}
            taken += [peepholes[part] for part in PEEPHOLES]
    unknown = [
        name
        for name in others
        if name not in taken and (not top or UNSUPPORTED.fullmatch(name.removeprefix(start)))
    ]
    if unknown:  # beside what is not known, a peephole may mean something else too
        return replace(group, unknown=(*taken, *unknown))
    notes = group.notes
    if taken:
        notes += (Note("interop.report.peepholes", names=", ".join(taken)),)
    unread = tuple(name for name in others if name not in taken)
    return replace(group, arrays=arrays, names=names, notes=notes, unread=unread)


def _peepholes(others: Mapping[str, Value], start: str, layered: bool) -> dict[CellPlace, dict[str, str]]:
    """The names of vectors that are called as peepholes are, by place and gate; no gate has two."""
    by_place: dict[CellPlace, dict[str, str]] = {}
    twice: set[CellPlace] = set()
    for name, value in others.items():
        match = PEEPHOLE.fullmatch(name.removeprefix(start))
        if match is None or bool(match["place"]) != layered or len(shape(vector(value))) != 1:
            continue
        place = CellPlace(int(match["layer"] or 0), bool(match["reverse"]))
        part = f"peephole_{match['to'] or match['of'] or match['gate']}"
        if part in by_place.setdefault(place, {}):
            twice.add(place)
        by_place[place][part] = name
    return {place: names for place, names in by_place.items() if place not in twice}


def vector(value: Value) -> Value:
    """Return an array of shape (1, H) or (H, 1) as (H,), any other as it is."""
    sizes = shape(value)
    return value.reshape(-1) if len(sizes) == 2 and 1 in sizes else value
