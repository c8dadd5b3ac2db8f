import json
import re

from starlette.applications import Starlette
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from gates.ui import assets, server


def client() -> TestClient:
    pages = [
        Route("/page", lambda _: HTMLResponse("<head><p>ä")),
        Route("/plain", lambda _: PlainTextResponse("")),
    ]
    return TestClient(Starlette(routes=[*assets.routes(), *pages], middleware=list(server.middleware())))


def test_all_modules_come_in_one_file_each_after_what_it_imports():
    sent = json.loads(client().get(assets.modules_path()).content)
    modules = sent["modules"]
    assert all(path.read_text(encoding="utf-8") in sent["styles"] for path in assets.STAGE.glob("*.css"))
    files = {path.name: path.read_text(encoding="utf-8") for path in assets.STAGE.glob("*.js")}
    order = [name for name, _ in modules]
    written = {
        name: "".join(f"./{order[piece]}" if isinstance(piece, int) else piece for piece in pieces)
        for name, pieces in modules
    }
    assert written == files
    seen: set[str] = set()
    for name, source in written.items():
        imported = set(re.findall(r'^(?:import|export)[^"]*from "\./([\w-]+\.js)"', source, re.MULTILINE))
        assert imported <= seen, name
        seen.add(name)


def test_what_is_named_by_version_is_kept_and_the_page_names_it():
    browser = client()
    assert "immutable" in browser.get(assets.modules_path()).headers["cache-control"]
    file = browser.get(f"{assets.PREFIX}/{assets.version()}/stage/stage.js")
    assert file.status_code == 200
    assert "immutable" in file.headers["cache-control"]
    page = browser.get("/page", headers={"accept": "text/html,*/*"})
    assert assets.modules_path() in page.headers["link"]
    assert "link" not in browser.get("/plain", headers={"accept": "text/html,*/*"}).headers


def test_a_page_knows_where_its_server_is():
    page = client().get("/page", headers={"accept": "text/html"}).text
    assert page.startswith("<head><script>window.__streamlit=")
    assert page.endswith("</script><p>ä")
    assert client().get("/page", headers={"accept": "application/json"}).text == "<head><p>ä"


def test_the_loader_fetches_the_version_that_is_served():
    assert assets.modules_path() in assets.loader()
    assert "{modules}" not in assets.loader()


def test_nothing_outside_the_assets_can_be_fetched():
    for path in ("../app.py", "..%2fapp.py", "%2e%2e/%2e%2e/etc/passwd"):
        assert client().get(f"{assets.PREFIX}/x/{path}").status_code in (400, 404)
