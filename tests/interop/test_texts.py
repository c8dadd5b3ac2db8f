"""What interop says is there in both languages, and runs where it shows code."""

import re
import textwrap
from itertools import product
from pathlib import Path
from string import Formatter

import gates.interop
from gates.interop import InteropError
from gates.interop.report import Note, Report
from gates.text import subset, translator

SOURCES = sorted(Path(gates.interop.__file__).parent.rglob("*.py"))
KEY = re.compile(r'"(interop\.[a-z0-9_.]+[a-z_])"')


SENTENCES = subset("en", ["interop."])


def test_errors_and_reports_speak_english_and_any_other_language() -> None:
    error = InteropError("interop.error.missing", path="a.pt")
    assert str(error) == "There is no file a.pt. Check the path."
    report = Report((Note("interop.report.broken", problem=error),))
    assert str(report) == f"One layer was left aside. {error}"
    zh = translator("zh")
    assert report.text(zh) == zh("interop.report.broken", problem=zh("interop.error.missing", path="a.pt"))


def test_every_sentence_is_used_and_every_key_has_one() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES)
    resets = product(("interop.report.reset", "interop.keras.report.reset"), ("before", "after"))
    used = set(KEY.findall(code)) | {f"{head}.{reset}" for head, reset in resets}
    assert used == SENTENCES.keys()


def test_every_error_says_where_or_what() -> None:
    for key, sentence in SENTENCES.items():
        names = {name for _, name, _, _ in Formatter().parse(sentence) if name}
        assert names or ".report." in key, key


def test_the_five_lines_run() -> None:
    shown = textwrap.dedent((gates.interop.__doc__ or "").partition("::\n")[2])
    names: dict[str, object] = {}
    exec(shown, names)
    out = names["out"]
    assert out.layers[1].backward.forget.shape == (20, 1, 4)  # type: ignore[attr-defined]
