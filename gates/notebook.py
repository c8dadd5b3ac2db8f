"""Runs in notebooks: the stage in a frame below the code, without a server. It needs NumPy alone.

    from gates.notebook import show
    show(cell.run(x))

A trace as the last line of code shows itself too, as a small still picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gates.core import picture
from gates.core.trace import Trace
from gates.export import trace_page
from gates.text import surrounding_language, translator
from gates.text.escape import framed, in_html

HEIGHT = 760
"""Pixels of the frame, at which a few units and their arithmetic are seen without scrolling."""

_DARK = (
    "[data-jp-theme-light=false]",  # Jupyter
    "[data-vscode-theme-kind=vscode-dark]",
    "[data-vscode-theme-kind=vscode-high-contrast]",
    "html[theme=dark]",  # Colab
)
"""By what a dark notebook is known; the colour scheme of a frame is what the page in it takes for its own."""


@dataclass(frozen=True)
class Shown:
    """A run as a page that needs nothing else: what a notebook shows in a frame.

    html: the page, a whole HTML document of some 220 KB. title: what a screen reader calls the frame.
    height: of the frame, in pixels. still: the HTML of what is seen where no script runs.
    """

    html: str
    title: str
    height: int = HEIGHT
    still: str = ""

    def __repr__(self) -> str:
        return f"Shown({self.title!r}, {len(self.html):,} characters of HTML)"

    def _repr_html_(self) -> str:
        """Return the frame. The page in it reaches neither the notebook nor a network.

        Of a notebook that is not trusted Jupyter drops the frame and the tag ``noscript``, not what it holds.
        """
        return (
            f"<style>:is({','.join(_DARK)}) .gatescope{{color-scheme:dark}}</style>"
            f"<noscript>{self.still}</noscript>"
            f'<iframe class="gatescope" sandbox="allow-scripts" allow="fullscreen" '
            f'title="{in_html(self.title)}" style="width:100%;height:{self.height:d}px;border:0" '
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
    t = translator(language)
    still = (
        f"<p>{in_html(t('notebook.still'))}</p>{picture.html(trace_page.one_sequence(trace, sequence), t)}"
    )
    return Shown(html, f"{type(trace.source).__name__} · Gatescope", height, still)
