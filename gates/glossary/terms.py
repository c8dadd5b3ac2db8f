"""The terms: ``terms.json`` has what no language changes, the catalogue the words, ``term.<id>.*``.

A term's symbols are those of :mod:`gates.examples.notation.letters`, and where a framework keeps the weights
of a gate follows from :mod:`gates.interop.orders`; neither is written a second time here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from gates.examples.notation.kinds import KINDS
from gates.examples.notation.letters import NOTATIONS, effective_notation, symbols
from gates.interop.orders import ORDERS
from gates.text import LANGUAGES, translator

LIBRARIES = ("pytorch", "keras", "onnx")
_TERMS = Path(__file__).with_name("terms.json")
_STACKED = {
    "pytorch": ("torch.nn.{kind}.weight_ih_l0[{rows}]", "H"),
    "keras": ("keras.layers.{kind}.kernel[:, {rows}]", "U"),
    "onnx": ("{kind}.W[:, {rows}]", "H"),
}
"""Where a library keeps the input weights of a cell's parts, and its letter for the number of units."""


@dataclass(frozen=True)
class Term:
    """One term.

    Attributes:
        id: in links. pinyin: what the Chinese name is sorted and found by.
        link: of the state of the app that shows it. related: ids.
        symbols: of which signals, as ``"lstm.forget"``. part: of which part of a cell it is the gate.
        names: by library, as ``"torch.nn.LSTM(batch_first=)"`` for an argument, ``"torch.nn.LSTM → h_n"`` for
            what is returned; ONNX' are those of its operators, as ``"LSTM.W"``.
    """

    id: str
    pinyin: str
    link: str
    related: tuple[str, ...]
    symbols: tuple[tuple[str, str], ...]
    part: str | None
    names: Mapping[str, tuple[str, ...]]


@lru_cache(maxsize=1)
def terms() -> Mapping[str, Term]:
    """Return all terms by their ids."""
    return {term.id: term for term in map(_term, json.loads(_TERMS.read_text(encoding="utf-8")))}


def _term(entry: Mapping[str, Any]) -> Term:
    symbols = [tuple(each.split(".", 1)) for each in entry.get("symbols", ())]
    listed = {library: tuple(names) for library, names in entry.get("names", {}).items()}
    part = entry.get("part")
    stacked = {library: (*rows_of(part, library), *listed.get(library, ())) for library in LIBRARIES}
    return Term(
        entry["id"], entry["pinyin"], entry["link"], tuple(entry["related"]), tuple(symbols), part, stacked
    )


def rows_of(part: str | None, library: str) -> Iterator[str]:
    """Yield where a library keeps a part's input weights, for each kind of cell that has the part."""
    pattern, letter = _STACKED[library]
    for kind in ("lstm", "gru"):
        order = ORDERS[library][kind]
        if part in order:
            at = order.index(part)
            ends = [f"{k}{letter}" if k > 1 else letter * k or "0" for k in (at, at + 1)]
            yield pattern.format(kind=kind.upper(), rows=":".join(ends))


def letters(term: Term) -> dict[str, str | None]:
    """Return how each notation writes a term's signals; None where it has no form for any of their cells."""
    return {notation: _letters(term, notation) for notation in NOTATIONS} if term.symbols else {}


def _letters(term: Term, notation: str) -> str | None:
    by_signal: dict[str, list[str]] = {}
    for cell, signal in term.symbols:
        if effective_notation(cell, notation)[0] == notation:  # type: ignore[arg-type]
            written = symbols(cell, notation).labels[signal]  # type: ignore[arg-type]
            by_signal.setdefault(written, []).append(KINDS[cell].name)
    cells = {cell for cell, _ in term.symbols}
    texts = [
        text if len(by_signal) == 1 or len(cells) == 1 else f"{text} ({', '.join(named)})"
        for text, named in by_signal.items()
    ]
    return ", ".join(texts) or None


def described(language: str) -> list[dict[str, Any]]:
    """Return all terms for the browser, in the order of the language: A to Z, or by pinyin."""
    t = translator(language)
    translated = translator(next(each for each in LANGUAGES if each != language))
    entries = []
    for term in terms().values():
        name = t(f"term.{term.id}.name")
        sort = (term.pinyin if language == "zh" else name).casefold()
        entries.append(
            {
                "id": term.id,
                "name": name,
                "other": translated(f"term.{term.id}.name"),
                "pinyin": term.pinyin.casefold(),
                "sort": sort,
                "letter": sort[0].upper(),
                "text": t(f"term.{term.id}.text"),
                "confusion": t(f"term.{term.id}.confusion"),
                "link": term.link,
                "related": term.related,
                "symbols": letters(term),
                "names": {library: names for library, names in term.names.items() if names},
                "rows": term.part is not None,
            }
        )
    return sorted(entries, key=lambda entry: entry["sort"])
