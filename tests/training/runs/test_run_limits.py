"""What the runs of a server may take: which ended ones go, and what a run may come to take at most."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from gates.training.loop import train
from gates.training.recipe import CELLS, Recipe
from gates.training.runs.folder import RESUME_POINT, Log, RunFolder
from gates.training.runs.limits import MEGABYTE, DiskUse, Limits, most_bytes, removable

LIMITS = Limits(at_once=2, kept=5, old=1000.0, bytes=100, each_bytes=60)


def ended(name: str, size: int, seen: float, owner: str = "me", watched: bool = False) -> DiskUse:
    return DiskUse(name, owner, size, ended=True, seen=seen, watched=watched)


def going(name: str, size: int, owner: str = "me") -> DiskUse:
    return DiskUse(name, owner, size, ended=False, seen=0.0)


def test_nothing_goes_while_there_is_room() -> None:
    held = [ended("a", 30, 1), ended("b", 30, 2), going("c", 40, "you")]
    assert removable(held, LIMITS, now=1001.0) == ({}, 0)


def test_what_nobody_looked_at_for_long_goes() -> None:
    held = [ended("a", 1, 1), ended("b", 1, 2), ended("open", 1, 0, watched=True), going("c", 1)]
    assert removable(held, LIMITS, now=1001.5)[0] == {"a": "old"}


def test_the_one_that_was_looked_at_longest_ago_goes_first_and_what_somebody_has_open_last() -> None:
    held = [
        ended("new", 1, 9),
        ended("open", 1, 0, watched=True),
        *(ended(f"{i}", 1, i) for i in range(1, 6)),
    ]
    assert removable(held, LIMITS, now=10.0)[0] == {"1": "room", "2": "room"}


def test_of_too_many_bytes_an_owner_gives_of_the_own_only_as_many_as_it_takes() -> None:
    held = [ended("yours", 30, 0, "you"), ended("a", 25, 1), ended("b", 25, 2), going("c", 20)]
    assert removable(held, LIMITS, now=10.0)[0] == {"a": "room"}
    assert removable(held, LIMITS, 10.0, "me", 15) == ({"a": "room"}, 0)
    assert removable(held, LIMITS, 10.0, "me", 16) == ({"a": "room", "b": "room"}, 0)


def test_of_too_many_bytes_in_all_the_oldest_go_whosever_they_are() -> None:
    held = [ended("yours", 40, 2, "you"), ended("a", 25, 3), ended("hers", 30, 1, "she"), going("c", 5)]
    assert removable(held, LIMITS, 10.0, "he", 30) == ({"hers": "room"}, 0)
    assert removable(held, LIMITS, 10.0, "he", 31) == ({"hers": "room", "yours": "room"}, 0)


def test_runs_that_go_on_are_never_removed_and_what_is_missing_is_told() -> None:
    held = [going("c", 50), going("d", 40, "you"), ended("a", 5, 1)]
    assert removable(held, LIMITS, 10.0, "me", 10)[1] == 0
    assert removable(held, LIMITS, 10.0, "me", 11)[1] == 1, "of the owner's 60"
    assert removable(held, LIMITS, 10.0, "you", 20)[1] == 10, "of the 100 of all"


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("changes", [{"layers": 2, "hidden": 7}, {"hidden": 32, "steps": 30}])
def test_no_run_takes_more_than_is_reckoned_with(tmp_path: Path, cell: str, changes: dict[str, int]) -> None:
    recipe = Recipe.of("parity", cell, **{"steps": 5, "batch": 4, "length": 6, **changes})
    folder = RunFolder.create(tmp_path / "run", recipe.to_json(), None)
    log, training = Log(folder, recipe.steps), train(recipe)
    for progress in training:
        values = {"loss": -1.2345678901234567e-100, "metric": -1.2345678901234567e-100, "epoch": 1.0}
        log.record(progress.step, progress.tokens, 0.0, {**values, "training_perplexity": 1.0000000000000001})
        if progress.network is not None:
            log.checkpoint(progress.step, progress.network)
    log.end("done")
    log.write_resume_point(training.state())
    assert folder.size + (folder.path / RESUME_POINT).stat().st_size <= most_bytes(recipe, None) - 90_000, (
        "what a log of warnings may take is still free"
    )
    assert most_bytes(recipe, None) <= 3 * folder.size + 200_000, "and it is not far beyond"
    assert most_bytes(recipe, None) < most_bytes(recipe, "ä" * 500) == most_bytes(recipe, None) + 1000


def test_the_largest_run_fits_among_those_of_one_owner() -> None:
    largest = Recipe.of("recall", hidden=256, layers=4, steps=100_000, batch=1)
    limits = Limits(at_once=1)
    assert 2 * most_bytes(largest, None) <= limits.each_bytes, "and one beside it to compare"
    assert limits.each_bytes <= limits.bytes


def test_the_environment_sets_limits(tmp_path: Path) -> None:
    set_ = {"AT_ONCE": "3", "PROCESSES": "4", "EACH": "9", "MB": "70", "EACH_MB": "50"}
    limits = Limits.for_machine(tmp_path, {f"GATESCOPE_RUNS_{name}": value for name, value in set_.items()})
    assert (limits.at_once, limits.most_processes, limits.each) == (3, 4, 9)
    assert (limits.bytes, limits.each_bytes) == (70 * MEGABYTE, 50 * MEGABYTE)


@pytest.mark.parametrize("value", ["0", "-3", "many", "1.5", "²", " "])
def test_a_limit_that_is_none_is_left_out_and_said(
    tmp_path: Path, value: str, caplog: pytest.LogCaptureFixture
) -> None:
    usual, given = (
        Limits.for_machine(tmp_path, {}),
        Limits.for_machine(tmp_path, {"GATESCOPE_RUNS_EACH": value}),
    )
    assert usual.each == given.each == Limits(1).each
    assert ("GATESCOPE_RUNS_EACH" in caplog.text) == bool(value.strip())


def test_by_itself_a_server_takes_half_of_what_is_free(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for free, most in ((10**8, 50), (10**12, 4000), (0, 1)):
        monkeypatch.setattr("shutil.disk_usage", lambda folder, free=free: SimpleNamespace(free=free))
        limits = Limits.for_machine(tmp_path, {})
        assert (limits.bytes // MEGABYTE, limits.each_bytes // MEGABYTE) == (most, max(1, most // 4))
        assert {type(limits.bytes), type(limits.each_bytes)} == {int}, "as a sentence says them"
