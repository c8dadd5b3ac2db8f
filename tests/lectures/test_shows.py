"""The ready runs of show: every link opens, every number is the engine's, both languages say the same."""

import re
from string import Formatter
from typing import Any

import numpy as np
import pytest

from gates.export import states
from gates.lectures import links, reader
from gates.text import LANGUAGES, translator
from gates.text.escape import in_html

NAMES = ("lstm", "gru")
MINUTES = 45
QUESTIONS = 5
_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?")
_NAMED = re.compile(r"Question \d|第 \d 题|\{\w+\}")


def every() -> list[tuple[str, dict[str, Any]]]:
    return [(name, state) for name in NAMES for state in reader.structure(name)["states"]]


def title(one: tuple[str, dict[str, Any]]) -> str:
    return f"{one[0]}-{one[1]['id']}"


def test_two_lectures_of_three_quarters_of_an_hour_with_five_questions_each() -> None:
    assert reader.names() == NAMES
    for name in NAMES:
        plan = reader.structure(name)["states"]
        assert 18 <= len(plan) <= 24
        assert sum(state["minutes"] for state in plan) == MINUTES
        assert sum("question" in state for state in plan) == QUESTIONS
        assert len({state["id"] for state in plan}) == len(plan)


@pytest.mark.parametrize("one", every(), ids=title)
def test_a_state_opens_where_it_says_and_holds_back_what_its_run_has(one: tuple[str, dict[str, Any]]) -> None:
    _, state = one
    opened = states.open_link(reader.link(state))
    trace = links.run_of(opened, "en").trace
    steps, units = trace.hidden.shape
    at = opened.position.step or 1
    assert 1 <= at <= steps
    signals = {name for name, _, _ in links.described(reader.link(state), translator("en"))["signals"]}
    assert state.get("hide") in {None, "all", *signals}
    if asked := state.get("question"):
        last = asked["step"] + asked.get("steps", 1) - 1
        assert (
            asked["signal"] in signals
            and 1 <= asked.get("unit", 1) <= units
            and asked["step"] <= last <= steps
        )
        shown = asked.get("from", asked["step"]) - 1
        assert at - 1 <= shown <= at, "what is asked for lies ahead, and no step on the way there is shown"
        answer = np.asarray(getattr(trace, asked["signal"]))[
            asked["step"] - 1 : last, asked.get("unit", 1) - 1
        ]
        assert np.all(np.isfinite(answer))
    if walk := state.get("walk"):
        moves = steps - at if walk["by"] == "step" else 4
        assert 1 <= walk["moves"] <= moves


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("one", every(), ids=title)
def test_a_state_says_all_that_it_must_and_no_number_that_is_not_computed(
    one: tuple[str, dict[str, Any]], language: str
) -> None:
    name, state = one
    said = reader.words(name, language)["states"][state["id"]]
    asks = "question" in state or "hide" in state
    assert list(said) == [*reader.PARTS[:2], *(["because"] if asks else [])]
    fields = {
        part: {field for _, field, _, _ in Formatter().parse(text) if field} for part, text in said.items()
    }
    assert set().union(*fields.values()) == set(state.get("figures", {})), "none is missing, none left over"
    assert not fields["title"], "a title stands there before the answer"
    for text in said.values():
        assert set(_NUMBER.findall(_NAMED.sub("", text))) <= {"0", "1"}, text


@pytest.mark.parametrize("name", NAMES)
def test_both_languages_say_the_same_numbers_in_the_same_sentences(name: str) -> None:
    for state in reader.structure(name)["states"]:
        said = [reader.words(name, language)["states"][state["id"]] for language in LANGUAGES]
        for part in said[0]:
            fields = [{field for _, field, _, _ in Formatter().parse(each[part]) if field} for each in said]
            assert fields[0] == fields[1], (state["id"], part)


def test_figures_are_read_off_the_run() -> None:
    told = {state["id"]: state for state in reader.compiled("lstm", "en")["states"]}
    run = links.run_of(states.open_link(told["forget-value"]["link"]), "en").trace
    assert f"f is {run.forget[2, 0]:.4f}:" in told["forget-value"]["because"]
    last = links.run_of(states.open_link(told["hundred"]["link"]), "en").trace.cell[:, 0]
    assert f"A share of {last[100] / last[0]:.2f} is left." in told["hundred"]["because"]
    said = [state.get(part, "") for state in reader.compiled("gru", "zh")["states"] for part in reader.PARTS]
    assert "{" not in "".join(said)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_app_says_of_a_link_what_it_shows_or_why_it_is_none(language: str) -> None:
    t = translator(language)
    good = links.described("/lstm?preset=locker&step=3", t)
    assert good["page"] == "lstm" and good["step"] == 3 and "LSTM" in good["title"]
    assert [name for name, _, _ in good["signals"]] == [
        "forget",
        "input",
        "candidate",
        "cell",
        "output",
        "hidden",
    ]
    for link, part in (
        ("/glossary", "glossary"),
        ("/nowhere", "/nowhere"),
        ("/lstm?preset=nothing", "nothing"),
        ("javascript:alert(1)", "javascript:alert(1)"),
        (f"/lstm?data={'x' * 20_000}", ""),
    ):
        told = links.described(link, t)
        assert list(told) == ["problem"] and part in told["problem"], link
        assert in_html(told["problem"])
