"""Sheets as TeX, set by a TeX engine where there is one: TeX knows all that stands on them."""

import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from gates.examples.lab.state import Clamped
from gates.exercises.classics import classic
from gates.exercises.sheets.content import Options
from gates.exercises.sheets.sheet import sheet

ENGINES = {"en": "pdflatex", "zh": "xelatex"}
NEEDED = {"en": ("tikz.sty",), "zh": ("tikz.sty", "ctexart.cls")}


def _lacking(language: str) -> str:
    """What of TeX is not installed here; "" where all is."""
    engine = ENGINES[language]
    if shutil.which(engine) is None:
        return engine
    for name in NEEDED[language]:
        if not subprocess.run(
            ["kpsewhich", name], capture_output=True, text=True, check=False
        ).stdout.strip():
            return name
    return ""


@pytest.mark.parametrize("language", ENGINES)
def test_tex_sets_sheets_without_an_error(language: str, tmp_path: Path) -> None:
    if missing := _lacking(language):
        pytest.skip(f"TeX is not installed here, or not all of it: there is no {missing}")
    exercises = {name: classic(name) for name in ("hkust", "gru-integers-after", "bptt", "rnn-readout")}
    held = (Clamped("forget", 0.5),)
    parts = {name: part for name, part in exercises["hkust"].parts.items() if name != "input"}
    exercises["held"] = replace(exercises["hkust"], clamps=held, coupled=True, parts=parts)
    for at, (name, exercise) in enumerate(exercises.items()):
        notation = ("pytorch", "concatenated", "row", "z")[at % 4]
        options = Options(language, notation, ("a4", "letter")[at % 2])
        (tmp_path / f"{name}.tex").write_text(sheet(exercise, ".tex", options), encoding="utf-8")
        command = [ENGINES[language], "-interaction=nonstopmode", "-halt-on-error", f"{name}.tex"]
        ran = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=300, check=False)
        said = ran.stdout.decode("utf-8", "replace")
        assert ran.returncode == 0, said[-2000:]
        assert (tmp_path / f"{name}.pdf").read_bytes().startswith(b"%PDF")
        assert "Missing character" not in (tmp_path / f"{name}.log").read_text("utf-8", "replace")
        wide = [float(found) for found in re.findall(r"Overfull \\hbox \(([\d.]+)pt", said)]
        assert max(wide, default=0) < 20, f"{name}: {max(wide):.0f} pt beyond the margin"
