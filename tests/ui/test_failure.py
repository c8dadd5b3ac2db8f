"""A fault of ours ends in a sentence, however broken the session is."""

import pytest
from streamlit.testing.v1 import AppTest

from gates.text import translator

POISONED = [None, 7, {}, {"lang": None}, {"lang": ["zh"]}, {"lang": "fr"}, "zh"]


def failing() -> None:
    from gates.ui.failure import show_failure

    assert show_failure(ZeroDivisionError("injected"))


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("shared", POISONED, ids=repr)
def test_no_session_value_is_relied_on(shared: object, language: str) -> None:
    app = AppTest.from_function(failing, default_timeout=600)
    app.session_state["shared"] = shared
    app.query_params["lang"] = language
    app.run()
    assert not app.exception
    assert app.error[0].value == translator(language)("error.unexpected", kind="ZeroDivisionError")
    assert translator(language)("error.start_again") in app.get("html")[0].proto.body


def test_the_chosen_language_comes_before_the_links(caplog: pytest.LogCaptureFixture) -> None:
    app = AppTest.from_function(failing, default_timeout=600)
    app.session_state["shared"] = {"lang": "zh"}
    app.query_params["lang"] = "en"
    app.run()
    assert app.error[0].value == translator("zh")("error.unexpected", kind="ZeroDivisionError")
    (noted,) = (record for record in caplog.records if record.name == "gatescope")
    assert noted.exc_info and isinstance(noted.exc_info[1], ZeroDivisionError)


@pytest.mark.parametrize(("shown", "address"), [(True, 'href=""'), (False, 'href="?lang=zh"')])
def test_an_address_that_never_showed_anything_is_left_behind(shown: bool, address: str) -> None:
    app = AppTest.from_function(failing, default_timeout=600)
    app.query_params["lang"] = "zh"
    if shown:
        app.session_state["shown"] = True
    app.run()
    assert address in app.get("html")[0].proto.body
