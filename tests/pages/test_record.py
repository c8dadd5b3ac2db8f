"""The record of pages: no state of it is left over, and a change of one label is one line of it."""

import difflib
from pathlib import Path
from typing import Any

import pytest

from tests.pages import parts, record


def test_every_state_is_one_that_a_test_shows() -> None:
    kept = parts.read()
    assert not record.stale(kept.states), f"no test shows these: {record.AGAIN}"
    used = {root for shown in kept.states.values() for _, roots in shown for root in roots}
    assert used | {each for part in kept.parts.values() for each in part.under} == kept.parts.keys()


def page(label: str, *more: Any) -> list[Any]:
    """A page with a button of a label in a row, and what stands under it."""
    row = ["row", {}, [["button", {"label": label, "key": "go"}, []], ["text", {"body": "a\n" * 90}, []]]]
    return [["main", {}, [["title", {"body": "page.any"}, []], row, *more]]]


def changed(folder: Path, shown: dict[str, list[Any]], was: list[str]) -> list[str]:
    """The lines that a diff has after these states were written; ``was`` becomes what there is now."""
    parts.write({test: [("en", one) for one in states] for test, states in shown.items()}, folder=folder)
    now = [line for file in sorted(folder.iterdir()) for line in file.read_text("utf-8").splitlines()]
    lines = [line for line in difflib.ndiff(was, now) if line[0] in "+-"]
    was[:] = now
    return lines


def test_one_label_is_one_line_of_the_record(tmp_path: Path) -> None:
    was: list[str] = []
    note: Any = ["caption", {"body": "note"}, []]
    changed(tmp_path, {"a": [page("Go")], "b": [page("Go"), page("Go", note)], "c": [page("Go")]}, was)
    kept = parts.read(tmp_path)
    assert [parts.whole(root, kept.parts) for root in kept.states["b"][1][1]] == page("Go", note)
    states = {"a": [page("Start")], "b": [page("Start"), page("Start", note)], "c": [page("Start")]}
    assert changed(tmp_path, states, was) == [
        '-  {"label": "Go", "key": "go"}',
        '+  {"label": "Start", "key": "go"}',
    ]
    other = changed(tmp_path, {"a": [page("Start", note)]}, was)
    assert other == ["-  en: main page.any", "+  en: main page.any 2"]
    gone = changed(tmp_path, {"b": [], "a": [page("Start")]}, was)
    assert {"- b", "- main page.any 2"} < {*gone}
    assert "- caption note" in gone, "no state has it"


def test_what_differs_is_named_with_its_state(tmp_path: Path) -> None:
    was: list[str] = []
    changed(tmp_path, {"a": [page("Go"), page("Go")]}, was)
    kept = parts.read(tmp_path)
    record.complain("a", [("en", page("Go")), ("en", page("Go"))], kept)
    with pytest.raises(pytest.fail.Exception) as failed:
        record.complain("a", [("en", page("Go")), ("en", page("Start")), ("en", page("Go"))], kept)
    assert str(failed.value).splitlines()[1:] == [
        "3 states are held, and 2 are kept",
        "state 2 (en):",
        "  button go",
        '    label: was "Go", is "Start"',
    ]
