"""Controls that several pages have: a field of the state as a widget, and what goes into a cell.

The stored :class:`State` is the one truth. Each visit of a page assigns it to the widgets, so that a link,
a saved file, another page and a page seen before all fill the controls in the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

import streamlit as st

from gates.examples.presets.registry import PRESETS, preset
from gates.inputs.numbers import is_one_row, parse_numbers
from gates.inputs.sequence import InputError
from gates.inputs.sources import PRICE_COLUMNS, SIGNALS, price_dates
from gates.scenes import header
from gates.scenes.state import NO_SLIDERS, SHARED
from gates.ui import textfile
from gates.ui.frame import Page

LARGEST_TABLE = 1
"""Megabytes of a file of numbers; what is longer than an input may be is refused when it is read."""
NUMBERS = "0 0\n1 0\n0 0\n0 0\n0 1\n0 0\n1 0\n0 0"
"""Two columns to begin with: a set and a reset, as the latch reads them."""


def examples(page: Page) -> None:
    """Shows the examples of the page's kind of cell, hand-made and trained."""
    presets = {preset.id: preset for preset in PRESETS[page.cell]}
    if page.state.preset not in presets:
        page.keep(replace(page.state, preset=next(iter(presets))))

    pick(page, "preset", tuple(presets), lambda name: header.title(presets[name], page.t), width=330)


def _text(page: Page) -> None:
    if not page.state.text and not page.filled(page.key("text")):
        page.keep(replace(page.state, text=page.t("input.text.example")))
    _type(page, "text", st.text_input, width="stretch", help=page.t("input.text.help"))
    segments(page, "by", ("characters", "words"))


def _numbers(page: Page) -> None:
    if not page.state.numbers and not page.filled(page.key("numbers")):
        page.keep(replace(page.state, numbers=NUMBERS))
    left, right = st.container(width=280), st.container(width=250)
    with right:  # first, for what a file brings is what is shown on the left
        _table(page)
    with left:
        _type(page, "numbers", st.text_area, height=110, help=page.t("input.numbers.help"))
    with st.container(width="content"):
        if is_one_row(page.state.numbers):
            segments(page, "row", ("steps", "inputs"))
        segments(page, "scale", ("none", "standard"))


def _table(page: Page) -> None:
    """Takes numbers from a file, where they can be read; else what was there before is kept."""
    t, key = page.t, f"{page.name}.table"
    text = textfile.dropped_text(
        page, key, t("input.file", size=LARGEST_TABLE), ("csv", "tsv", "txt"), LARGEST_TABLE
    )
    if text is None:
        return
    try:
        parse_numbers(text, row=page.state.row)
    except InputError as wrong:
        problem, kept = t(wrong.key, **wrong.values), t("input.file.kept")
        st.error(t("text.sentences", one=problem, other=kept), icon=":material/edit_note:")
        return
    textfile.done(key)
    st.session_state[page.key("numbers")] = text
    _store(page, "numbers", text)


def _signal(page: Page) -> None:
    pick(page, "signal", tuple(SIGNALS), lambda name: page.t(f"input_signal.{name}"), width=220)
    if page.state.signal == "brackets":
        _type(page, "brackets", st.text_input, width=220, help=page.t("input.brackets.help"))
        if page.state.brackets:
            return
    for name in SIGNALS[page.state.signal]:
        field = "signal_seed" if name == "seed" else name
        low, high = {"steps": (1, 1000), "at": (1, 1000), "period": (2.0, 1000.0), "seed": (0, 10**9)}[name]
        count(page, field, page.t(f"input_signal.{name}"), low, high)


def _prices(page: Page) -> None:
    pick(page, "company", PRICE_COLUMNS, lambda name: page.t(f"price.{name}"), width=190)
    dates = price_dates()
    for field in ("start", "end"):
        chosen = getattr(page.state, field)
        if chosen not in dates:
            page.keep(page.state.with_changes(**{field: min(dates, key=partial(_days_apart, chosen))}))
        pick(page, field, dates, str, width=140)


_SOURCES: dict[str, Callable[[Page], None]] = {
    "preset": examples,
    "text": _text,
    "numbers": _numbers,
    "signal": _signal,
    "prices": _prices,
}


def own_input(page: Page) -> None:
    """Shows the controls of the page's input: examples, text, numbers, a signal or prices."""
    _SOURCES[page.state.source](page)


def take(page: Page, *fields: str) -> None:
    """Stores what widgets below the stage say before the stage is shown, for it writes the link."""
    for field in fields:
        key = page.key(field)
        value = st.session_state[key] if page.filled(key) else None
        if value is not None:
            page.keep(page.state.with_changes(**{field: value}))


def _store(page: Page, field: str, value: Any) -> None:
    """Stores what a widget says; another preset begins with its own sliders, and without edits in the lab."""
    if value is None or value == getattr(page.state, field):
        return
    changed = page.state.with_changes(**{field: value})
    if field in ("source", "preset", "through", "cell"):
        changed = replace(changed, sliders=NO_SLIDERS)
    if changed.in_lab and field in ("source", "preset", "cell"):
        changed = replace(changed, scale="none")  # another beginning than the one that was scaled
    if field not in SHARED:
        changed = replace(changed, lab="")
    if field == "preset":
        changed = replace(changed, reset=preset(page.cell, value).reset)
        st.session_state.pop(page.key("reset"), None)
    page.keep(changed)


def _fill(page: Page, field: str) -> str:
    return page.fill(page.key(field), getattr(page.state, field))


def pick(
    page: Page,
    field: str,
    options: Sequence[str],
    title: Callable[[str], str],
    label: str | None = None,
    **layout: Any,
) -> None:
    """Shows a list to choose a field of the state from."""
    key = _fill(page, field)
    if st.session_state[key] not in options:
        st.session_state[key] = getattr(page.state, field)
    value = st.selectbox(label or page.t(f"input.{field}"), options, format_func=title, key=key, **layout)
    _store(page, field, value)


def segments(
    page: Page,
    field: str,
    options: tuple[str, ...],
    title: Callable[[str], str] | None = None,
    label: str | None = None,
) -> None:
    """Shows a field of the state as a few words in a row."""
    value = st.segmented_control(
        label or page.t(f"input.{field}"),
        options,
        format_func=title or (lambda name: page.t(f"input.{field}.{name}")),
        key=_fill(page, field),
        required=True,
    )
    _store(page, field, value)


def _type(page: Page, field: str, widget: Callable[..., str], **layout: Any) -> None:
    _store(page, field, widget(page.t(f"input.{field}"), key=_fill(page, field), **layout))


def count(page: Page, field: str, label: str, low: float, high: float, **layout: Any) -> None:
    """Shows a field of the state as a number."""
    value = st.number_input(label, low, high, key=_fill(page, field), width=150, **layout)
    _store(page, field, value)


def _days_apart(first: str, second: str) -> int:
    return abs((date.fromisoformat(first) - date.fromisoformat(second)).days)
