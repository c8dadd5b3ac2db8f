"""What a file holds of a state: its title, and the cells and parts of the stage that its runs call for."""

from typing import Any

import pytest

from gates.examples.notation import kinds as cells
from gates.examples.notation.letters import symbols
from gates.examples.presets.registry import preset
from gates.export import states
from gates.export.bundle import Reach
from gates.export.stages import trainings
from gates.figures.palette import DARK, LIGHT
from gates.scenes.links.codec import compress
from gates.scenes.links.train import TrainState
from gates.text import LANGUAGES, Translator, translator

OWN = f"input=text&data={compress('aba')}"
LARGE = f"input=text&through=random&units=64&data={compress('abc' * 30)}"
ALL = {"lstm", "gru", "rnn"}
LAB = {"lab", "gradient", "lecture"}
BACK = {"gradient", "asks", "lecture"}
ANY = {"belt", "diagram", "export", "inspector", "score", "signal", "stage", "table", "unrolled"}
"""What the keys begin with of the words that every file has."""
MORE = {
    "guesses": {"guess"},
    "readout": {"readout"},
    "gradient": {"gradient", "readout"},
    "lab": {"lab", "challenge"},
    "film": {"film"},
}
"""And those that the parts of the stage bring along."""


def named(kind: str, name: str, t: Translator) -> str:
    return f"{kind.upper()} · {preset(kind, name).name(t)}"  # type: ignore[arg-type]


STATES: dict[str, tuple[set[str], set[str], Any]] = {
    "/?preset=locker": ({"lstm"}, {"lecture"}, lambda t: named("lstm", "locker", t)),
    "/lstm?preset=latch&guess=draw": ({"lstm"}, {"guesses"}, lambda t: named("lstm", "latch", t)),
    "/lstm?preset=latch&guess=draw&lecture=dark": (
        {"lstm"},
        {"guesses", "lecture"},
        lambda t: named("lstm", "latch", t),
    ),
    "/gru?preset=trained-characters": (
        {"gru"},
        {"again", "readout", "lecture"},
        lambda t: named("gru", "trained-characters", t),
    ),
    f"/lstm?{LARGE}": ({"lstm"}, {"again", "drawn", "lecture"}, lambda t: f"LSTM · {t('input.source.text')}"),
    "/rnn?preset=latch": ({"rnn"}, {"bar", "lecture"}, lambda t: named("rnn", "latch", t)),
    "/lab?cell=gru&preset=latch": (ALL, LAB, lambda t: named("gru", "latch", t)),
    "/lab?begin=scratch": (ALL, LAB, lambda t: f"LSTM · {t('page.lab.title')}"),
    "/lab?begin=challenge&challenge=hold": (ALL, LAB, lambda t: t("challenge.hold.title")),
    "/lab?begin=exercise&exercise=hkust": (
        ALL,
        LAB,
        lambda t: f"LSTM · {t('exercise.hkust.title')}",
    ),
    "/compare?preset=reset": (
        ALL,
        {"bar", "lecture"},
        lambda t: f"{t('page.compare.nav')} · {t('compare.preset.reset')}",
    ),
    "/compare?preset=reset&guess=values": (
        ALL,
        {"bar", "guesses"},
        lambda t: f"{t('page.compare.nav')} · {t('compare.preset.reset')}",
    ),
    f"/compare?cells=rnn,mingru&units=2&{OWN}": (
        {"rnn", "mingru"},
        {"bar", "lecture"},
        lambda t: f"{t('page.compare.nav')} · {t('compare.source.text')}",
    ),
    "/gradients?T=9&units=2&cell=gru": ({"gru"}, BACK, lambda t: f"{t('page.gradients.nav')} · GRU"),
    "/gradients?T=9&units=2&input=letters&loss=every": (
        {"lstm"},
        BACK | {"readout"},
        lambda t: f"{t('page.gradients.nav')} · LSTM",
    ),
    "/gradients?demo=latch&T=5": (
        {"rnn"},
        BACK,
        lambda t: f"{t('page.gradients.nav')} · {t('gradients.demo.latch')}",
    ),
    "/train": (
        {"lstm"},
        {"film", "lecture"},
        lambda t: f"{t('page.train.nav')} · {trainings(TrainState(), t)[0].title}",
    ),
}


@pytest.mark.parametrize("link", STATES)
def test_it_brings_what_its_runs_call_for_under_the_title_of_its_page(link: str) -> None:
    kinds, plugins, title = STATES[link]
    one = states.open_link(f"https://host/below{link}")
    run = states.packed(one, {}, guesses=one.position.guess is not None)
    assert run["title"] == {language: title(translator(language)) for language in LANGUAGES}
    assert states.reach([run]) == Reach(frozenset(kinds), frozenset(plugins))
    assert (run["path"], one.site) == (link.partition("?")[0], "https://host/below")
    assert not {"examples", "strings", "palette"} & {*run["common"], *run["own"]["en"]}
    assert ("lab" in run) is (plugins == LAB)
    brought = set().union(*(MORE.get(name, set()) for name in plugins))
    brought |= {"holds"} if {"bar", "guesses"} <= plugins else set()
    for texts in states.words(states.reach([run]))["strings"].values():
        assert {key.partition(".")[0] for key in texts} == ANY | brought
    if "drawn" in plugins:
        carried = {entry["name"] for entry in run["common"]["arrays"]}
        assert carried == {"x", "b", "initial_hidden", "initial_cell"}


def test_the_colours_and_every_word_of_a_stage_travel_once() -> None:
    told = states.words(states.reach([states.packed(states.open_link("/gru?preset=latch"), {})]))
    assert told["palette"] == {"light": dict(LIGHT), "dark": dict(DARK)}


def test_an_edit_in_a_file_is_answered_in_the_letters_that_were_chosen() -> None:
    run = states.packed(states.open_link("/lab?cell=gru&preset=latch&notation=row&z=write"), {})
    found = run["lab"]
    assert found["kinds"] == {
        f"{kind} {reset}": {
            "description": cells.described(kind),
            "symbols": dict(symbols(kind, "row", "write", reset).labels),
        }
        for kind, reset in (("lstm", "after"), ("gru", "after"), ("gru", "before"), ("rnn", "after"))
    }
    said = {language: preset("gru", "latch").description(translator(language)) for language in LANGUAGES}
    assert found["elsewhere"] == {
        language: translator(language)("preset.elsewhere", said=text) for language, text in said.items()
    }
    assert found["challenge"] is None
    assert run["own"]["en"]["lab"]["file"] is True
    asked = states.packed(states.open_link("/lab?begin=challenge&challenge=hold"), {})
    assert asked["own"]["en"]["lab"]["challenge"]["standalone"] is True
