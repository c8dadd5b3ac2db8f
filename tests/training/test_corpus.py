"""Texts: where The Time Machine comes from, and what is said where it cannot be had."""

from __future__ import annotations

import hashlib
import io
import sys
from pathlib import Path
from typing import Any
from urllib.error import URLError

import pytest

from gates.training.errors import TrainingError
from gates.training.tasks import corpus

BOOK = b"The Time Machine, by H. G. Wells [1898]\n\nI\n\nThe Time Traveller (for so it)\n"


@pytest.fixture(autouse=True)
def somewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """A home without the text, a book of its own sha1, and a list of what is fetched."""
    fetched: list[str] = []

    def fetch(url: str, timeout: float) -> Any:
        assert timeout <= corpus.SECONDS
        fetched.append(url)
        return io.BytesIO(BOOK)

    monkeypatch.delenv(corpus.VARIABLE, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(corpus, "SHA1", hashlib.sha1(BOOK, usedforsecurity=False).hexdigest())
    monkeypatch.setattr(corpus, "urlopen", fetch)
    return fetched


def test_it_is_fetched_once_and_kept(somewhere: list[str]) -> None:
    assert corpus.time_machine() == corpus.time_machine() == BOOK.decode()
    assert somewhere == [corpus.URL]


def test_what_was_kept_and_then_spoiled_is_fetched_again(somewhere: list[str], tmp_path: Path) -> None:
    corpus.time_machine()
    next(tmp_path.glob("cache/*/*.txt")).write_bytes(b"spoiled")
    assert corpus.time_machine() == corpus.time_machine() == BOOK.decode()
    assert len(somewhere) == 2


def test_it_is_kept_below_the_home_or_nowhere_without_one(
    somewhere: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "home")
    corpus.time_machine()
    assert (tmp_path / "home/.cache/gatescope/timemachine.txt").read_bytes() == BOOK

    def homeless() -> Path:
        raise RuntimeError("no home")

    monkeypatch.setattr(Path, "home", homeless)
    assert corpus.time_machine() == BOOK.decode() and len(somewhere) == 2


def test_a_home_that_cannot_be_written_keeps_nothing(
    somewhere: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert corpus.time_machine() == corpus.time_machine() == BOOK.decode()
    assert len(somewhere) == 2


@pytest.mark.parametrize("by_variable", [True, False])
def test_a_local_file_needs_no_network(
    somewhere: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by_variable: bool
) -> None:
    path = tmp_path / "book.txt"
    path.write_bytes(BOOK)
    if by_variable:
        monkeypatch.setenv(corpus.VARIABLE, str(path))
    assert corpus.time_machine(None if by_variable else path) == BOOK.decode()
    assert not somewhere


def test_another_text_is_not_taken_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "book.txt"
    path.write_bytes(BOOK + b"!")
    with pytest.raises(TrainingError, match=r"book\.txt holds is not The Time Machine"):
        corpus.time_machine(path)
    monkeypatch.setattr(corpus, "urlopen", lambda url, timeout: io.BytesIO(b"<html>Log in first</html>"))
    with pytest.raises(TrainingError, match="holds is not The Time Machine"):
        corpus.time_machine()


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match=rf"nowhere\.txt cannot be read.*{corpus.VARIABLE}"):
        corpus.time_machine(tmp_path / "nowhere.txt")


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (URLError("no route to host"), "no route to host"),
        (TimeoutError("timed out"), "timed out"),
        (ConnectionResetError(), "ConnectionResetError"),
    ],
)
def test_without_network_there_is_a_way_out(
    monkeypatch: pytest.MonkeyPatch, error: Exception, reason: str
) -> None:
    def fail(url: str, timeout: float) -> Any:
        raise error

    monkeypatch.setattr(corpus, "urlopen", fail)
    with pytest.raises(TrainingError, match=rf"{corpus.VARIABLE}.*--source python") as caught:
        corpus.time_machine()
    assert "()" not in str(caught.value)
    assert caught.value.values["reason"] == reason


def test_a_download_without_end_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    class Endless(io.RawIOBase):
        given = 0

        def read(self, size: int = -1) -> bytes:
            self.given += size
            assert self.given <= corpus.MAX_BYTES + 65_536
            return b"x" * size

    monkeypatch.setattr(corpus, "urlopen", lambda url, timeout: Endless())
    with pytest.raises(TrainingError, match="holds is not The Time Machine"):
        corpus.time_machine()


def test_a_download_that_drips_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corpus, "SECONDS", -1.0)
    with pytest.raises(TrainingError, match="cannot be fetched"):
        monkeypatch.setattr(corpus, "urlopen", lambda url, timeout: io.BytesIO(BOOK))
        corpus.time_machine()


def test_letters_only_is_d2ls_form() -> None:
    text = "The Time Traveller (for so it)\n\n  was--here, I've\tseen.\r\nÉté 3"
    assert corpus.letters_only(text) == "the time traveller for so itwas here i ve seent"


def test_pythons_own_documentation_is_a_text_to_learn() -> None:
    text = corpus.letters_only(corpus.python_documentation())
    assert len(text) > 100_000 and set(text) <= set("abcdefghijklmnopqrstuvwxyz ")


def test_a_python_without_its_documentation_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pydoc_data.topics", None)
    with pytest.raises(TrainingError, match="without its documentation"):
        corpus.python_documentation()
