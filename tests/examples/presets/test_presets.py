"""What all hand-made presets promise: texts, sliders that are heard, sequences, and the input they take."""

import re

import numpy as np
import pytest

from gates.examples.comparisons import COMPARISONS
from gates.examples.presets.model import Preset
from gates.examples.presets.random_cell import random_cell
from gates.examples.presets.registry import HANDMADE, PRESETS, fits, fitting, preset
from gates.inputs.parse import InputError, Sequence, brackets, from_text, parse_numbers, prices, signal
from gates.text import LANGUAGES, catalogue, translator

ALL = [one for presets in HANDMADE.values() for one in presets]
EACH = pytest.mark.parametrize("one", ALL, ids=[f"{one.cell}-{one.id}" for one in ALL])


@EACH
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_preset_speaks_both_languages(one: Preset, language: str) -> None:
    t = translator(language)
    assert len(t(one.title)) <= 50
    said = one.description(t).removesuffix(t(one.source)) if one.source else one.description(t)
    assert 60 <= len(said) * (3 if language == "zh" else 1) <= 420, "two or three sentences"
    assert all(t(key) for key in (*one.units, *one.alphabet.columns))
    assert all(t(f"slider.{s.id}") and t(f"slider.{s.id}.help") for s in one.sliders)
    assert one.source is None or t(one.source)
    sequence = one.sequence_for(t)
    assert one.cell in PRESETS and sequence.x.shape == one.sequence.x.shape


@pytest.mark.parametrize("prefix", ["column.", "unit.", "slider.", "source."])
def test_no_text_is_left_over(prefix: str) -> None:
    used = {key for one in ALL for key in (*one.units, *one.alphabet.columns, one.source)}
    used |= {key for one in COMPARISONS.values() for key in one.alphabet.columns}
    used |= {f"slider.{s.id}{end}" for one in ALL for s in one.sliders for end in ("", ".help")}
    assert {key for key in catalogue("en") if key.startswith(prefix)} <= used


@EACH
def test_a_preset_runs_and_names_its_units(one: Preset) -> None:
    trace = one.build().run(one.sequence.x)
    assert len(one.units) in (0, trace.hidden.shape[-1])
    assert np.isfinite(trace.hidden).all()
    assert 4 <= len(one.sequence) <= 24


def test_a_preset_is_found_by_its_cell_and_name() -> None:
    assert all(preset(cell, one.id) is one for cell, presets in PRESETS.items() for one in presets)


def test_ids_are_unique_and_the_openings_are_as_designed() -> None:
    for presets in PRESETS.values():
        assert len({one.id for one in presets}) == len(presets)
    assert [PRESETS[cell][0].id for cell in ("lstm", "gru", "rnn")] == ["locker", "latch", "latch"]
    assert {(one.cell, one.id) for one in ALL if one.fails} == {("gru", "counter"), ("rnn", "tanh_counter")}


@EACH
def test_sliders_open_within_their_range_and_sharpness_is_among_them(one: Preset) -> None:
    assert "sharpness" in one.defaults and 2 <= len(one.sliders) <= 4, "2 to 4 sliders, one of them sharpness"
    for s in one.sliders:
        assert s.minimum < s.maximum and s.minimum <= s.default <= s.maximum
        steps = (s.default - s.minimum) / s.step
        assert steps == pytest.approx(round(steps)), f"{s.id}: the default must lie on the slider's grid"
    (sharp,) = (s for s in one.sliders if s.id == "sharpness")
    assert (sharp.minimum, sharp.maximum) == (0.05, 1.0)


@EACH
def test_every_slider_does_something_that_one_sees(one: Preset) -> None:
    before = one.build().run(one.sequence.x)
    for s in one.sliders:
        ends = [one.build({s.id: end}).run(one.sequence.x) for end in (s.minimum, s.maximum)]
        change = max(np.abs(end.hidden - before.hidden).max() for end in ends)
        assert change > 0.05, f"{s.id} moves h by {change:.3f} only"


@EACH
def test_settled_values_are_complete_and_in_range(one: Preset) -> None:
    wild = dict.fromkeys(one.defaults, 1e9) | {"nonsense": 3.0}
    assert one.bounded_values(wild) == {s.id: s.maximum for s in one.sliders}
    assert one.bounded_values({"sharpness": float("nan")}) == one.defaults == one.bounded_values({})
    with pytest.raises(ValueError, match="nonsense"):
        one.build({"nonsense": 1.0})


def test_an_unknown_preset_is_named() -> None:
    with pytest.raises(InputError) as caught:
        preset("lstm", "lokcer")
    assert "lokcer" in translator("zh")(caught.value.key, **caught.value.values)


def ids(cell: str, sequence: Sequence) -> set[str]:
    return {one.id for one in fitting(cell, sequence) if one in HANDMADE[cell]}


SIGNED = {"delay", "counter", "integrator", "first", "last", "company_a", "company_b"}


def test_own_input_finds_the_presets_that_read_it() -> None:
    """Each set names all the presets that read such an input: one more that does is added to it."""
    assert ids("lstm", brackets("(()((())))")) == {"counter", "brackets"}
    assert ids("gru", brackets("（（））")) == {"counter"}
    assert ids("rnn", signal("brackets", 20)) == {"relu_counter", "tanh_counter"}
    assert ids("lstm", from_text("-S-A-RASA")) == {"locker"}
    assert ids("lstm", from_text("–s–r")) == {"locker", "latch"}
    assert ids("gru", from_text("S--MM-")) == {"silenced"}
    assert ids("gru", from_text("存..静")) == {"silenced"}
    assert ids("lstm", from_text("0110")) == {"parity", "delay", "first", "last"}
    assert ids("lstm", from_text("the film was not bad", "words")) == {"not_good"}
    assert ids("lstm", from_text("这部电影不好")) == {"not_good"}
    assert ids("rnn", from_text("the film was not bad", "words")) == set()
    assert ids("lstm", from_text("hello world")) == set()


def test_own_numbers_fit_by_their_columns() -> None:
    """Each set names all the presets that read such numbers: one more that does is added to it."""
    assert ids("lstm", parse_numbers("0.5 -1 2")) == SIGNED
    assert ids("lstm", parse_numbers("0 1 1 0")) == SIGNED | {"parity"}
    assert ids("lstm", parse_numbers("1 0\n0 0.5")) == {"latch"}
    assert ids("lstm", parse_numbers("1 0 0\n0 0 1")) == {"locker"}
    assert ids("gru", parse_numbers("1 0\n0 1")) == {"silenced", "latch", "gated_reset"}
    assert ids("lstm", parse_numbers("1 2 3 4\n5 6 7 8")) == set()
    assert ids("lstm", prices("AAPL")) == SIGNED
    assert ids("lstm", signal("noise", 30)) == SIGNED


def test_own_symbols_are_read_with_the_presets_vectors_and_keep_their_spelling() -> None:
    adapted = preset("lstm", "counter").adapt(brackets("(()"))
    assert adapted is not None and adapted.x[:, 0].tolist() == [1, 1, -1]
    adapted = preset("lstm", "locker").adapt(from_text("s-a"))
    assert adapted is not None and adapted.tokens == ("s", "-", "a")
    assert adapted.x.tolist() == [[1, 0, 0], [0, 0, 0], [0, 0, 1]]
    adapted = preset("lstm", "not_good").adapt(from_text("Not a GOOD one", "words"))
    assert adapted is not None and adapted.x.argmax(axis=1).tolist() == [2, 3, 0, 3]


def test_own_numbers_pass_unrounded() -> None:
    own = parse_numbers("0.123456789 1")
    adapted = preset("lstm", "integrator").adapt(own)
    assert adapted is not None and adapted.x[0, 0] == 0.123456789


def test_only_idle_symbols_mean_nothing_to_a_preset_of_words() -> None:
    assert not fits(preset("lstm", "not_good"), from_text("a fine day", "words"))


@EACH
def test_a_symbol_outside_the_alphabet_is_named(one: Preset) -> None:
    if one.alphabet.other is not None:
        assert one.sequence_of(["zebra"]).x.tolist() == [[0, 0, 0, 1]]
        return
    with pytest.raises(InputError) as caught:
        one.sequence_of([one.sequence.tokens[0], "zebra"])
    for language in LANGUAGES:
        sentence = translator(language)(caught.value.key, **caught.value.values)
        assert "zebra" in sentence and re.search(r"\b2\b|第 2", sentence)


@pytest.mark.parametrize("tokens", [[], ["1"] * 1001])
def test_a_sequence_must_have_a_sensible_length(tokens: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        preset("lstm", "parity").sequence_of(tokens)
    assert all(translator(language)(caught.value.key, **caught.value.values) for language in LANGUAGES)


@pytest.mark.parametrize("kind", ["lstm", "gru", "rnn"])
def test_random_cells_are_made_by_seed_size_and_bias(kind: str) -> None:
    cell = random_cell(kind, 3, 5, seed=4, bias=2.5)
    again, other = random_cell(kind, 3, 5, seed=4, bias=2.5), random_cell(kind, 3, 5, seed=5, bias=2.5)
    assert (cell.inputs, cell.hidden, cell.kind) == (3, 5, kind)
    np.testing.assert_array_equal(cell.W, again.W)
    assert (cell.W != other.W).all()
    if kind != "rnn":
        assert (cell.part("forget" if kind == "lstm" else "update").b == 2.5).all()
    assert random_cell("gru", 2, reset="before").reset == "before" and random_cell("gru", 2).hidden == 4
    assert random_cell("rnn", 2, activation="relu").activation == "relu"


@pytest.mark.parametrize(("hidden", "seed"), [(0, 0), (65, 0), (4, -1)])
def test_random_cells_out_of_range_are_named(hidden: int, seed: int) -> None:
    with pytest.raises(InputError) as caught:
        random_cell("lstm", 2, hidden, seed)
    assert all(translator(language)(caught.value.key, **caught.value.values) for language in LANGUAGES)
