"""``gatescope export``, as somebody types it."""

from pathlib import Path

import pytest

from gates import __main__ as command
from gates import commands
from gates.export.states import EXPORTED
from gates.scenes.registry import PAGES
from gates.text import translator
from tests.export.files import Parsed


def test_a_page_with_options_and_its_link_make_the_same_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, other = tmp_path / "one.html", tmp_path / "other.html"
    typed = ["export", "lstm", "--preset", "latch", "--step", "4", "--lang", "zh", "--out", str(one)]
    assert command.main(typed) == commands.DONE
    size = round(one.stat().st_size / 1000)
    said = translator("zh")("command.export.written", file=one, size=size)
    assert capsys.readouterr().out == f"{said}\n"
    assert command.main(["export", "/lstm?preset=latch&step=4&lang=zh", "--out", str(other)]) == commands.DONE
    assert one.read_bytes() == other.read_bytes()


def test_several_links_and_a_site(tmp_path: Path) -> None:
    out = tmp_path / "two.html"
    words = [
        "export",
        "LSTM",
        "https://host/gru?step=3",
        "--site",
        "https://gates.example.org/",
        "--out",
        str(out),
    ]
    assert command.main(words) == commands.DONE
    data = Parsed(out.read_text(encoding="utf-8")).data
    assert [run["path"] for run in data["runs"]] == ["/lstm", "/gru"]
    assert data["site"] == "https://gates.example.org"
    assert data["runs"][0]["at"]["step"] == 3  # as the page opens


@pytest.mark.parametrize(
    ("words", "key"),
    [
        (["lstm", "--preset", "none"], "export.value"),
        (["nowhere"], "export.link"),
        (["course"], "export.page"),
        (["train", "--run", "elsewhere"], "export.run"),
        (["lstm", "--guess", "dice"], "export.value"),
        (["lstm", "--reset", "after"], "export.option"),
        (["lstm", "--recurrent", "2"], "export.option"),
        (["lstm", "--site", "host"], "export.site"),
    ],
)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_makes_no_sense_gets_one_sentence_and_writes_nothing(
    words: list[str], key: str, language: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "none.html"
    assert command.main(["export", *words, "--lang", language, "--out", str(out)]) == commands.REFUSED
    said = capsys.readouterr().err.strip().splitlines()
    assert len(said) == 1
    assert said[0].startswith(translator(language).catalogue[key].partition("{")[0])
    assert not out.exists()


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "missing" / "latch.html"
    assert command.main(["export", "lstm", "--out", str(out)]) == commands.REFUSED
    assert str(out) in capsys.readouterr().err


def test_its_help_names_every_page_and_every_option(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        command.main(["export", "--help"])
    said, t = " ".join(capsys.readouterr().out.split()), translator("en")
    usage = "gatescope export [-h] PAGE|LINK … [--NAME VALUE …] [--site ADDRESS] --out FILE"
    assert said.startswith(f"usage: {usage} {t('command.export')}")
    assert f"PAGE|LINK {t('command.export.what', pages=', '.join(EXPORTED))} options:" in said
    assert f"--out FILE {t('command.export.out')} --site ADDRESS {t('command.export.site')} " in said
    named = dict.fromkeys(f"--{name}" for page in EXPORTED for name in PAGES[page].link.names)
    assert said.endswith(t("command.export.names", names=", ".join(named)))
