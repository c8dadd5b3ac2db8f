"""What a visit costs: bytes over the wire, as Chromium counts them, and what a page may not load at all."""

import base64
import urllib.request
from dataclasses import dataclass, field

from playwright.sync_api import CDPSession, Page, expect

from tests.browser.helpers import STAGE, NewPage, Server, open_stage

FIRST_BROTLI = 1_000_000  # which a browser takes over https and from this machine
FIRST_GZIP = 1_100_000
REPEAT = 60_000


@dataclass
class Wire:
    """Bytes of a visit: of each file by its address, and of the messages that came."""

    files: dict[str, int] = field(default_factory=dict)
    messages: int = 0

    @property
    def total(self) -> int:
        return sum(self.files.values()) + self.messages


def watch_wire(page: Page) -> Wire:
    """Counts what a page receives from now on."""
    wire, addresses = Wire(), {}
    session: CDPSession = page.context.new_cdp_session(page)
    session.send("Network.enable")

    def answered(event):
        addresses[event["requestId"]] = event["response"]["url"]

    def loaded(event):
        address = addresses.get(event["requestId"], event["requestId"])
        wire.files[address] = wire.files.get(address, 0) + int(event["encodedDataLength"])

    def received(event):
        frame = event["response"]
        wire.messages += len(base64.b64decode(frame["payloadData"])) if frame["opcode"] == 2 else 0

    session.on("Network.responseReceived", answered)
    session.on("Network.loadingFinished", loaded)
    session.on("Network.webSocketFrameReceived", received)
    return wire


def gzipped(address: str) -> int:
    """What a file takes over the wire for a browser that knows no Brotli, headers left out."""
    asked = urllib.request.Request(address, headers={"accept-encoding": "gzip"})
    with urllib.request.urlopen(asked) as answer:
        return len(answer.read())


def test_a_first_visit_is_small_and_a_repeat_smaller(new_page: NewPage, server: Server) -> None:
    page = new_page(base=server.url)
    wire = watch_wire(page)
    open_stage(page, "/lstm")
    page.wait_for_load_state("networkidle")
    fetched = {address.rpartition("/")[2] for address in wire.files if "/assets/" in address}
    assert {file for file in fetched if file.endswith(".json")} == {"stage.json", "belt-kinds-lstm.json"}
    assert wire.messages > 5_000
    largest = sorted(wire.files.items(), key=lambda item: -item[1])[:12]
    assert wire.total <= FIRST_BROTLI, f"{wire.total:,} bytes, {wire.messages:,} in messages: {largest}"
    sizes = {address: gzipped(address) for address in wire.files if address.startswith("http")}
    assert sum(sizes.values()) + wire.messages <= FIRST_GZIP, sizes
    again = page.context.new_page()
    wire = watch_wire(again)
    open_stage(again, "/lstm")
    again.wait_for_load_state("networkidle")
    assert wire.messages > 5_000
    assert wire.total <= REPEAT, f"{wire.total:,} bytes: {wire}"


def test_a_part_that_the_server_no_longer_has_is_spoken_of_and_comes_with_the_page(new_page: NewPage) -> None:
    page = new_page(errors=False)  # the console names what is not found
    stage = open_stage(page, "/lstm?preset=latch&step=3&lang=en")
    page.route("**/assets/**/diagram*.json", lambda route: route.fulfill(status=404))
    stage.get_by_text("Diagram", exact=True).click()
    said = page.get_by_test_id("connection")
    expect(said).to_contain_text("could not be fetched")
    expect(stage).to_have_attribute("data-view", "belt")
    expect(stage).not_to_have_attribute("data-fetches", "")
    page.unroute_all()
    said.get_by_role("button", name="Load again").click()
    expect(said).to_be_hidden()
    stage.get_by_text("Diagram", exact=True).click()
    expect(stage).to_have_attribute("data-view", "diagram")
    expect(stage).to_have_attribute("data-step", "2")


def test_an_address_without_a_page_opens_home_which_says_so_and_runs_nothing_that_was_not_meant(
    new_page: NewPage,
) -> None:
    page = new_page(locale="zh-CN", errors=False)  # the console names what was not found and what was refused
    page.goto("/nonsense")
    expect(page.get_by_test_id("connection")).to_contain_text("这个地址下没有页面")  # for some seconds only
    page.locator(STAGE).wait_for()
    refused, ran = page.evaluate(
        """async () => {
          const refused = [];
          const note = event => refused.push(event.effectiveDirective);
          document.addEventListener("securitypolicyviolation", note);
          const inline = document.createElement("script");
          inline.textContent = "window.ran = 'inline'";
          document.head.append(inline);
          document.body.insertAdjacentHTML("beforeend", "<img src=data:, onerror='window.ran = 1'>");
          setTimeout("window.ran = 'string'");
          await fetch("http://localhost:1/").catch(() => {});
          new Image().src = "http://localhost:1/seen.png";
          const frame = document.createElement("iframe");
          frame.src = "http://localhost:1/";
          document.body.append(frame);
          const end = Date.now() + 120000;
          while (refused.length < 6 && Date.now() < end) await new Promise(done => setTimeout(done, 50));
          return [refused.sort(), window.ran];
        }"""
    )
    assert refused == [
        "connect-src", "frame-src", "img-src", "script-src", "script-src-attr", "script-src-elem"
    ]  # fmt: skip
    assert ran is None
