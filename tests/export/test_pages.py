"""Files of the pages of several stages and of the way back: what they compute and hold is NumPy's."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gates.analysis.influence import backward_paths
from gates.examples.comparisons import COLUMNS, COMPARISONS, aligned_cell
from gates.export import page
from gates.export.states import ExportError
from gates.inputs.parse import from_text
from gates.interop import load
from gates.scenes import film as films
from gates.scenes import gradients
from gates.scenes import scene as scenes
from gates.scenes.links.codec import compress
from gates.scenes.links.gradients import GRADIENTS, GradientState
from gates.scenes.registry import PAGES
from gates.scenes.state import State
from gates.text import LANGUAGES, translator
from gates.training.runs.folder import RunFolder
from tests.export.files import AGREED, Parsed, answers, answers_of_files, arrays
from tests.training.runs.recorded import recorded_run


def data_of(*links: str) -> Any:
    return Parsed(page.build(links)).data


def agree(told: dict[str, Any], expected: dict[str, np.ndarray], of: str = "") -> None:
    """Every step of every array is NumPy's; what is larger than 1 in a step, by the largest there."""
    for name, values in expected.items():
        found = np.array(told["arrays"][name], dtype=float).reshape(values.shape)
        largest = np.maximum(1, np.abs(values).max(axis=-1, keepdims=True))
        assert (np.abs(found - values) / largest).max() <= AGREED, (of, name)


def runs_agree(data: Any, several: list[Any], language: str = "en") -> list[dict[str, Any]]:
    """The runs below the bar are those of some cells; returns their headers."""
    asked = [{"state": 0, "lang": language, "part": place} for place in range(len(several))]
    found = answers(data, asked)
    for told, trace in zip(found, several, strict=True):
        agree(told, {name: getattr(trace, name) for name in trace.signals})
    return [told["header"] for told in found]


def test_a_comparison_holds_every_cell_below_one_bar() -> None:
    t = translator("zh")
    files = {name: data_of(f"/compare?preset={name}&step=3&lang=zh") for name in COMPARISONS}
    alone = {"state": 0, "lang": "zh"}
    asked = [
        [alone, *({**alone, "part": k} for k in range(len(COMPARISONS[name].entries)))] for name in files
    ]
    answered = answers_of_files(list(zip(files.values(), asked, strict=True)))
    for (name, data), (bar, *cells) in zip(files.items(), answered, strict=True):
        task = COMPARISONS[name]
        headers = [told["header"] for told in cells]
        for told, entry in zip(cells, task.entries, strict=True):
            trace = entry.make().run(task.sequence.x)
            agree(told, {signal: getattr(trace, signal) for signal in trace.signals}, name)
            heading, verdict = (
                told["header"]["heading"],
                {True: "compare.can", False: "compare.cannot", None: None}[entry.can],
            )
            assert heading.startswith(t(f"compare.column.{entry.column}"))
            assert (t(verdict) in heading) if verdict else "·" not in heading
        assert all(header["follow"] and header["link"] is None for header in headers)
        assert len({header["digest"] for header in headers}) == len(headers)
        assert bar["header"]["bar"]
        assert bar["header"]["at"]["step"] == headers[0]["at"]["step"] == 2
        assert bar["header"]["most_units"] == max(header["units"] for header in headers)
        assert len(data["bodies"]) == len({tuple(run["body"].values()) for run in data["runs"][0]["beside"]})


def test_somebodys_own_text_goes_through_every_kind_of_cell() -> None:
    kinds = ("rnn-relu", "lstm-peephole", "gru-before", "mingru")
    link = f"/compare?input=text&cells={','.join(kinds)}&units=3&seed=5&data={compress('abcabx')}"
    state, _, problems = PAGES["compare"].read(dict(part.split("=", 1) for part in link[9:].split("&")))
    assert not problems
    read = from_text("abcabx")
    several = [aligned_cell(name, read.x.shape[1], 3, 5, state.bias) for name in kinds]  # type: ignore[attr-defined]
    headers = runs_agree(data_of(link), [cell.run(read.x) for cell in several])
    assert [header["cell"] for header in headers] == [COLUMNS[name] for name in kinds]
    assert all(header["random"] for header in headers)


def test_who_guesses_is_told_of_no_cell_whether_it_does_it() -> None:
    t = translator("en")
    for guess in ("", "&guess=values"):
        run = data_of(f"/compare?preset=reset&lang=en{guess}")["runs"][0]
        headings = [(one["common"] | one["own"]["en"])["heading"] for one in run["beside"]]
        assert any(t("compare.cannot") in heading for heading in headings) is not bool(guess)
        assert all(one["common"].get("guesses", False) is bool(guess) for one in (run, *run["beside"]))


BACK = [
    "cell=lstm&T=30&units=6",
    "cell=lstm&reads=cell&loss=unit&of=3&at=7&T=12&units=4",
    "cell=gru&reset=before&T=20&units=5",
    "cell=gru&reset=after&loss=step&at=9&T=20&units=5&gain=2",
    "cell=rnn&activation=relu&T=15&units=4",
    "cell=rnn&gain=8&T=200&units=32",
    "cell=gru&loss=every&input=letters&T=14&units=4&seed=3",
    "cell=lstm&loss=readout&input=letters&T=14&units=4",
    "demo=latch&w=1.5&T=20",
    "demo=decay&T=25",
    "demo=cliff",
]


def test_the_way_back_is_computed_in_the_file_as_numpy_does() -> None:
    files = [data_of(f"/gradients?{query}&lang=en") for query in BACK]
    answered = answers_of_files([(data, [{"state": 0, "lang": "en"}]) for data in files])
    for query, data, (told,) in zip(BACK, files, answered, strict=True):
        state, _, _ = GRADIENTS.read(dict(part.split("=") for part in query.split("&")), GradientState())
        assert isinstance(state, GradientState)
        shown = gradients.backward_scene(state, translator("en"))
        assert shown.run is not None
        found = shown.run
        signals = found.gradients.signals
        expected = {f"grad.{name}": values for name, values in signals.items()}
        expected |= {f"grad.pre.{name}": values for name, values in signals.pre.items()}
        expected |= {
            f"back.{name}": values for name, values in backward_paths(found.trace, found.gradients).items()
        }
        expected |= {name: getattr(found.trace, name) for name in found.trace.signals}
        carried = {entry["name"] for entry in data["runs"][0]["common"]["arrays"]}
        assert not {name for name in carried if name.startswith(("grad.", "back."))}, query
        agree(told, expected, query)
        assert told["header"]["gradient"]["at"] == shown.loss.step(found.trace.steps), query


def test_a_way_back_that_leaves_the_numbers_is_held_as_numpy_found_it() -> None:
    query = {
        "cell": "rnn",
        "activation": "relu",
        "gain": "50",
        "init": "orthogonal",
        "T": "206",
        "units": "4",
    }
    data = data_of("/gradients?" + "&".join(f"{name}={value}" for name, value in query.items()))
    state, _, _ = GRADIENTS.read(query, GradientState())
    shown = gradients.backward_scene(state, translator("en"))  # type: ignore[arg-type]
    held = arrays(data, 0, "en")
    assert not all(np.isfinite(each).all() for each in shown.arrays().values())
    for name, values in shown.arrays().items():
        assert np.array_equal(held[name], values, equal_nan=True), name
    assert "asks" not in data["runs"][0]["common"]


def test_a_run_that_leaves_the_numbers_is_shown_as_far_as_it_goes_and_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    state = GradientState(cell="rnn", activation="relu", gain=1e9, steps=100, hidden=4)
    overran = gradients.backward_scene(state, translator("en")).overran
    link = "/gradients?cell=rnn&activation=relu&gain=1e9&T=100&units=4"
    run = data_of(link)["runs"][0]
    assert 0 < run["common"]["steps"] < 100
    assert "gradient" not in run["common"]
    for language in LANGUAGES:
        assert run["own"][language]["watch"] == translator(language)("export.overran", step=overran)
    monkeypatch.setattr(gradients, "LARGEST_DRAWN", 0.0)
    with pytest.raises(ExportError, check=lambda wrong: wrong.key == "export.overran.whole"):
        data_of(link)


# Train


def frames_agree(data: Any, part: int | None, folder: RunFolder, layer: int, steps: list[int]) -> None:
    """Checkpoints of a film, some of many, are the networks of their files, run by NumPy."""
    which = {} if part is None else {"part": part}
    frames = sorted({*range(0, len(steps), 1 + len(steps) // 12), len(steps) - 1})
    found = answers(data, [{"state": 0, "lang": "zh", **which, "frame": frame} for frame in frames])
    film = films.film(folder)
    for frame, told in zip(frames, found, strict=True):
        run = films.as_float64(load(folder.checkpoints()[steps[frame]])).run(film.probe.x)
        trace = run.layers[layer].forward
        assert trace is not None
        expected = {name: getattr(trace, name) for name in trace.signals}
        agree(
            told, expected | {name: each for name, each in trace.source.arrays().items() if each is not None}
        )
        assert told["header"]["film"]["steps"] == steps


def test_the_recorded_training_is_a_film_in_a_file_at_its_checkpoint() -> None:
    data = data_of("/train?checkpoint=90&step=4&lang=en")
    (run,) = data["runs"]
    film = run["common"]["film"] if "film" in run["common"] else run["own"]["zh"]["film"]
    assert film["at"] == 90
    assert not film["live"]
    assert len(film["steps"]) > 5
    frames_agree(data, None, films.EXAMPLE, 0, film["steps"])
    assert all(
        "film.slider" in words and "export.file.made.film" in words for words in data["strings"].values()
    )


def test_two_trainings_are_two_films_below_one_bar(tmp_path: Path) -> None:
    folders = {
        "one": recorded_run(tmp_path / "one", "lstm", layers=2),
        "two": recorded_run(tmp_path / "two", "gru"),
    }
    html = page.build(["/train?run=one&other=two&layer=1&lang=zh"], find=folders.get)
    data = Parsed(html).data
    for part, folder in enumerate(folders.values()):
        frames_agree(data, part, folder, 0, [0, 1, 4])
    bar, *beside = answers(
        data, [{"state": 0, "lang": "zh"}, *({"state": 0, "lang": "zh", "part": k} for k in (0, 1))]
    )
    assert bar["header"]["film"]["param"] == "checkpoint"
    assert [one["header"]["film"]["param"] for one in beside] == [None, None]
    t = translator("zh")
    assert [one["header"]["film"]["title"] for one in beside] == [
        f"{t('task.recall')} · {t(f'train.cell.{kind}')}" for kind in ("lstm", "gru")
    ]


def test_a_long_film_is_thinned_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = len(films.film(films.EXAMPLE).steps)
    monkeypatch.setattr(films, "FILE_BYTES", 60_000)
    run = data_of("/train?lang=en")["runs"][0]
    for language in LANGUAGES:
        film = (run["common"] | run["own"][language])["film"]
        assert 2 <= len(film["steps"]) < whole
        assert film["note"] == translator(language)(
            "train.film.thinned", shown=len(film["steps"]), count=whole
        )


def test_a_training_that_has_no_checkpoint_yet_is_not_taken_away(tmp_path: Path) -> None:
    folder = recorded_run(tmp_path / "run", "lstm", checkpoints=())
    with pytest.raises(ExportError, check=lambda wrong: wrong.key == "export.run.begun"):
        page.build(["/train?run=begun"], find=lambda name: folder)


def test_an_example_comes_with_the_one_that_its_page_shows_beside_it() -> None:
    data = data_of("/rnn?preset=latch&step=3&lang=en")
    both = [scenes.build(State("rnn", preset=name)) for name in ("latch", "fading")]
    headers = runs_agree(data, [scene.trace for scene in both])
    t = translator("en")
    assert [header["heading"] for header in headers] == [
        scene.preset.name(t) for scene in both if scene.preset
    ]
    assert all(header["follow"] and header["paired"] for header in headers)
    (bar,) = answers(data, [{"state": 0, "lang": "en"}])
    assert bar["header"]["bar"] and bar["header"]["at"]["step"] == 2
    assert "beside" not in data_of("/rnn?preset=fading")["runs"][0]
