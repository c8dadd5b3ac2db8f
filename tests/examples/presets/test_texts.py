"""What the presets' texts say: their numbers are those of the run, wherever the sliders stand."""

import re
from collections.abc import Iterator
from dataclasses import replace
from string import Formatter
from typing import Any

import numpy as np
import pytest

from gates import Clamp
from gates.examples.presets.model import Preset
from gates.examples.presets.readings import Opening, PresetRun, SetWeight, figure_text
from gates.examples.presets.registry import HANDMADE, preset
from gates.scenes import scene
from gates.scenes.state import State
from gates.text import LANGUAGES, translator

ALL = [one for presets in HANDMADE.values() for one in presets]
EACH = pytest.mark.parametrize("one", ALL, ids=[f"{one.cell}-{one.id}" for one in ALL])

LITERAL = {
    "lstm.locker": {"3", "4", "0"},
    "lstm.latch": {"0", "2", "4"},
    "lstm.delay": {"1", "4", "0"},
    "lstm.counter": {"6", "4", "0"},
    "lstm.timer": {"24", "0"},
    "lstm.brackets": {"1", "2", "7", "0"},
    "lstm.parity": {"0", "1"},
    "lstm.integrator": {"1", "0", "−1", "0.9", "6.6"},
    "lstm.first": {"2", "1"},
    "lstm.last": {"4", "5", "0"},
    "lstm.company_a": {"0", "1", "2", "3", "4"},
    "lstm.company_b": {"0", "1", "2", "3", "4"},
    "gru.silenced": {"4"},
    "gru.delay": {"1", "4"},
    "gru.counter": {"1"},
    "gru.parity": {"0", "1"},
    "gru.first": {"2"},
    "gru.last": {"4", "5", "0"},
    "rnn.latch": {"1"},
    "rnn.fading": {"1"},
    "rnn.delay": {"1", "4", "100"},
    "rnn.relu_counter": {"0", "1", "4"},
    "rnn.tanh_counter": {"0", "1", "4"},
}
"""The numbers that stand in a text as such: steps, units, inputs, depths, and laws that no slider changes."""


def positions(one: Preset) -> Iterator[dict[str, float]]:
    """The sliders as they open, each at its ends, and all of them anywhere."""
    yield one.defaults
    for slider in one.sliders:
        yield from ({slider.id: end} for end in (slider.minimum, slider.maximum))
    rng = np.random.default_rng(3)
    for _ in range(8):
        yield {slider.id: float(rng.uniform(slider.minimum, slider.maximum)) for slider in one.sliders}


def runs(cell: str, name: str) -> Iterator[tuple[dict[str, float], PresetRun, dict[str, Any]]]:
    """At each position the sliders' values, the run, and the figures of the text."""
    one = preset(cell, name)
    for values in positions(one):
        run = PresetRun.of(one.build(values), one.sequence)
        yield one.bounded_values(values), run, {key: figure(run) for key, figure in one.figures.items()}


@EACH
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_names_no_number_that_a_slider_changes(one: Preset, language: str) -> None:
    template = translator(language)(one.watch, **dict.fromkeys(one.figures, ""))
    literal = set(re.findall(r"(?<![\d₀-₉])−?\d+(?:\.\d+)?", template))
    typed = literal - LITERAL.get(f"{one.cell}.{one.id}", set())
    assert not typed, f"{typed} in {one.watch} ({language}): make it a figure, or list it in LITERAL above"


@EACH
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_figure_is_said_and_moves_with_the_sliders(one: Preset, language: str) -> None:
    t = translator(language)
    fields = {name for _, name, _, _ in Formatter().parse(t.catalogue[one.watch]) if name}
    assert fields == one.figures.keys()
    opening = one.description(t)
    assert not re.search(r"[{}]|nan|inf|NaN|∞", opening)
    for slider in one.sliders:
        ends = {one.description(t, {slider.id: end}) for end in (slider.minimum, slider.maximum)}
        assert ends - {opening}, f"{slider.id} moves the run and not the text"


def test_numbers_are_written_as_they_are_read() -> None:
    assert [figure_text(value) for value in (0.0, 0.654, -1.0, 30.0, -2e-4, 12345.6)] == [
        "0", "0.65", "−1.00", "30.00", "−2×10⁻⁴", "12346",
    ]  # fmt: skip
    assert [figure_text(Opening(value)) for value in (0.0, 1.0, 0.5, 0.9975, 1 - 2e-9, 4e-6)] == [
        "0", "1", "0.50", "0.9975", "1−2×10⁻⁹", "4×10⁻⁶",
    ]  # fmt: skip
    assert [figure_text(value) for value in (3, SetWeight(0.01), SetWeight(-2.0))] == ["3", "0.01", "−2"]


def test_a_gru_that_counts_says_so() -> None:
    """With z = .9999 ten brackets are 10.00 first steps, and ten back leave a hundredth of one."""
    one = preset("gru", "counter")
    for language in LANGUAGES:
        moved = one.description(translator(language), {"update_shift": 7.0})
        assert "10.00" in moved and "−0.01" in moved
        opening = one.description(translator(language))
        assert "0.65" in opening and "−0.42" in opening and "6.51" in opening and "−4.24" in opening
    small = preset("rnn", "tanh_counter").description(translator("en"), {"sharpness": 0.05})
    assert "reads 4.00" in small and "−4.8×10⁻³" in small and "W = 0.01" in small
    opening = preset("rnn", "tanh_counter").description(translator("en"))
    assert "reads 3.04" in opening and "−1.06" in opening and "W = 0.2," in opening


def test_the_lockers_input_gate_decides_nothing_and_the_first_tokens_does() -> None:
    for name in ("locker", "latch"):
        one = preset("lstm", name)
        plain, held = (one.build().run(one.sequence.x, clamps=c) for c in ((), [Clamp("input", 1.0)]))
        assert 0 < np.abs(plain.cell - held.cell).max() <= 0.007
        assert not plain.candidate[one.sequence.x[:, 0] == 0].any()
    one = preset("lstm", "first")
    plain, held = (one.build().run(one.sequence.x, clamps=c) for c in ((), [Clamp("input", 1.0, units=[0])]))
    assert plain.cell[-1, 0] == pytest.approx(-0.99, abs=5e-3)
    assert held.cell[-1, 0] == pytest.approx(4.0, abs=5e-3)
    for language in LANGUAGES:
        t = translator(language)
        assert "−0.99" in one.description(t) and "4.00" in one.description(t)
        assert re.split("[:：]", t(one.title))[0] in preset("lstm", "locker").description(t), (
            "it is named there"
        )


# What the sentences around the numbers claim, at every position of the sliders.


def test_lockers_and_latches() -> None:
    for _, run, said_ in runs("lstm", "locker"):
        assert 0 < said_["h3"] < said_["c3"]
        assert not run.trace.candidate[run.sequence.x[:, 0] == 0].any()
    for values, run, said_ in runs("lstm", "latch"):
        assert said_["i2"] > said_["i3"] and said_["f5"] < said_["f"]
        assert said_["c4"] == pytest.approx(said_["c2"] * said_["f"] ** 2, abs=1e-12)
        half = preset("lstm", "latch").build(values | {"forget_shift": -20 * values["sharpness"]})
        c = half.run(run.sequence.x).cell[1:4, 0]
        np.testing.assert_allclose(c[1:] / c[:-1], 0.5)
    for _, run, said_ in runs("gru", "latch"):
        assert said_["z2"] < said_["z3"]
        np.testing.assert_allclose(
            run.trace.hidden[1:],
            run.trace.update[1:] * run.trace.hidden[:-1]
            + (1 - run.trace.update[1:]) * run.trace.candidate[1:],
            atol=1e-15,
        )
    for values, run, _ in runs("rnn", "latch"):
        U, cell = values["recurrent"], run.cell
        idle = cell.run(np.zeros((400, 2)), np.array([0.9])).hidden[:, 0]
        if U <= 1:
            assert (np.diff(idle) <= 0).all() and idle[-1] < 0.1
        elif U > 1.05:
            assert idle[-1] > 0.1 and idle[-1] == pytest.approx(np.tanh(U * idle[-1]), abs=1e-6)
        flipped = cell.run(np.array([[0.0, 50.0]]), np.array([0.9])).hidden[0, 0]
        assert flipped < 0
        small = replace(cell, W=np.array([[0.2, -0.2]]), U=np.array([[2.0]]))
        held = small.run(np.array([[0.0, 1.0], *[[0.0, 0.0]] * 20]), np.array([0.9575])).hidden[:, 0]
        assert held[0] < 0.95 and held[-1] == pytest.approx(0.9575, abs=1e-3), "a small disturbance dies out"
    for values, run, _ in runs("rnn", "fading"):
        if values["recurrent"] <= 1:
            h = run.trace.hidden[1:7, 0]
            assert (np.abs(h[1:]) <= values["recurrent"] * np.abs(h[:-1])).all()
            assert (np.abs(h[1:]) < np.abs(h[:-1]))[h[:-1] != 0].all()


def test_lines() -> None:
    weaker: list[float] = []
    for gain in (10.0, 4.0, 2.0, 1.0, 0.5):
        one = preset("lstm", "delay")
        weaker.append(abs(one.build({"gain": gain, "sharpness": 1.0}).run(one.sequence.x).hidden[3, 3]))
    assert (np.diff(weaker) < 0).all()
    h = {
        kind: preset(kind, "delay").build({"sharpness": 1.0}).run(np.array([[1.0]] * 4)).hidden[3, 3]
        for kind in ("lstm", "gru")
    }
    assert h["lstm"] == pytest.approx(np.tanh(1), abs=1e-3) and h["gru"] > 0.999
    one = preset("rnn", "delay")
    for values in positions(one):
        a, b = (
            one.build(values).run(x).hidden
            for x in (np.array([[1.0], *[[0.3]] * 4]), np.array([[-1.0], *[[0.3]] * 4]))
        )
        np.testing.assert_array_equal(a[4], b[4], err_msg="step 5 knows nothing of step 1")


def test_counters() -> None:
    for _, run, said_ in runs("lstm", "counter"):
        added = run.trace.input[:, 0] * run.trace.candidate[:, 0]
        np.testing.assert_allclose(np.abs(added), said_["step"], rtol=1e-12)
        assert abs(said_["h"]) < 1
    for _, run, said_ in runs("gru", "counter"):
        h = np.concatenate([[0], run.trace.hidden[:10, 0]])
        assert (np.diff(np.diff(h)) <= 0).all() and (np.diff(h) >= 0).all()
        np.testing.assert_allclose(np.diff(h), said_["share"] * (1 - h[:-1]), atol=1e-8)
        if said_["share"] < 1e-3:
            assert said_["ups"] == pytest.approx(10, abs=0.05) and abs(said_["ends"]) < 0.1
            assert said_["up"] < 0.01
    for values, run, said_ in runs("rnn", "relu_counter"):
        exact = preset("rnn", "relu_counter").build(values | {"recurrent": 1.0}).run(run.sequence.x)
        depths = np.cumsum(run.sequence.x[:, 0])
        np.testing.assert_allclose(exact.hidden[:, 0] / values["sharpness"], depths, atol=1e-12)
        assert run.trace.hidden.min() >= 0
        if values["recurrent"] < 1:
            assert said_["deep"] < 4
        if values["recurrent"] > 1:
            assert said_["end"] > 0
    one = preset("rnn", "tanh_counter")
    ends = [
        one.figures["end"](PresetRun.of(one.build({"sharpness": sharp}), one.sequence))
        for sharp in (1.0, 0.5, 0.2, 0.05)
    ]
    assert (np.diff(np.abs(ends)) < 0).all()


def test_timer_and_bracket_checker() -> None:
    one = preset("lstm", "timer")
    assert len(one.sequence) == 24
    for sharp in (0.05, 0.3, 1.0):
        for step in (0.05, 0.4, 0.9):
            run = one.build({"sharpness": sharp, "increment": step, "peephole": 0.0}).run(one.sequence.x)
            assert run.hidden.max() < 1e-3
    tokens = preset("lstm", "brackets").tokens
    depth = np.cumsum([1 if token == "(" else -1 for token in tokens])
    assert depth[5] == 0 and tokens[6] == ")" and depth[-1] == 0
    for language in LANGUAGES:
        assert "".join(tokens) in translator(language)(
            "preset.lstm.brackets.watch", count=0, i7=0, most=0, c7=0, c8=0
        )
    for _, run, said_ in runs("lstm", "brackets"):
        assert said_["c8"] == pytest.approx(
            run.trace.forget[7, 1] * said_["c7"] + run.trace.input[7, 1] * run.trace.candidate[7, 1]
        )


def test_parity_first_last_and_sums() -> None:
    for kind in ("lstm", "gru"):
        one = preset(kind, "parity")
        ones = np.cumsum(one.sequence.x[:, 0])
        assert [ones[step - 1] for step in (1, 3, 4, 7)] == [1, 2, 3, 4]
        assert one.build().part("candidate").U[0, 0] < 0
    for _, run, said_ in runs("lstm", "first"):
        assert said_["i2"] <= run.trace.input[0, 0] and said_["f2"] >= run.trace.forget[0, 0]
    for _, _, said_ in runs("gru", "first"):
        assert said_["z2"] >= said_["z1"]
    for _, run, _ in runs("lstm", "last"):
        assert run.trace.cell[4, 0] == pytest.approx(run.trace.forget[4, 0] * run.trace.cell[3, 0])
    for _, run, said_ in runs("gru", "last"):
        assert not run.cell.U.any() and said_["h5"] == pytest.approx(run.trace.update[4, 0] * said_["h4"])
    for _, run, said_ in runs("lstm", "integrator"):
        assert said_["c13"] == pytest.approx(said_["c5"] * run.trace.forget[0, 0] ** 8)
    assert np.log(0.5) / np.log(0.9) == pytest.approx(6.6, abs=0.05)
    for name in ("company_a", "company_b"):
        for _, _, said_ in runs("lstm", name):
            assert 0 < said_["low"] < said_["high"] < 1


def test_who_is_turned_down() -> None:
    one = preset("gru", "silenced")
    plain = one.sequence_of("S–––––")
    for values, run, said_ in runs("gru", "silenced"):
        assert said_["r4"] < run.trace.reset[2, 0]
        listening = one.build(values, "after")
        np.testing.assert_array_equal(
            listening.run(one.sequence.x).hidden[:, 1], listening.run(plain.x).hidden[:, 1]
        )
        n = one.build(values, "before").run(one.sequence.x)
        heard = np.tanh(values["coupling"] * n.reset[3, 0] * n.hidden[2, 0])
        assert n.candidate[3, 1] == pytest.approx(heard)


def test_not_good_reads_the_words_of_the_readers_language() -> None:
    for kind in ("lstm", "gru"):
        for language in LANGUAGES:
            t = translator(language)
            one = preset(kind, "not_good")
            run = PresetRun.of(one.build(), one.sequence_for(t))
            assert one.figures["score"](run) < -0.7 and one.figures["kept"](run) > 0.7


def test_a_text_says_where_the_run_is_another() -> None:
    for language in LANGUAGES:
        t = translator(language)
        begins = t("preset.elsewhere", said="")
        own = scene.build(State(cell="gru", source="text", text="((()))", lang=language, through="counter"))
        assert own.preset is not None and own.preset.id == "counter"
        assert (own.description(t) or "").startswith(begins)
        shown = scene.build(State(cell="lstm", preset="not_good", lang=language))
        assert shown.description(t) and not (shown.description(t) or "").startswith(begins)
        trained = scene.build(State(cell="lstm", preset="trained-parity", lang=language))
        moved = scene.build(
            State(cell="lstm", preset="trained-parity", lang=language, sliders={"forget_shift": -3.0})
        )
        assert (
            moved.description(t) == t("weights.moved", made=trained.description(t)) != trained.description(t)
        )
