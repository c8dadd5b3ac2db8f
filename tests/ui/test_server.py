import socket

from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from gates.ui import assets, server


def test_connections_send_at_once_even_on_a_socket_that_names_no_protocol():
    with socket.socket(socket.AF_INET) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        assert listener in server.listeners()
        server.send_at_once(listener)
        with socket.create_connection(listener.getsockname()):
            connection, _ = listener.accept()
            with connection:
                assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    assert listener not in server.listeners()


def test_a_lasting_file_is_read_once_and_sent_alike_ever_after():
    asked: list[str] = []

    def lasting(request):
        asked.append(request.headers.get("accept-encoding", ""))
        return PlainTextResponse("body " * 300, headers={"cache-control": "public, immutable"})

    def passing(request):
        asked.append("passing")
        return PlainTextResponse("now")

    routes = [Route("/static/a.1f.js", lasting), Route("/static/b.js", passing)]
    browser = TestClient(Starlette(routes=routes, middleware=list(server.middleware())))
    first, second = browser.get("/static/a.1f.js"), browser.get("/static/a.1f.js")
    assert first.content == second.content
    assert first.headers == second.headers
    assert len(asked) == 1
    assert browser.get("/static/a.1f.js", headers={"accept-encoding": "identity"}).content == first.content
    assert len(asked) == 2, "one that cannot unpack is not sent what is packed"
    browser.get("/static/a.1f.js", headers={"range": "bytes=0-3"})
    assert len(asked) == 3
    for _ in range(2):
        assert browser.get("/static/b.js").text == "now"
    assert asked[-2:] == ["passing", "passing"]
    assert browser.get("/static/none.js").status_code == 404


def test_memory_has_an_end(monkeypatch):
    monkeypatch.setattr(server, "MEMORY", 3)
    browser = TestClient(Starlette(routes=assets.routes(), middleware=list(server.middleware())))
    for _ in range(2):
        assert browser.get(assets.modules_path()).status_code == 200


def test_the_home_page_is_found_by_its_name_too():
    browser = TestClient(Starlette(routes=list(server.routes())), follow_redirects=False)
    assert browser.get("/home").headers["location"] == "/"
    assert browser.get("/home?lang=zh&step=3").headers["location"] == "/?lang=zh&step=3"
