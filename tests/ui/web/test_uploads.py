import asyncio

import pytest
from starlette.testclient import TestClient
from streamlit.runtime import Runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

from gates.ui.web import server, uploads


@pytest.fixture
def manager():
    manager = MemoryUploadedFileManager("/upload")
    uploads.bound(manager, of_session=100, of_all=250)
    return manager


def add(manager, session, name, size):
    manager.add_file(session, UploadedFileRec(name, f"{name}.json", "application/json", bytes(size)))


def kept(manager):
    return {session: list(files) for session, files in manager.file_storage.items() if files}


def test_a_session_keeps_the_files_that_came_last(manager):
    for k in range(13):
        add(manager, "a", f"large {k}", 90)
    assert kept(manager) == {"a": ["large 12"]}
    for k in range(4):
        add(manager, "a", f"small {k}", 5)
    assert kept(manager) == {"a": ["small 0", "small 1", "small 2", "small 3"]}
    add(manager, "a", "huge", 500)
    assert kept(manager) == {"a": ["huge"]}, "the newest stays, so that the page can refuse it"


def test_all_sessions_together_keep_the_files_that_came_last(manager):
    for session in "abc":
        add(manager, session, "one", 80)
    assert kept(manager) == {"a": ["one"], "b": ["one"], "c": ["one"]}
    add(manager, "d", "one", 80)
    assert kept(manager) == {"b": ["one"], "c": ["one"], "d": ["one"]}
    manager.remove_session_files("b")
    add(manager, "e", "one", 80)
    assert kept(manager) == {"c": ["one"], "d": ["one"], "e": ["one"]}, "what is gone takes no room"


def test_a_file_that_comes_again_counts_once(manager):
    for _ in range(5):
        add(manager, "a", "same", 90)
    add(manager, "b", "one", 90)
    assert kept(manager) == {"a": ["same"], "b": ["one"]}


def test_the_app_bounds_streamlits_own_manager(monkeypatch):
    from app import app

    monkeypatch.setattr(server, "_prepare", lambda: None)  # it would go on, and run cells, beside other tests
    if app._runtime is not None:  # of an earlier test; pages that are run alone leave none behind
        monkeypatch.setattr(Runtime, "_instance", app._runtime)
    with TestClient(app):
        manager = app._runtime.uploaded_file_mgr
        for k in range(3):
            manager.add_file("s", UploadedFileRec(str(k), "n", "t", bytes(uploads.OF_SESSION // 2)))
        assert list(manager.file_storage["s"]) == ["1", "2"]
        manager.remove_session_files("s")


def test_few_files_arrive_at_a_time():
    async def scenario():
        under_way, most, go, asked = 0, 0, asyncio.Event(), []

        async def app(scope, receive, send):
            nonlocal under_way, most
            asked.append(scope)
            under_way += 1
            most = max(most, under_way)
            await go.wait()
            under_way -= 1

        middleware = uploads.Uploads(app, at_a_time=2)
        put = {"type": "http", "method": "PUT", "path": f"{uploads.ROUTE}s/f"}
        other = {"type": "http", "method": "GET", "path": "/"}
        tasks = [asyncio.create_task(middleware(put, None, None)) for _ in range(5)]
        await asyncio.sleep(0)
        assert most == 2
        tasks.append(asyncio.create_task(middleware(other, None, None)))
        for _ in range(5):
            await asyncio.sleep(0)
        assert most == 3, "others do not wait for files"
        go.set()
        await asyncio.gather(*tasks)
        assert sorted(scope["method"] for scope in asked) == ["GET", *5 * ["PUT"]]
        return most

    assert asyncio.run(scenario()) == 3


def test_a_file_that_never_arrives_gives_its_place_back():
    async def scenario():
        sent = []

        async def app(scope, receive, send):
            await asyncio.Event().wait()

        async def send(message):
            sent.append(message)

        middleware = uploads.Uploads(app, at_a_time=1, seconds=0.02)
        put = {"type": "http", "method": "PUT", "path": f"{uploads.ROUTE}s/f"}
        for _ in range(2):
            await middleware(put, None, send)
        bodies = b" ".join(message.get("body", b"") for message in sent)
        return [message["status"] for message in sent if "status" in message], bodies.split()

    assert asyncio.run(scenario()) == ([408, 408], [b"Request", b"Timeout"] * 2)
