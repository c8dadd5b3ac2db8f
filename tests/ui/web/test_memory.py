import asyncio
import gzip

import brotli
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from gates.ui.web.static import compression
from gates.ui.web.static.memory import Memory

TEXT = "body " * 300


def browser(routes, **options):
    memory = Middleware(Memory, **options)
    app = Starlette(routes=routes, middleware=[memory])
    return TestClient(app)


def lasting(path, asked, type_="text/javascript"):
    def answer(request):
        asked.append(request.headers.get("accept-encoding"))
        return PlainTextResponse(
            TEXT, media_type=type_, headers={"cache-control": "public, immutable", "etag": "1"}
        )

    return Route(path, answer)


def raw(client, path, accepted):
    """The body as it came over the wire, and its coding."""
    with client.stream("GET", path, headers={"accept-encoding": accepted}) as answer:
        return b"".join(answer.iter_raw()), answer.headers


def test_a_lasting_file_is_read_once_and_packed_as_the_browser_takes_it():
    asked = []
    client = browser([lasting("/static/a.1f.js", asked)])
    for _ in range(2):
        body, headers = raw(client, "/static/a.1f.js", "gzip, deflate, br")
        assert headers["content-encoding"] == "br"
        assert brotli.decompress(body).decode() == TEXT
        assert int(headers["content-length"]) == len(body) < 100
        assert body == brotli.compress(TEXT.encode(), quality=9), "smaller ones take ten times as long"
        body, headers = raw(client, "/static/a.1f.js", "gzip")
        assert headers["content-encoding"] == "gzip"
        assert gzip.decompress(body).decode() == TEXT
        body, headers = raw(client, "/static/a.1f.js", "identity")
        assert "content-encoding" not in headers
        assert body.decode() == TEXT
        assert headers["vary"] == "Accept-Encoding"
        assert headers["cache-control"] == "public, immutable"
        assert "etag" not in headers, "it would be that of another coding"
    assert asked == [None]


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("br;q=0, gzip", "gzip"),
        ("gzip;q=0.5", "gzip"),
        ("BR", "br"),
        ("", ""),
        ("deflate", ""),
        ("gzip; q=0.0", ""),
    ],
)
def test_the_coding_is_one_that_was_offered(accepted, coding):
    headers = Response(headers={"accept-encoding": accepted}).headers
    assert compression.coding(headers, "text/css", 5000) == coding
    assert compression.coding(headers, "font/woff2", 5000) == ""
    assert compression.coding(headers, "text/css", 100) == ""


def test_what_may_change_is_passed_on():
    asked = []

    def passing(request):
        asked.append(request.method)
        return PlainTextResponse("now")

    client = browser([Route("/static/b.js", passing), lasting("/elsewhere/a.js", asked)])
    for _ in range(2):
        assert client.get("/static/b.js").text == "now"
        assert client.get("/elsewhere/a.js").text == TEXT
    assert len(asked) == 4
    assert client.get("/static/none.js").status_code == 404


def test_a_file_has_one_spelling():
    asked = []
    client = browser([lasting("/static/{path:path}", asked)])
    memory = client.app.build_middleware_stack()
    client = TestClient(memory)
    for path in ("/static/%2E/a.js", "/static//a.js", "/static/.a.js", "/static/a.js/"):
        client.get(path)
    assert find(memory).files == {}
    client.get("/static/a.js")
    assert list(find(memory).files) == ["/static/a.js"]


@pytest.mark.parametrize("accepted", ["gzip", "identity"])
def test_memory_has_an_end(accepted):
    client = browser([lasting("/static/{path:path}", [])], largest=4 * len(TEXT))
    memory = client.app.build_middleware_stack()
    client = TestClient(memory)
    for number in range(20):
        assert client.get(f"/static/{number}.js", headers={"accept-encoding": accepted}).text == TEXT
        kept = find(memory)
        held = sum(len(file.body) + sum(map(len, file.packed.values())) for file in kept.files.values())
        assert held <= kept.size <= 4 * len(TEXT)
        if accepted == "identity":
            assert held == kept.size == (number % 4 + 1) * len(TEXT), "four are kept, and then none of them"


def test_a_file_is_changed_once():
    changed = []

    def change(path, body):
        changed.append(path)
        return body.upper()

    client = browser([lasting("/static/a.woff2", [], "font/woff2")], change=change)
    for _ in range(3):
        assert client.get("/static/a.woff2").text == TEXT.upper()
    assert changed == ["/static/a.woff2"]


async def get(app, path, *heard):
    """The messages of an answer to a browser of which the server then hears these, the last one for good."""
    scope = {"type": "http", "method": "GET", "path": path, "headers": [], "asgi": {"spec_version": "2.3"}}
    scope |= {"query_string": b"", "root_path": "", "http_version": "1.1", "scheme": "http"}
    heard, sent = list(heard), []

    async def receive():
        await asyncio.sleep(0)
        return heard.pop(0) if len(heard) > 1 else heard[0]

    async def send(message):
        sent.append(message)

    await app(scope, receive, send)
    return sent


def test_a_browser_that_leaves_while_a_file_is_read_spoils_it_for_nobody(tmp_path):
    file = tmp_path / "a.js"
    file.write_text(TEXT * 1000)

    def answer(request):
        return FileResponse(file, media_type="text/javascript", headers={"cache-control": "immutable"})

    memory = Memory(Starlette(routes=[Route("/static/a.js", answer)]))
    gone = {"type": "http.disconnect"}
    asyncio.run(get(memory, "/static/a.js", {"type": "http.request"}, gone))
    start, body = asyncio.run(get(memory, "/static/a.js", {"type": "http.request"}, gone))
    assert start["status"] == 200
    assert body["body"].decode() == TEXT * 1000


def test_an_answer_that_breaks_off_is_not_kept():
    async def broken(scope, receive, send):
        headers = [(b"cache-control", b"immutable"), (b"content-type", b"text/javascript")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"half", "more_body": True})

    memory = Memory(broken)
    assert asyncio.run(get(memory, "/static/a.js", {"type": "http.request"})) == []
    assert memory.files == {}


def find(stack):
    """The middleware inside Starlette's own."""
    while not isinstance(stack, Memory):
        stack = stack.app
    return stack
