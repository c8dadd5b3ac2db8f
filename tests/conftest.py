"""Settings that every test shares."""

import functools
import gc
import os
import sys
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# What an assertion of a helper compares is told as one of a test is.
_FOLDERS = [folder.name for folder in Path(__file__).parent.iterdir() if folder.is_dir()]
pytest.register_assert_rewrite(*(f"tests.{name}" for name in _FOLDERS))

# Tests run beside each other on few cores, where threads that wait for one another spin most of the time:
# a short training takes seven times as long. What NumPy and torch find here holds for what tests start, too.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

# Shared cores make single examples slow at random, so no example is failed for its time; on CI the same
# examples come every time, and a run that fails there fails again at home.
settings.register_profile("default", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "default")


LONG = ("test_recipes.py", "test_wheel.py", "test_judge.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest: one that begins last keeps a single core busy, and the others wait."""
    items.sort(key=lambda item: item.path.name not in LONG)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Look for no garbage among what is imported: it stays, and is kept out of the collector's way."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.set_threshold(10_000, 20, 20)
        gc.enable()


@pytest.fixture(scope="session", autouse=True)
def _no_sentence_says_none() -> Iterator[None]:
    """Fail what puts None into a sentence, wherever that happens: few tests read each number of a message."""
    from gates.text import MarkdownTranslator, Translator

    with pytest.MonkeyPatch.context() as patch:
        for kind in (Translator, MarkdownTranslator):
            patch.setattr(kind, "__call__", _without_none(kind.__call__))
        yield


def _without_none(say: Callable[..., str]) -> Callable[..., str]:
    @functools.wraps(say)
    def checked(translator: Any, key: str, /, **values: object) -> str:
        template = translator.catalogue.get(key, "")
        missing = [name for name, value in values.items() if value is None and f"{{{name}}}" in template]
        assert not missing, f"{key} says None for {', '.join(missing)}"
        return say(translator, key, **values)

    return checked


@pytest.fixture(scope="session", autouse=True)
def _pages_without_detours() -> Iterator[None]:
    """Spare the tests of pages what takes Streamlit longer than the pages do, and changes nothing in them.

    Once any test has imported Keras, each run of a page resets Keras, which collects all garbage: half a
    second beside torch. And each new AppTest parses the metadata of every package that is installed.
    """
    if "streamlit.testing.v1" not in sys.modules:
        yield
        return
    from streamlit.components.v2 import manifest_scanner
    from streamlit.runtime.scriptrunner import script_runner

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(script_runner, "_clean_problem_modules", lambda: None)
        scan = functools.cache(manifest_scanner.scan_component_manifests)
        patch.setattr(manifest_scanner, "scan_component_manifests", scan)
        yield
