"""An exported file: what it holds, what it leaves out, and that nothing in it is more than it should be."""

import base64
import hashlib
import json
import re
import subprocess
import sys
import tomllib
from functools import cached_property
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import numpy as np
import pytest
from packaging.requirements import Requirement

from gates import __version__, paths
from gates.examples.presets.registry import PRESETS, preset
from gates.export import bundle, page, states
from gates.export.bundle import Reach
from gates.export.packed import unpacked
from gates.export.states import ExportError
from gates.scenes import compact
from gates.scenes.linking import LinkError
from gates.scenes.links import codec
from gates.text import LANGUAGES, translator
from gates.text.escape import json_in_html
from tests.node import NODE
from tests.text.hostile import HOSTILE, in_parts

LATCH = "/lstm?preset=latch&step=4&lang=zh"
LARGEST = 350_000
"""Bytes of the file of a step page."""


def opened(told: dict[str, Any]) -> Any:
    """The data of a file as its script takes them out."""
    data = json.loads(unpacked(told.pop("packed")))
    words = data.pop("words")
    named = {lang: dict(zip(words["keys"], texts, strict=True)) for lang, texts in words["texts"].items()}
    return told | data | {"strings": named}


class Parsed(HTMLParser):
    """A file as a browser reads it: its elements with their attributes, and the texts in them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, str] = {}
        self.inside = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.inside = "data" if dict(attrs).get("id") == "gatescope" else tag

    def handle_endtag(self, tag: str) -> None:
        self.inside = ""

    def handle_data(self, data: str) -> None:
        self.texts[self.inside] = self.texts.get(self.inside, "") + data

    @cached_property
    def data(self) -> Any:
        told = json.loads(self.texts["data"])
        return opened(told) if "packed" in told else told


def numbers(body: str, entries: list[dict[str, Any]]) -> bytes:
    """The bytes of arrays, which lie in a file by their place in a number."""
    size = 4 if all("offset" not in entry or entry.get("single") for entry in entries) else 8
    return np.frombuffer(unpacked(body), dtype=np.uint8).reshape(size, -1).T.tobytes()


def arrays(data: Any, run: int, language: str) -> dict[str, np.ndarray]:
    """The numbers of a run in a file, read as the stage reads them."""
    told = data["runs"][run]
    entries = (told["common"] | told["own"][language])["arrays"]
    body = numbers(data["bodies"][told["body"][language]], entries)
    return {
        entry["name"]: np.frombuffer(
            body, "<f4" if entry.get("single") else "<f8", int(np.prod(entry["shape"])), entry["offset"]
        ).reshape(entry["shape"])
        for entry in entries
        if "offset" in entry
    }


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


@pytest.mark.parametrize(
    "text",
    [
        *HOSTILE,
        "</script>",
        "</SCRIPT ",
        "<!--",
        "<script>",
        "]]>",
        "\u2028\u2029",
        "\ud800",
        "&lt;",
        "\\u003c",
    ],
)
def test_json_in_html_ends_nothing_and_says_what_it_said(text: str) -> None:
    written = json_in_html({text: [text]})
    written.encode()
    assert not re.search("[<>&\u2028\u2029]", written)
    assert json.loads(written) == {text: [text]}


def test_json_in_html_refuses_what_json_cannot_say() -> None:
    with pytest.raises(ValueError):
        json_in_html([float("nan")])


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
        ([LATCH] * (most + 1), "export.many", {"most": most}),
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
            page.build([LATCH], address)
        assert (found.value.key, found.value.values) == ("export.site", {"address": address})


# The script


LSTM = Reach(frozenset({"lstm"}), frozenset())


def test_a_file_holds_only_the_modules_that_its_states_reach() -> None:
    sources = {
        path.relative_to(paths.ASSETS).as_posix(): path.read_text(encoding="utf-8")
        for folder in bundle.FOLDERS
        for path in (paths.ASSETS / folder).rglob("*.js")
    }
    one = set(bundle.reachable(LSTM, sources))
    assert bundle.ENTRY in one
    left_out = {"stage/belt/lanes/rnn.js", "stage/diagram/gru.js", "stage/belt/folded/modern.js"}
    assert not one & (left_out | {name for names in bundle.PLUGINS.values() for name in names})
    more = set(bundle.reachable(Reach(frozenset({"lstm", "gru", "mingru"}), frozenset({"readout"})), sources))
    assert {"stage/diagram/gru.js", "stage/belt/folded/modern.js", "stage/readout/readout.js"} <= more
    assert "stage/belt/lanes/rnn.js" not in more
    stamped = {path.relative_to(paths.ASSETS).as_posix() for path, _ in bundle.stamp()}
    sheets = {name for name in stamped if name.endswith(".css")}
    assert stamped == sources.keys() | sheets and "stage/stage.css" in sheets


def test_a_file_asks_where_its_link_does_and_brings_what_asks_only_then() -> None:
    for guess in ("", "&guess=draw"):
        html = page.build([f"/lstm?preset=latch&step=2&lang=en{guess}"])
        run, data = Parsed(html).data["runs"][0], Parsed(html).data
        assert run["at"]["guess"] == ("draw" if guess else None)
        assert run["common"].get("guesses", False) is bool(guess)
        assert ("guess.question.draw" in data["strings"]["zh"]) is bool(guess)
        assert ("gs-guess-plot" in html) is bool(guess)


def run_node(script: str) -> str:
    return subprocess.run([NODE, "-"], input=script, capture_output=True, text=True, check=True).stdout


MODULES = {
    "file/file.js": 'import { add, twice as double } from "../stage/a.js";\n'
    'import * as b from "./b.js";\n'
    'import { mount } from "../stage/lab/lab.js";\n'  # of a plug-in that no run calls for
    'const late = await import("./b.js");\n'
    "console.log(add(1, double(2)), b.text, new b.Thing().say(), mount, late === b);\n",
    "file/b.js": "const add = 5; // another module's name\nexport const text = `a  ${`b  ${add}`}`;\n"
    'export class Thing {\n  say() {\n    return "</script><!--  x";\n  }\n}\n',
    "stage/a.js": 'import {\n  one,\n} from "./deep/one.js";\n'
    "export function add(x, y) {\n  return x + y + one;\n}\n"
    "export const twice = (x) => 2 * x;\n",
    "stage/deep/one.js": "export const one = 1;\n",
}
SAID = "6 a  b  5 </script><!--  x undefined true\n"


def test_linked_modules_do_what_they_did_as_modules() -> None:
    linked = bundle.linked(LSTM, MODULES)
    assert "</script" not in linked
    assert "<!--" not in linked
    assert run_node(linked) == SAID


@pytest.mark.parametrize(
    "source",
    [
        'import "./b.js";\n',
        'export { a } from "./b.js";\n',
        'import a from "./b.js";\n',
        "export let a = 1;\n",
    ],
)
def test_a_form_of_import_that_the_linker_does_not_know_is_refused(source: str) -> None:
    with pytest.raises(LinkError):
        bundle.linked(LSTM, {"file/file.js": source, "file/b.js": "const a = 1;\n"})


WHOLE = Reach(frozenset({"lstm", "gru", "rnn", "slstm"}), frozenset(bundle.PLUGINS))


def test_the_whole_script_parses(tmp_path: Path) -> None:
    for number, reach in enumerate((LSTM, WHOLE)):
        script = tmp_path / f"{number}.js"
        script.write_text(bundle.script(reach), encoding="utf-8")
        subprocess.run([NODE, "--check", script], check=True)


def test_without_the_package_that_shortens_names_a_file_is_larger_and_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where there is no wheel of it, as for Apple's processors, nothing that is installed may ask for it."""
    given = tomllib.loads((paths.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pinned = (paths.ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    found = [
        Requirement(line)
        for lines in (given["dependencies"], *given["optional-dependencies"].values(), pinned)
        for line in lines
        if line.startswith("tdewolff-minify")
    ]
    assert len(found) == 2
    for one in found:
        assert one.marker
        for system, machine, has_wheel in (
            ("darwin", "arm64", False),
            ("darwin", "x86_64", True),
            ("win32", "ARM64", False),
            ("win32", "AMD64", True),
            ("linux", "aarch64", True),
        ):
            asked = one.marker.evaluate({"sys_platform": system, "platform_machine": machine})
            assert asked == has_wheel, (system, machine)

    short = bundle.script(WHOLE)
    monkeypatch.setattr(
        bundle, "_linked", bundle._linked.__wrapped__
    )  # neither remembers what it made with it
    monkeypatch.setattr(bundle, "_minified", compact.minified)
    monkeypatch.setitem(sys.modules, "minify", None)
    text = bundle.script(WHOLE)
    assert len(text) > 1.2 * len(short)
    script = tmp_path / "file.js"
    script.write_text(text, encoding="utf-8")
    subprocess.run([NODE, "--check", script], check=True)
    assert run_node(bundle.linked(LSTM, MODULES)) == SAID
