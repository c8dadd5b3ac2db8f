"""A class: a set in a folder, on paper and for platforms, and marks by student with follow-through."""

import csv
import io
import json
import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest
from moodle_xml_parser import parser as moodle

from gates import __main__ as command
from gates.exercises.classes import marks, platforms, sets
from gates.exercises.classes.puzzles import PUZZLES
from gates.exercises.classes.sets import ClassSet
from gates.exercises.errors import ExerciseError
from gates.exercises.file import loads, to_json
from gates.exercises.generate import TEMPLATES
from gates.exercises.solve import Solution
from gates.text import LANGUAGES, translator

QTI = "{http://www.imsglobal.org/xsd/imsqti_v2p1}"


@pytest.fixture(scope="module")
def own() -> ClassSet:
    return sets.make("gru-tabulated", [1, 2, 3], students=["ann", "=bob", "李"])


def right(own: ClassSet, number: int) -> dict[str, float]:
    solution = Solution(own.exercises[number])
    names = {"z1": "update", "n1": "candidate", "h1": "hidden"}
    return {name: float(solution.signal(signal)[0, 0]) for name, signal in names.items()}


def answers(own: ClassSet, *changes: dict[str, str]) -> str:
    rows = []
    for (student, number), change in zip(own.students.items(), changes, strict=True):
        cells = {name: f"{value:.3f}" for name, value in right(own, number).items()} | change
        rows.append([student, *(cells[name] for name in own.asked)])
    out = io.StringIO()
    csv.writer(out).writerows([["student", *own.asked], *rows])
    return out.getvalue()


def test_a_set_is_written_and_read_as_it_was(own: ClassSet, tmp_path: Path) -> None:
    sets.write(own, tmp_path)
    again = sets.read(tmp_path)
    assert {number: to_json(one) for number, one in again.exercises.items()} == {
        number: to_json(one) for number, one in own.exercises.items()
    }
    assert again.students == {"ann": 1, "=bob": 2, "李": 3} and again.decimals == 3
    with pytest.raises(ExerciseError, match="holds a set"):
        sets.write(own, tmp_path)
    (tmp_path / "set.json").write_text((tmp_path / "set.json").read_text().replace('"ann": 1', '"ann": 9'))
    with pytest.raises(ExerciseError, match="students"):
        sets.read(tmp_path)
    with pytest.raises(ExerciseError, match="gatescope generate"):
        sets.read(tmp_path / "none")
    whole = json.loads((tmp_path / "set.json").read_text("utf-8"))
    for changes, key, found in (
        ({"students": ["ann" * 20]}, "object", str(["ann" * 20])[:40]),
        ({"numbers": []}, "vector", "[]"),
        ({"numbers": [True]}, "number", "True"),
    ):
        (tmp_path / "set.json").write_text(json.dumps(whole | changes), "utf-8")
        with pytest.raises(ExerciseError) as wrong:
            sets.read(tmp_path)
        assert wrong.value.key == f"error.exercise.{key}"
        assert wrong.value.values == {"where": next(iter(changes)), "found": found}


@pytest.mark.parametrize(
    ("text", "expected"), [("3", [3]), ("1-4", [1, 2, 3, 4]), ("7, 2-3,2", [7, 2, 3]), ("9-9", [9])]
)
def test_seeds_are_read(text: str, expected: list[int]) -> None:
    assert sets.seeds(text) == expected


@pytest.mark.parametrize("text", ["", "a", "4-1", "1-", "-3", "1-5000", "1,,2", "9999999999"])
def test_what_names_no_seeds_is_refused(text: str) -> None:
    with pytest.raises(ExerciseError, match="1-150"):
        sets.seeds(text)


def test_more_students_than_exercises_and_a_student_twice_are_refused() -> None:
    with pytest.raises(ExerciseError, match="3 students for 1"):
        sets.make("rnn-three", [1], students="abc")
    with pytest.raises(ExerciseError, match="twice"):
        sets.make("gru-tabulated", [1, 2], students="aa")


def test_a_class_is_marked_by_student_with_follow_through(own: ClassSet) -> None:
    second, third = right(own, 2), right(own, 3)
    h = float(own.exercises[2].h0[0])  # type: ignore[index]
    wrong_z = 1 - second["z1"]
    slip = {"z1": f"{wrong_z:.3f}", "h1": f"{wrong_z * h + (1 - wrong_z) * second['n1']:.3f}"}
    found = marks.mark(own, answers(own, {}, slip, {"h1": f"{third['h1'] + 0.4:.3f}", "n1": ""}))
    assert [(one.student, one.earned) for one in found] == [("ann", 3), ("=bob", 2), ("李", 1)]
    assert [verdict.status for verdict in found[1].verdicts] == ["wrong", "right", "carried"]
    assert found[1].first_wrong is not None and found[1].first_wrong.cause == "z_other_way"
    table = list(csv.reader(io.StringIO(marks.table(own, found, translator("en")))))
    assert table[0] == ["student", "exercise", "points", "of", "z1", "n1", "h1", "first_wrong", "cause"]
    assert table[1][:7] == ["ann", "1", "3", "3", "right", "right", "right"]
    assert table[2][0] == "'=bob" and table[2][-2:] == ["z1", translator("en")("mistake.z_other_way")]
    said = marks.summary(own, found, translator("zh"))
    assert "学生：3 人。平均 2 分，满分 3 分。" in said and "z 的含义弄反了" in said
    again = answers(own, {}, {}, {}).replace("=bob", "'=bob").replace(",", ";")
    assert [one.earned for one in marks.mark(own, again)] == [3, 3, 3]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", "mark.student"),
        ("z1,n1\n1,2\n", "mark.student"),
        ("student,q9\nann,1\n", "mark.column"),
        ("student,z1\nann,1\nann,2\n", "mark.twice"),
        ("student,z1\neve,1\n", "mark.unknown"),
        ("student,exercise,z1\nann,2,1\n", "mark.exercise"),
        ("student,exercise,z1\neve,x,1\n", "mark.exercise"),
        ("student,z1\nann," + 140_000 * "1", "mark.csv"),
    ],
)
def test_what_is_wrong_with_answers_is_named(own: ClassSet, text: str, key: str) -> None:
    with pytest.raises(ExerciseError) as wrong:
        marks.mark(own, text)
    assert wrong.value.key == f"error.{key}"


def test_moodles_blanks_hold_the_right_values_and_no_mistakes(own: ClassSet) -> None:
    quiz = ElementTree.fromstring(platforms.moodle(own))
    questions = quiz.findall("question")
    assert [question.get("type") for question in questions] == ["cloze"] * 3
    for number, question in zip(own.exercises, questions, strict=True):
        text = question.findtext("questiontext/text") or ""
        blanks = re.findall(r"\{1:NUMERICAL:=(-?[\d.]+):([\d.]+)\}", text)
        assert text.count("{") == len(blanks) == 3
        for (value, tolerance), expected in zip(blanks, right(own, number).values(), strict=True):
            assert abs(float(value) - expected) < 1e-5 and float(tolerance) == 0.002
        assert "h<sub>0" not in text and "h₀ = " in text and "ln " in text


def test_somebody_elses_reader_of_moodles_format_finds_each_blank_with_its_tolerance(own: ClassSet) -> None:
    found = moodle.parse_string(platforms.moodle(own))
    assert [len(questions) for questions in found.values() if questions] == [3]
    for number, question in zip(own.exercises, found["cloze"], strict=True):
        assert question.name.endswith(f"no. {number}")
        for gap, expected in zip(question.gaps, right(own, number).values(), strict=True):
            (only,) = gap.options
            value, tolerance = map(float, only.answer.split(":"))
            assert (gap.sub_type, gap.sub_grade, only.score) == ("NUMERICAL", 1, 100)
            assert abs(value - expected) < 1e-5 and tolerance == 0.002


EXPRESSION = "variable|correct|baseValue|sum|match|equal"
BLOCK, INLINE = "p|table|choiceInteraction", "sub|sup|strong|em|br|span|textEntryInteraction"
NAME = r"[A-Za-z_][\w.-]*"
ITEM: dict[str, tuple[str, dict[str, str]]] = {
    "assessmentItem": (
        "(responseDeclaration )*(outcomeDeclaration )*(itemBody )?(responseProcessing )?",
        {"identifier": NAME, "title": ".+", "adaptive": "false", "timeDependent": "false", "lang": r"[\w-]+"},
    ),
    "responseDeclaration": (
        "(correctResponse )?",
        {"identifier": NAME, "cardinality": "single", "baseType": "float|identifier"},
    ),
    "correctResponse": ("(value )+", {}),
    "value": ("", {}),
    "outcomeDeclaration": (
        "(defaultValue )?",
        {"identifier": NAME, "cardinality": "single", "baseType": "float"},
    ),
    "defaultValue": ("(value )+", {}),
    "itemBody": (f"(({BLOCK}) )*", {}),
    "p": (f"(({INLINE}) )*", {}),
    "strong": (f"(({INLINE}) )*", {}),
    "sub": (f"(({INLINE}) )*", {}),
    "br": ("", {}),
    "table": ("(tbody )+", {}),
    "tbody": ("(tr )+", {}),
    "tr": ("(td )+", {}),
    "td": (f"(({BLOCK}|{INLINE}) )*", {}),
    "textEntryInteraction": ("", {"responseIdentifier": NAME, "expectedLength": r"\d+"}),
    "choiceInteraction": (
        "(simpleChoice )+",
        {"responseIdentifier": NAME, "shuffle": "false|true", "maxChoices": r"\d+"},
    ),
    "simpleChoice": (f"(({BLOCK}|{INLINE}) )*", {"identifier": NAME}),
    "responseProcessing": ("(responseCondition )*", {}),
    "responseCondition": ("responseIf ", {}),
    "responseIf": (f"({EXPRESSION}) (setOutcomeValue )*", {}),
    "setOutcomeValue": (f"({EXPRESSION}) ", {"identifier": NAME}),
    "sum": (f"(({EXPRESSION}) )+", {}),
    "match": (f"({EXPRESSION}) ({EXPRESSION}) ", {}),
    "equal": (
        f"({EXPRESSION}) ({EXPRESSION}) ",
        {"toleranceMode": "absolute|exact|relative", "tolerance": r"[\d.]+ [\d.]+"},
    ),
    "variable": ("", {"identifier": NAME}),
    "correct": ("", {"identifier": NAME}),
    "baseValue": ("", {"baseType": "float"}),
}
"""Of what QTI 2.1's schema (imsqti_v2p1.xsd) allows what is used here: children in order, and attributes."""
MIXED = {"p", "strong", "sub", "td", "simpleChoice", "value", "baseValue"}


def fits_the_schema(item: ElementTree.Element) -> None:
    for element in item.iter():
        name = element.tag.removeprefix(QTI)
        children, attributes = ITEM[name]
        found = "".join(f"{child.tag.removeprefix(QTI)} " for child in element)
        assert re.fullmatch(children, found), (name, found)
        given = {key.rpartition("}")[2]: value for key, value in element.attrib.items()}
        assert given.keys() == attributes.keys(), name
        for key, value in given.items():
            assert re.fullmatch(attributes[key], value), (name, key, value)
        text = "".join([element.text or "", *(child.tail or "" for child in element)])
        assert name in MIXED or not text.strip(), (name, text)
    declared = [one.get("identifier") for one in item.findall(f"{QTI}responseDeclaration")]
    asked = [one.get("responseIdentifier") for one in item.iter() if "responseIdentifier" in one.attrib]
    assert declared == asked and len(set(declared)) == len(declared)
    known = {*declared, "SCORE"}
    assert all(one.get("identifier") in known for one in item.iter(f"{QTI}variable"))


def unpacked(package: bytes) -> dict[str, ElementTree.Element]:
    """The items of a package by file, each as the schema has it and as the manifest lists it."""
    scheme = "{http://www.imsglobal.org/xsd/imscp_v1p1}"
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        files = {name: ElementTree.fromstring(archive.read(name)) for name in archive.namelist()}
    manifest = files.pop("imsmanifest.xml")
    assert [each.tag for each in manifest] == [
        f"{scheme}{n}" for n in ("metadata", "organizations", "resources")
    ]
    about = [manifest.findtext(f"{scheme}metadata/{scheme}{name}") for name in ("schema", "schemaversion")]
    assert about == ["QTIv2.1 Package", "1.0.0"]
    resources = manifest.findall(f"{scheme}resources/{scheme}resource")
    assert {one.get("type") for one in resources} == {"imsqti_item_xmlv2p1"}
    for one in resources:
        assert one.get("href") == one.find(f"{scheme}file").get("href")  # type: ignore[union-attr]
    assert [one.get("href") for one in resources] == list(files)
    assert [f"{one.get('identifier')}.xml" for one in resources] == list(files)
    for name, item in files.items():
        fits_the_schema(item)
        assert name == f"{item.get('identifier')}.xml"
    return files


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", ["lstm-step", "gru-write", "rnn-pair", "rnn-bptt"])
def test_items_of_every_kind_of_exercise_are_as_qtis_schema_has_them(template: str, language: str) -> None:
    own = sets.make(template, [1], language=language)
    assert isinstance(own, ClassSet)
    assert len(unpacked(platforms.qti(own))) == 1


def test_qti_packs_an_item_an_exercise_and_scores_what_is_near(own: ClassSet) -> None:
    files = unpacked(platforms.qti(own))
    assert list(files) == ["exercise-1.xml", "exercise-2.xml", "exercise-3.xml"]
    item = files["exercise-2.xml"]
    values = [float(value.text or "") for value in item.iter(f"{QTI}value")][:3]
    assert values == pytest.approx(list(right(own, 2).values()), abs=1e-5)
    asked = [entry.get("responseIdentifier") for entry in item.iter(f"{QTI}textEntryInteraction")]
    scored = [one.get("identifier") for one in item.iter(f"{QTI}correct")]
    assert asked == scored == ["R1", "R2", "R3"]
    assert platforms.qti(own) == platforms.qti(own)


def test_the_commands_make_a_set_and_mark_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, roster = tmp_path / "week3", tmp_path / "roster.csv"
    roster.write_text('ann\n"bob"\n\n', "utf-8")
    words = ["--template", "gru-tabulated", "--seeds", "4-5", "--students", str(roster), "--language", "zh"]
    assert command.main(["generate", *words, "--out", str(folder)]) == 0
    t = translator("zh")
    assert capsys.readouterr().out == t("command.generate.written", count=2, folder=folder) + "\n"
    names = {"set.json", "exercises", "worksheets.html", "keys.html", "answers.csv", "moodle.xml", "qti.zip"}
    assert {path.name for path in folder.iterdir()} == names
    worksheets = (folder / "worksheets.html").read_text("utf-8")
    assert "GRU 的一步，σ 和 tanh 可查表 · 第 5 号" in worksheets and worksheets.count("<h1>") == 2
    filled = (folder / "answers.csv").read_text("utf-8-sig").splitlines()
    assert filled == ["student,exercise,z1,n1,h1", "ann,4,,,", "bob,5,,,"]
    own = sets.read(folder)
    rows = [
        f"{who},{at}," + ",".join(f"{v:.3f}" for v in right(own, at).values())
        for who, at in (("ann", 4), ("bob", 5))
    ]
    (tmp_path / "answers.csv").write_text("\n".join([filled[0], *rows]), "utf-8")
    capsys.readouterr()
    assert command.main(["mark", str(tmp_path / "answers.csv"), "--set", str(folder)]) == 0
    said = capsys.readouterr().out
    assert "平均 3 分" in said and said.endswith(
        "\n" + t("command.written", file=folder / "marks.csv") + "\n"
    )
    assert "bob,5,3,3,right,right,right,," in (folder / "marks.csv").read_text("utf-8-sig")


def test_one_exercise_is_printed_and_what_is_missing_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["generate", "--template", "gru-step", "--seeds", "11"]) == 0
    assert loads(capsys.readouterr().out).asked == ("r1", "z1", "n1", "h1")
    assert command.main(["generate", "--list"]) == 0
    t = translator("en")
    assert capsys.readouterr().out.splitlines() == [
        *(f"{name:<16} {t(f'template.{name}')}" for name in TEMPLATES),
        *(f"{name:<16} {t(f'puzzle.{name}.title')}" for name in PUZZLES),
    ]
    for words, said in (
        (["--template", "gru-step", "--seeds", "1-2"], "--out"),
        (["--seeds", "1"], "lstm-step"),
        (["--template", "gru-step", "--seeds", "x"], "1-150"),
    ):
        assert command.main(["generate", *words]) == 2
        assert said in capsys.readouterr().err
