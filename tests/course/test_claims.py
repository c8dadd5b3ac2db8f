"""What the course covers: the claims of the texts that it stands on, and the usual misconceptions."""

import json
from collections.abc import Iterator
from typing import Any

from gates.course import checks, reader
from gates.paths import PACKAGE

TABLE: dict[str, Any] = json.loads((PACKAGE / "course" / "claims.json").read_text(encoding="utf-8"))
STEPS = {f"{name}/{step['id']}": step for name in reader.names() for step in reader.structure(name)["steps"]}


def refuted(step: Any) -> Iterator[int]:
    yield from step.get("refutes", {}).values()
    yield from step.get("why", {}).get("refutes", {}).values()
    yield from (one["refutes"] for one in step.get("mistakes", {}).values() if "refutes" in one)


def test_every_claim_has_a_step_that_shows_it() -> None:
    claims = TABLE["claims"]
    assert [one["number"] for one in claims] == list(range(1, 32))
    assert not [one["says"] for one in claims if not one["steps"]]
    assert {step for one in claims for step in one["steps"]} <= STEPS.keys()


def test_every_lesson_is_about_a_claim() -> None:
    about = {step.partition("/")[0] for one in TABLE["claims"] for step in one["steps"]}
    more = {
        "repair",
        "two-grus",
        "two-back",
        "shares",
    }  # of what no claim says: repair, conversions, the way back by hand
    assert about | more == set(reader.names())


def test_every_misconception_is_refuted_where_somebody_commits_to_it() -> None:
    found = {number for step in STEPS.values() for number in refuted(step)}
    assert found == set(checks.MISCONCEPTIONS)
