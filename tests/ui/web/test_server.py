import asyncio
import re
import socket
from base64 import b64encode
from hashlib import sha256

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from streamlit.web.server.starlette import starlette_server

from gates.ui.web import latency
from gates.ui.web.page import Page
from gates.ui.web.requests import headers
from gates.ui.web.requests.addresses import Addresses


def test_connections_send_at_once_even_on_a_socket_that_names_no_protocol():
    with socket.socket(socket.AF_INET) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        assert listener in latency.send_at_once()
        with socket.create_connection(listener.getsockname()):
            connection, _ = listener.accept()
            with connection:
                assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    assert listener not in latency.send_at_once()


def test_streamlits_socket_still_names_no_protocol():
    """Where this fails, delete gates/ui/web/latency.py: Nagle's algorithm is then off without it."""

    async def nodelay() -> int:
        found: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        class Accepts(asyncio.Protocol):
            def connection_made(self, transport):
                accepted = transport.get_extra_info("socket")
                found.set_result(accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))

        listener = starlette_server._bind_socket("127.0.0.1", 0, 1)
        async with await asyncio.get_running_loop().create_server(Accepts, sock=listener):
            with socket.create_connection(listener.getsockname()):
                return await found

    assert asyncio.run(nodelay()) == 0


def test_a_page_is_found_in_capitals_and_the_home_page_by_its_name():
    app = Starlette(routes=[Route("/{rest:path}", lambda _: PlainTextResponse("page"))])
    browser = TestClient(Addresses(app), follow_redirects=False)
    found = {
        "/LSTM?preset=latch&data=a%2Bb%26c": "/lstm?preset=latch&data=a%2Bb%26c",
        "/Train": "/train",
        "/lstm/?step=3": "/lstm?step=3",
        "/home": "/",
        "/Home?lang=zh&step=3": "/?lang=zh&step=3",
    }
    for asked, address in found.items():
        answer = browser.get(asked)
        assert (answer.status_code, answer.headers["location"]) == (307, address)
    for untouched in ("/", "/lstm?step=3", "/lstms", "/XLSTM", "/_stcore/health", "/static/LSTM"):
        assert browser.get(untouched).text == "page"


@pytest.fixture(scope="module")
def app():
    """The app as it is served, with Streamlit's own routes and middleware behind ours."""
    from app import app

    return TestClient(app._build_starlette_app())


def test_every_answer_says_what_it_may_be_used_for(app):
    for path in (
        "/",
        "/lstm",
        "/_stcore/health",
        "/static/none.js",
        "/home",
        "/runs",
        "/assets/x/stage.json",
    ):
        answer = app.get(path, headers={"accept": "text/html"}, follow_redirects=False)
        assert answer.headers["x-content-type-options"] == "nosniff", path
        assert answer.headers["referrer-policy"] == "same-origin", path


def test_a_page_runs_only_its_own_scripts(app):
    page = app.get("/lstm", headers={"accept": "text/html"})
    policy = dict(rule.split(" ", 1) for rule in page.headers["content-security-policy"].split("; "))
    scripts = re.findall("<script>(.*?)</script>", page.text, re.DOTALL)
    hashes = [b64encode(sha256(script.encode()).digest()).decode() for script in scripts]
    assert len(hashes) == 2
    assert policy == {
        "default-src": "'none'",
        "script-src": " ".join(["'self' blob:", *(f"'sha256-{one}'" for one in hashes)]),
        "worker-src": "'self' blob:", "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:", "media-src": "'self' data: blob:", "font-src": "'self' data:",
        "connect-src": "'self' data: blob:", "manifest-src": "'self'", "base-uri": "'none'",
        "form-action": "'none'", "object-src": "'none'", "frame-src": "'none'", "frame-ancestors": "'self'",
    }  # fmt: skip


def test_a_page_that_comes_in_parts_is_changed_as_a_whole():
    async def parts(scope, receive, send):
        await send(
            {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]}
        )
        for text in (b"<html><he", b"ad>", b"</head></html>"):
            await send({"type": "http.response.body", "body": text, "more_body": text != b"</head></html>"})

    page = TestClient(Page(parts)).get("/lstm", headers={"accept": "text/html"})
    assert re.fullmatch(r"<html><head><script>.*</script></head></html>", page.text, re.DOTALL)


def test_what_is_no_page_may_do_nothing(app):
    for path in ("/_stcore/health", "/runs", "/media/x.svg"):
        assert app.get(path).headers["content-security-policy"] == headers.STRICT, path


def test_sites_that_the_owner_names_may_show_the_app_in_a_frame(monkeypatch):
    monkeypatch.setenv(
        headers.FRAMES, "https://moodle.example.org http://localhost:8080 *; script-src javascript:"
    )
    assert headers.frames() == "'self' https://moodle.example.org http://localhost:8080"


@pytest.mark.parametrize("path", ["/_stcore/metrics", "/_stcore/metrics/", "/lstm/_stcore/metrics"])
def test_metrics_are_closed_unless_they_are_asked_for(app, monkeypatch, path):
    answer = app.get(path)
    assert (answer.status_code, answer.text) == (404, "Not Found")
    if path == "/_stcore/metrics":
        monkeypatch.setenv(headers.METRICS, "1")
        assert "# EOF" in app.get(path).text
