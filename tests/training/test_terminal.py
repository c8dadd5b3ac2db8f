"""The bar: one line that is drawn over in a terminal, a line for each tenth elsewhere."""

from __future__ import annotations

import io
from types import SimpleNamespace

import pytest

from gates.text import translator
from gates.training import terminal
from gates.training.loop import Progress
from gates.training.terminal import Bar


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def written_by(stream: io.StringIO, monkeypatch: pytest.MonkeyPatch, steps: int = 200) -> str:
    """What is written in a run of which each step takes a sixteenth of a second."""
    clock = [100.0]
    monkeypatch.setattr(terminal, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    bar = Bar(stream, translator("en"), "mean squared error")
    for step in range(steps + 1):
        ending = "done" if step == steps else None
        metric = 0.25 if step % 50 == 0 else None
        clock[0] += 1 / 16
        bar.show(Progress(step, steps, 0.5, metric, tokens=step * 10, ending=ending))  # type: ignore[arg-type]
    bar.close()
    return stream.getvalue()


def test_a_log_gets_a_line_for_each_tenth(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = written_by(io.StringIO(), monkeypatch).splitlines()
    assert len(lines) == 11
    said = "loss 0.5  mean squared error 0.25"
    assert lines[0] == f"{'.' * 30} 0/200  {said}  0 tokens/s  - s left"
    assert lines[3] == f"{'#' * 9}{'.' * 21} 60/200  {said}  157 tokens/s  9 s left"
    assert lines[-1] == f"{'#' * 30} 200/200  {said}  159 tokens/s  0 s left"


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_a_terminals_line_fits_it(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    pictures = written_by(Terminal(), monkeypatch).removesuffix("\n").split("\r")
    assert len(pictures) == 1 + 101, "every second step, and the last one"
    assert all(len(picture) < columns for picture in pictures)
    assert ("#" * 30 in pictures[-1]) == (columns == 200)
    assert "200/200" in pictures[-1]
