"""What a run looks like in a terminal: a bar while it goes on, and a sentence at its end."""

from __future__ import annotations

import time
from shutil import get_terminal_size
from typing import TextIO

from gates.text import Translator
from gates.training.loop import Progress

WIDTH = 30
SECONDS_BETWEEN_LINES = 0.1
"""Seconds between two pictures of the bar."""


class Bar:
    """A progress bar on one line of a terminal; where there is none, a line for each tenth of the run."""

    def __init__(self, stream: TextIO, t: Translator, metric: str) -> None:
        self._stream, self._t, self._metric = stream, t, metric
        self._terminal = stream.isatty()
        self._begun = time.monotonic()
        self._drawn, self._width, self._value = 0.0, 0, "-"

    @property
    def seconds(self) -> float:
        """Seconds since the bar was made."""
        return time.monotonic() - self._begun

    def show(self, progress: Progress) -> None:
        """Draw where the run stands, if it is time to."""
        if progress.metric is not None:
            self._value = figure(progress.metric)
        last = progress.ending is not None or progress.step == progress.steps
        if self._terminal:
            due = last or self.seconds - self._drawn >= SECONDS_BETWEEN_LINES
        else:
            due = last or progress.step * 10 // progress.steps > (progress.step - 1) * 10 // progress.steps
        if due:
            self._drawn = self.seconds
            self._write(self._line(progress))

    def close(self) -> None:
        """Leave the line, so that what comes next stands on one of its own."""
        if self._terminal and self._width:
            self._stream.write("\n")
            self._stream.flush()

    def _line(self, progress: Progress) -> str:
        rate = progress.tokens / max(self.seconds, 1e-9)
        left = self.seconds * (progress.steps - progress.step) / max(progress.step, 1)
        words = self._t(
            "training.cli.bar",
            step=progress.step,
            steps=progress.steps,
            loss=figure(progress.loss),
            name=self._metric,
            metric=self._value,
            rate=f"{rate:,.0f}",
            left=f"{left:.0f}" if progress.step else "-",
        )
        columns = get_terminal_size().columns - 1 if self._terminal else WIDTH + 1 + len(words)
        available = max(0, min(WIDTH, columns - 1 - len(words)))  # a line that wraps could not be drawn over
        full = round(available * progress.step / progress.steps)
        return f"{'#' * full}{'.' * (available - full)} {words}"[:columns]

    def _write(self, line: str) -> None:
        padded = line.ljust(self._width)
        self._width = len(line)
        self._stream.write(f"\r{padded}" if self._terminal else f"{line}\n")
        self._stream.flush()


def figure(value: float) -> str:
    """Return a loss or a metric in four digits."""
    return f"{value:.4g}"
