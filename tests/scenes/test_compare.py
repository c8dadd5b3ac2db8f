"""What the transport of a comparison is told."""

import pytest

from gates.examples.comparisons import COMPARISONS
from gates.scenes import compare
from gates.scenes.links.compare import CompareState
from gates.scenes.registry import PAGES
from gates.text import LANGUAGES, translator


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("shown", ["latch", None])
def test_the_list_on_a_filled_screen_has_every_comparison_and_keeps_what_was_chosen_for_all_pages(
    language: str, shown: str | None
) -> None:
    t = translator(language)
    state = CompareState(
        lang=language, notation="pytorch", update="write", source="preset" if shown else "text",
        preset=shown or "first", text="ABA", columns=("rnn", "gru-before"), hidden=3,
    )  # fmt: skip
    told = compare.transport_fields(compare.columns(state, t), state, t)["examples"]
    assert told["shown"] == shown
    assert list(told["titles"]) == list(COMPARISONS)
    assert len(set(told["titles"].values())) == len(COMPARISONS)
    for preset in told["titles"]:
        opened, _, problems = PAGES["compare"].read({**told["params"], "preset": preset})
        assert not problems
        assert opened == CompareState(lang=language, notation="pytorch", update="write", preset=preset)
