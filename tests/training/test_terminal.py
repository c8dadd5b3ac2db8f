"""The bar: one line that is drawn over in a terminal, a line for each tenth elsewhere."""

from __future__ import annotations

import io

import pytest

from gates.text import translator
from gates.training.loop import Progress
from gates.training.terminal import Bar


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def drawn(stream: io.StringIO, steps: int = 200) -> str:
    bar = Bar(stream, translator("en"), "mean squared error")
    for step in range(steps + 1):
        ending = "done" if step == steps else None
        metric = 0.25 if step % 50 == 0 else None
        bar.show(Progress(step, steps, 0.5, metric, tokens=step * 10, ending=ending))  # type: ignore[arg-type]
    bar.close()
    return stream.getvalue()


def test_a_log_gets_a_line_for_each_tenth() -> None:
    lines = drawn(io.StringIO()).splitlines()
    assert len(lines) == 11
    assert lines[0].startswith("." * 30) and lines[-1].startswith("#" * 30)
    assert "100/200" in lines[5] and "0.25" in lines[5] and "\r" not in "".join(lines)


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_a_terminals_line_fits_it(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    pictures = drawn(Terminal()).removesuffix("\n").split("\r")
    assert all(len(picture) < columns for picture in pictures)
    assert ("#" * 30 in pictures[-1]) == (columns == 200)
    assert "200/200" in pictures[-1]
