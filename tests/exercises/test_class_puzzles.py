"""Puzzles for a class: one a student, on paper, for platforms, and marked by what an answer does."""

import csv
import io
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from moodle_xml_parser import parser as moodle

from gates import __main__ as command
from gates.exercises.classes import platforms, puzzles, sets
from gates.exercises.classes.puzzles import PuzzleSet
from gates.exercises.errors import ExerciseError
from gates.exercises.puzzles.designs import design
from gates.exercises.puzzles.strips import Strips, strips
from gates.text import LANGUAGES, translator
from tests.exercises.test_classes import unpacked

T = translator("en")


@pytest.fixture(scope="module")
def letters() -> PuzzleSet:
    own = sets.make("which-strip", [1, 2, 3], points=2, students=["ann", "bob", "李"])
    assert isinstance(own, PuzzleSet)
    return own


def wrong_letter(own: Strips) -> str:
    return next(letter for letter in "ABC" if letter != own.answer)


def test_strips_are_marked_by_student(letters: PuzzleSet) -> None:
    rows = [("ann", strips(1).answer.lower()), ("bob", wrong_letter(strips(2))), ("李", "")]
    text = "student,strip\n" + "\n".join(",".join(row) for row in rows)
    found = puzzles.mark(letters, text, T)
    assert [(one.student, one.right) for one in found] == [("ann", True), ("bob", False), ("李", False)]
    asked = strips(2)
    assert found[1].sentence == f"No: {asked.letter} is {asked.answer}."
    table = list(csv.reader(io.StringIO(puzzles.table(letters, found))))
    assert [row[:5] for row in table[1:3]] == [
        ["ann", "1", "2", "2", "right"],
        ["bob", "2", "0", "2", "wrong"],
    ]
    assert puzzles.summary(letters, found, T) == "Students: 3. Mean: 0.67 of 2 points."
    with pytest.raises(ExerciseError, match="strip"):
        puzzles.mark(letters, "student,b_f\nann,1\n", T)


def test_weights_are_marked_by_what_the_cell_does_with_them() -> None:
    own = sets.make("forget-on", [3, 4])
    assert isinstance(own, PuzzleSet)
    first = design("forget-on", 3)
    at = "RS".index(str(first.values["symbol"]))
    ways = [f"{-9.0 if k == at else 7.0}" for k in range(3)]  # not the solution that the key prints
    text = 'student,"W_f[1,1]","W_f[1,2]","W_f[1,3]",b_f\n' + f"3,{','.join(ways)},1\n4,0,0,0,1000000\n"
    right, wrong = puzzles.mark(own, text, T)
    assert right.right and "20 of 20" in right.sentence
    assert not wrong.right and "b_f needs a number within" in wrong.sentence
    assert not puzzles.mark(own, "student,b_f\n3,abc\n", T)[0].right


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", puzzles.PUZZLES)
def test_worksheets_hold_no_answer_and_keys_do(name: str, language: str) -> None:
    own = sets.make(name, [5, 6], language=language)
    assert isinstance(own, PuzzleSet)
    sheet, key = (puzzles.paper(own, sets_options(language, part)) for part in ("worksheet", "key"))
    assert sheet.count("<h1>") == key.count("<h1>") == 2
    each = own.exercises[5]
    if isinstance(each, Strips):
        named = ", ".join(f"{letter} = {gate[0]}" for letter, gate in zip("ABC", each.order, strict=True))
        assert named in key and named not in sheet
        assert f"{each.letter} = {each.answer}" in key and f"{each.letter} = {each.answer}" not in sheet
        for values in each.rows.values():
            assert all(f"{abs(value):.2f}" in sheet for value in values)
        return
    value = f"{next(iter(each.solution.values())):.3f}".replace("-", "−")
    assert value in key and value not in sheet and ">?<" in sheet


def sets_options(language: str, part: str) -> puzzles.Options:
    return puzzles.Options(language, part=part)


def test_platforms_get_one_right_choice_each(letters: PuzzleSet) -> None:
    quiz = ElementTree.fromstring(platforms.moodle_strips(letters))
    assert [question.get("type") for question in quiz] == ["multichoice"] * 3
    for number, question in zip(letters.exercises, quiz, strict=True):
        fractions = {one.findtext("text"): one.get("fraction") for one in question.findall("answer")}
        right = strips(number).answer
        assert fractions == {letter: "100" if letter == right else "0" for letter in "ABC"}
        assert question.findtext("defaultgrade") == "2" and question.findtext("single") == "true"
        text = question.findtext("questiontext/text") or ""
        assert text.count("<tr>") == 8 and f"Which one is {strips(number).letter}?" in text
    for number, question in zip(
        letters.exercises, moodle.parse_string(platforms.moodle_strips(letters))["multichoice"], strict=True
    ):
        assert [one.answer for one in question.options if one.score_fraction] == [strips(number).answer]
    files = unpacked(platforms.qti_strips(letters))
    for number, item in zip(letters.exercises, files.values(), strict=True):
        values = [one.text for one in item.iter() if one.tag.endswith("}value")]
        assert values == [strips(number).answer, "0"]
    assert platforms.qti_strips(letters) == platforms.qti_strips(letters)


def test_the_commands_make_a_set_of_puzzles_and_mark_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "week4"
    words = ["generate", "--template", "which-strip", "--seeds", "7-8", "--language", "zh"]
    assert command.main([*words, "--out", str(folder)]) == 0
    names = {"set.json", "worksheets.html", "keys.html", "answers.csv", "moodle.xml", "qti.zip"}
    assert {path.name for path in folder.iterdir()} == names
    assert (folder / "answers.csv").read_text("utf-8-sig").splitlines() == [
        "student,exercise,strip",
        "7,7,",
        "8,8,",
    ]
    answers = tmp_path / "answers.csv"
    answers.write_text(f"student,strip\n7,{strips(7).answer}\n8,{wrong_letter(strips(8))}\n", "utf-8")
    capsys.readouterr()
    assert command.main(["mark", str(answers), "--set", str(folder)]) == 0
    assert "平均 0.5 分" in capsys.readouterr().out
    marks = (folder / "marks.csv").read_text("utf-8-sig").splitlines()
    assert marks[1].startswith("7,7,1,1,right") and marks[2].startswith("8,8,0,1,wrong")
    designs = tmp_path / "designs"
    assert command.main(["generate", "--template", "half-life", "--seeds", "1-2", "--out", str(designs)]) == 0
    assert {path.name for path in designs.iterdir()} == names - {"moodle.xml", "qti.zip"}
    assert re.search(r"b_f", (designs / "answers.csv").read_text("utf-8-sig"))
    capsys.readouterr()
    assert command.main(["generate", "--template", "half-life", "--seeds", "4"]) == 0
    assert "half of c is left" in capsys.readouterr().out
    assert command.main(["generate", "--template", "half-lif", "--seeds", "4"]) == 2
    assert "which-strip" in capsys.readouterr().err
