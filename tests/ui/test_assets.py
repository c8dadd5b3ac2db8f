import json
from itertools import pairwise

import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from gates import paths
from gates.scenes import compact, modules
from gates.ui.web import assets, server


def client() -> TestClient:
    pages = [
        Route("/page", lambda _: HTMLResponse("<head><p>ä")),
        Route("/plain", lambda _: PlainTextResponse("")),
    ]
    return TestClient(Starlette(routes=[*assets.routes(), *pages], middleware=list(server.middleware())))


def test_all_modules_come_in_one_file_each_after_what_it_imports():
    sent = json.loads(client().get(modules.modules_path()).content)
    linked = sent["modules"]
    sheets = {path.relative_to(paths.STAGE).as_posix(): path for path in paths.STAGE.rglob("*.css")}
    at = {
        name: sent["styles"].index(compact.style(path.read_text(encoding="utf-8")))
        for name, path in sheets.items()
    }
    assert at["stage.css"] == 0
    assert at["lab/lab.css"] < at["lab/challenge.css"] < at["lab/editor/editor.css"]
    names = [name for name, _ in linked]
    assert names[-1] == "stage.js"
    assert sorted(names) == sorted(modules.reached(modules.sources()))
    assert "engine/forward.js" in names and "engine/backward.js" not in names  # no page runs that yet
    seen: set[str] = set()
    for name, pieces in linked:
        imported = [names[piece] for piece in pieces if isinstance(piece, int)]
        assert imported == modules.imports(name, modules.sources()[name])
        assert set(imported) <= seen, name
        seen.add(name)


def test_a_module_is_cut_where_it_names_another_and_nowhere_else():
    small = {
        "top.js": 'import { a } from "./one/a.js";\nimport "./one/deep/c.js";\nrun("./one/a.js");\n',
        "one/a.js": "export const a = 1;\n",
        "one/b.js": """export {
  a,
} from "./a.js";
import * as c from "../one/./deep/c.js"; // from "./none.js"
/** @param {import("../top.js").Top} top */
const late = async () => (await import("./a.js")).a;
""",
        "one/deep/c.js": 'import { a } from "../a.js";\nexport const text = `from "./b.js"`;\n',
    }
    linked = modules.link(small)
    names = [name for name, _ in linked]
    put = {
        name: "".join(f"<{names[p]}>" if isinstance(p, int) else p for p in pieces) for name, pieces in linked
    }
    assert put == {
        "top.js": 'import { a } from "<one/a.js>";\nimport "<one/deep/c.js>";\nrun("./one/a.js");\n',
        "one/a.js": small["one/a.js"],
        "one/b.js": """export {
  a,
} from "<one/a.js>";
import * as c from "<one/deep/c.js>"; // from "./none.js"
/** @param {import("../top.js").Top} top */
const late = async () => (await import("<one/a.js>")).a;
""",
        "one/deep/c.js": 'import { a } from "<one/a.js>";\nexport const text = `from "./b.js"`;\n',
    }
    assert names.index("one/a.js") < names.index("one/deep/c.js") < names.index("one/b.js")


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
    ],
)
def test_modules_that_cannot_be_linked_are_named(sources: dict[str, str], message: str):
    with pytest.raises(modules.LinkError) as refused:
        modules.link(sources)
    assert str(refused.value) == message


def test_a_circle_is_told_in_the_order_of_its_imports():
    circle = {"a.js": 'import "./b.js";', "b.js": 'import "./c/c.js";', "c/c.js": 'import "../a.js";'}
    with pytest.raises(modules.LinkError) as refused:
        modules.link(circle)
    told = str(refused.value).removeprefix("These modules import each other: ").removesuffix(".").split(" → ")
    assert len(told) == 4 and told[0] == told[-1]
    assert all(after in modules.imports(before, circle[before]) for before, after in pairwise(told))


def test_what_is_named_by_version_is_kept_and_the_page_names_it():
    browser = client()
    assert "immutable" in browser.get(modules.modules_path()).headers["cache-control"]
    file = browser.get(f"{modules.PREFIX}/{modules.version()}/stage/stage.js")
    assert file.status_code == 200
    assert "immutable" in file.headers["cache-control"]
    page = browser.get("/page", headers={"accept": "text/html,*/*"})
    assert modules.modules_path() in page.headers["link"]
    assert "link" not in browser.get("/plain", headers={"accept": "text/html,*/*"}).headers


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
