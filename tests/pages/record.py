"""What pages looked like when somebody last looked at them, held against what they are now.

Each test of a page holds, beside what it asserts, the last state of every page that it opened, whole; `same`
holds one on the way there. `unheld` says where what is shown is a matter of time, and none is held.
"""

import json
import os
import re
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.parts import Kept, State, name_of, read, whole, write
from tests.pages.snapshot import contents, language_of

AGAIN = "look at it in the app, then LOOKED_AT=1 python -m pytest tests/pages tests/ui"
ROOT = Path(__file__).resolve().parents[2]
MOST = 12
"""Differences that are listed of one state."""

_opened: dict[AppTest, Any] = {}
"""The pages that the running test has opened, with what was last held of each."""
_found: list[State] = []
"""The states of the running test."""
_collected: set[str] = set()
"""The tests of whole files that were collected."""
_looked_at: dict[str, list[State]] = {}
"""The states of all tests that ran, to be written down."""


def same(app: AppTest) -> None:
    """Hold a page as it is now; its last state is held without being asked for."""
    language = language_of(app)
    _found.append((language, contents(app, language)))
    _opened[app] = app._tree


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "unheld(why): the last states of this test's pages are not held")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Note which tests there are, before some are left out."""
    if not any("::" in one for one in config.args):
        _collected.update(map(_name, items))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Run a test, and hold the last state of every page that it has opened."""
    run = AppTest._run
    _opened.clear()
    _found.clear()

    def noted(app: AppTest, *given: Any, **named: Any) -> AppTest:
        _opened.setdefault(app, None)
        return run(app, *given, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(AppTest, "_run", noted)
        yield
    for app, held in [] if item.get_closest_marker("unheld") else list(_opened.items()):
        if held is not app._tree:
            same(app)
    test = _name(item)
    if "LOOKED_AT" in os.environ:
        _looked_at[test] = [*_found]
    elif _found or test in _kept()[1]:
        complain(test, _found, _kept())
    _opened.clear()


def pytest_sessionfinish() -> None:
    """Write down what the tests of this process have shown; other processes do the same."""
    if _looked_at:
        write(_looked_at, stale)
    _looked_at.clear()


def stale(states: Iterable[str]) -> list[str]:
    """Name those that no test shows any more, as far as the tests that were collected tell."""
    files = {test.partition("::")[0] for test in _collected}

    def gone(test: str) -> bool:
        file = test.partition("::")[0]
        return test not in _collected if file in files else not (ROOT / file).exists()

    return [test for test in states if gone(test)]


def _name(item: pytest.Item) -> str:
    """A test's name in ASCII, as pytest writes it where nobody asks for another form."""
    return re.sub(r"[^ -~]", lambda found: ascii(found[0])[1:-1], item.nodeid)


def complain(test: str, found: list[State], kept: Kept) -> None:
    """Fail where a test's states are not those that are kept, with what differs."""
    parts, states = kept
    wanted = [(language, [whole(name, parts) for name in roots]) for language, roots in states.get(test, ())]
    if found == wanted:
        return
    said = [f"{len(found)} states are held, and {len(wanted)} are kept"] if len(found) != len(wanted) else []
    for number, (now, before) in enumerate(zip(found, wanted, strict=False), 1):
        if now != before:
            said += [f"state {number} ({now[0]}):", *_differences(before[1], now[1])]
    pytest.fail("\n".join([f"{test} shows another page now. Where that is meant: {AGAIN}", *said]), False)


def _differences(before: list[Any], now: list[Any]) -> list[str]:
    """Name the parts that came, went or are others, in their order."""
    old, new = (list(_elements(one)) for one in (before, now))
    said = []
    for what, a, b, c, d in SequenceMatcher(None, *map(_texts, (old, new)), autojunk=False).get_opcodes():
        if what == "replace" and [kind for kind, _ in old[a:b]] == [kind for kind, _ in new[c:d]]:
            for (kind, was), (_, told) in zip(old[a:b], new[c:d], strict=True):
                said += [f"  {kind} {name_of(told)}", *_fields(dict(_flat(was)), dict(_flat(told)))]
        elif what != "equal":
            said += [f"  was  {text}" for text in _texts(old[a:b])] + [
                f"  is   {text}" for text in _texts(new[c:d])
            ]
    return [*said[:MOST], *([f"  and {len(said) - MOST} more lines"] if len(said) > MOST else [])]


def _elements(nodes: list[Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for kind, told, under in nodes:
        yield kind, told
        yield from _elements(under)


def _texts(elements: list[tuple[str, dict[str, Any]]]) -> list[str]:
    return [f"{kind} {json.dumps(told, ensure_ascii=False)}" for kind, told in elements]


def _fields(was: dict[str, str], told: dict[str, str]) -> Iterator[str]:
    """Say of each field that differs what it was, and what it is."""
    for path in dict.fromkeys([*was, *told]):
        if was.get(path) != told.get(path):
            yield f"    {path}: was {was.get(path, 'not there')}, is {told.get(path, 'not there')}"


def _flat(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    inner = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    )
    for name, each in inner or ():
        yield from _flat(each, f"{path}.{name}".lstrip("."))
    if not inner:
        yield path, json.dumps(value, ensure_ascii=False)


@cache
def _kept() -> Kept:
    return read()
