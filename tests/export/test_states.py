"""What a file holds of a state: title, cells and parts of the stage; and which links are refused."""

from typing import Any
from urllib.parse import urlencode

import pytest

from gates.examples.notation import kinds as cells
from gates.examples.notation.letters import symbols
from gates.examples.presets.registry import PRESETS, preset
from gates.export import page, states
from gates.export.bundle import Reach
from gates.export.stages import trainings
from gates.export.states import ExportError
from gates.figures.palette import DARK, LIGHT
from gates.scenes.links import codec
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


KNOWN = {"pages": ", ".join(f"/{name}" for name in states.EXPORTED)}


LONG, SHORT = "n" * 60, "n" * 59


@pytest.mark.parametrize(
    ("link", "key", "values"),
    [
        ("/nowhere", "export.link", {"link": "/nowhere", "page": "nowhere"} | KNOWN),
        ("javascript:alert(1)", "export.link", {"link": "javascript:alert(1)"}),
        ("https://", "export.link", {"link": "https://"}),
        ("http://[", "export.link", {"link": "http://["}),
        ("/course", "export.page", {"link": "/course", "page": "course"} | KNOWN),
        ("/train?run=elsewhere", "export.run", {}),
        (
            "/lstm?preset=nothing",
            "export.value",
            {
                "name": "preset",
                "value": "nothing",
                "allowed": codec.offered(", ".join(one.id for one in PRESETS["lstm"]), "nothing"),
            },
        ),
        ("/lstm?step=1.5", "export.value", {"name": "step", "value": "1.5", "allowed": "1 … 1000"}),
        (f"/{LONG}", "export.link", {"link": f"/{LONG[2:]}…", "page": LONG} | KNOWN),
        (f"/{SHORT}", "export.link", {"link": f"/{SHORT}", "page": SHORT} | KNOWN),
        ("/lstm?input=text&data=@@@", "link.data", {}),
        ("/lstm?" + "a" * 20_000, "export.link.long", {}),
    ],
)
def test_a_bad_link_gets_one_sentence(link: str, key: str, values: dict[str, str]) -> None:
    with pytest.raises(ExportError) as found:
        page.build([link])
    assert (found.value.key, found.value.values) == (key, values)
    for language in LANGUAGES:
        sentence = translator(language)(found.value.key, **found.value.values)
        assert "\n" not in sentence and "{" not in sentence


def test_the_advice_of_a_bad_link_works() -> None:
    advice = translator("en")("export.link", link="x")
    page.build([advice.rpartition(" as ")[2].rstrip(".")])


def test_none_and_too_many_states_are_refused_and_so_is_a_large_run() -> None:
    most = states.MOST_STATES
    for links, key, values in (
        ([], "export.none", {}),
        (["/lstm"] * (most + 1), "export.many", {"most": most}),
    ):
        with pytest.raises(ExportError) as found:
            page.build(links)
        assert (found.value.key, found.value.values) == (key, values)
    typed = codec.compress("\n".join(["0.1 0.2"] * 900))
    with pytest.raises(ExportError) as found:
        page.build(
            [f"/lstm?{urlencode({'input': 'numbers', 'units': 64, 'through': 'random', 'data': typed})}"]
        )
    assert found.value.key == "export.large"
    assert found.value.values == {"steps": 900, "units": 64}


@pytest.mark.parametrize(
    ("link", "site"),
    [
        ("/lstm", None),
        ("https://gates.example.org/lstm?step=2", "https://gates.example.org"),
        ("http://host:8501/course/LSTM", "http://host:8501/course"),
        ("https://host/", "https://host"),
        ("https://host/course/?lang=zh", "https://host/course"),  # home, where the app has a path of its own
    ],
)
def test_the_way_back_leads_to_where_the_link_came_from(link: str, site: str | None) -> None:
    assert states.open_link(link).site == site


def test_a_site_that_is_none_is_refused() -> None:
    for address in ("gates.example.org", "javascript:alert(1)", "https://"):
        with pytest.raises(ExportError) as found:
            page.build(["/lstm"], address)
        assert (found.value.key, found.value.values) == ("export.site", {"address": address})
