"""The browser's player, walked through every lesson and language, with the runs that a browser gets."""

import base64
import json
import math
import subprocess
from pathlib import Path
from typing import Any

from gates.course import reader
from gates.course.expressions import evaluate, figure_text, filled
from gates.course.questions import LEVELS, STAGED, truth
from gates.course.states import run_of, state_of
from gates.course.worked import Example, asks_nothing
from gates.exercises.check import judge
from gates.scenes import payload
from gates.scenes.header import describe
from gates.text import LANGUAGES, translator
from tests.node import NODE

HERE = Path(__file__).parent
CONCEALED = 3
"""Of so many variants of a step it is seen that the stage tells nothing of the answer (walk.mjs)."""


def packed(spec: Any, run: Any = None) -> str:
    state, run = state_of(spec), run or run_of(spec)
    header = describe("lab" if state.in_lab else state.cell, state, translator("en"), run)
    header = {name: value for name, value in header.items() if name not in ("strings", "palette")}
    return base64.b64encode(payload.pack(header, payload.arrays(run.trace), {})).decode()


def with_answer(spec: Any, ask: Any, value: float) -> Any:
    """The same run, but for what is asked of it: the engine holds that, and all that follows goes its way."""
    steps = [ask.get("from", ask["step"]), ask["step"] + ask.get("steps", 1) - 1]
    clamp = {"signal": ask["signal"], "value": value, "units": [ask.get("unit", 1)], "steps": steps}
    return {**spec, "clamps": [*spec.get("clamps", []), clamp]}


def add_answered_runs(runs: dict[str, str], after: str, spec: Any, ask: Any) -> None:
    """Add a run with one answer and with another, of which a stage must tell the same before it is given."""
    for which, value in (("this", 0.37), ("that", -0.61)):
        if f"{after} {which}" not in runs:
            runs[f"{after} {which}"] = packed(with_answer(spec, ask, value))


def lesson_runs(name: str) -> tuple[dict[str, str], dict[str, Any]]:
    """The runs of a lesson by their links, and what Python makes of each."""
    runs: dict[str, str] = {}
    expected: dict[str, Any] = {}
    compiled = reader.compiled(name, LANGUAGES[0])["steps"]
    for step, variants in zip(
        reader.structure(name)["steps"], (one["variants"] for one in compiled), strict=True
    ):
        for number, (draws, one) in enumerate(zip(reader.draws_of(step), variants, strict=True)):
            spec = filled(step["state"], draws)
            run = run_of(spec)
            if one["after"] not in runs:
                runs[one["after"]] = packed(spec, run)
            if step["kind"] in STAGED and number < CONCEALED:
                add_answered_runs(runs, one["after"], spec, one["ask"])

            blank = step["kind"] == "worked" and not asks_nothing(step)
            example = Example(step, spec) if blank else None
            if example and number < CONCEALED and (line := forward_blank(example)):
                key = next(one.key for one in example.lines if one.name == line)
                ask = {"signal": key[1], "step": key[2] + 1, "unit": key[3] + 1}  # type: ignore[operator]
                add_answered_runs(runs, one["after"], spec, ask)

            def value(figure: Any, run: Any = run) -> float:
                return evaluate(figure, run.trace, run.sliders)

            found: dict[str, Any] = {
                "figures": {k: figure_text(f, value(f)) for k, f in one["figures"].items()}
            }
            if step["kind"] in STAGED:
                found |= {"truth": truth(one["ask"], run.trace)}
                found["mistakes"] = {key: numbers(figure) for key, figure in one["mistakes"].items()}
            if step["kind"] == LEVELS:
                found |= {"truth": [value(figure) for figure in one["truth"]]}
                found["mistakes"] = {key: [value(f) for f in of] for key, of in one["mistakes"].items()}
            if step["kind"] == "number":
                right = value(one["truth"])
                found |= {"truth": right, "spelled": figure_text(one["truth"], right)}
                found["mistakes"] = {key: value(figure) for key, figure in one["mistakes"].items()}
            if example:
                found["lines"] = expected_lines(example)
            expected[f"{name} {step['id']} {one['after']}"] = found
        if step["kind"] == "do":
            sliders = step["state"].get("sliders", {}) | step["solution"]
            runs[f"{name} {step['id']} done"] = packed(step["state"] | {"sliders": sliders})
    return runs, expected


def numbers(figure: Any) -> Any:
    return [one["number"] for one in figure] if isinstance(figure, list) else figure["number"]


def forward_blank(example: Example) -> str:
    """The first blank line of the run itself, "" where only lines of the way back are blank."""
    own = [line.name for line in example.lines if line.name in example.blank and line.group == "forward"]
    return own[0] if own else ""


def expected_lines(example: Example) -> dict[str, Any]:
    """Answers to a worked example's blank lines, with what Python's judge says of them.

    A slip: the first blank line is wrong, and all that follows is computed from it.
    """
    ways, blank = example.ways, example.blank
    told = {name: line["value"] for name, line in example.variant()["written"].items()}

    def verdicts(typed: dict[str, str | None]) -> dict[str, Any]:
        answers = {name: typed[name] or "" if name in typed else told[name] for name in example.names}
        found = judge(ways, answers, example.names, example.decimals)
        return {
            "typed": typed,
            "verdicts": [[one.name, one.status, one.cause] for one in found if one.name in blank],
        }

    shown = {name: float(value.replace("−", "-")) for name, value in told.items() if name not in blank}
    known = shown | {blank[0]: round(ways.right[blank[0]] + 0.37, 2)}
    slip: dict[str, str | None] = {}
    for name in blank:
        known[name] = known.get(name, ways.follow(known)[name])
        slip[name] = f"{known[name]:.4f}"
    others = [verdicts(slip)]
    for _, values in ways.wrong(ways.right):
        others.append(verdicts({name: f"{values[name]:.5f}" for name in blank}))
    others.append(verdicts({name: None if name == blank[0] else told[name] for name in blank}))
    return {
        "right": verdicts({name: told[name] for name in blank}),
        "wrong": verdicts({name: f"{90 + k}" for k, name in enumerate(blank)}),
        "unknown": verdicts(dict.fromkeys(blank)),
        "others": others,
    }


def test_a_slip_is_followed_and_its_cause_is_named() -> None:
    """c without the old one, and h computed rightly from that."""
    steps = {step["id"]: step for step in reader.structure("by-hand")["steps"]}
    for draws in reader.draws_of(steps["memory"]):
        example = Example(steps["memory"], filled(steps["memory"]["state"], draws))
        right, told = example.ways.right, example.variant()["written"]
        answers = {name: told[name]["value"] for name in example.names}
        c = round(right["i1"] * right["g1"], 4)
        h = float(answers["o1"].replace("−", "-")) * math.tanh(c)  # from what stands there, rounded as it is
        answers |= {"c1": f"{c:.4f}", "h1": f"{h:.4f}"}
        *_, first, second = judge(example.ways, answers, example.names, 2)
        assert (first.status, first.cause, second.status) == ("wrong", "no_forget", "carried")


def test_every_answer_in_every_language_leads_through_each_lesson(tmp_path: Path) -> None:
    """All in one process, which takes longer to load the stage's modules than to walk through a lesson."""
    sent: dict[str, Any] = {"lessons": [], "runs": {}, "expected": {}}
    for name in reader.names():
        runs, expected = lesson_runs(name)
        sent["lessons"] += [reader.compiled(name, language) for language in LANGUAGES]
        sent["runs"] |= runs
        sent["expected"] |= expected
    path = tmp_path / "course.json"
    path.write_text(json.dumps(sent), encoding="utf-8")
    ran = subprocess.run(
        [NODE, str(HERE / "walk.mjs")], capture_output=True, text=True, timeout=600, env={"COURSE": str(path)}
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    counts = json.loads(ran.stdout)
    assert list(counts) == list(reader.names())
    for name, walked in counts.items():
        steps = reader.structure(name)["steps"]
        assert walked["steps"] == len(steps) * len(LANGUAGES) * 5 * 3, "five seeds, three ways to answer"
        staged = [step for step in steps if step["kind"] in STAGED]
        worked = [step for step in steps if step["kind"] == "worked"]
        staged += [step for step in worked if {"h1", "c1"} & set(step["blank"])]
        assert walked["hidden"] == sum(min(CONCEALED, len(reader.draws_of(step))) for step in staged), name
        more = [step for step in steps if "beside" in step or "back" in step]
        assert walked["company"] == len(more) * len(LANGUAGES) * 5 * 3, name
        assert walked["mistakes"] >= 2 * 5 * 2 and walked["drawn"] > len(steps), name


def test_draws_and_what_a_browser_keeps() -> None:
    ran = subprocess.run(
        [NODE, "--test", "--test-reporter=tap", str(HERE / "player.test.mjs")],
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "# pass 0" not in ran.stdout
