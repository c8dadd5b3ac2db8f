"""The fields of a stage's header and the values that they must have: examples, comparisons, the way back."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from gates.core.activations import softmax
from gates.examples.comparisons import COMPARISONS
from gates.examples.demonstrations import BIASES
from gates.examples.presets.registry import PRESETS, preset
from gates.figures.palette import DARK, LIGHT
from gates.scenes import compare, gradients, header, readouts
from gates.scenes import scene as scenes
from gates.scenes.links.compare import CompareState
from gates.scenes.links.gradients import GradientState
from gates.scenes.state import State
from gates.text import translator

T = translator("en")


def header_of(page: str, state: State, scene: Any = None) -> dict[str, Any]:
    return header.describe(page, state, T, scene or scenes.build(state))


def assert_fields(found: dict[str, Any], **expected: Any) -> None:
    assert {name: found.get(name, "missing") for name in expected} == expected


def test_of_an_example() -> None:
    state = State("gru", preset="latch", update="write", notation="concatenated")
    scene = scenes.build(state)
    shown, found = preset("gru", "latch"), header_of("gru", state)
    assert_fields(
        found,
        page="gru",
        cell="gru",
        reset=state.reset,
        clamps=[],
        update="write",
        steps=len(scene.sequence),
        units=scene.cell.hidden,
        inputs=scene.sequence.x.shape[1],
        tokens=list(scene.sequence.tokens),
        columns=[T(name) if scene.sequence.keyed else name for name in scene.sequence.columns],
        unit_names=[T(unit) for unit in shown.units],
        lang="en",
        notation="concatenated",
        palette={"light": dict(LIGHT), "dark": dict(DARK)},
        preset="latch",
        random=False,
        watch=scene.description(T),
        guesses=True,
    )
    assert found["link"]["opens"] is True
    examples = found["examples"]
    assert examples["shown"] == "latch" and list(examples["titles"]) == [one.id for one in PRESETS["gru"]]
    assert examples["params"].items() >= {"notation": "concatenated", "z": "write"}.items()
    assert "preset" not in examples["params"]
    for one in PRESETS["gru"]:
        named = one.name(T)
        assert examples["titles"][one.id] == (T("input.fails", title=named) if one.fails else named)
    assert any(one.fails for one in PRESETS["gru"])


def test_of_an_example_that_moves() -> None:
    state = State("lstm", preset="latch")
    one = preset("lstm", "latch")
    start = {slider.id: slider.default for slider in one.sliders}
    assert header_of("lstm", state)["sliders"] == [
        {
            "id": slider.id,
            "label": T(f"slider.{slider.id}"),
            "help": T(f"slider.{slider.id}.help"),
            "min": slider.minimum,
            "max": slider.maximum,
            "step": slider.step,
            "default": slider.default,
            "value": slider.default,
        }
        for slider in one.sliders
    ]
    first = one.sliders[0]
    moved = header_of("lstm", replace(state, sliders={first.id: first.minimum}))["sliders"]
    assert {each["id"]: each["value"] for each in moved} == start | {first.id: first.minimum}


def test_of_an_own_input() -> None:
    found = header_of("rnn", State("rnn", source="text", text="ABBA", through="random"))
    assert_fields(found, tokens=list("ABBA"), steps=4, unit_names=[], preset=None, sliders=[], random=True)
    assert found["examples"]["shown"] is None


def test_the_lstm_shows_what_goes_out_of_the_cell_by_its_own_function() -> None:
    state = State("lstm", preset="latch", notation="pytorch")
    assert header_of("lstm", state)["symbols"]["tanh_cell"] == "tanh c"
    scene = scenes.build(state)
    plain = replace(scene.cell, cell_activation="identity")
    bare = replace(scene, cell=plain, trace=plain.run(scene.sequence.x))
    assert header_of("lstm", state, bare)["symbols"]["tanh_cell"] == "c"


def test_what_the_browser_sent_for_sliders_is_bounded_and_only_for_what_is_shown() -> None:
    one = preset("lstm", "latch")
    first = one.sliders[0]
    between = first.minimum + (first.maximum - first.minimum) / 3
    for sent, kept in (
        (first.maximum + 9, {first.id: first.maximum}),
        (first.minimum - 9, {first.id: first.minimum}),
        (between, {first.id: float(f"{between:g}")}),
        (first.default, {}),
        ("3", {}),
        (None, {}),
    ):
        assert header.slider_values(one, {first.id: sent, "no such": 1}) == kept
    state = State("lstm", sliders={"sharpness": 0.25})
    sent = {"preset": "latch", "values": {first.id: first.maximum}}
    assert header.moved_sliders(state, sent, one) == {first.id: first.maximum}
    for shown in (None, next(other for other in PRESETS["lstm"] if other is not one)):
        assert header.moved_sliders(state, sent, shown) == {"sharpness": 0.25}
    assert header.moved_sliders(state, {"preset": "latch"}, one) == {}


def test_of_a_bar() -> None:
    found = header.bar([(3, "gru"), (5, "lstm"), (2, "gru")])
    phases = found.pop("all_phases")
    assert found == {"bar": True, "most_units": 5, "random": False, "watch": None}
    both = [*header.bar([(1, "gru")])["all_phases"], *header.bar([(1, "lstm")])["all_phases"]]
    assert list(phases) == list(dict.fromkeys(both))


@pytest.mark.parametrize("guessing", [None, True])
def test_of_the_columns_of_a_comparison(guessing: bool | None) -> None:
    name = next(
        name for name, task in COMPARISONS.items() if {one.can for one in task.entries} >= {True, False}
    )
    state = CompareState(preset=name, update="write")
    several = compare.columns(state, T)
    largest = max(abs(one.scene.trace.cell).max() for one in several if one.kind == "lstm")
    for one, entry, found in zip(
        several,
        COMPARISONS[name].entries,
        compare.column_headers(several, state, T, **({"guessing": guessing} if guessing else {})),
        strict=True,
    ):
        title = T(f"compare.column.{entry.column}")
        can = {True: f" · {T('compare.can')}", False: f" · {T('compare.cannot')}", None: ""}[entry.can]
        assert_fields(
            found,
            random=False,
            watch=None,
            update="write" if one.kind == "gru" else "keep",
            link=None,
            follow=True,
            compact=True,
            heading=title if guessing else title + can,
            called=title,
            guesses=True,
        )
        scale = dict.fromkeys(("cell", "previous_cell", "kept", "written"), largest)
        assert found["scale"] == (scale if one.kind == "lstm" else {})
    bar = compare.transport_fields(several, state, T)
    assert_fields(bar, bar=True, most_units=max(one.scene.cell.hidden for one in several), guesses=True)
    own = CompareState(source="text", text="ABA", columns=("rnn", "gru-before"), hidden=3)
    drawn = compare.column_headers(compare.columns(own, T), own, T)
    assert [(one["random"], one["heading"]) for one in drawn] == [
        (True, T("compare.column.rnn")),
        (True, T("compare.column.gru-before")),
    ]


BACK = GradientState(steps=6, hidden=3, seed=2)
LINES = {
    "last": ("L = v·h at step 6, v a random direction of length 1", 5, None),
    "step": ("L = v·h at step 4, v a random direction of length 1", 3, None),
    "unit": ("L = h of unit 2 at step 4", 3, 1),
    "readout": ("L = −log y of the symbol that follows step 4, with y = softmax(V·h + b)", 3, None),
    "every": ("L = sum over all steps of −log y of the next symbol, with y = softmax(V·h + b)", None, None),
}


@pytest.mark.parametrize("aim", LINES)
def test_of_a_way_back(aim: str) -> None:
    source = "letters" if aim in ("readout", "every") else "noise"
    state = replace(BACK, aim=aim, loss_step=4, loss_unit=2, source=source, cell="gru")
    back = gradients.backward_scene(state, T)
    line, at, unit = LINES[aim]
    assert back.run is not None and back.scene is not None and back.overran is None
    largest = max(abs(d).max() for d in back.run.gradients.signals.values())
    found = back.header(T)
    assert found["gradient"] == {
        "loss": line,
        "at": at,
        "unit": unit,
        "source": "hidden",
        "scale": largest,
        "floor": largest * 1e-12,
        "exploded": None,
    }
    tokens, columns = back.scene.sequence.tokens, back.scene.sequence.columns
    if source == "noise":
        assert "readout" not in found and "readout" not in back.arrays()
    else:
        assert found["readout"] == {
            "symbols": list(columns),
            "source": "h",
            "title": "y = softmax(V·h + b)",
            "targets": [*(columns.index(token) for token in tokens[1:]), None],
            "note": T("gradients.readout.note"),
        }
        assert back.arrays()["readout"].shape == (6, len(columns))
    arrays = back.arrays()
    signals = back.run.gradients.signals
    assert np.array_equal(arrays["grad.update"], signals.update)
    assert np.array_equal(arrays["grad.pre.reset"], signals.pre.reset)
    assert {name.split(".")[0] for name in arrays} - {"readout"} == {"grad", "back"}


def test_of_a_way_back_from_the_cell() -> None:
    back = gradients.backward_scene(replace(BACK, reads="cell", cell="lstm", aim="unit", loss_step=4), T)
    assert back.text == "L = c of unit 1 at step 4" and back.header(T)["gradient"]["source"] == "cell"
    read = replace(BACK, reads="cell", cell="lstm", aim="readout", loss_step=4, source="letters")
    told = gradients.backward_scene(read, T).header(T)["readout"]
    assert (told["source"], told["title"]) == ("c", "y = softmax(V·c + b)")
    gru = gradients.backward_scene(replace(BACK, reads="cell", cell="gru"), T)
    assert "v·h" in gru.text and gru.header(T)["gradient"]["source"] == "hidden"


def test_of_a_run_that_leaves_the_numbers() -> None:
    state = replace(BACK, cell="rnn", activation="relu", init="identity", gain=1e60, steps=12)
    back = gradients.backward_scene(state, T)
    assert back.run is None and back.scene is not None
    assert back.header(T) == {} and back.arrays() == {} and back.loss == gradients.experiment(state).loss
    whole = gradients.run_with_gradients(gradients.experiment(state), "rnn", 2)[1].trace
    finite = np.isfinite(whole.hidden).all(axis=1)
    assert back.overran == finite.argmin() + 1
    drawn = len(back.scene.sequence)
    assert drawn == (abs(whole.pre_block).max(axis=1) >= 1e100).argmax() > 0
    assert np.array_equal(back.scene.trace.hidden, whole.hidden[:drawn])
    assert back.scene.sequence.tokens == gradients.read(state, 2).tokens[:drawn]
    assert gradients.drawable_steps(back.scene.trace) == drawn


def test_of_the_demonstrations() -> None:
    latch = gradients.backward_scene(replace(BACK, demo="latch", weight=1.5), T)
    assert latch.text == "L = h of unit 1 at step 6" and latch.run is not None
    assert latch.run.trace.source.U.tolist() == [[1.5]]
    leak = gradients.backward_scene(replace(BACK, demo="decay"), T)
    assert leak.text == "L = v·c at step 6, v a random direction of length 1"
    assert leak.scene is not None and leak.scene.cell.hidden == len(BIASES) and not leak.scene.random
    cliff = gradients.backward_scene(replace(BACK, demo="cliff"), T)
    place = gradients.descent(False).places[gradients.descent(False).steepest]
    assert cliff.run is not None
    assert (cliff.run.trace.source.U.item(), cliff.run.trace.source.b.item()) == tuple(place)
    assert cliff.text == "L = h of unit 1 at step 50"


def test_of_any_pages_run_with_a_loss() -> None:
    scene = scenes.build(State("lstm", preset="latch"))
    steps = len(scene.sequence)
    for loss, line in (
        (gradients.Loss("last"), f"L = v·h at step {steps}, v a random direction of length 1"),
        (gradients.Loss("unit", 1, 0, "cell"), "L = c of unit 1 at step 2"),
    ):
        back = gradients.scene_with_gradients(scene, loss, 3, T)
        assert back.text == line and back.run is not None and back.scene is scene
        again = gradients.backprop(scene.trace, loss, 3).gradients.inputs
        assert np.array_equal(back.run.gradients.inputs, again)


def test_a_readout_says_what_its_network_answers() -> None:
    trained = [
        (kind, one)
        for kind in PRESETS
        for one in PRESETS[kind]
        if scenes.build(State(kind, preset=one.id)).trained
    ]
    assert trained
    asks = set()
    for kind, one in trained:
        state = State(kind, preset=one.id, reset=one.reset)
        scene = scenes.build(state)
        network = scene.trained
        assert network is not None
        scores = scene.trace.hidden @ network.readout.V.T + network.readout.b
        classes = network.notes.classes
        assert np.allclose(readouts.arrays(scene)["readout"], softmax(scores) if classes else scores)
        found = readouts.header(scene, T)["readout"]
        assert_fields(
            found,
            symbols=list(network.answers),
            targets=network.targets(scene.sequence),
            source="h",
            title="y = softmax(V·h + b)" if classes else "y = V·h + b",
            note=T("readout.trained"),
        )
        if kind == "gru":
            other = scenes.build(replace(state, reset={"before": "after", "after": "before"}[one.reset]))
            assert readouts.header(other, T)["readout"]["note"] == T("readout.trained.other")
        asks.add(found["asks"])
        assert (found["asks"] == "number") is not bool(classes)
    assert {"class", "next"} <= asks
