"""The stage in another site's page: what is sent, to whom, and what is said where there is none."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urljoin

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient
from streamlit import config

from gates.export import embedded, page
from gates.export.states import EXPORTED
from gates.text import translator
from gates.ui.web import server
from gates.ui.web.page import Page
from gates.ui.web.requests.fair_queue import Limits
from gates.ui.web.requests.headers import Guard
from gates.ui.web.routes import embed
from tests.export.files import Parsed

LATCH = "/embed/lstm?lang=zh&preset=latch&step=3"
HTML = {"accept": "text/html,*/*"}


def browser(limits: Limits | None = None) -> TestClient:
    middleware = [Middleware(Guard), Middleware(Page)]
    return TestClient(Starlette(routes=[*embed.routes(limits)], middleware=middleware), headers=HTML)


def rules(answer) -> dict[str, str]:
    return dict(rule.partition(" ")[::2] for rule in answer.headers["content-security-policy"].split("; "))


def test_it_is_the_state_of_the_link_with_its_script_and_styles_beside_it():
    asked = browser()
    answer = asked.get(LATCH)
    assert answer.status_code == 200
    shown = Parsed(answer.text)
    data, exported = shown.data, Parsed(page.build(["/lstm?lang=zh&preset=latch&step=3"])).data
    (run,), (other,) = data["runs"], exported["runs"]
    assert run.pop("common") == other.pop("common") | {"guesses": True}  # here there is room for them
    assert run == other
    assert data["bodies"] == exported["bodies"]
    assert (data["lang"], data["embed"], data["theme"], data["site"]) == ("zh", True, None, "..")
    t = translator("zh")
    assert shown.texts["title"] == f"{run['title']['zh']} · Gatescope"
    assert shown.texts["noscript"] == t("export.noscript")
    assert Parsed(asked.get(f"{LATCH}&theme=dark").text).data["theme"] == "dark"
    refused = Parsed(asked.get(f"{LATCH}&theme=blue{'!' * 40}").text)
    wrong = t("export.value", name="theme", value=f"blue{'!' * 36}", allowed="light, dark")
    assert (refused.texts["p"], refused.texts["title"]) == (wrong, "Gatescope")
    (script,) = [attrs["src"] for tag, attrs in shown.elements if tag == "script" and "src" in attrs]
    (sheet,) = [attrs["href"] for tag, attrs in shown.elements if attrs.get("rel") == "stylesheet"]
    for address, kind, piece in (
        (script, "text/javascript", "postMessage("),
        (sheet, "text/css", ".gs-stage"),
    ):
        got = asked.get(urljoin(f"http://testserver{LATCH}", address))
        assert got.status_code == 200
        assert got.headers["content-type"].startswith(kind)
        assert piece in got.text
        assert got.headers["content-encoding"] in ("br", "gzip"), "as the browser takes it"
        assert "immutable" in got.headers["cache-control"]


def test_frames_are_open_here_and_nowhere_else_and_it_is_a_stranger_to_the_app():
    asked = browser()
    answer = asked.get(LATCH)
    assert "x-frame-options" not in answer.headers
    told = rules(answer)
    assert told == {
        "default-src": "'none'", "script-src": "'self'", "style-src": "'self'", "img-src": "data:",
        "base-uri": "'none'", "form-action": "'none'",
        "sandbox": "allow-scripts allow-popups allow-popups-to-escape-sandbox",
    }  # fmt: skip
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert "set-cookie" not in answer.headers
    assert "frame-ancestors" not in rules(asked.get("/embed/course"))
    assert "frame-ancestors 'none'" in asked.get("/lstm").headers["content-security-policy"]


def test_a_browser_asks_again_and_gets_nothing_new():
    asked = browser()
    first = asked.get(LATCH)
    assert first.headers["cache-control"] == "no-cache"
    for known in (first.headers["etag"], f'"another", {first.headers["etag"]},"third"'):
        again = asked.get(LATCH, headers={"if-none-match": known})
        assert (again.status_code, again.content) == (304, b"")
    other = asked.get(LATCH.replace("step=3", "step=4"), headers={"if-none-match": first.headers["etag"]})
    assert other.status_code == 200


def test_a_class_that_opens_one_page_has_it_made_once():
    limits = Limits(tab_rate=0.001, address_rate=0.001)  # what one page costs takes hours to save up
    with browser(limits) as asked, ThreadPoolExecutor(8) as readers:
        found = list(readers.map(lambda _: asked.get(LATCH).status_code, range(30)))
        assert found == [200] * 30
        busy = asked.get(LATCH.replace("latch", "delay"))
        elsewhere = TestClient(asked.app, client=("elsewhere", 1), headers=HTML)
        assert elsewhere.get(LATCH.replace("latch", "delay")).status_code == 200
    assert busy.status_code == 429
    assert translator("zh")("export.busy") in busy.text
    assert int(busy.headers["retry-after"]) > 0


@pytest.mark.parametrize(
    ("address", "status", "key"),
    [
        ("course", 404, "export.page.embed"),
        ("train?run=elsewhere", 422, "export.run"),
        ("nowhere", 404, "export.link"),
        ("lstm?preset=none", 422, "export.value"),
        ("lstm?theme=blue", 422, "export.value"),
        ("lstm?input=text&data=@@@", 422, "link.data"),
        ("lstm?data=" + "a" * 20_000, 422, "export.link.long"),
        ("gru?preset=<b>x</b>", 422, "export.value"),
    ],
)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_bad_link_gets_a_sentence_in_its_language(address, status, key, language):
    answer = browser().get(f"/embed/{address}{'&' if '?' in address else '?'}lang={language}")
    assert answer.status_code == status
    shown = Parsed(answer.text)
    assert shown.texts["p"].startswith(translator(language).catalogue[key].partition("{")[0])
    assert [tag for tag, _ in shown.elements] == [
        "html",
        "head",
        "meta",
        "meta",
        "link",
        "title",
        "body",
        "p",
    ]
    assert "script" not in rules(answer).get("sandbox", "none")


def test_scripts_of_other_names_are_not_there():
    asked = browser()
    name = re.search(r'src="code/([^"]+)\.js"', asked.get(LATCH).text)[1]
    digest, kinds, plugins = name.split("-")
    assert (kinds, plugins) == ("lstm", "embed+guesses+lecture")
    assert asked.get(f"/embed/code/{name}.js").status_code == 200
    for wrong in (
        f"{digest[::-1]}-{kinds}-{plugins}.js", f"{digest}-gru-{plugins}.js", f"{digest}-{kinds}-.js",
        f"{digest}-{kinds}-{plugins}+lab.js", f"{digest}-none-{plugins}.js", f"{name}.map", "x.js",
    ):  # fmt: skip
        assert asked.get(f"/embed/code/{wrong}").status_code == 404, wrong


def test_it_stands_below_the_path_of_the_app(monkeypatch):
    asked = config.get_option
    monkeypatch.setattr(
        config, "get_option", lambda name: "/course/" if name == "server.baseUrlPath" else asked(name)
    )
    client = browser()
    assert client.get(f"/course{LATCH}").status_code == 200
    assert client.get(LATCH).status_code == 404


@pytest.mark.parametrize(
    ("link", "address"),
    [
        ("https://host/lstm?a=1&b=%22", "https://host/embed/lstm?a=1&b=%22"),
        ("https://host/course/LSTM", "https://host/course/embed/lstm"),
        ("https://host:8501/?lang=zh", "https://host:8501/embed/home?lang=zh"),
        ("https://host/course", None),
    ],
)
def test_the_line_to_paste_leads_there(link, address):
    line = embedded.line(link)
    if address is None:
        assert line is None
        return
    ((tag, attributes),) = Parsed(line).elements
    assert (tag, attributes["src"]) == ("iframe", address)
    assert attributes["sandbox"] == "allow-scripts allow-popups allow-popups-to-escape-sandbox"
    page = address.partition("?")[0].rpartition("/")[2]
    assert {name: value for name, value in attributes.items() if name not in ("src", "sandbox")} == {
        "allow": "fullscreen", "loading": "lazy", "width": "100%", "height": str(embedded.HEIGHTS[page]),
        "style": "display:block;border:0", "title": f"Gatescope: {page}",
    }  # fmt: skip


def test_every_page_that_can_be_framed_has_a_height():
    assert set(embedded.HEIGHTS) == set(EXPORTED)


def test_the_line_of_share_opens():
    ((_, attributes),) = Parsed(
        embedded.line("http://testserver/lab?begin=challenge&challenge=hold") or ""
    ).elements
    answer = browser().get(attributes["src"])
    assert answer.status_code == 200
    assert json.dumps(Parsed(answer.text).data["runs"][0]["lab"]["challenge"]["cell"]) == '"lstm"'


def test_the_servers_own_middleware_leaves_it_as_it_is():
    asked = TestClient(Starlette(routes=[*embed.routes()], middleware=server.middleware()), headers=HTML)
    answer = asked.get(LATCH)
    assert "<script>" not in answer.text and "__streamlit" not in answer.text
    assert "link" not in answer.headers
