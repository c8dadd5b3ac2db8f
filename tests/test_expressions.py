"""No regular expression of ours takes time that grows faster than what it reads.

Python's ``re`` holds the interpreter while it looks: one that is quadratic, met by 200,000 characters of a
stranger, stops everybody for minutes. All of them are found and fed, and where one takes its time at all,
four times as much text may not take sixteen times as long.
"""

import ast
import functools
import importlib
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SIZE = 2_000
NOTHING = 0.003  # seconds for that many characters: at 200,000 of them, a quadratic one would take 30
TRIES = 3  # a neighbour on the core's other half makes one of two measurements up to twice as long
ATOMS = [
    "a", "A", "1", "_", " ", ".", "/", "[", "]", "'", '"', "-", ",", ":", "=", "\\u", "1.", "1,", "a.", "a/",
    "] ", "[a", "['", "aA", "LSTM", "weight_", "weight_ih.", "weight_a.", "_packed_weight_a.", "_all_params.",
    "parametrizations.weight_ih.a.", "weight_ih_raw.", "i.kernel.", "W_xi.", "1 234 ", "1,234", "<script>",
    "import a", "http", "https:/", "material/a", "a.pt/", "data/weights/a", "/a",
]  # fmt: skip
"""What is repeated up to the limit; each of ENDS then follows, so that a match that seemed sure fails."""
ENDS = ("", "!", "\n")
OURS = {"gates.scenes.linking", "gates.ui.web.requests.headers", "gates.__main__"}
"""Modules that look at our own files or at the server's own settings alone."""


METHODS = {"fullmatch", "match", "search", "sub", "subn", "split", "finditer", "findall"}
MAY_USE = re.compile(rf"\bre\b|[A-Z]\.({'|'.join(METHODS)})\b")
"""What names the module ``re``, or a method of a constant."""


@functools.cache
def sources() -> list[tuple[str, ast.Module, list[ast.Call], list[ast.Attribute]]]:
    """Return of each module that may use an expression the name, the tree, and each call and attribute."""
    found = []
    for path in sorted(ROOT.glob("gates/**/*.py")):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        text = path.read_text("utf-8")
        if not MAY_USE.search(text):
            continue
        tree = ast.parse(text)
        calls: list[ast.Call] = []
        attributes: list[ast.Attribute] = []
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                calls.append(node)
            elif isinstance(node, ast.Attribute):
                attributes.append(node)
        found.append((name, tree, calls, attributes))
    return found


def uses() -> dict[str, set[str]]:
    """Return the methods by which each constant is used, by its name, wherever that is."""
    found: dict[str, set[str]] = {}
    for *_, attributes in sources():
        for node in attributes:
            if node.attr in METHODS:
                found.setdefault(ast.unparse(node.value).rpartition(".")[2], set()).add(node.attr)
    return found


def patterns() -> Iterator[tuple[str, re.Pattern[str], str]]:
    """Yield every expression in the code: the name of its module, what it says, and how it is used."""
    used = uses()
    for name, _, every_call, _ in sources():
        calls = [call for call in every_call if ast.unparse(call.func).startswith("re.") and call.args]
        if not calls or name in OURS:
            continue
        for call in calls:
            method = ast.unparse(call.func).removeprefix("re.")
            if method in METHODS and isinstance(call.args[0], ast.Constant):
                yield name, re.compile(call.args[0].value), method
        for constant, value in vars(importlib.import_module(name)).items():
            if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
                for method in used[constant]:
                    yield name, value, method


def apply(pattern: re.Pattern[str], method: str, text: str) -> None:
    if method in ("fullmatch", "match", "search"):
        getattr(pattern, method)(text)
    else:
        for _ in pattern.finditer(text):
            pass


def seconds(pattern: re.Pattern[str], method: str, atom: str, size: int, enough: float = 0.0) -> float:
    """Return the processor time for every way in which the worst case may end: the least of three, or the
    first that is below ``enough``."""
    texts = [atom * (size // len(atom)) + end for end in ENDS]

    def once() -> float:
        begin = time.process_time()
        for text in texts:
            apply(pattern, method, text)
        return time.process_time() - begin

    least = once()
    for _ in range(2):
        if least < enough:
            break
        least = min(least, once())
    return least


def is_linear(pattern: re.Pattern[str], method: str, atom: str, size: int, nothing: float) -> bool:
    """Compare two sizes; what is over in no time is not looked at closer."""
    small = seconds(pattern, method, atom, size, nothing)
    return small < nothing or seconds(pattern, method, atom, 4 * size) < 8 * small


def test_every_expression_is_linear() -> None:
    every = {(pattern, method): name for name, pattern, method in patterns()}
    assert len(every) > 20
    for (pattern, method), name in every.items():
        for atom in ATOMS:
            tries = (is_linear(pattern, method, atom, SIZE, NOTHING) for _ in range(TRIES))
            assert any(tries), f"{name}: {pattern.pattern} on {atom!r}"


@pytest.mark.parametrize(
    ("expression", "method", "atom"),
    [
        (r"\d+\.?\d*", "fullmatch", "1"),
        (r"\[([^\]]*)\]", "sub", "["),
        (r".*(RNN|LSTM)\w*", "fullmatch", "RNN"),
    ],
)
def test_a_quadratic_one_is_found(expression: str, method: str, atom: str) -> None:
    tries = (is_linear(re.compile(expression), method, atom, 500, 0.0) for _ in range(TRIES))
    assert not all(tries)


OF_THE_CATALOGUE = {"gates.glossary.uses"}
"""Modules whose patterns are words of the app's own, escaped, looked for in texts of its own."""


def test_a_pattern_is_written_out_or_a_constant() -> None:
    """So that the test above finds it."""
    for name, tree, calls, _ in sources():
        top = {id(getattr(line, "value", None)) for line in tree.body}
        for node in calls:
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name(id="re")), args=[pattern, *_]):
                    written = isinstance(pattern, ast.Constant) or id(node) in top
                    written |= name in OF_THE_CATALOGUE or ast.unparse(node.func) == "re.escape"
                    assert written, f"{name}: {ast.unparse(node)}"
