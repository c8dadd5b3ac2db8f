"""Long work: done in pieces, in sight, and stopped when asked."""

import time
from typing import Any

from streamlit.testing.v1 import AppTest

from gates.ui.background import Work


def pieces(count: int, seconds: float = 0.0) -> list[Any]:
    def piece(k: int) -> Any:
        def work() -> int:
            time.sleep(seconds)
            return k

        return work

    return [piece(k) for k in range(count)]


def test_short_work_is_done_at_once() -> None:
    work = Work("a", pieces(5))
    work.work_for(10.0)
    assert work.done and work.results == [0, 1, 2, 3, 4]


def test_work_pauses_when_its_time_is_over_and_goes_on_where_it_was() -> None:
    work = Work("a", pieces(4, 0.02))
    work.work_for(0.0)
    assert work.results == [0] and not work.done
    work.work_for(0.03)
    assert work.results[:2] == [0, 1] and len(work.results) < 4
    work.work_for(10.0)
    assert work.done


def page_with_long_work() -> None:
    import time
    from types import SimpleNamespace

    import streamlit as st

    from gates.text import translator
    from gates.ui import background

    page = SimpleNamespace(name="test", t=translator("en"))
    setting = st.session_state.get("setting", "one")

    def piece() -> int:
        time.sleep(0.0 if setting == "short" else 0.3)
        return 1

    count = 2 if setting == "short" else 9
    found = background.results(page, "work", setting, [piece] * count)  # type: ignore[arg-type]
    st.text(f"found {len(found)}")


def test_long_work_shows_what_there_is_and_can_be_stopped_and_resumed() -> None:
    app = AppTest.from_function(page_with_long_work, default_timeout=600).run()
    assert not app.exception
    first = int(app.text[0].value.split()[1])
    assert 1 <= first < 9
    app.button(key="test.work.work.stop").click().run()
    assert not app.exception
    stopped = int(app.text[0].value.split()[1])
    assert stopped < 9
    time.sleep(0.5)
    app.run()
    assert app.text[0].value == f"found {stopped}"  # it really stands still
    app.button(key="test.work.work.resume").click().run()
    assert [button.key for button in app.button] == ["test.work.work.stop"]
    for _ in range(20):
        if not app.button:
            break
        app.run()
    assert app.text[0].value == "found 9"


def test_another_setting_begins_anew_and_short_work_shows_no_progress() -> None:
    app = AppTest.from_function(page_with_long_work, default_timeout=600).run()
    app.session_state["setting"] = "short"
    app.run()
    assert app.text[0].value == "found 2" and not app.button
