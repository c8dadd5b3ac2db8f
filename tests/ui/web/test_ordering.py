"""A browser's requests reach Streamlit one after the other; none drops the click of the one before."""

import asyncio
from typing import Any

import pytest
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from starlette.types import Message
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from gates.ui.web.requests import ordering

DISCONNECTED: Message = {"type": "websocket.disconnect"}


def rerun(query: str, part: str = "", timer: bool = False, page: str = "") -> Message:
    said = BackMsg()
    said.rerun_script.page_script_hash = page
    said.rerun_script.is_auto_rerun = timer
    said.rerun_script.query_string = query
    said.rerun_script.fragment_id = part
    return {"type": "websocket.receive", "bytes": said.SerializeToString()}


def heartbeat() -> Message:
    return {"type": "websocket.receive", "bytes": BackMsg(app_heartbeat=True).SerializeToString()}


def says(name: str) -> Message:
    said = ForwardMsg(script_finished=0) if name == "script_finished" else ForwardMsg()
    if name != "script_finished":
        getattr(said, name).SetInParent()
    return {"type": "websocket.send", "bytes": said.SerializeToString()}


def says_page(kind: str, page: str) -> Message:
    said = ForwardMsg()
    getattr(said, kind).page_script_hash = page
    return {"type": "websocket.send", "bytes": said.SerializeToString()}


def what(message: Message) -> str:
    try:
        said = BackMsg.FromString(message["bytes"])
    except (DecodeError, KeyError):
        return "?"
    return said.rerun_script.query_string or str(said.WhichOneof("type"))


def heard(sent: list[Message], answers: dict[str, list[Message]], seconds: float = 0) -> list[str]:
    """What a server hears of messages sent at once, and says itself, in order; it answers each as given.

    It takes ``seconds`` until its first word.
    """
    log: list[str] = []
    waiting = [*sent, DISCONNECTED]

    async def receive() -> Message:
        return waiting.pop(0)

    async def send(message: Message) -> None:
        log.append(f"→ {ForwardMsg.FromString(message['bytes']).WhichOneof('type')}")

    async def server(scope: Any, receive: Any, send: Any) -> None:
        async def answer(messages: list[Message]) -> None:
            await asyncio.sleep(seconds)
            for message in messages:
                await asyncio.sleep(0)
                await send(message)

        tasks = []
        while (message := await receive()) != DISCONNECTED:
            log.append(what(message))
            tasks.append(asyncio.create_task(answer(answers.get(what(message), []))))
        await asyncio.gather(*tasks)

    asyncio.run(ordering.RerunOrdering(server)({"type": "websocket"}, receive, send))
    return log


def test_a_rerun_waits_until_the_one_before_has_run_its_callbacks() -> None:
    run = [says("new_session"), says("delta"), says("script_finished")]
    log = heard([rerun("click"), rerun("whole")], {"click": run, "whole": run})
    assert log.index("whole") > log.index("→ delta"), log
    assert log[0] == "click" and log.count("→ delta") == 2


def test_elements_of_the_run_before_the_click_do_not_count() -> None:
    late = [says("delta"), says("script_finished"), says("new_session"), says("delta")]
    log = heard([rerun("click"), rerun("whole")], {"click": late})
    assert log.index("whole") == log.index("→ new_session") + 2, log


def test_what_is_no_rerun_does_not_wait_and_a_part_that_is_no_more_is_not_waited_for(
    monkeypatch: Any,
) -> None:
    monkeypatch.setattr(ordering, "PART_SECONDS", 0.01)
    sent = [rerun("gone", part="fragment"), heartbeat(), rerun("next")]
    assert heard(sent, {}) == ["gone", "app_heartbeat", "next"]


def test_a_part_of_a_page_that_was_left_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """The browser asks for it once more, of either page: the next click then waited in vain."""
    waits = []

    async def wait(event: asyncio.Event, seconds: float) -> None:
        waits.extend([] if event.is_set() else [seconds])
        for _ in range(20):  # until the server has answered
            await asyncio.sleep(0)

    monkeypatch.setattr(ordering, "_most", wait)
    sent = [rerun("timer", "part", timer=True, page="left"), rerun("again", "part", page="came")]
    assert heard([*sent, rerun("click", page="came")], {}) == ["timer", "again", "click"]
    assert waits == [ordering.TIMER_SECONDS, 0]
    for shown, seconds in (("came", 0), ("left", ordering.PART_SECONDS)):
        waits.clear()
        led = [says_page("new_session", "left"), says_page("new_session", shown), says("script_finished")]
        press = [rerun("leads on", page="left"), rerun("press", "part", page="left")]
        heard([*press, rerun("click", page=shown)], {"leads on": led})
        assert waits == [ordering.WHOLE_SECONDS, seconds]
    waits.clear()
    heard([rerun("press", "part", page="came"), rerun("click", page="came")], {})
    assert waits == [ordering.PART_SECONDS]


def test_a_busy_server_is_waited_for_so_that_a_page_left_at_once_keeps_what_was_typed(
    monkeypatch: Any,
) -> None:
    monkeypatch.setattr(ordering, "TIMER_SECONDS", 0.01)
    run = [says("new_session"), says("delta"), says("script_finished")]
    for part in ("", "fragment"):
        log = heard([rerun("typed", part), rerun("another page")], {"typed": run}, seconds=0.1)
        assert log.index("another page") > log.index("→ delta"), log


def test_a_new_session_runs_its_page_to_the_end_before_it_is_asked_for_a_part_or_a_click() -> None:
    """Before, it knows neither: after a restart of the server the browser still shows both."""
    early = ForwardMsg(script_finished=ForwardMsg.FINISHED_EARLY_FOR_RERUN).SerializeToString()
    part = ForwardMsg(script_finished=ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY).SerializeToString()
    not_yet: list[Message] = [{"type": "websocket.send", "bytes": said} for said in (early, part)]
    run = [says("new_session"), says("delta"), *not_yet, says("delta"), says("script_finished")]
    for fragment in ("", "fragment"):
        log = heard([rerun("page"), rerun("click", fragment)], {"page": run, "click": run}, seconds=0.01)
        assert log.index("click") == 7, log
        log = heard([rerun("page"), rerun("timer", fragment, timer=True)], {"page": run}, seconds=0.01)
        assert log.index("timer") < 7, log
    outlived = [rerun("click", "fragment"), rerun("click again", "fragment")]
    answer = [says("new_session"), says("delta")]
    assert heard(outlived, {"click": answer})[-1] == "click again"
    elsewhere = rerun("another page", page="another")
    log = heard([rerun("page"), elsewhere], {"page": [*run[:2]] + 40 * [says("delta")]}, 0.01)
    assert log.index("another page") < 20, log


@pytest.mark.parametrize("part", ["", "fragment"])
def test_another_page_waits_until_this_one_has_stored_what_was_typed(part: str) -> None:
    """A first run says only in the midst of it which page it is of."""
    early = ForwardMsg(script_finished=ForwardMsg.FINISHED_EARLY_FOR_RERUN).SerializeToString()
    first = [says("new_session"), says("delta"), says_page("navigation", "this"), says("script_finished")]
    begins = [says_page("new_session", "this"), says("delta")]
    typed = [*begins, {"type": "websocket.send", "bytes": early}, *begins]
    typed += [*40 * [says("delta")], says("script_finished")]
    left = [rerun("typed", part, page="this"), rerun("another page", page="another")]
    log = heard([rerun("page"), *left], {"page": first, "typed": typed}, 0.01)
    assert log[-2:] == ["→ script_finished", "another page"], log
    timer = rerun("timer", part, timer=True, page="this")
    log = heard(
        [rerun("page"), timer, left[1]], {"page": first, "timer": begins + 40 * [says("delta")]}, 0.01
    )
    assert log.index("another page") < 25, log


@pytest.mark.parametrize("value", ["trigger_value", "string_trigger_value", "json_trigger_value"])
def test_a_timer_sends_no_click_that_the_browser_sends_right_behind(value: str) -> None:
    """It keeps one for a moment: a timer that is due in it sent it too, and it was acted on twice."""

    def asked(timer: bool, clicked: bool) -> BackMsg:
        said = BackMsg.FromString(rerun("asked", "part", timer=timer)["bytes"])
        widgets = said.rerun_script.widget_states.widgets
        widgets.add(id="typed").string_value = "kept"
        if clicked:
            click = widgets.add(id="button")
            if value == "string_trigger_value":
                click.string_trigger_value.data = "said"
            else:
                setattr(click, value, True if value == "trigger_value" else "[1]")
        widgets.add(id="chosen").int_value = 3
        return said

    for sent, reaches in (
        (asked(True, True), asked(True, False)),
        (asked(True, False), asked(True, False)),
        (asked(False, True), asked(False, True)),
    ):
        waiting: list[Message] = [{"type": "websocket.receive", "bytes": sent.SerializeToString()}]

        async def receive(waiting: list[Message] = waiting) -> Message:
            return waiting.pop()

        passed: list[Message] = []

        async def server(scope: Any, receive: Any, send: Any, passed: list[Message] = passed) -> None:
            passed.append(await receive())

        asyncio.run(ordering.RerunOrdering(server)({"type": "websocket"}, receive, lambda message: None))  # type: ignore[arg-type,return-value]
        (message,) = passed
        assert message["type"] == "websocket.receive"
        assert BackMsg.FromString(message["bytes"]) == reaches


def test_other_connections_and_broken_messages_pass_untouched() -> None:
    passed = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        passed.append((scope["type"], receive, send))

    asyncio.run(ordering.RerunOrdering(app)({"type": "http"}, "receive", "send"))  # type: ignore[arg-type]
    assert passed == [("http", "receive", "send")]
    broken: Message = {"type": "websocket.receive", "bytes": b"\xff\xff\xff"}
    assert heard([broken, {"type": "websocket.receive", "text": "hello"}], {}) == ["?", "?"]
