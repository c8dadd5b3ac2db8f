"""``gatescope class``: exported results are counted, and what is no export stops nobody else's."""

import csv
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from gates import __main__ as gatescope
from gates.course import reader
from gates.course.classroom import command, counts, read
from gates.course.gatetest import reader as gatetest
from tests.node import NODE

ITEMS = {item["id"]: item for item in gatetest.items()}
RIGHT = {name: item["right"] for name, item in ITEMS.items()}


def sitting(form: int, begun: int, **other: str | None) -> dict[str, Any]:
    options = RIGHT | other
    answers = {
        name: {"option": option, "sure": "certain", "at": begun + 1} for name, option in options.items()
    }
    return {"seed": 1, "begun": begun, "form": form, "answers": answers, "skipped": False}


def lesson(name: str, begun: int, guess: object, why: str | None = None, **more: Any) -> dict[str, Any]:
    """An attempt at a lesson that was done to its end, every question answered alike."""
    answers: dict[str, Any] = {}
    for step in reader.structure(name)["steps"]:
        if step["kind"] == "do":
            answers[step["id"]] = {"figures": {}, "at": begun + 1}
        elif step["kind"] != "tell":
            chosen = why if why in step["why"]["options"] else step["why"]["right"]
            own = guess if guess in step.get("options", ()) else None if step["kind"] == "choice" else 0.5
            answers[step["id"]] = {
                "guess": own, "verdict": "unknown" if own is None else "off", "truth": 1, "figures": {},
                "at": begun + 1, "why": chosen, "explained": begun + 2, **more,
            }  # fmt: skip
    return {"seed": 1, "begun": begun, "answers": answers, "moved": {}, "part": 0}


def export(*sat: dict[str, Any], lessons: dict[str, Any] | None = None, version: int = 2) -> str:
    kept = {name: {"1-1": attempt} for name, attempt in (lessons or {}).items()}
    sittings = {f"{one['begun']}-1": one for one in sat}
    return json.dumps(
        {"version": version, "lessons": kept, "last": None, "sittings": sittings, "reviews": {}}
    )


def write(folder: Path, name: str, text: str | bytes) -> None:
    (folder / name).write_bytes(text.encode() if isinstance(text, str) else text)


def test_a_class_is_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = {"update": "reads", "hide": "zero", "late": "zero"}
    write(tmp_path, "ana.json", export(sitting(1, 10, **wrong), sitting(2, 99, late="zero")))
    write(tmp_path, "bo.json", export(sitting(1, 10, update="reads"), sitting(2, 99)))
    write(tmp_path, "李.json", export(lessons={"write": lesson("write", 5, "none")}, version=1))
    out = tmp_path / "class.csv"
    assert gatescope.main(["class", str(tmp_path), "--csv", str(out)]) == 0
    told = capsys.readouterr().out
    rows = {line.split()[0]: line.split()[1:] for line in told.splitlines()[1:4]}
    assert rows["ana"] == ["0", "0", "0", "0", "0", "11", "13", "+2"]
    assert rows["bo"] == ["0", "0", "0", "0", "0", "13", "14", "+1"]
    asked = [step["kind"] for step in reader.structure("write")["steps"]]
    assert rows["李"][:1] == ["1"] and rows["李"][5:] == ["–", "–", "–"]
    assert sum(map(int, rows["李"][1:5])) == sum(kind not in ("tell", "do") for kind in asked)
    assert "12.0 of 14 right before, 13.5 after on average (+1.5)" in told
    shares = {line.split()[0]: line for line in told.splitlines() if "%" in line}
    assert shares["4"].split()[-4:] == ["100%", "(2/2)", "0%", "(0/2)"]
    assert "50% (1/2)" in shares["18"] and shares["18"].count("50% (1/2)") == 2
    assert "100% (1/1)" in shares["17"], "chosen in the lesson on writing"

    with out.open(encoding="utf-8-sig", newline="") as file:
        table = {row["student"]: row for row in csv.DictReader(file)}
    ana = table["ana"]
    assert (ana["before"], ana["after"], ana["change"]) == ("11", "13", "2")
    assert (ana["misconception_4_before"], ana["misconception_4_after"]) == ("1", "0")
    assert (ana["misconception_17_lessons"], table["李"]["misconception_17_lessons"]) == ("", "1")


def test_a_lesson_with_a_worked_example_is_finished_once_its_lines_are_handed_in(tmp_path: Path) -> None:
    """Lines that are all written out ask for nothing, and those without a why are done with their answer."""
    answers: dict[str, Any] = {}
    for step in reader.structure("two-back")["steps"]:
        if step["kind"] == "tell" or step.get("blank") == []:
            continue
        typed = dict.fromkeys(step.get("blank", ()), "0.5")
        answers[step["id"]] = {"lines": typed, "verdict": "off", "figures": {}, "at": 6}
        if "why" in step:
            answers[step["id"]] |= {"why": step["why"]["right"], "explained": 7}
    attempt = {"seed": 1, "begun": 5, "answers": answers, "moved": {}, "part": 0}
    for name, left in (("all.json", None), ("open.json", "paper")):
        own = {key: value for key, value in answers.items() if key != left}
        write(tmp_path, name, export(lessons={"two-back": {**attempt, "answers": own}}))
    done, begun = (counts.student(read.read(path)) for path in read.files(tmp_path))
    assert (done.lessons, begun.lessons) == (1, 0)
    assert done.verdicts["off"] == len(answers) == begun.verdicts["off"] + 1


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("cut.json", export()[:-5], "cut.json is not JSON, or was cut off"),
        ("nan.json", '{"version": 2, "lessons": {"a": NaN}}', "nan.json is not JSON"),
        ("deep.json", "[" * 100_000, "deep.json is not JSON"),
        ("bytes.json", b"\xff\xfe\x00", "bytes.json is not JSON"),
        ("list.json", "[1, 2]", "list.json is not a file of this course’s progress"),
        ("other.json", '{"version": 2}', "other.json is not a file of this course’s progress"),
        ("later.json", export(version=3), "later.json was saved by another version"),
        ("true.json", '{"version": true, "lessons": {}}', "another version"),
        ("large.json", b" " * (read.LARGEST_FILE + 1), "large.json has more than 4 MB"),
    ],
)
def test_a_bad_file_gets_one_sentence_and_the_rest_is_read(
    name: str, text: str | bytes, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, name, text)
    write(tmp_path, "zoe.json", export(sitting(1, 10)))
    assert command.main([str(tmp_path)]) == 0
    ran = capsys.readouterr()
    assert said in ran.err and len(ran.err.splitlines()) == 1
    assert "zoe" in ran.out and "Files read: 1" in ran.out
    (tmp_path / "zoe.json").unlink()
    assert command.main([str(tmp_path)]) == 2
    assert "None of the files" in capsys.readouterr().err


def test_a_folder_that_has_nothing_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for folder, said in ((tmp_path / "no", "cannot be read"), (tmp_path, "There is no .json file")):
        assert command.main([str(folder)]) == 2
        assert said in capsys.readouterr().err
    write(tmp_path, "a.json", export())
    assert command.main([str(tmp_path), "--csv", str(tmp_path / "no" / "x.csv")]) == 2
    assert "cannot be written" in capsys.readouterr().err
    assert command.main([str(tmp_path), "--language", "zh"]) == 0
    assert "读了 1 个文件" in capsys.readouterr().out


def test_a_name_is_the_files_alone_and_no_spreadsheet_takes_it_for_a_formula(tmp_path: Path) -> None:
    text = json.dumps(json.loads(export()) | {"name": "Somebody", "student": "Else"})
    write(tmp_path, "=HYPERLINK(1).json", text)
    write(tmp_path, "@a\tb\u202e.json", text)
    students = [counts.student(read.read(path)) for path in read.files(tmp_path)]
    rows = list(csv.reader(command.table(students).splitlines()))
    assert [row[0] for row in rows] == ["student", "'=HYPERLINK(1)", "'@a b"]
    lines = command.report(students, command.translator("en"))
    assert len({line.split()[-1] for line in lines[1:3]}) == 1 and "\u202e" not in "".join(lines)


def test_what_makes_no_sense_in_a_file_counts_for_nothing() -> None:
    odd: dict[str, Any] = {
        "version": 2,
        "lessons": {
            "write": {
                "a": {"begun": -1},
                "b": 3,
                "c": {"begun": 2, "answers": {"shut": {"at": "x"}, "doors": 1}},
            },
            "read": [],
            "x" * 200: {"a": {"begun": 1}},
        },
        "sittings": {
            "a": {"begun": 1, "form": 3},
            "b": sitting(1, 2) | {"skipped": True},
            "c": {"begun": 5, "form": 2, "answers": {"update": {"option": "kept"}}},
            "d": sitting(2, 7, update="=1+1", fade=None) | {"seed": None},
            "e": {"begun": float("inf"), "form": 1},
        },
    }
    found = read.results("a", odd)
    assert list(found.lessons) == ["write"] and found.lessons["write"][0].answers == {}
    one = counts.student(found)
    assert (one.lessons, sum(one.verdicts.values()), one.before, one.after) == (0, 0, None, 12)
    assert not any(place == "lessons" for _, place in one.misled)


def test_the_first_answer_and_the_first_form_count() -> None:
    again = json.loads(
        export(sitting(1, 10, update="reads"), sitting(1, 50), sitting(2, 60), sitting(2, 70, late="zero"))
    )
    again["lessons"] = {"write": {"x": lesson("write", 50, "both"), "y": lesson("write", 5, "none")}}
    one = counts.student(read.results("a", again))
    assert (one.before, one.after, one.change, one.lessons) == (13, 13, 0, 1)
    assert one.misled[17, "lessons"] and one.misled[18, "after"] and not one.misled[4, "after"]


def test_what_a_browser_exports_is_read(tmp_path: Path) -> None:
    script, sent = Path(__file__).with_name("exported.mjs"), json.dumps(gatetest.compiled("en"))
    ran = subprocess.run(
        [NODE, str(script)], input=sent, capture_output=True, text=True, timeout=600, check=True
    )
    write(tmp_path, "ada.json", ran.stdout)
    one = counts.student(read.read(tmp_path / "ada.json"))
    assert (one.name, one.before, one.after, one.change) == ("ada", 13, 13, 0)
    assert (one.misled[4, "before"], one.misled[4, "after"]) == (True, False)
    assert not one.misled[2, "after"], "not to know is no misconception"
