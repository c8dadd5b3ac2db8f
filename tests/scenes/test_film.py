"""What a film tells beside its numbers, field by field: curves, targets, scales, and what is left out."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from gates.scenes import film as films
from gates.scenes import training
from gates.scenes.links.train import TRAIN, TrainState
from gates.text import LANGUAGES, translator
from gates.training.recipe import Recipe
from gates.training.tasks.registry import make_task
from tests.training.runs.recorded import recorded_run

T = translator("en")


def shown_run(folder: Any, title: str = "mine", view: Any = None) -> training.ShownRun:
    return training.ShownRun(view, films.film(folder), title)


def described(one: training.ShownRun, steps: list[int], **changes: Any) -> dict[str, Any]:
    state = TrainState(**changes.pop("state", {}))
    return training.describe(state, one, changes.pop("layer", 0), steps, T, main=changes.pop("main", {}))


def test_each_field_that_goes_to_the_browser(tmp_path: Path) -> None:
    one = shown_run(recorded_run(tmp_path / "run", "lstm"))
    found = described(one, [0, 4], state={"checkpoint": 1}, main={"tell": True})
    film = one.film
    gates = {
        gate: [
            float(np.mean((abs(getattr(film.frames[step].traces[0], gate) - 0.5)) > 0.4)) for step in (0, 4)
        ]
        for gate in ("forget", "input", "output")
    }
    symbols = film.probe.tokens
    assert found == {
        "run": "run/0",
        "title": "mine",
        "steps": [0, 4],
        "loss": [1.0, 0.2],
        "metric": [0.5, 0.5],
        "total": 8,
        "newest": 4,
        "live": False,
        "at": 1,
        "param": "checkpoint",
        "tell": True,
        "reported": None,
        "metric_name": T(f"metric.{film.task.metric}"),
        "share": True,
        "better": "higher",
        "baseline": film.task.baseline,
        "curve": {"steps": [0, 1, 4], "loss": [1.0, 0.5, 0.2], "metric_steps": [0, 4], "metric": [0.5, 0.5]},
        "gates": gates,
        "note": T("train.film.thinned", shown=2, count=3),
        "answers": {
            "kind": "classes",
            "symbols": list("ABCD"),
            "targets": [None] * (len(symbols) - 1) + ["ABCD".index(symbols[0])],
        },
    }
    beside = training.describe(TrainState(), one, 0, [0, 1, 4], T, main=None)
    assert (beside["param"], beside["tell"], beside["note"]) == (None, False, None)
    assert described(one, [1])["metric"] == [None]


def test_a_run_is_live_until_it_has_ended(tmp_path: Path) -> None:
    folder = recorded_run(tmp_path / "run", "gru")
    for ended in (False, True):
        one = shown_run(folder, view=SimpleNamespace(ended=ended))
        assert one.live is described(one, [0])["live"] is not ended
    sizes: list[int] = []

    def chosen(film: Any, layer: int, most: int) -> list[int]:
        sizes.append(most)
        return [0]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(films, "fitting_checkpoints", chosen)
        for ended in (False, True):
            training.checkpoints(TrainState(), shown_run(folder, view=SimpleNamespace(ended=ended)))
        training.checkpoints(TrainState(), shown_run(folder), 7)
    assert sizes == [2**20, 16 * 2**20, 7]


def test_numbers_are_asked_for_with_some_air_around_them() -> None:
    task = make_task("adding", None, length=6)
    film: Any = SimpleNamespace(task=task, probe=task.probe.sequence)
    asked = float(task.probe.target[-1, 0])
    found = training._answers(film)
    assert found == {
        "kind": "numbers",
        "names": ["Σ"],
        "targets": [None] * 5 + [[asked]],
        "low": asked - 0.5,
        "high": asked + 0.5,
    }
    task = make_task("sine", None)
    known = task.probe.target[task.probe.read]
    found = training._answers(SimpleNamespace(task=task, probe=task.probe.sequence))  # type: ignore[arg-type]
    air = 0.15 * float(known.max() - known.min())
    assert (found["low"], found["high"]) == pytest.approx((known.min() - air, known.max() + air))


def test_a_long_probe_is_cut_and_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = recorded_run(tmp_path / "run", "rnn")
    whole = films.film(folder)
    monkeypatch.setattr(films, "_films", type(films._films)())
    monkeypatch.setattr(films, "MOST_STEPS", 30)
    assert films.film(folder).probe is whole.task.probe.sequence, "as long as may be"
    monkeypatch.setattr(films, "_films", type(films._films)())
    monkeypatch.setattr(films, "MOST_STEPS", 29)
    one = shown_run(folder)
    probe = one.film.probe
    full = one.film.task.probe.sequence
    assert np.array_equal(probe.x, full.x[:29]) and probe.tokens == full.tokens[:29]
    assert (probe.columns, probe.kind, probe.keyed) == (full.columns, full.kind, full.keyed)
    assert len(one.film.frames[0].traces[0].hidden) == 29
    found = described(one, [0, 4])
    assert found["note"] == (
        f"{T('train.film.thinned', shown=2, count=3)} {T('train.film.cut', shown=29, count=30)}"
    )
    assert found["answers"]["targets"] == [None] * 29


def test_layers_are_counted_from_one_and_none_beyond_the_last(tmp_path: Path) -> None:
    film = films.film(recorded_run(tmp_path / "run", "gru", layers=2))
    assert [films.layer_of(film, layer) for layer in (0, 1, 2, 3)] == [1, 0, 1, 1]
    upper = films.scene(film, 1, 4, T)
    assert upper.sequence.columns == ("h1", "h2", "h3") and upper.sequence.tokens == film.probe.tokens
    assert np.array_equal(upper.sequence.x, film.frames[4].traces[0].hidden)
    lower = films.scene(film, 0, 4, T)
    assert lower.sequence.columns == film.probe.columns and lower.trace is film.frames[4].traces[0]


def test_the_checkpoint_on_show_is_the_nearest_and_its_scale_that_of_the_whole_film(tmp_path: Path) -> None:
    one = shown_run(recorded_run(tmp_path / "run", "lstm", checkpoints=(0, 1, 4)))
    for wanted, there in ((None, 4), (0, 0), (2, 1), (3, 4), (99, 4)):
        (stage,) = training.stages(TrainState(checkpoint=wanted), [one], T)
        assert stage.scene.trace is one.film.frames[there].traces[0], wanted
        assert (
            stage.header["watch"] is None and stage.header["random"] is False and "link" not in stage.header
        )
        largest = max(abs(frame.traces[0].cell).max() for frame in one.film.frames.values())
        assert set(stage.header["scale"].values()) == {largest}
    assert stage.header["film"]["steps"] == [0, 1, 4] and stage.arrays["film.W"].shape[0] == 3


def test_two_films_share_a_bar_and_the_scale_of_the_larger(tmp_path: Path) -> None:
    one = shown_run(recorded_run(tmp_path / "one", "lstm"), "first")
    other = shown_run(recorded_run(tmp_path / "two", "lstm", checkpoints=(0, 4)), "second")
    bar, left, right = training.stages(TrainState(), [one, other], T, extra={"tell": True})
    film = bar.header["film"]
    assert (film["title"], film["own"], film["gates"], film["answers"]) == (
        T("task.recall"),
        "first",
        {},
        None,
    )
    assert film["others"] == [{"title": "second", "steps": [0, 4], "metric": [0.5, 0.5]}]
    assert film["tell"] is True and film["param"] == "checkpoint" and not bar.arrays
    assert left.header["scale"] == right.header["scale"] != {}
    for stage, title in ((left, "first"), (right, "second")):
        assert stage.header["follow"] is stage.header["compact"] is True and stage.header["link"] is None
        assert (stage.header["film"]["title"], stage.header["film"]["param"]) == (title, None)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_run_is_called_by_what_tells_it_apart(language: str) -> None:
    t = translator(language)
    run = Recipe.of("recall", "lstm", forget_bias=2.5)
    name = f"{t('task.recall')} · {t('train.cell.lstm')}"
    bias, scratch = t("train.with_bias", bias="2.5"), t("train.scratch.false")
    for other, said in (
        (run, name),
        (Recipe.of("recall", "gru"), name),
        (Recipe.of("recall", "lstm", forget_bias=0.0), f"{name} · {bias}"),
        (Recipe.of("recall", "lstm", forget_bias=2.5, scratch=True), f"{name} · {scratch}"),
        (Recipe.of("recall", "lstm", forget_bias=0.0, scratch=True), f"{name} · {bias} · {scratch}"),
    ):
        assert training.title(run, [other], t) == said
    recorded = t("train.recorded", task=t("task.parity"))
    example = training.example(t)
    assert (example.view, example.title, example.live, example.name) == (None, recorded, False, "parity")
    random = Recipe.of("recall", "lstm", forget_bias=None)
    assert training.title(random, [run], t) == f"{name} · {t('train.forget_bias.none')}"


def test_a_curve_is_thinned_as_a_logarithmic_axis_needs_it() -> None:
    steps, values = list(range(1000)), [step / 2 for step in range(1000)]
    assert films.thinned_curve(steps[:240], values[:240]) == (steps[:240], values[:240])
    found, beside = films.thinned_curve(steps, values)
    assert found[:5] == [0, 1, 2, 3, 4] and found[-1] == 999 and len(found) <= 240
    assert beside == [step / 2 for step in found]
    gaps = np.diff(found)
    assert gaps[-1] > 20 and np.all(np.diff(gaps[gaps > 5]) >= -1)


def test_as_many_checkpoints_are_sent_as_fit(tmp_path: Path) -> None:
    one = shown_run(recorded_run(tmp_path / "run", "lstm", checkpoints=tuple(range(9))))
    film = one.film
    del film.records[3:]  # a checkpoint may be there before its record
    unrecorded = described(one, [3])
    assert unrecorded["loss"] == unrecorded["metric"] == [None]
    arrays = films.stacked(film, 0, film.steps)
    x = film.frames[0].traces[0].x.nbytes
    each = sum(array.nbytes for array in arrays.values()) // 9 + x  # of the text alone no copies are sent
    assert films.fitting_checkpoints(film, 0, 9 * each) == list(range(9))
    assert (
        films.fitting_checkpoints(film, 0, 9 * each - 1)
        == films.fitting_checkpoints(film, 0, 8 * each)
        != list(range(9))
    )
    assert films.fitting_checkpoints(film, 0, 5 * each) == [0, 2, 4, 6, 8]
    assert films.fitting_checkpoints(film, 0, 3 * each) == [0, 4, 8]


def test_what_is_read_is_in_float64_and_gates_open_by_their_mean(tmp_path: Path) -> None:
    film = films.film(recorded_run(tmp_path / "run", "gru", layers=2))
    frame = film.frames[4]
    for layer, trace in enumerate(frame.traces):
        assert trace.hidden.dtype == trace.source.W.dtype == np.float64
        assert frame.opening[layer] == {gate: getattr(trace, gate).mean() for gate in ("reset", "update")}
    readout = frame.network.readout
    assert readout is not None and readout.V.dtype == readout.b.dtype == np.float64
    scores = np.exp(frame.traces[1].hidden @ readout.V.T + readout.b)
    assert frame.answers == pytest.approx(scores / scores.sum(axis=1, keepdims=True))
    assert film.weights(4) == (".safetensors", film.folder.checkpoints()[4].read_bytes())
    assert film.weights(5) is None


def test_films_looked_at_longest_ago_leave_the_memory_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(films, "_films", type(films._films)())
    folders = [recorded_run(tmp_path / name, "rnn") for name in "abc"]
    first = films.film(folders[0])
    films.film(folders[1])
    assert first.size == 3 * sum(
        array.nbytes for array in films.payload.arrays(first.frames[0].traces[0]).values()
    )
    monkeypatch.setattr(films, "KEPT_BYTES", 2 * first.size)
    assert films.film(folders[0]) is first
    films.film(folders[2])  # its own size is not known before it is read
    films.film(folders[2])
    assert list(films._films) == [folders[0].path, folders[2].path]
    monkeypatch.setattr(films, "KEPT_BYTES", 0)
    assert films.film(folders[2]).size and list(films._films) == [folders[2].path]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_filled_screen_offers_the_recorded_training_and_each_layer_of_those_that_are_here(
    tmp_path: Path, language: str
) -> None:
    t = translator(language)
    state = TrainState(lang=language, task="recall", changes={"hidden": 3}, run="a", other="b", layer=1)
    lstm, rnn = (Recipe.of("parity", kind) for kind in ("lstm", "rnn"))
    deep = replace(lstm, layers=2)
    offered = [training.OfferedRun("c", "", [lstm]), training.OfferedRun("d", "", [lstm])]
    offered.append(training.OfferedRun("a", "b", [deep, rnn]))
    views = [SimpleNamespace(ended=True), SimpleNamespace(ended=True)]
    kinds = {"a": "lstm", "b": "rnn"}
    runs = [
        shown_run(recorded_run(tmp_path / name, kind), view=view)
        for (name, kind), view in zip(kinds.items(), views, strict=True)
    ]
    runs[0].film.recipe = replace(runs[0].film.recipe, layers=2)
    found = training.examples(state, runs, offered, t)
    own = t("task.parity") + " · " + t("train.cell.lstm")
    both = f"{own} | {t('task.parity')} · {t('train.cell.rnn')}"
    assert list(found["titles"].values()) == [
        t("train.recorded", task=t("task.parity")),
        own,
        f"{own} (2)",
        t("train.offered", title=both, layer=2),
        t("train.offered", title=both, layer=1),
    ]
    assert found["shown"] == list(found["titles"])[-1]
    opened = [TRAIN.read(found["params"] | one, TrainState())[0] for one in found["each"].values()]
    assert [(one.run, one.other, one.layer) for one in opened] == [
        ("", "", 0), ("c", "", 0), ("d", "", 0), ("a", "b", 0), ("a", "b", 1),
    ]  # fmt: skip
    assert all(replace(one, run="a", other="b", layer=1) == state for one in opened)
    assert training.examples(replace(state, run="", other=""), [training.example(t)], [], t)["shown"] == next(
        iter(found["titles"])
    )
