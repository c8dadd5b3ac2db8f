"""What subcommands share: what is refused is said in one sentence, a file that cannot be written is named."""

from pathlib import Path

import pytest

from gates import __main__ as command
from gates import commands
from gates.errors import GatesError
from gates.text import LANGUAGES, translator

CASES = {
    "export": ["export", "lstm", "--out", "{missing}/a.html"],
    "solve": ["solve", "hkust", "--sheet", "{missing}/a.html"],
    "formulas": ["formulas", "lstm", "--out", "{missing}/a.html"],
    "generate": ["generate", "--template", "lstm-step", "--out", "{file}/set"],
    "mark": ["mark", "{set}/answers.csv", "--set", "{set}", "--out", "{missing}/marks.csv"],
}


@pytest.fixture
def places(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, Path]:
    (tmp_path / "file").write_text("", encoding="utf-8")
    made = ["generate", "--template", "lstm-step", "--seeds", "1-2", "--out", str(tmp_path / "set")]
    assert command.main(made) == commands.DONE, capsys.readouterr().err
    capsys.readouterr()
    return {"missing": tmp_path / "missing", "file": tmp_path / "file", "set": tmp_path / "set"}


@pytest.mark.parametrize("name", CASES)
def test_a_file_that_cannot_be_written_is_named(
    name: str, places: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    words = [word.format(**places) for word in CASES[name]]
    assert command.main(words) == commands.REFUSED
    (said,) = capsys.readouterr().err.splitlines()
    assert said.startswith(f"{words[-1]} cannot be written (") and said.endswith("Choose another place.")


def test_marks_that_cannot_be_written_beside_the_set_are_named_too(
    places: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    (places["set"] / "marks.csv").mkdir()
    assert command.main(["mark", str(places["set"] / "answers.csv"), "--set", str(places["set"])]) == 2
    assert capsys.readouterr().err.startswith(f"{places['set'] / 'marks.csv'} cannot be written (")


def test_an_error_says_its_english_sentence_and_another_language_s_when_it_is_refused(
    capsys: pytest.CaptureFixture[str],
) -> None:
    wrong = GatesError("command.unwritten", file="a.html", reason="full")
    assert str(wrong) == "a.html cannot be written (full). Choose another place."
    for language in LANGUAGES:
        t = translator(language)
        assert commands.refuse(t, wrong) == commands.REFUSED == 2
        assert capsys.readouterr().err == t("command.unwritten", file="a.html", reason="full") + "\n"


def test_a_text_is_written_with_plain_line_ends(tmp_path: Path) -> None:
    commands.write(tmp_path / "a.csv", "é\n1\n", "utf-8-sig")
    assert (tmp_path / "a.csv").read_bytes() == b"\xef\xbb\xbf\xc3\xa9\n1\n"
    commands.write(tmp_path / "b.txt", "中\n")
    assert (tmp_path / "b.txt").read_bytes() == "中\n".encode()


def test_options_that_several_commands_have(capsys: pytest.CaptureFixture[str]) -> None:
    t = translator("en")
    parser = commands.parser("gatescope x", "FILE", t, "command.solve", "More.")
    commands.add_language(parser, t)
    commands.add_choice(parser, t, "paper", ("a4", "letter"), "command.solve.paper")
    given = parser.parse_args([])
    assert (given.language, given.paper) == ("en", "a4")
    assert parser.parse_args(["--paper", "letter", "--language", "zh"]).paper == "letter"
    for wrong in (["--pap", "a4"], ["--paper", "a3"], ["--language", "fr"]):
        with pytest.raises(SystemExit):
            parser.parse_args(wrong)
    capsys.readouterr()
    parser.print_help()
    shown = " ".join(capsys.readouterr().out.split())
    paper = t("command.solve.paper", choices="a4, letter")
    assert shown.startswith(f"usage: gatescope x [-h] FILE {t('command.solve')} options:")
    assert shown.endswith(f"--language {{en,zh}} {t('command.language')} --paper {{a4,letter}} {paper} More.")
    commands.add_language(other := commands.parser("gatescope x", "FILE", t, "command.solve"), t, None)
    assert other.parse_args([]).language is None and other.prog == "gatescope x"
