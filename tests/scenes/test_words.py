"""The words that travel with a run: all that its stage can say, and nothing about another kind of cell."""

import pytest

from gates.examples.notation.kinds import KINDS
from gates.scenes import header, scene, words
from gates.scenes.registry import PAGES
from gates.text import LANGUAGES, catalogue, translator


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_stage_gets_what_is_said_of_its_own_kind_alone(kind: str, language: str) -> None:
    said = words.of(language, [kind], header.PREFIXES)
    assert said.items() <= catalogue(language).items()
    phases = {key.split(".")[2] for key in said if key.startswith("stage.phase.")}
    assert phases == {*KINDS[kind].phases, "z"}
    later = ("mingru", "minlstm", "slstm")  # which one module draws
    for note, only in (("resetBefore", ("gru",)), ("peekOld", ("lstm",)), ("showMean", later)):
        assert (f"diagram.note.{note}" in said) is (kind in only), note
    for clause, only in (("reset", ("gru",)), ("squash", ("rnn",)), ("blend", {*KINDS} - {"lstm", "rnn"})):
        told = any(key.startswith(f"stage.moment.{clause}") for key in said)
        assert told is (kind in only), clause
    assert "diagram.note.vector" in said  # which every diagram falls back on
    assert len(said) < len(words.of(language, KINDS, header.PREFIXES))


def test_words_of_a_readout_come_with_one_alone() -> None:
    t = translator("en")
    for link, reads in (({"preset": "latch"}, False), ({"preset": "trained-recall"}, True)):
        state, _, problems = PAGES["lstm"].read(link)
        assert not problems
        told = header.describe("lstm", state, t, scene.build(state))
        assert ("readout" in told) is reads
        assert any(key.startswith("readout.") for key in told["strings"]) is reads


def test_several_kinds_get_the_words_of_each() -> None:
    both = words.of("en", ["lstm", "gru"], header.PREFIXES)
    each = [words.of("en", [kind], header.PREFIXES) for kind in ("lstm", "gru")]
    assert both == each[0] | each[1]


def test_every_note_belongs_to_some_diagram() -> None:
    notes = {key for key in catalogue("en") if key.startswith("diagram.note.")}
    assert notes == words.of("en", KINDS, ("diagram.note.",)).keys()
