"""What all pages share survives the way from one page to any other, set by a link or by hand.

AppTest reads a widget's value from the server. The browser knows only what it is sent: a widget of another
page is new to it, whatever its key, and it shows its own default unless a value comes along. That is what
is looked at here, for each widget of each page.
"""

from itertools import pairwise
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from gates.scenes.links.codec import compress
from gates.scenes.registry import PAGES
from gates.text import translator
from tests.pages.record import same
from tests.pages.visits import files_of, go, opened

TAKE_INPUT = ("lstm", "gru", "rnn", "compare")
KINDS = (
    "selectbox", "button_group", "text_input", "text_area", "number_input", "slider", "select_slider",
    "multiselect", "toggle", "checkbox",
)  # fmt: skip
OWN_DEFAULT = ("train.temperature",)
"""Widgets that belong to no setting of the app and begin from a default at each visit."""
TEXT = "carry me over"


def arrived(app: AppTest) -> dict[str, Any]:
    """The values of the widgets of a page that was just entered, all of which the browser was told."""
    found = {str(one.key): one for kind in KINDS for one in app.get(kind) if one.key}
    untold = [key for key, one in found.items() if not one.proto.set_value and key not in OWN_DEFAULT]
    assert not untold, "the browser shows its own default"
    return {key: one.value for key, one in found.items()}


def check(app: AppTest, end: str, **wanted: str) -> None:
    """Goes to a page and sees that each of the settings that it has a control for shows what is wanted."""
    values = arrived(go(app, end))
    assert values["shared.lang"] == wanted["lang"]
    assert values["shared.notation"] == wanted["notation"]
    if end == "gru":
        assert values["shared.update"] == wanted["update"]
    if end in TAKE_INPUT and "text" in wanted:
        assert values[f"{end}.source"] == "text"
        assert values["shared.text"] == wanted["text"]
        assert values["shared.by"] == wanted["by"]
    for name, value in wanted.items():
        assert app.session_state["shared"][name] == value


APART = (1, 3, 4)
"""How far apart two pages stand in the list that a tour goes between."""


def tour(start: str) -> list[str]:
    """From a page to three others and back each time: what takes an input to what takes none, too."""
    names = list(PAGES)
    others = [names[(names.index(start) + apart) % len(names)] for apart in APART]
    return [name for other in others for name in (other, start)]


def test_the_tours_leave_each_page_for_six_others_and_come_back_from_them() -> None:
    ways = [way for start in PAGES for way in pairwise([start, *tour(start)])]
    assert len(set(ways)) == len(ways) and all(a != b for a, b in ways)
    for ends in zip(*ways, strict=True):
        assert all(ends.count(name) == 2 * len(APART) for name in PAGES)
    kinds = {(a in TAKE_INPUT, b in TAKE_INPUT) for a, b in ways}
    assert len(kinds) == 4


def linked(start: str) -> AppTest:
    """A page by a link that sets all that it can."""
    query = {"lang": "zh", "notation": "row"}
    if start in TAKE_INPUT:
        query |= {"input": "text", "data": compress(TEXT), "by": "words"}
    if start in ("gru", "compare"):
        query["z"] = "write"
    return opened(start, **query)


@pytest.mark.parametrize("start", PAGES)
def test_what_a_link_sets_is_shown_on_other_pages(start: str) -> None:
    """On one that shows all of it; the ways from page to page are the same as for what is clicked."""
    wanted = {"lang": "zh", "notation": "row", "update": "keep"}
    if start in TAKE_INPUT:
        wanted |= {"text": TEXT, "by": "words"}
    if start in ("gru", "compare"):
        wanted["update"] = "write"
    app = linked(start)
    same(app)
    check(app, "compare" if start == "gru" else "gru", **wanted)


@pytest.mark.parametrize("end", ["home", "gru", "train"])
def test_the_way_back_leaves_what_was_chosen_for_all_pages(end: str) -> None:
    app = go(opened("gru", lang="zh", notation="row", z="write"), "lstm")
    app.query_params.update({"lang": "en", "notation": "pytorch", "z": "keep", "preset": "silenced"})
    app.switch_page(f"../../pages/{end}.py").run()
    values = arrived(app)
    assert (values["shared.lang"], values["shared.notation"]) == ("zh", "row")
    if end == "gru":
        assert (values["shared.update"], values["gru.preset"]) == ("write", "silenced")


@pytest.mark.parametrize("start", PAGES)
def test_what_is_clicked_is_shown_on_other_pages_and_on_the_way_back(start: str) -> None:
    app = opened(start, lang="en")
    wanted = {"lang": "zh", "notation": "row", "update": "keep"}
    app.selectbox(key="shared.notation").set_value("row").run()
    app.button_group(key="shared.lang").set_value("zh").run()
    if start in ("gru", "compare"):
        app.button_group(key="shared.update").set_value("write").run()
        wanted["update"] = "write"
    if start in TAKE_INPUT:
        app.selectbox(key=f"{start}.source").set_value("text").run()
        app.text_input(key="shared.text").set_value(TEXT).run()
        app.button_group(key="shared.by").set_value("words").run()
        wanted |= {"text": TEXT, "by": "words"}
    for end in tour(start):
        check(app, end, **wanted)


PANELS = (
    ("lstm", "tab.conventions"),
    ("lab", "tab.takeaway"),
    ("compare", "compare.tab.shapes"),
    ("gradients", "gradients.tab.table"),
    ("train", "train.tab.takeaway"),
)


def on_panel(name: str, panel: str) -> AppTest:
    """A page that opens one of its panels with its next run."""
    app = opened(name, lang="en", **({"scale": "standard"} if name == "lab" else {}))
    app.session_state[f"{name}.tabs"] = translator("en")(panel)
    return app


@pytest.mark.parametrize(("name", "panel"), PANELS)
def test_the_open_panel_stays_open_in_another_language_and_on_the_way_back(
    name: str, panel: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = on_panel(name, panel)
    files = files_of(app, monkeypatch)
    assert files.pop(None) == (f"gatescope-{name}.json", "application/json")
    if name == "lab":
        assert files == {
            "lab.weights": ("gatescope.npz", "application/octet-stream"),
            "lab.trace": ("gatescope.csv", "text/csv"),
            "lab.exercise_file": ("gatescope-exercise.json", "application/json"),
            "lab.code.numpy": ("gatescope_numpy.py", "text/x-python"),
            "lab.code.torch": ("gatescope_torch.py", "text/x-python"),
        }
    same(app)
    app.button_group(key="shared.lang").set_value("zh").run()
    assert app.session_state[f"{name}.tabs"] == translator("zh")(panel)
    go(go(app, "home"), name)
    assert app.session_state[f"{name}.tabs"] == translator("zh")(panel)


def back(app: AppTest, name: str, address: dict[str, str]) -> AppTest:
    """The browser's *back*, which brings the address of a page as it was written last."""
    app.query_params.clear()
    app.query_params.update(address)
    app.switch_page(f"../../pages/{name}.py").run()
    return app


def test_back_leads_to_what_was_typed_before_the_address_said_so_and_to_the_choice_before_the_last() -> None:
    address = {"lang": "en", "input": "text", "data": compress("before"), "through": "random", "step": "3"}
    app = opened("lstm", **address)
    app.text_input(key="shared.text").set_value("left at once").run()
    assert back(go(app, "glossary"), "lstm", address).text_input(key="shared.text").value == "left at once"
    written = {**address, "data": compress("left at once")}
    app.query_params.update(written)
    app.selectbox(key="lstm.through").set_value("trained-characters").run()
    assert back(go(app, "glossary"), "lstm", written).selectbox(key="lstm.through").value == "random"
    assert back(go(app, "glossary"), "lstm", address).text_input(key="shared.text").value == "before"
