"""Sheets: what stands on them, that they read again as the same exercise, and that a text stays a text."""

import re
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from gates import __main__ as command
from gates.examples.notation.letters import NOTATIONS
from gates.exercises.classics import CLASSICS, classic
from gates.exercises.errors import ExerciseError
from gates.exercises.file import from_json, loads, to_json
from gates.exercises.sheets.content import Content, Options
from gates.exercises.sheets.sheet import WRITERS, sheet
from gates.exercises.solve import Solution
from gates.text import LANGUAGES, escape
from tests.exercises.cases import CASES, STRUCTURED, random_exercise
from tests.text.hostile import HOSTILE


class Page(HTMLParser):
    """The elements of a page with their attributes, and its text without that of scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.words: list[str] = []
        self._unread = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag + " ".join(f" {name}" for name, _ in attrs))
        self._unread = tag if tag in ("script", "style") else ""

    def handle_endtag(self, tag: str) -> None:
        self._unread = ""

    def handle_data(self, data: str) -> None:
        if not self._unread:
            self.words.append(data)

    def handle_comment(self, data: str) -> None:
        self.elements.append("comment")


def test_a_sheet_reads_again_as_its_exercise() -> None:
    """Each in one format: what is read is the file that lies in the sheet, whatever else stands there."""
    values = [*CASES[: -len(STRUCTURED) : 5], *STRUCTURED]
    exercises = [*(classic(name) for name in CLASSICS[::2]), *map(from_json, values)]
    parts = ("both", "key", "worksheet")
    for at, exercise in enumerate(exercises):
        options = Options(LANGUAGES[at % 2], NOTATIONS[at % 4], part=parts[at // 3 % 3])
        again = loads(sheet(exercise, [*WRITERS][at % 3], options))
        assert to_json(again) == to_json(exercise)
        assert Solution(again).to_json() == Solution(exercise).to_json()


def test_the_key_has_every_line_with_its_numbers_and_the_worksheet_no_answer() -> None:
    key = "".join(Page(sheet(classic("hkust"), ".html", Options(part="key"))).words)
    for line in (
        "ai₁ = Wi[1,1]·x₁[1] + Wi[1,2]·x₁[2] + Ui·h₀ + bi = 0.6·0.5 + 0.3·0.7 + 0.8·0.9 + 0.2 = 1.4300",
        "i₁ = σ(ai₁) = σ(1.4300) = 0.8069",
        "c₂ = f₂·c₁ + i₂·g₂ = 0.6284·1.1139 + 0.7328·0.5588 = 1.1095",
        "L = L₁ + L₂ = 0.0001 + 0.0131 = 0.0131",
        "∂f₂ = ∂c₂·c₁ = (−0.045395)·1.113930 = −0.050567",
        "∂bg = ∂ag₁ + ∂ag₂ = −0.010408 + (−0.022878) = −0.033285",
        "bg′ = bg − η·∂bg = 0.3 − 0.1·(−0.033285) = 0.303329",
        "Before the update L = 0.013119, after it L = 0.012759.",
    ):
        assert line in key, line
    worksheet = "".join(Page(sheet(classic("hkust"), ".html", Options(part="worksheet"))).words)
    assert "h₂ =" in worksheet and "0.6384" not in worksheet and "0.7111" not in worksheet


def test_a_sheet_says_what_is_held_coupled_or_left_out_and_asks_no_line_of_it() -> None:
    forced = from_json(STRUCTURED[0])
    page = "".join(Page(sheet(forced, ".html", Options(part="worksheet"))).words)
    assert (
        "Held at a value, whatever the equations say: f₂[2] = f₃[2] = 0.5, i₁[1] = … = i₄[1] = 0.75," in page
    )
    assert "o₂[3] = o₃[3] = o₄[3] = 0.9." in page and "\ni₁[1] =" not in page
    coupled = sheet(from_json(STRUCTURED[2]), ".md", Options("zh", part="worksheet"))
    assert "i 没有自己的权重：i = 1 − f" in coupled and "输入门" not in coupled
    assert "iₜ = 1 − fₜ" in coupled
    small = "".join(Page(sheet(from_json(STRUCTURED[4]), ".html", Options())).words)
    assert "There is no gate f: what it would multiply passes whole." in small
    assert "cₜ = cₜ₋₁ + iₜ⊙gₜ" in small and "hₜ = tanh(cₜ)" in small and "h₁[1] = tanh(c₁[1])" in small


def test_what_is_asked_stands_on_the_worksheet_alone_and_is_marked_in_the_key() -> None:
    exercise = replace(classic("hkust"), asked=("f2", "h2"))
    content = Content(Solution(exercise), Options())
    assert [line.name for line in content.answer_lines] == ["f2", "h2"]
    page = sheet(exercise, ".html")
    assert page.count('class="answer m asked"') == 2 and "∂" not in "".join(Page(page).words)
    with pytest.raises(ExerciseError, match="q7"):
        sheet(replace(exercise, asked=("q7",)), ".md")


def test_a_wrong_answer_is_asked_about_and_explained_in_the_key_alone() -> None:
    for language, cause in (("en", "The initial state was taken again"), ("zh", "又用了初始状态")):
        worksheet, key = (
            "".join(Page(sheet(classic("mistake-hkust"), ".html", Options(language, part=part))).words)
            for part in ("worksheet", "key")
        )
        assert "h₂ = 0.5839" in worksheet and "0.6384" not in worksheet and cause not in worksheet
        assert "h₂ = 0.6384" in key and cause in key


def test_a_right_answer_is_not_explained_away() -> None:
    own = classic("mistake-bptt")
    assert own.claim is not None
    right = replace(own, claim=replace(own.claim, values=(0.7803,)))
    assert "This answer is right." in "".join(Page(sheet(right, ".html", Options(part="key"))).words)


@pytest.mark.parametrize("suffix", WRITERS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_conventions_and_paper_are_said(suffix: str, language: str) -> None:
    gru = replace(classic("gru-integers-after"), update="write")
    texts = {paper: sheet(gru, suffix, Options(language, paper=paper)) for paper in ("a4", "letter")}
    said = {"en": ("z writes the new state", "A row of a matrix"), "zh": ("z 写入新状态", "矩阵的一行")}
    assert all(sentence in texts["a4"] for sentence in said[language])
    assert (texts["a4"] != texts["letter"]) == (suffix != ".md")


def test_tex_in_english_is_ascii_in_every_form_and_notation() -> None:
    for at, value in enumerate(CASES[::2]):
        options = Options(notation=NOTATIONS[at % 4], part="worksheet" if at % 3 else "both")
        assert sheet(from_json(value), ".tex", options).isascii()
    joined = from_json(random_exercise("gru", "[h,x]", 95, reset="after"))
    assert (
        "n_{t} = \\tanh (W_{n,x} x_{t} + b_{n} + r_{t}\\odot (W_{n,h} h_{t-1} + b_{n}^{\\prime }))"
        in sheet(joined, ".tex")
    )


def test_the_unrolled_cell_is_drawn() -> None:
    page = sheet(classic("lee-lstm"), ".html", Options(part="worksheet"))
    assert page.count("<rect") == 4 and page.count("<line") == 4 * 4  # the first three steps and the last
    tikz = sheet(classic("bptt"), ".tex", Options(part="worksheet"))
    assert tikz.count("rectangle") == 4 and r"node[right] {$y_{2}$}" in tikz
    assert "h₀ → RNN(x₁) → h₁ → RNN(x₂) →" in sheet(classic("bptt"), ".md")


def test_what_has_no_room_on_paper_is_refused() -> None:
    long = replace(classic("bptt"), x=classic("bptt").x.repeat(7, axis=0), targets=None)
    with pytest.raises(ExerciseError, match="12 steps"):
        sheet(long, ".html")


# Texts from outside


@pytest.mark.parametrize("text", HOSTILE)
def test_a_title_is_text_in_every_sheet(text: str) -> None:
    exercise = classic("yeh-rnn")
    strange = replace(exercise, title=f"x {text} y", source=f"{text} {text}")
    sheets = {suffix: sheet(strange, suffix) for suffix in WRITERS}
    page = Page(sheets[".html"])
    assert re.sub(r"\s", " ", escape.visible(f"x {text} y")) in re.sub(r"\s", " ", " ".join(page.words))
    assert (page.elements, _blocks(sheets[".md"])) == _unescaped()
    for source in sheets.values() if "\ud800" not in text else ():
        assert loads(source).title == f"x {text} y"


@cache
def _unescaped() -> tuple[list[str], list[str]]:
    """The elements and blocks of a page and of Markdown with a title that needs nothing."""
    exercise = replace(classic("yeh-rnn"), title="x", source="y")
    return Page(sheet(exercise, ".html")).elements, _blocks(sheet(exercise, ".md"))


def _blocks(markdown: str) -> list[str]:
    parser = MarkdownIt("commonmark").enable("table")
    return [token.type for token in parser.parse(markdown.partition("-->\n")[2])]


def typeset(source: str) -> str:
    """What TeX makes of text-mode source of the escaper's: every command is known, every group is closed."""
    commands = {
        "textbackslash": "\\", "textasciicircum": "^", "textasciitilde": "~", "textless": "<",
        "textgreater": ">", "textbar": "|", "textquotedbl": '"', "textasciigrave": "`",
        "textquotesingle": "'",
    }  # fmt: skip
    found, rest = "", source
    while rest:
        if match := re.match(r"\\([a-z]+)\{\}", rest):
            found += commands[match[1]]
        elif match := re.match(r"\\([{}$&#%_])", rest):
            found += match[1]
        elif match := re.match(r"\{(-)\}", rest):
            found += "-"
        elif match := re.match(r"\\(?:ensuremath|textsubscript|textsuperscript)\{[\\a-z0-9-]+\}", rest):
            found += "?"
        else:
            match = re.match(r"[^\\{}$&#%_^~<>|\"`'-]", rest)
            assert match, rest
            found += match[0]
        rest = rest[match.end() :]
    return found


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_is_text_in_tex(text: str) -> None:
    shown = re.sub(r"[\s\u2028]", " ", escape.visible(text))
    assert typeset(escape.tex(text)) == re.sub("[⊙−∂ση→±½₀-₉ₜ²³]", "?", shown)


def test_no_cell_of_a_table_is_a_formula() -> None:
    for text in ("=1+1", "+A1", "@SUM(1)", "-2+3", "\t=1", '=HYPERLINK("x")', "-cmd|'/C calc'!A0"):
        assert escape.table_cell(text).startswith("'")
    assert [escape.table_cell(text) for text in ("-0.5", "−0.5", "3", "Ann, B", 0.25)] == [
        "-0.5", "−0.5", "3", "Ann, B", "0.25",
    ]  # fmt: skip
    assert "\n" not in escape.table_cell("a\nb\r=c")


def test_the_command_writes_sheets(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for suffix in WRITERS:
        out = tmp_path / f"sheet{suffix}"
        words = ["solve", "bptt", "--sheet", str(out), "--language", "zh", "--notation", "row"]
        assert command.main(words) == 0
        assert "沿两个时间步反向传播" in out.read_text("utf-8")
        capsys.readouterr()
        assert command.main(["solve", str(out), "--json"]) == 0
        assert '"loss_after": 0.0422' in capsys.readouterr().out
    assert command.main(["solve", "bptt", "--sheet", str(tmp_path / "a.pdf")]) == 2
    assert ".html, .tex, .md" in capsys.readouterr().err
    assert command.main(["solve", "bptt", "--sheet", str(tmp_path / "no" / "a.md")]) == 2
    assert "cannot be written" in capsys.readouterr().err
