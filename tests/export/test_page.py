"""An exported file: what it holds, what it leaves out, and that nothing in it is more than it should be."""

import base64
import hashlib
import re
from urllib.parse import urlencode

import numpy as np
import pytest

from gates import __version__
from gates.examples.presets.registry import PRESETS, preset
from gates.export import bundle, page, states
from gates.export.bundle import Reach
from gates.scenes.links import codec
from gates.text import LANGUAGES, translator
from tests.export.files import LARGEST, Parsed, arrays
from tests.text.hostile import HOSTILE, in_parts

LATCH = "/lstm?preset=latch&step=4&lang=zh"


def test_a_file_asks_for_nothing() -> None:
    parsed = Parsed(page.build([LATCH], "https://gates.example.org"))
    asked = [
        (tag, name, value)
        for tag, attributes in parsed.elements
        for name, value in attributes.items()
        if name in ("src", "href", "srcset", "action", "data", "poster", "style")
    ]
    assert asked == [("link", "href", "data:,")]
    assert not re.search(r"url\(|@import|@font-face", parsed.data["style"])
    assert "style" not in parsed.texts
    script = parsed.texts["script"]
    assert not re.search(
        r"\bfetch\(|XMLHttpRequest|WebSocket|sendBeacon|\bimport\s*\(|\beval\(|new Function|createObjectURL",
        script,
    )
    assert set(re.findall(r"https?://[^\"'`\s]+", script)) == {"http://www.w3.org/2000/svg"}
    assert parsed.data["site"] == "https://gates.example.org"
    t = translator("zh")
    assert parsed.data["old"] == t("export.old") and parsed.data["version"] == __version__
    assert parsed.texts["title"] == f"{parsed.data['runs'][0]['title']['zh']} · Gatescope"
    assert parsed.texts["noscript"] == t("export.noscript")
    told = {
        attributes["name"]: attributes["content"]
        for tag, attributes in parsed.elements
        if "name" in attributes
    }
    assert told == {
        "viewport": "width=device-width, initial-scale=1",
        "referrer": "no-referrer",
        "generator": f"Gatescope {__version__}",
    }


def test_its_policy_allows_its_own_script_alone() -> None:
    parsed = Parsed(page.build([LATCH]))
    policy = next(
        a["content"] for tag, a in parsed.elements if a.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy is not None
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    digest = base64.b64encode(hashlib.sha256(parsed.texts["script"].encode()).digest()).decode()
    assert rules.pop("script-src") == f"'sha256-{digest}'"
    assert rules == {
        "default-src": "'none'", "img-src": "data:", "base-uri": "'none'", "form-action": "'none'",
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["lstm", "gru", "rnn"])
def test_the_file_of_each_example_is_small_and_holds_the_run_of_numpy(kind: str) -> None:
    for one in PRESETS[kind]:  # type: ignore[index]
        reset = f"&reset={one.reset}" if kind == "gru" else ""
        text = page.build([f"/{kind}?preset={one.id}{reset}"])
        assert len(text.encode()) <= LARGEST, one.id
        if one.id.startswith("trained"):
            assert len(page.build([f"/{kind}?preset={one.id}{reset}&guess=draw"]).encode()) <= LARGEST, one.id
        data = Parsed(text).data
        if data["runs"][0]["common"].get("again"):  # tests/export/test_recompute.py
            continue
        cell = one.build(one.bounded_values({}), one.reset)
        for language in LANGUAGES:
            trace = cell.run(one.sequence_for(translator(language)).x)
            found = arrays(data, 0, language)
            for name in {*trace.signals} - ({"x"} - found.keys()):  # one-hot inputs are sent as columns
                assert np.array_equal(found[name], getattr(trace, name)), (one.id, name)
            for name in ("W", "U", "b"):
                assert np.array_equal(found[name], getattr(cell, name)), (one.id, name)


def test_weights_are_sent_in_half_the_bytes_where_that_is_exact_and_nobody_edits_them() -> None:
    def single(link: str) -> set[str]:
        (run,) = Parsed(page.build([link])).data["runs"]
        return {entry["name"] for entry in run["common"]["arrays"] if entry.get("single")}

    assert single("/lstm?preset=trained-parity") == {"W", "U", "b", "initial_hidden", "initial_cell"}
    assert single("/lab?preset=latch") == set()


def test_words_travel_in_both_languages_and_what_is_the_same_once() -> None:
    data = Parsed(page.build([LATCH])).data
    assert data["lang"] == "zh"
    assert set(data["strings"]) == set(LANGUAGES)
    (run,) = data["runs"]
    for language in LANGUAGES:
        t = translator(language)
        assert data["strings"][language]["stage.signs"] == t.catalogue["stage.signs"]
        assert preset("lstm", "latch").name(t) in run["title"][language]
        assert run["own"][language]["lang"] == language
    assert set(run["own"]["en"]) == set(run["own"]["zh"])
    assert not set(run["own"]["en"]) & set(run["common"])
    assert run["body"] == {"en": 0, "zh": 0}
    assert run["at"]["step"] == 3


def test_a_file_holds_only_the_words_that_something_in_it_says() -> None:
    """What is said below a file depends on how it was made, and of each way there is a file here."""
    ways = {
        "/lstm?preset=latch": {""},
        "/lstm?preset=trained-characters": {"", ".again"},
        "/lab": {"", ".lab"},
        "/gradients?T=9&units=2": {"", ".back"},
        "/train": {"", ".film"},
    }
    for link, wanted in ways.items():
        for texts in Parsed(page.build([link])).data["strings"].values():
            made = "export.file.made"
            assert {key.removeprefix(made) for key in texts if key.startswith(made)} == {*wanted, ".own"}, (
                link
            )
            assert not any(key.startswith("export.file.show.") for key in texts)
    embedded = states.words(Reach(frozenset({"lstm"}), frozenset({"embed", "lab"})))["strings"]["zh"]
    assert {"export.file.made.embed", "export.file.made.embed.lab"} <= embedded.keys()
    assert "export.file.made.embed.film" not in embedded
    assert (
        "export.file.show.back"
        in states.words(Reach(frozenset({"gru"}), frozenset({"show"})))["strings"]["en"]
    )


def test_a_sequence_in_the_readers_words_has_a_run_for_each_language() -> None:
    data = Parsed(page.build(["/lstm?preset=not_good"])).data
    (run,) = data["runs"]
    assert run["own"]["en"]["tokens"] != run["own"]["zh"]["tokens"]
    assert run["body"]["en"] != run["body"]["zh"]


def test_states_whose_titles_are_alike_are_told_apart_by_number() -> None:
    def titles(*links: str) -> list[list[str]]:
        runs = Parsed(page.build(links)).data["runs"]
        return [[run["title"][language] for run in runs] for language in LANGUAGES]

    for one, two in titles(LATCH, "/lstm?preset=latch&sharpness=0.5"):
        assert (one[:4], two[:4]) == ("1 · ", "2 · ") and one[4:] == two[4:]
    assert not any(title[0].isdigit() for both in titles(LATCH, "/gru?preset=latch") for title in both)


def test_several_states_share_the_stage() -> None:
    single = page.build([LATCH])
    data = Parsed(both := page.build([LATCH, "/gru?preset=latch"])).data
    assert [run["common"]["cell"] for run in data["runs"]] == ["lstm", "gru"]
    assert [run["path"] for run in data["runs"]] == ["/lstm", "/gru"]
    assert len(both) < 1.2 * len(single)


@pytest.mark.parametrize("texts", in_parts([text for text in HOSTILE if text], 10))
def test_what_a_person_typed_stays_text(texts: list[str]) -> None:
    def parsed(typed: str) -> Parsed:
        asked = {"input": "text", "through": "random", "data": codec.compress(typed)}
        return Parsed(page.build([f"/lstm?{urlencode(asked)}"]))

    typed = "ab".join(texts).replace("\ud800", "\ufffd")  # half of a pair cannot be typed, nor be in a link
    found, expected = parsed(f"{typed}ab"), parsed("ab")
    assert [tag for tag, _ in found.elements] == [tag for tag, _ in expected.elements]
    assert found.texts["script"] == bundle.script(states.reach(found.data["runs"]))
    assert "".join(found.data["runs"][0]["common"]["tokens"][-2:]) == "ab"


# The script


def test_a_file_asks_where_its_link_does_and_brings_what_asks_only_then() -> None:
    for guess in ("", "&guess=draw"):
        html = page.build([f"/lstm?preset=latch&step=2&lang=en{guess}"])
        run, data = Parsed(html).data["runs"][0], Parsed(html).data
        assert run["at"]["guess"] == ("draw" if guess else None)
        assert run["common"].get("guesses", False) is bool(guess)
        assert ("guess.question.draw" in data["strings"]["zh"]) is bool(guess)
        assert ("gs-guess-plot" in html) is bool(guess)
