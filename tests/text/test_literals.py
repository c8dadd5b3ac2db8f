"""No sentence stands in the code: what a person reads comes from gates/text/strings, in both languages."""

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from gates.text import catalogue

ROOT = Path(__file__).resolve().parents[2]

# Streamlit calls whose first argument is shown. The second set is unmistakable on any receiver (a column, a
# container); the first is looked at only on st itself, for a logger has .info and a file has .write as well.
ON_ST = {
    "write",
    "markdown",
    "title",
    "header",
    "text",
    "info",
    "warning",
    "error",
    "success",
    "html",
    "metric",
}
ON_ST |= {"exception", "toast", "spinner", "status", "dialog", "badge", "tabs"}
ANYWHERE = {
    "subheader",
    "caption",
    "button",
    "download_button",
    "link_button",
    "form_submit_button",
    "expander",
}
ANYWHERE |= {"checkbox", "toggle", "radio", "selectbox", "multiselect", "slider", "select_slider", "pills"}
ANYWHERE |= {
    "segmented_control",
    "text_input",
    "text_area",
    "number_input",
    "file_uploader",
    "popover",
}
ANYWHERE |= {"chat_input", "date_input", "color_picker"}
KEYWORDS = {"label", "help", "placeholder", "page_title", "title", "body", "caption"}

BROWSER_PARTS = ("stage", "signal", "table", "score", "belt", "diagram", "unrolled", "inspector", "phase")

MARKUP = re.compile(
    r"<(style|script)\b.*?</\1>|<[^<>]*>|:material/\w+:|&\w+;|\b(Gatescope|LSTM|GRU|RNN)\b", re.DOTALL
)
KEY = re.compile(r"[a-z]\w*(\.[\w-]+)+")
WORDS = re.compile(r"[^\W\d_]{2,}|[\u3400-\u9fff]")


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def sources() -> list[Path]:
    files = [*ROOT.glob("app.py"), *ROOT.glob("pages/**/*.py"), *ROOT.glob("gates/ui/**/*.py")]
    return sorted(files)


def literals(node: ast.expr) -> Iterator[str]:
    """Yield the literal texts that an expression may show, without descending into calls such as t(…)."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values=parts) | ast.List(elts=parts) | ast.Tuple(elts=parts):
            for part in parts:
                yield from literals(part)
        case ast.BinOp(left=left, op=ast.Add() | ast.Mod(), right=right):
            yield from literals(left)
            yield from literals(right)
        case ast.IfExp(body=body, orelse=orelse):
            yield from literals(body)
            yield from literals(orelse)


def is_streamlit(call: ast.Call) -> bool:
    if not isinstance(call.func, ast.Attribute):
        return False
    root: ast.expr = call.func
    while isinstance(root, ast.Attribute):
        root = root.value
    on_st = isinstance(root, ast.Name) and root.id in {"st", "streamlit"}
    return on_st or call.func.attr in ANYWHERE


def displayed_arguments(call: ast.Call) -> Iterator[ast.expr]:
    assert isinstance(call.func, ast.Attribute)
    if call.args and call.func.attr in ON_ST | ANYWHERE:
        yield call.args[0]
    yield from (keyword.value for keyword in call.keywords if keyword.arg in KEYWORDS)


def visible_literals(source: str) -> list[tuple[int, str]]:
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and is_streamlit(node):
            texts = [text for expression in displayed_arguments(node) for text in literals(expression)]
            found += [(node.lineno, text) for text in texts if WORDS.search(MARKUP.sub("", text))]
    return found


def looked_up_keys(source: str) -> Iterator[tuple[int, str, set[str] | None]]:
    """Yield each sentence that is said, noted or raised by its key: line, key and the names of its values.

    None for the names where they come otherwise, in a dictionary.
    """
    known = catalogue("en")
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(args=[ast.Constant(value=str(key)), *others]):
                named = {keyword.arg for keyword in node.keywords}
                who = ast.unparse(node.func).rpartition(".")[2]
                if key in known or who in ("t", "Note") or (who.endswith("Error") and KEY.fullmatch(key)):
                    yield node.lineno, key, None if others or None in named else {*filter(None, named)}


def test_no_sentence_stands_in_a_page() -> None:
    assert {
        name(path): found for path in sources() if (found := visible_literals(path.read_text("utf-8")))
    } == {}


def test_every_sentence_that_is_said_exists_and_gets_each_of_its_values_and_no_other() -> None:
    """Also those of errors that no test raises."""
    places = {
        key: {field for _, field, _, _ in string.Formatter().parse(text) if field}
        for key, text in catalogue("en").items()
    }
    looked_up = [
        (f"{name(path)}:{line} says {key}", given, places.get(key))
        for path in sorted({*sources(), *ROOT.glob("gates/**/*.py")})
        for line, key, given in looked_up_keys(path.read_text("utf-8"))
    ]
    assert len(looked_up) > 900
    assert [where for where, _, wanted in looked_up if wanted is None] == []
    assert [(where, given, wanted) for where, given, wanted in looked_up if given not in (None, wanted)] == []


# In the browser t looks up texts, and elsewhere numbers by a signal's name, which has no such first word.
BROWSER_KEY = re.compile(r"\bt\(\s*([\"'`])((?:" + "|".join(BROWSER_PARTS) + r")\.[^\"'`]*)\1")


def test_every_key_the_stage_looks_up_exists() -> None:
    known = catalogue("en")

    def exists(key: str) -> bool:
        stem, interpolated, _ = key.partition("${")
        return any(one.startswith(stem) for one in known) if interpolated else key in known

    looked_up = [
        (path, key)
        for path in sorted((ROOT / "assets" / "stage").rglob("*.js"))
        for _, key in BROWSER_KEY.findall(path.read_text("utf-8"))
    ]
    assert len(looked_up) > 100
    assert [f"{name(path)} looks up {key}" for path, key in looked_up if not exists(key)] == []


@pytest.mark.parametrize(
    "code",
    [
        'st.button("Play")',
        'st.title(f"Step {n}")',
        'left.caption("循环")',
        'st.sidebar.markdown("<b>Memory</b>")',
        'st.text_input(t("label"), help="Type here")',
        'st.tabs(["Belt", t("diagram")])',
        'st.toggle("on" if x else "off")',
        'st.set_page_config(page_title="Gates " + version)',
    ],
)
def test_scanner_sees_a_literal(code: str) -> None:
    assert visible_literals(code)


@pytest.mark.parametrize(
    "code",
    [
        'st.button(t("stage.play"), key="play button", icon=":material/play_arrow:")',
        'st.selectbox(t("input.kind"), ["own text", "numbers"], format_func=t)',
        'st.markdown("<style>.stage { color: red }</style>", unsafe_allow_html=True)',
        'st.button("⟳")',
        'st.set_page_config(page_title="Gatescope")',
        'st.form("own numbers")',
        'st.page_link(ROOT / "pages" / f"{name}.py", label=t("home.lstm"))',
        'st.metric("z", value)',
        'logger.info("page shown")',
        'st.latex(r"\\sigma(W x)")',
        'st.session_state.get("some key")',
    ],
)
def test_scanner_leaves_alone_what_is_no_sentence(code: str) -> None:
    assert visible_literals(code) == []
