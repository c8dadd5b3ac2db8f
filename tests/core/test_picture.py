"""The still picture of a trace: its numbers are the trace's, and it says what it leaves out."""

import base64
import re
import struct
import zlib
from html.parser import HTMLParser

import numpy as np
import pytest

from gates import GRU, LSTM, MGU, MLSTM, RNN, SLSTM, MinGRU, MinLSTM
from gates.core import picture
from gates.figures.palette import LIGHT
from gates.text import LANGUAGES, translator
from gates.text.numbers import gate, number

ALL = [LSTM, GRU, RNN, MGU, MinGRU, MinLSTM, SLSTM, MLSTM]
X = np.random.default_rng(3).normal(size=(9, 2))


class Rows(HTMLParser):
    """The rows of a picture as texts, its images, and all its elements and attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.images: list[bytes] = []
        self.tags: set[str] = set()
        self.names: set[str] = set()
        self.styles: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.add(tag)
        self.names |= given.keys()
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
            self.styles.append(given.get("style", ""))
        if tag == "img":
            self.images.append(base64.b64decode(given["src"].removeprefix("data:image/png;base64,")))

    def handle_data(self, data: str) -> None:
        if self.rows and self.rows[-1]:
            self.rows[-1][-1] += data


def pixels(png: bytes) -> np.ndarray:
    """The red, green and blue of a PNG whose lines are not filtered."""
    width, height = struct.unpack(">II", png[16:24])
    length = struct.unpack(">I", png[33:37])[0]
    lines = np.frombuffer(zlib.decompress(png[41 : 41 + length]), np.uint8).reshape(height, 1 + 3 * width)
    assert not lines[:, 0].any()
    assert png[24:29] == bytes([8, 2, 0, 0, 0])  # 8 bits a colour, and nothing that a reader need not know
    return lines[:, 1:].reshape(height, width, 3)


def test_its_colours_are_those_of_the_app() -> None:
    assert {name: LIGHT[name] for name in picture.COLOURS} == picture.COLOURS


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_short_run_is_written_out_number_by_number(language: str) -> None:
    trace = LSTM.init(inputs=2, hidden=3, rng=1).run(X)
    t = translator(language)
    html = picture.html(trace, t)
    assert f"<b>{t('notebook.picture.title', kind='LSTM', steps=9, units=3)}</b>" in html
    shown = Rows(html).rows
    assert shown[0][2:] == [str(step + 1) for step in range(9)]
    at = 1
    for signal in trace.signals:
        values = getattr(trace, signal)
        written = gate if signal in ("input", "forget", "output") else number
        for unit in range(values.shape[1]):
            name = [t(f"signal.{signal}")] if unit == 0 else []
            assert shown[at] == [*name, str(unit + 1), *map(written, values[:, unit])], (signal, unit)
            at += 1
    assert at == len(shown)


def test_the_language_is_the_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    trace = RNN.init(inputs=2, hidden=1, rng=0).run(X)
    for name, value, language in (
        ("LANG", "zh_CN.UTF-8", "zh"),
        ("LC_ALL", "C.UTF-8", "en"),
        ("GATESCOPE_LANG", "zh", "zh"),
        ("GATESCOPE_LANG", "fr", "en"),
    ):
        monkeypatch.setenv(name, value)
        assert translator(language)("signal.hidden") in trace._repr_html_()


def test_a_long_run_is_a_strip_a_signal_and_says_what_is_left_out() -> None:
    x = np.random.default_rng(5).normal(size=(500, 3, 2))
    trace = LSTM.init(inputs=2, hidden=70, rng=1).run(x)
    html = trace._repr_html_()
    shown = Rows(html)
    assert len(shown.images) == len(trace.signals) == len(shown.rows)
    forget = pixels(shown.images[trace.signals.index("forget")])
    assert forget.shape == (64, 400, 3)
    zero, hue = picture._rgb("zero"), picture._rgb("forget")
    expected = zero + (hue - zero) * trace.forget[:400, 0, :64].T[..., None]
    assert np.abs(forget - expected).max() <= 0.5
    for key, values in (
        ("sequences", {"count": 3}),
        ("steps", {"shown": 400, "count": 500}),
        ("units", {"shown": 64, "count": 70}),
    ):
        assert translator("en")(f"notebook.picture.{key}", **values) in html
    assert len(html) < 400_000


def test_of_a_batch_only_the_sequences_own_steps_are_shown() -> None:
    x = np.random.default_rng(5).normal(size=(7, 3, 2))
    shown = Rows(GRU.init(inputs=2, hidden=2, rng=1).run(x, lengths=[4, 7, 2])._repr_html_())
    assert shown.rows[0][2:] == ["1", "2", "3", "4"]


@pytest.mark.parametrize("kind", ALL)
def test_every_cell_has_one_also_of_a_single_step_and_of_a_batch(kind: type) -> None:
    cell = kind.init(inputs=2, hidden=3, rng=1)  # type: ignore[attr-defined]
    rng = np.random.default_rng(1)
    for trace in (
        cell.run(X),
        cell.run(X[:1]),
        cell.run(rng.normal(size=(4, 5, 2)), reverse=True),
        cell.step(X[0]),
        cell.step(rng.normal(size=(5, 2))),
        cell.run(rng.normal(size=(40, 2))),
    ):
        shown = Rows(trace._repr_html_())
        assert shown.tags <= {"div", "b", "table", "tr", "td", "th", "img"}
        assert shown.names <= {"style", "rowspan", "colspan", "alt", "src"}
        assert all(
            "padding" in style for style in shown.styles if style
        )  # a page's style sheet may take it away


def test_inputs_that_are_too_many_are_a_strip_across_the_numbers() -> None:
    html = LSTM.init(inputs=9, hidden=3, rng=1).run(np.ones((7, 9)))._repr_html_()
    assert html.count("<img") == len(re.findall('<td colspan="8" [^>]*><img', html)) == 1
    assert re.search(
        "<td style=[^>]*><img", LSTM.init(inputs=9, hidden=3, rng=1).run(np.ones((40, 9)))._repr_html_()
    )


@pytest.mark.parametrize(
    ("name", "values", "bounded", "scale"),
    [
        ("forget", [0.0, 0.25], True, 1.0),
        ("forget", [0.0, 1.5], False, 1.5),
        ("forget", [-0.25, 0.5], False, 1.0),
        ("hidden", [0.25, -0.5], False, 1.0),
        ("hidden", [0.25, -3.0], False, 3.0),
        ("cell", [0.25, -0.5], False, 0.5),
        ("cell", [0.0, 0.0], False, 1.0),
        ("cell", [np.inf, -4.0], False, 4.0),
    ],
)
def test_the_full_colour_is_that_of_the_largest_value_or_of_1(
    name: str, values: list[float], bounded: bool, scale: float
) -> None:
    strip = picture.Strip.of(name, np.array([values]))
    assert (strip.bounded, strip.scale) == (bounded, scale)


def test_what_is_no_number_is_grey_and_said() -> None:
    with np.errstate(all="ignore"):
        trace = RNN(W=[[3.0]], U=[[1e200]], b=[0.0], activation="relu").run(np.ones((4, 1)))
    assert not np.isfinite(trace.hidden).all()
    shown = Rows(trace._repr_html_())
    assert "∞" in shown.rows[-1]
    assert any(picture.COLOURS["leaf"] in style for style in shown.styles)


def test_numbers_are_legible_on_their_colours() -> None:
    shown = Rows(LSTM.init(inputs=2, hidden=3, rng=1).run(5 * X)._repr_html_())
    painted = [found for style in shown.styles if (found := re.findall(r"#\w+", style))]
    assert len(painted) == 9 * (2 + 6 * 3)
    for background, text in painted:
        light = [_luminance(background), _luminance({"#000": "#000000", "#fff": "#ffffff"}[text])]
        assert (max(light) + 0.05) / (min(light) + 0.05) >= 4.5, (background, text)


def test_of_black_and_white_the_one_that_is_read_more_easily_is_taken() -> None:
    for colour in np.random.default_rng(0).integers(256, size=(2000, 3), dtype=np.uint8):
        background, text = re.findall(r"#\w+", picture._paint(colour))
        light = _luminance(background) + 0.05
        assert (text == "#000") == (light / 0.05 >= 1.05 / light), background


def _luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
