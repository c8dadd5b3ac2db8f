"""Trained cells as presets: what is said of them is so, and own input finds them."""

from __future__ import annotations

import numpy as np
import pytest

from gates.core.activations import softmax
from gates.examples.presets.registry import HANDMADE, PRESETS, fitting
from gates.examples.presets.trained import TRAINED, Trained
from gates.inputs.parse import brackets, from_text, parse_numbers
from gates.scenes import scene
from gates.scenes.state import State
from gates.text import LANGUAGES, translator

ALL = [one for presets in TRAINED.values() for one in presets]
EACH = pytest.mark.parametrize("one", ALL, ids=[f"{one.cell}-{one.id}" for one in ALL])


def trained(cell: str, task: str) -> Trained:
    return next(one for one in TRAINED[cell] if one.id == f"trained-{task}")


def opened(cell: str, task: str):  # type: ignore[no-untyped-def]
    """The run that a page opens with, and its tokens as an array."""
    one = trained(cell, task)
    return one.build().run(one.sequence.x), np.array(one.sequence.tokens)


@EACH
@pytest.mark.parametrize("language", LANGUAGES)
def test_it_speaks_both_languages(one: Trained, language: str) -> None:
    t = translator(language)
    assert len(one.name(t)) <= 50
    said = one.description(t)
    assert 100 <= len(said) * (3 if language == "zh" else 1) <= 560, len(said)
    assert str(one.notes.recipe["hidden"]) in said
    shown = one.sequence_for(t)
    assert shown.x.shape == one.sequence.x.shape
    assert not shown.keyed or all(t(column) for column in shown.columns)


@EACH
def test_it_runs_with_and_without_its_sliders(one: Trained) -> None:
    x = one.sequence.x
    plain = one.build().run(x)
    assert plain.hidden.dtype == np.float64 and np.isfinite(plain.hidden).all()
    for slider in one.sliders:
        moved = one.build({slider.id: slider.minimum}).run(x)
        assert np.abs(moved.hidden - plain.hidden).max() > 0.05, slider.id
    assert np.array_equal(one.build(dict.fromkeys(one.defaults, 0.0)).run(x).hidden, plain.hidden)


@EACH
def test_its_answers_on_the_opening_sequence_are_mostly_right(one: Trained) -> None:
    scores = one.readout.scores(one.build().run(one.sequence.x).hidden)
    targets = one.targets(one.sequence)
    asked = [step for step, target in enumerate(targets) if target is not None]
    assert asked
    if one.notes.classes:
        right = np.mean([scores[step].argmax() == targets[step] for step in asked])
        expected = 0 if one.fails else 0.4 if one.task in ("reber", "embedded-reber", "text") else 1
        assert right >= expected
    else:
        assert max(abs(scores[step][0] - targets[step][0]) for step in asked) < 0.5


def test_handmade_cells_stay_first() -> None:
    for cell, presets in PRESETS.items():
        assert presets[: len(HANDMADE[cell])] == HANDMADE[cell]
        assert len({one.id for one in presets}) == len(presets)
    assert [(one.cell, one.id) for one in ALL if one.fails] == [("rnn", "trained-recall")]


def test_only_the_network_of_characters_is_too_large_for_the_lab() -> None:
    assert {one.id for one in ALL if not one.editable} == {"trained-characters"}


def fits(cell: str, sequence) -> list[str]:  # type: ignore[no-untyped-def]
    return [one.id for one in fitting(cell, sequence)]


def test_own_text_is_offered_to_the_network_of_characters() -> None:
    assert fits("lstm", from_text("It was not good, was it?")) == ["trained-characters"]
    assert fits("lstm", from_text("这本书已经旧了")) == []
    assert fits("lstm", from_text("the cat sat on the mat", "words")) == []
    read = trained("lstm", "characters").adapt(from_text("Hi, there!"))
    assert read is not None and read.tokens == ("H", "i", ",", "␣", *"there", "!")
    columns = trained("lstm", "characters").notes.columns
    assert [columns[k] for k in read.x.argmax(axis=1)] == ["h", "i", "<unk>", "␣", *"there", "<unk>"]


@pytest.mark.parametrize("kind", ["lstm", "gru"])
def test_a_network_of_words_takes_a_sentence_and_marks_what_it_does_not_know(kind: str) -> None:
    one = trained(kind, "sentiment")
    english = one.adapt(from_text("The plot was not so good.", "words"))
    assert english is not None and english.tokens == ("⟨The⟩", "plot", "⟨was⟩", "not", "so", "good", ".")
    assert not english.x[[0, 2]].any() and (english.x[[1, 3, 4, 5, 6]].sum(axis=1) == 1).all()
    (note,) = english.notes
    assert note.values == {"count": 2, "of": 7, "examples": "The was"}
    chinese = one.adapt(from_text("这部电影谈不上精彩。"))
    assert chinese is not None and chinese.tokens == ("⟨这⟩", "⟨部⟩", "电影", "谈不上", "精彩", "。")
    spaced = one.adapt(from_text("电影 谈不上 精彩 。", "words"))
    assert spaced is not None and spaced.tokens == ("电影", "谈不上", "精彩", "。") and not spaced.notes
    for read, verdict in ((english, "−"), (chinese, "−"), (spaced, "−")):
        scores = one.readout.scores(one.build().run(read.x).hidden)
        assert one.answers[scores[-1].argmax()] == verdict
    assert one.adapt(from_text("one good turn deserves another", "words")) is None, "too little is known"
    assert one.adapt_loosely(from_text("one good turn deserves another", "words")) is not None
    assert one.adapt_loosely(from_text("the cat sat on the mat", "words")) is None
    for language in LANGUAGES:
        said = translator(language)(note.key, **note.values)
        assert "The was" in said and "⟨ ⟩" in said


@pytest.mark.parametrize("text", ["🙂🙂 ok", "שלום עולם", "مرحبا", "这部电影"])
def test_a_network_of_characters_stays_where_it_was_asked_for(text: str) -> None:
    one = trained("lstm", "characters")
    own = from_text(text)
    assert one.adapt(own) is None
    read = one.adapt_loosely(own)
    assert read is not None and read.tokens == own.tokens
    unknown = [token for token in own.tokens if not (len(token) == 1 and one.alphabet.recognises(token))]
    assert read.notes[0].values["count"] == len(unknown) > 0
    chosen = scene.build(State("lstm", source="text", text=text, through=one.id))
    assert chosen.preset is one and not chosen.random
    left_open = scene.build(State("lstm", source="text", text=text))
    assert left_open.preset is not one
    assert one in scene.stretching(State("lstm", source="text", text=text))
    assert one not in scene.stretching(State("lstm", source="text", text="all of it is known"))
    assert one.adapt_loosely(from_text("whole words", "words")) is None


def test_what_follows_own_text_is_its_target() -> None:
    one = trained("lstm", "characters")
    read = one.adapt(from_text("no on"))
    assert read is not None
    targets = one.targets(read)
    assert targets[-1] is None
    assert [one.answers[k] for k in targets[:-1]] == ["o", "␣", "o", "n"]


def test_own_symbols_find_the_networks_that_know_them() -> None:
    assert fits("lstm", brackets("(()())")) == ["counter", "brackets", "trained-dyck1", "trained-dyck2"]
    assert fits("gru", from_text("0110"))[-1] == "trained-parity"
    assert "trained-sentiment" in fits("lstm", from_text("plot not bad .", "words"))
    assert "trained-sine" in fits("lstm", parse_numbers("0.1 0.5 0.9"))
    assert "trained-adding" in fits("lstm", parse_numbers("0.5 1\n0.25 0"))
    assert "trained-recall" in fits("rnn", from_text("AbcaD?"))
    own = trained("lstm", "dyck1").adapt(brackets("(("))
    assert own is not None and trained("lstm", "dyck1").targets(own) == [None, None]


def test_the_other_form_of_a_gru_is_another_network() -> None:
    one = trained("gru", "parity")
    after, before = (one.build(reset=form) for form in ("after", "before"))
    assert (after.reset, before.reset) == ("after", "before")
    runs = [cell.run(one.sequence.x).hidden for cell in (after, before)]
    assert np.abs(runs[0] - runs[1]).max() > 0.05


# What the sentences on what to watch say, in their order.


def test_parity_of_an_lstm() -> None:
    one, rng = trained("lstm", "parity"), np.random.default_rng(0)
    bits = rng.integers(2, size=2000)
    run = one.build().run(np.eye(2)[bits])
    assert run.forget[bits == 1].max() < 0.01 and run.forget[bits == 0].min() > 0.95
    odd_before = np.cumsum(bits)[:-1] % 2 == 1
    written = run.input[1:, 0][bits[1:] == 1]
    assert written[odd_before[bits[1:] == 1]].max() < 0.3 < 0.8 < written[~odd_before[bits[1:] == 1]].min()
    assert (one.readout.scores(run.hidden).argmax(axis=1) == np.cumsum(bits) % 2).all()


def test_recall_of_an_lstm() -> None:
    run, tokens = opened("lstm", "recall")
    assert run.forget.min() > 0.95 and run.input.min() > 0.1
    assert np.abs(run.cell[-1]).max() > 5
    assert (np.sign(run.candidate[2:]) == np.sign(run.cell[1:-1])).all() and tokens[0] == "D"


def test_adding_of_an_lstm_and_a_gru() -> None:
    run, tokens = opened("lstm", "adding")
    marked = np.char.endswith(tokens, "*")
    assert run.input[marked][:, [0, 2]].min() > 0.6 and run.input[~marked][:, [0, 2]].max() < 0.2
    assert run.input[~marked][:, [1, 3]].max() > 0.3
    run, _ = opened("gru", "adding")
    assert run.update[marked][:, [1, 3]].max() < 0.6 < 0.75 < run.update[~marked][:, [1, 3]].min()


def test_temporal_order_of_an_lstm() -> None:
    run, tokens = opened("lstm", "temporal-order")
    first, second = (int(np.flatnonzero(tokens == mark)[0]) for mark in ("Y", "X"))
    assert run.cell[second, 1] < -4 and run.forget[first + 1 :, 1].min() > 0.9 and run.cell[-1, 1] < -4
    assert run.cell[second - 1, 2] < -1 and run.cell[-1, 2] > 1


def test_brackets_of_lstms_and_a_gru() -> None:
    one = trained("lstm", "dyck1")
    run = one.build().run(one.sequence.x)
    opens = one.sequence.x[:, 0] == 1
    moved = np.diff(run.cell[:, 0], prepend=0)
    assert moved[opens].max() < -0.05 < 0.05 < moved[~opens].min()
    up = np.tile([[1.0, 0.0]], (40, 1))
    assert one.readout.scores(one.build().run(up).hidden)[[6, 39], 0] == pytest.approx([7, 7.5], abs=0.6)
    gru = trained("gru", "dyck1")
    depths = gru.readout.scores(gru.build().run(up).hidden)[:, 0]
    assert np.rint(depths[:8]).tolist() == list(range(1, 9)) and depths[39] == pytest.approx(10, abs=0.2)
    run, tokens = opened("lstm", "dyck2")
    assert run.cell[tokens == "(", 1].max() < 0
    moved = np.diff(run.cell[:, 0], prepend=0)
    assert moved[np.isin(tokens, ["(", "["])].max() < 0 < moved[np.isin(tokens, [")", "]"])].min()


def test_embedded_reber_of_an_lstm() -> None:
    one = trained("lstm", "embedded-reber")
    x = one.sequence.x
    other = x.copy()
    other[1] = np.eye(7)[one.notes.columns.index("P")]
    run, changed = (one.build().run(given) for given in (x, other))
    assert run.forget[2:-2, 0].min() > 0.85 and run.forget[2:-1, 2].mean() < 0.15
    kept = np.abs(run.cell - changed.cell)[-2]
    assert kept.argmax() == 0 and kept[0] > 2
    scores = one.readout.scores(run.hidden[-2]), one.readout.scores(changed.hidden[-2])
    assert [one.answers[score.argmax()] for score in scores] == ["T", "P"]


def test_sine_of_an_lstm() -> None:
    run, _ = opened("lstm", "sine")
    x = trained("lstm", "sine").sequence.x[10:, 0]
    for gate in (run.forget[10:, 0], run.output[10:, 0]):
        assert gate.min() > 0.15 and gate.max() < 0.95
        assert abs(np.corrcoef(gate, x)[0, 1]) > 0.8


def test_sentiment_of_an_lstm_and_a_gru() -> None:
    run, tokens = opened("lstm", "sentiment")
    assert run.input[tokens == "not"].min() > 0.9 and run.forget[tokens == "but"].max() < 0.25
    run, tokens = opened("gru", "sentiment")
    assert run.update[tokens == "not"].max() < 0.06
    assert run.update[np.isin(tokens, ["very", "so"])].min() > 0.8


def test_characters() -> None:
    run, tokens = opened("lstm", "characters")
    space = tokens == "␣"
    named = [30, 4, 23]
    assert run.forget[space][:, named].mean(axis=0).max() < 0.15
    assert run.forget[~space][:, named].mean(axis=0).min() > 0.4
    run, _ = opened("gru", "characters")
    means = [float(run.reset[where].mean()) for where in (space, ~space)]
    assert means == pytest.approx([0.16, 0.39], abs=0.005)
    scores = [trained(kind, "characters").notes.score for kind in ("lstm", "gru", "rnn")]
    assert scores == pytest.approx([4.59, 4.49, 4.83], abs=0.005)
    plain = trained("rnn", "characters")
    changed = plain.sequence.x.copy()
    changed[10] = np.eye(28)[5]
    ends = [softmax(plain.readout.scores(plain.build().run(x).hidden)) for x in (plain.sequence.x, changed)]
    heard = np.abs(ends[0] - ends[1]).sum(axis=1) / 2
    assert heard[10:14].max() > 0.3 and heard[20:].max() < 0.1


def test_parity_and_recall_of_a_gru() -> None:
    run, tokens = opened("gru", "parity")
    ones = tokens == "1"
    assert run.update[ones, 1].max() < 0.3 < run.update[~ones, 1].min()
    odd = np.cumsum(ones) % 2 == 1
    assert run.hidden[odd, 1].max() < 0 < run.hidden[~odd, 1].min()
    run, _ = opened("gru", "recall")
    sure = np.abs(run.hidden[5:-1]) > 0.3
    assert (np.sign(run.candidate[6:]) == np.sign(run.hidden[5:-1]))[sure].all()


def test_what_plain_rnns_do() -> None:
    one, rng = trained("rnn", "parity"), np.random.default_rng(1)
    bits = rng.integers(2, size=500)
    hidden = one.build().run(np.eye(2)[bits]).hidden
    assert (one.readout.scores(hidden).argmax(axis=1) == np.cumsum(bits) % 2).all()
    assert np.abs(hidden).mean() > 0.9
    one = trained("rnn", "recall")
    begun = np.repeat(one.sequence.x[None], 4, axis=0)
    begun[:, 0] = np.eye(9)[:4]
    ends = one.build().run(begun.transpose(1, 0, 2)).hidden
    spread = np.ptp(ends, axis=1).max(axis=1)
    assert spread[0] > 0.5 and spread[9:].max() < 0.01
    one = trained("rnn", "reber")
    assert one.notes.score == 1
