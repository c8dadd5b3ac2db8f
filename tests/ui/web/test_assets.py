import gzip
import json
import re
from itertools import pairwise
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from gates import paths
from gates.scenes import compact, header, linking, modules, scene
from gates.scenes.state import State
from gates.text import LANGUAGES, subset, translator
from gates.ui.web import server
from gates.ui.web.static import assets


def client() -> TestClient:
    pages = [
        Route("/page", lambda _: HTMLResponse("<head><p>ä")),
        Route("/plain", lambda _: PlainTextResponse("")),
    ]
    return TestClient(Starlette(routes=[*assets.routes(), *pages], middleware=list(server.middleware())))


def sent(path: str) -> Any:
    return json.loads(client().get(path).content)


def everything() -> dict[str, Any]:
    """The base, and each chunk by the module that it is imported for."""
    base = sent(modules.modules_path())
    places = {
        place: name
        for file in (base, *map(chunk, base["late"].values()))
        for place, name, _ in file["modules"]
    }
    return {"": base} | {places[int(place)]: chunk(file) for place, file in base["late"].items()}


def chunk(file: str) -> Any:
    return sent(f"{modules.PREFIX}/{modules.version()}/{file}")


NOW, LATER = r"= \$m\[(\d+)\];", r"\bawait \$late\((\d+)\)"
"""How a module names another one that it imports at once, and later."""
TAKEN = re.compile(r"^const \{ (.*) \} = \$m\[(\d+)\];", re.MULTILINE)


def missing(linked: list[Any]) -> list[tuple[str, str]]:
    """What modules take from others that do not export it: in a function that is no error, but undefined."""
    exported = {place: text.rpartition("return {")[2] for place, _, text in linked}
    return [
        (name, own)
        for _, name, text in linked
        for names, place in TAKEN.findall(text)
        for own in names.split(", ")
        if f" {own.partition(':')[0]}: " not in exported[int(place)]
    ]


BASE = 110_000
"""Bytes of the base as a browser gets it, gzipped."""


def test_the_base_is_small_and_holds_what_no_step_page_can_do_without():
    told = client().get(modules.modules_path())
    assert len(gzip.compress(told.content)) <= BASE
    names = {name for _, name, _ in told.json()["modules"]}
    left_out = (
        "lab/",
        "backward/",
        "film/",
        "readout/",
        "belt/kinds/",
        "unrolled/",
        "engine/forward",
        "guess/",
    )
    assert not {name for name in names if name.startswith(left_out)}
    cells, drawn = ("lstm", "gru", "rnn", "modern"), ("belt/lanes", "belt/folded", "diagram")
    assert not names & {f"{folder}/{cell}.js" for folder in drawn for cell in cells}
    assert {"mount.js", "shell/shell.js", "score/score.js", "belt/belt.js", "belt/lanes/thin.js"} <= names
    styles = "".join(text for _, text in told.json()["styles"])
    for sheet, there in (("belt/belt.css", True), ("lab/lab.css", False), ("film/film.css", False)):
        text = compact.style((paths.STAGE / sheet).read_text(encoding="utf-8"))
        assert (text in styles) is there, sheet


def test_every_module_comes_once_after_what_it_imports_and_with_its_styles():
    files = everything()
    linked = sorted(module for file in files.values() for module in file["modules"])
    names = [name for _, name, _ in linked]
    assert [place for place, _, _ in linked] == list(range(len(names)))
    assert names[files[""]["start"]] == names[-1] == "stage.js"
    sources = modules.sources()
    assert sorted(names) == sorted(linking.reachable(sources))
    assert {"engine/forward.js", "engine/backward.js"} <= set(names)
    for place, name, text in linked:
        now, later = ({names[int(at)] for at in re.findall(form, text)} for form in (NOW, LATER))
        assert now | later == set(linking.imports(name, sources[name]))
        assert all(names.index(other) < place for other in now), name
        assert later <= files.keys()
    assert sum(len(TAKEN.findall(text)) for _, _, text in linked) > 300 and not missing(linked)
    in_base = {name for _, name, _ in files[""]["modules"]}
    for start, file in files.items():
        own = {name for _, name, _ in file["modules"]} | in_base
        assert start == "" or start in own
        for _, name, text in file["modules"]:
            assert {names[int(at)] for at in re.findall(NOW, text)} <= own, (start, name)
    styles = sorted((place, text) for file in files.values() for place, text in file["styles"])
    text = "\n".join(text for _, text in styles)
    sheets = {path.relative_to(paths.STAGE).as_posix(): path for path in paths.STAGE.rglob("*.css")}
    at = {name: text.index(compact.style(path.read_text("utf-8"))) for name, path in sheets.items()}
    assert at["stage.css"] == 0
    assert at["lab/lab.css"] < at["lab/challenge.css"] < at["lab/editor/editor.css"]
    for name in sheets:
        folder = name.rpartition("/")[0]
        homes = [
            start
            for start, file in files.items()
            if any(name.startswith(f"{folder}/") for _, name, _ in file["modules"])
        ]
        if folder and homes:
            assert any(
                compact.style(sheets[name].read_text("utf-8")) in part
                for _, part in files[homes[0]]["styles"]
            ), name


def test_the_words_of_a_part_come_with_it_and_with_no_run():
    state = State("lstm", preset="latch")
    sent = header.describe("lstm", state, translator("en"), scene.build(state))["strings"]
    for start, prefixes in modules.WORDS.items():
        words = json.loads(modules.packed_file(start.removesuffix(".js").replace("/", "-") + ".json"))[
            "words"
        ]
        assert words == {language: subset(language, prefixes) for language in LANGUAGES}
        assert all(words.values())
        assert not any(key.startswith(prefixes) for key in sent)
    assert "stage.view.diagram" in sent


def test_what_two_chunks_need_is_in_the_base():
    small = {
        "stage.js": 'import "./a.js";\nb = await import("./b.js");\nc = await import("./c.js");\n',
        "a.js": 'const d = await import("./d.js");\n',
        "b.js": 'import "./shared.js";\nimport "./own.js";\n',
        "c.js": 'import "./shared.js";\nconst a = await import("./a.js");\n',
        "d.js": "",
        "own.js": "",
        "shared.js": 'import "./deep.js";\n',
        "deep.js": "",
    }
    parts = linking.split_chunks(small)
    assert parts.base == {"stage.js", "a.js", "shared.js", "deep.js"}
    assert parts.chunks == {"b.js": {"b.js", "own.js"}, "c.js": {"c.js"}, "d.js": {"d.js"}}


def test_a_module_becomes_a_function_of_what_it_imports_that_returns_what_it_exports():
    small = {
        "top.js": 'import { a } from "./one/a.js";\nrun("./one/a.js");\nexport default a;\n',
        "one/a.js": "export const a = 1;\nexport async function* wait() {}\nexport default class Late {}\n",
        "one/b.js": """import {
  a as other,
  wait,
} from "./a.js";
import * as c from "../one/./deep/c.js"; // from "./none.js"
/** @param {import("../top.js").Top} top */
const late = async () => (await import("./a.js")).a;
const b = other;
export { b, late as later };
""",
        "one/deep/c.js": 'import { a } from "../a.js";\nexport const text = `from "./b.js"`;\nawait a;\n',
    }
    linked = dict(linking.link(small))
    names = list(linked)
    assert names.index("one/a.js") < names.index("one/deep/c.js") < names.index("one/b.js")
    a, c = (names.index(name) for name in ("one/a.js", "one/deep/c.js"))
    assert linked == {
        "top.js": f"""(() => {{
const {{ a: a }} = $m[{a}];
run("./one/a.js");
const $default = a;
return {{ default: $default }};
}})()""",
        "one/a.js": """(() => {
const a = 1;
async function* wait() {}
class Late {}
return { a: a, wait: wait, default: Late };
})()""",
        "one/b.js": f"""(() => {{
const {{ a: other, wait: wait }} = $m[{a}];
const c = $m[{c}]; // from "./none.js"
/** @param {{import("../top.js").Top}} top */
const late = async () => (await $late({a})).a;
const b = other;
return {{ b: b, later: late }};
}})()""",
        "one/deep/c.js": f"""await (async () => {{
const {{ a: a }} = $m[{a}];
const text = `from "./b.js"`;
await a;
return {{ text: text }};
}})()""",
    }


@pytest.mark.parametrize(
    ("sources", "message"),
    [
        (
            {"lab/a.js": 'import { b } from "../core/b.js";'},
            "lab/a.js imports core/b.js, but there is no such module.",
        ),
        ({"a.js": 'const b = await import("./b.js");'}, "a.js imports b.js, but there is no such module."),
        (
            {"core/a.js": 'export * from "../../b.js";'},
            "core/a.js imports ../../b.js, which lies outside the stage.",
        ),
        ({"a.js": 'import "./a.js";'}, "These modules import each other: a.js → a.js."),
        (
            {"a.js": "export let a = 1;\n"},
            "a.js has a form of import or export that is not known here: export let a = 1;",
        ),
    ],
)
def test_modules_that_cannot_be_linked_are_named(sources: dict[str, str], message: str):
    with pytest.raises(linking.LinkError) as refused:
        linking.link(sources)
    assert str(refused.value) == message


def test_a_circle_is_told_in_the_order_of_its_imports():
    circle = {"a.js": 'import "./b.js";', "b.js": 'import "./c/c.js";', "c/c.js": 'import "../a.js";'}
    with pytest.raises(linking.LinkError) as refused:
        linking.link(circle)
    told = str(refused.value).removeprefix("These modules import each other: ").removesuffix(".").split(" → ")
    assert len(told) == 4 and told[0] == told[-1]
    assert all(after in linking.imports(before, circle[before]) for before, after in pairwise(told))


def test_what_is_named_by_version_is_kept_and_the_page_names_it():
    browser = client()
    assert "immutable" in browser.get(modules.modules_path()).headers["cache-control"]
    file = browser.get(f"{modules.PREFIX}/{modules.version()}/stage/stage.js")
    assert file.status_code == 200
    assert "immutable" in file.headers["cache-control"]
    page = browser.get("/page", headers={"accept": "text/html,*/*"})
    assert page.headers["link"].startswith(f"<{modules.modules_path()}>; rel=preload;")
    assert "belt-kinds" not in page.headers["link"]
    assert "link" not in browser.get("/plain", headers={"accept": "text/html,*/*"}).headers


@pytest.mark.parametrize(
    ("path", "chunks"),
    [
        ("/lstm", ["belt/kinds/lstm.js"]),
        ("/course/gru", ["belt/kinds/gru.js"]),
        ("/", ["belt/kinds/lstm.js"]),
        ("/lab", ["lab/lab.js", "belt/kinds/lstm.js", "belt/kinds/gru.js", "belt/kinds/rnn.js"]),
        ("/train", []),
    ],
)
def test_a_page_names_what_its_own_stage_will_ask_for(path: str, chunks: list[str]):
    app = Starlette(
        routes=[*assets.routes(), Route(path, lambda _: HTMLResponse("<head>"))],
        middleware=server.middleware(),
    )
    browser = TestClient(app)
    named = browser.get(path, headers={"accept": "text/html,*/*"}).headers["link"].split(", ")
    wanted = [modules.modules_path(), *map(modules.chunk_path, chunks)]
    assert named == [f"<{each}>; rel=preload; as=fetch; crossorigin=anonymous" for each in wanted]
    for each in wanted:
        assert browser.get(each).status_code == 200
        assert "immutable" in browser.get(each).headers["cache-control"]


@pytest.mark.parametrize(
    ("page", "base", "start", "folder"),
    [
        ("course", modules.COURSE_BASE, modules.COURSE_START, modules.COURSE),
        ("lecture", modules.LECTURE_BASE, modules.LECTURE_START, modules.LECTURE),
    ],
)
def test_an_app_brings_its_own_modules_with_the_stages_and_no_page_brings_both(page, base, start, folder):
    browser = TestClient(
        Starlette(
            routes=[*assets.routes(), Route(f"/{page}", lambda _: HTMLResponse("<head>"))],
            middleware=server.middleware(),
        )
    )
    path = modules.modules_path(base)
    named = browser.get(f"/{page}", headers={"accept": "text/html"}).headers["link"]
    assert named == f"<{path}>; rel=preload; as=fetch; crossorigin=anonymous"
    first = browser.get(path).json()
    parts = [
        first,
        *(
            browser.get(f"{modules.PREFIX}/{modules.version()}/{file}").json()
            for file in first["late"].values()
        ),
    ]
    names = {place: name for place, name, _ in first["modules"]}
    everything = {name for part in parts for _, name, _ in part["modules"]}
    assert names[first["start"]] == start
    own = {f"{page}/{name}" for name in modules.sources(folder)}
    assert own <= everything, "all of them, none is left over"
    assert "stage/mount.js" in everything and "stage/lab/lab.js" not in names.values()
    assert all(part["modules"] for part in parts)
    assert not missing([each for part in parts for each in part["modules"]])
    styles = "".join(text for part in parts for _, text in part["styles"])
    for sheet in (paths.STAGE / "stage.css", folder / f"{page}.css"):
        assert compact.style(sheet.read_text(encoding="utf-8")) in styles
    assert modules.loader(base).count(path) == 1


def test_a_page_begins_with_what_must_hold_before_streamlits_script():
    page = client().get("/page", headers={"accept": "text/html"}).text
    assert page.startswith("<head><script>(() => {\nwindow.__streamlit = {")
    assert page.endswith("})();</script><p>ä")
    assert "//" not in page, "no comment travels, and none ends a line of code"
    assert client().get("/page", headers={"accept": "application/json"}).text == "<head><p>ä"


def test_the_loader_fetches_the_version_that_is_served():
    assert modules.modules_path() in modules.loader()
    assert "{modules}" not in modules.loader()


def test_nothing_outside_the_assets_can_be_fetched():
    for path in ("../app.py", "..%2fapp.py", "%2e%2e/%2e%2e/etc/passwd"):
        assert client().get(f"{modules.PREFIX}/x/{path}").status_code in (400, 404)


def rules(style: str) -> list[str]:
    """The selectors of a style sheet, parted at their commas, those in at-rules and nested ones too."""
    style = re.sub(r"/\*.*?\*/|@[^{;]*[{;]", "", style, flags=re.S)
    lists = (head.rpartition("}")[2].rpartition(";")[2].strip() for head in style.split("{")[:-1])
    return [one.strip() for each in lists for one in re.split(r",(?![^(\[]*[)\]])", each)]


def names_its_subject(selector: str) -> bool:
    """Whether the element that a selector styles has a class, an attribute, an id or a type of its own."""
    while (bare := re.sub(r":(?!is|where|root)[\w-]+(\([^()]*\))?", "", selector)) != selector:
        selector = bare
    subject = re.split(r"(?<![(,\s])\s*[\s>+~]\s*(?![^(]*\))", selector)[-1]
    return re.search(r"[\w\]#&]", re.sub(r":(is|where)", "", subject)) is not None


@pytest.mark.parametrize(
    ("selector", "named"),
    [
        ('body:has([data-a="b"]) .row > :first-child', False),
        ("body:has(.a) .row *", False),
        ("body:has(.a) .row > :nth-child(2n):not(:last-child)", False),
        ("body:has(.a) .row > .b:first-child", True),
        ('.a:has(> .b:not([hidden])) [data-c="d"]', True),
        (".a:has(> .b) :is(.c, .d)", True),
        (".a:not(:has(> .b[open]))", True),
    ],
)
def test_a_selector_that_names_no_subject_is_recognised(selector: str, named: bool) -> None:
    assert names_its_subject(selector) is named


def test_an_element_that_comes_does_not_have_the_whole_page_styled_again() -> None:
    """A browser looks for what ``:has()`` may change by the subject's names; without, it is every element."""
    looked = {
        (path.name, selector): names_its_subject(selector)
        for path in paths.ASSETS.rglob("*.css")
        for selector in rules(path.read_text(encoding="utf-8"))
        if ":has(" in selector
    }
    assert len(looked) > 20
    assert [where for where, named in looked.items() if not named] == []
