"""Runs in notebooks: the stage in a frame below the code, without a server. It needs NumPy alone.

    from gates.notebook import show
    show(cell.run(x))

A trace as the last line of code shows itself too, as a small still picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gates.core.trace import Trace
from gates.export import trace_page
from gates.text import surrounding_language
from gates.text.escape import framed, in_html

HEIGHT = 760
"""Pixels of the frame, at which a few units and their arithmetic are seen without scrolling."""


@dataclass(frozen=True)
class Shown:
    """A run as a page that needs nothing else: what a notebook shows in a frame.

    html: the page, a whole HTML document of some 400 KB. title: what a screen reader calls the frame.
    height: of the frame, in pixels.
    """

    html: str
    title: str
    height: int = HEIGHT

    def __repr__(self) -> str:
        return f"Shown({self.title!r}, {len(self.html):,} characters of HTML)"

    def _repr_html_(self) -> str:
        """Return the frame. The page in it reaches neither the notebook nor a network."""
        return (
            f'<iframe sandbox="allow-scripts" allow="fullscreen" title="{in_html(self.title)}" '
            f'style="width:100%;height:{self.height:d}px;border:0;color-scheme:normal" '
            f'srcdoc="{framed(self.html)}"></iframe>'
        )

    def save(self, path: str | Path) -> None:
        """Write the page as a file, which opens in any browser."""
        Path(path).write_text(self.html, encoding="utf-8", newline="\n")


def show(
    trace: Trace,
    *,
    sequence: int = 0,
    step: int = 1,
    tokens: Sequence[str] | None = None,
    inputs: Sequence[str] | None = None,
    units: Sequence[str] | None = None,
    lang: str | None = None,
    height: int = HEIGHT,
) -> Shown:
    """Return a run as the stage shows it: stepped, played, and every number with its arithmetic.

    The last line of a cell shows it; before that, ``display(show(trace))`` does.

    Args:
        trace: what ``cell.run(x)`` returned, of an LSTM, a GRU, an RNN, a minGRU, a minLSTM or an sLSTM; of a
            reverse run the steps are shown in the order in which they were read.
        sequence: which sequence of a batch, from 0.
        step: where the stage stands at first, from 1.
        tokens: a name for each step. By default the input where there is one, else the step's number.
        inputs, units: a name for each.
        lang: ``"en"`` or ``"zh"``, in which it opens; by default what :func:`gates.text.surrounding_language`
            finds. The page has a switch.
        height: of the frame, in pixels.

    Raises:
        GatesError: for what the stage does not draw, for more than 64 units, 512 inputs, 1,000 steps or
            16,000 steps × units, for numbers that are not finite, and for names or numbers that do not fit.
    """
    language = surrounding_language() if lang is None else lang
    html = trace_page.build(
        trace, sequence=sequence, step=step, tokens=tokens, inputs=inputs, units=units, lang=language
    )
    return Shown(html, f"{type(trace.source).__name__} · Gatescope", height)
