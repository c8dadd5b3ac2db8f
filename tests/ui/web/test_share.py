"""The link to hand on: where others reach the page, and its QR code."""

from urllib.parse import unquote

import pytest
import segno
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit import config

from gates.ui.web.routes import share

PAGE = "/lstm?lang=zh&preset=latch&step=3"


@pytest.fixture(autouse=True)
def nobody_configured_it(monkeypatch):
    monkeypatch.delenv(share.CONFIGURED, raising=False)


def listening(monkeypatch, address):
    asked = config.get_option
    monkeypatch.setattr(
        config, "get_option", lambda name: address if name == "server.address" else asked(name)
    )


def test_a_page_that_is_reached_from_elsewhere_keeps_its_address(monkeypatch):
    listening(monkeypatch, "localhost")
    for base in ("https://gates.example.org", "http://192.168.1.20:8501", "http://[2001:db8::7]:8501"):
        found = share.shared(base + PAGE)
        assert (found["link"], found["here"]) == (base + PAGE, False)


@pytest.mark.parametrize("base", ["http://127.0.0.1:8501", "http://localhost:8501", "http://[::1]:8501"])
def test_this_machines_own_address_is_warned_of_until_the_server_is_opened(monkeypatch, base):
    listening(monkeypatch, "localhost")
    assert share.shared(base + PAGE)["link"] == base + PAGE
    assert share.shared(base + PAGE)["here"]
    listening(monkeypatch, "0.0.0.0")  # what the warning advises
    monkeypatch.setattr(share.socket, "socket", lambda *_: Probe())
    found = share.shared(base + PAGE)
    assert (found["link"], found["here"]) == (f"http://10.1.2.3:8501{PAGE}", False)


class Probe:
    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def connect(self, address):
        pass

    def getsockname(self):
        return "10.1.2.3", 40000


def test_a_configured_address_stands_before_all_others(monkeypatch):
    monkeypatch.setenv(share.CONFIGURED, "https://gates.example.org/")
    listening(monkeypatch, "0.0.0.0")
    assert share.shared(f"http://127.0.0.1:8501{PAGE}")["link"] == f"https://gates.example.org{PAGE}"


def test_the_code_is_of_the_link_as_it_is_handed_on(monkeypatch):
    monkeypatch.setenv(share.CONFIGURED, "https://gates.example.org")
    sent = share.shared(f"http://127.0.0.1:8501{PAGE}")["code"]
    wanted = segno.make_qr(f"https://gates.example.org{PAGE}", error="l")
    assert sent == wanted.svg_data_uri(scale=4, border=4, light="#fff")
    assert unquote(sent).startswith("data:image/svg+xml")


def test_a_link_that_is_too_long_for_a_code_has_none():
    longest = 2953  # bytes that a QR code of the largest size and the least correction holds
    link = "https://gates.example.org/lstm?data="
    fits = link + "x" * (longest - len(link))
    assert share.shared(fits)["code"] is not None
    assert share.shared(fits + "x")["code"] is None


def test_the_route_refuses_what_is_no_address():
    client = TestClient(Starlette(routes=list(share.routes())))
    good = client.post(share.ADDRESS, json={"address": "https://gates.example.org/gru"})
    assert good.json()["link"] == "https://gates.example.org/gru"
    for body in (
        "",
        "[]",
        "{}",
        '{"address": 3}',
        '{"address": "javascript:alert(1)"}',
        '{"address": "/lstm"}',
    ):
        assert client.post(share.ADDRESS, content=body).status_code == 422, body
    assert client.post(share.ADDRESS, content=b"x" * (share.LARGEST + 1)).status_code == 413
