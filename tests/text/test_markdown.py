"""Whatever a page shows as Markdown comes from the catalogue, with values escaped, and from nowhere else.

The check reads the code: the text of every call that shows Markdown must be made of the page's sentences, of
numbers, and of what ``escape.markdown`` made.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

SHOWS = {
    "markdown", "caption", "warning", "error", "info", "success", "toast", "title", "header", "subheader",
    "write", "badge", "button", "popover", "expander", "checkbox", "toggle", "download_button", "link_button",
    "tabs", "radio", "segmented_control", "pills", "selectbox", "multiselect", "slider", "select_slider",
    "text_input", "text_area", "number_input", "file_uploader", "metric", "spinner", "form_submit_button",
    "dialog", "status", "date_input", "feedback", "chat_input",
}  # fmt: skip
"""Calls whose first argument is Markdown, if only some of it."""
LATER = {"progress": 1, "count": 2}
"""Calls of which another argument is."""
KEYWORDS = {"help", "label", "body", "text"}
NUMBERS = {"number", "len", "round", "int", "min", "max", "sum"}
"""Functions that give a number, or a number's text."""

ALLOWED = {
    "label": "controls.py: of a control, by the pages that show it; they are looked at themselves",
    "title": "train.py: of a run, made of sentences by _title",
    "column.kind": "a kind of cell, a word of the code",
    "spread.kind.upper()": "a kind of cell, a word of the code",
    "equation[role]": "the engine's own equations, as TeX",
    "map(str, cell_count.shapes[name])": "numbers",
    "str(n).translate(SUPERSCRIPTS)": "a number",
    "range(1, revealed + 1)": "numbers",
    "FRAMEWORK_NAMES.get(name)": "names, which stand in the code",
    "t.plain.between": "a space or nothing",
    "published.training": "published figures, which stand in the code",
}
"""What the check does not understand, and why it is safe."""


def modules() -> list[Path]:
    every = [*ROOT.glob("app.py"), *ROOT.glob("pages/**/*.py"), *ROOT.glob("gates/**/*.py")]
    return sorted(path for path in every if "import streamlit" in path.read_text("utf-8"))


Found = Iterator[str]


class Module:
    """The functions of a module, and what their names stand for."""

    def __init__(self, source: str) -> None:
        self.tree = ast.parse(source)
        nodes = list(ast.walk(self.tree))
        self.functions = {node.name: node for node in nodes if isinstance(node, ast.FunctionDef)}
        self.parents = {child: node for node in nodes for child in ast.iter_child_nodes(node)}
        self.ours = {
            alias.asname or alias.name
            for node in nodes
            if isinstance(node, ast.ImportFrom) and str(node.module).startswith("gates")
            for alias in node.names
        }

    def unsafe(self) -> Iterator[tuple[int, str]]:
        """Yield line and text of everything shown that may hold what was not escaped."""
        for node in ast.walk(self.tree):
            for shown in self.shown(node):
                yield from ((shown.lineno, each) for each in self.leaves(shown) if each not in ALLOWED)

    def shown(self, node: ast.AST) -> Iterator[ast.expr]:
        """Yield what a call shows; what modules of our own are given to show is looked at there."""
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            return
        name, owner = node.func.attr, ast.unparse(node.func.value)
        place = LATER.get(name, 0)
        if name == "write" and owner != "st":  # a file's
            return
        if owner.startswith(("logging", "escape")) or (owner in self.ours and name in SHOWS):
            return
        if name in SHOWS or (name in LATER and owner in ("st", "controls")):
            yield from node.args[place : place + 1]
        if name in SHOWS or owner in self.ours or owner == "st":
            yield from (each.value for each in node.keywords if each.arg in KEYWORDS)

    def scope(self, node: ast.AST) -> ast.AST:
        while node in self.parents and not isinstance(node, ast.FunctionDef | ast.Lambda):
            node = self.parents[node]
        return node

    def leaves(self, expression: ast.expr, seen: frozenset[str] = frozenset()) -> Found:
        """Yield the parts of an expression that are neither the catalogue's nor numbers nor escaped."""

        def every(*parts: ast.expr) -> Found:
            for part in parts:
                yield from self.leaves(part, seen)

        match expression:
            case ast.Constant():
                return
            case ast.FormattedValue(format_spec=ast.JoinedStr(values=[ast.Constant(value=str(form))])) if (
                form[-1] in ",defg%"
            ):
                return
            case ast.FormattedValue(value=value) | ast.Starred(value=value) | ast.NamedExpr(value=value):
                yield from every(value)
            case ast.JoinedStr(values=parts) | ast.List(elts=parts) | ast.Tuple(elts=parts):
                yield from every(*parts)
            case ast.BoolOp(values=parts):
                yield from every(*parts)
            case ast.Dict(keys=keys):
                yield from every(*(key for key in keys if key is not None))
            case ast.BinOp(left=left, op=ast.Add() | ast.Mult(), right=right):
                yield from every(left, right)
            case ast.IfExp(body=left, orelse=right):
                yield from every(left, right)
            case ast.ListComp(elt=value) | ast.GeneratorExp(elt=value) | ast.DictComp(key=value):
                yield from every(value)
            case ast.Call():
                yield from self.of_call(expression, seen)
            case ast.Name(id=name):
                if name not in seen:
                    yield from self.of_name(expression, seen | {name})
            case ast.Subscript(value=ast.Name() as value) if self.given(value):
                yield from every(value)
            case _:
                yield ast.unparse(expression)

    def of_call(self, call: ast.Call, seen: frozenset[str]) -> Found:
        name = ast.unparse(call.func)
        if name in ("t", "page.t", "self.page.t", "escape.markdown", "escape.code") or name in NUMBERS:
            return
        if name == "formulas.link":  # an address, spelled by urlencode
            return
        if name in ("list", "tuple", "sorted", "reversed"):
            parts = call.args
        elif isinstance(call.func, ast.Attribute) and call.func.attr in ("join", "strip"):
            parts = [call.func.value, *call.args]
        elif name == "linked":  # adds links to terms, and takes Markdown alone
            parts = call.args[:1]
        elif name in self.functions:
            inside = ast.walk(self.functions[name]) if name not in seen else ()
            parts = [node.value for node in inside if isinstance(node, ast.Return) and node.value]
            seen = seen | {name}
        else:
            yield ast.unparse(call)
            return
        for part in parts:
            yield from self.leaves(part, seen)

    def of_name(self, name: ast.Name, seen: frozenset[str]) -> Found:
        given = self.given(name)
        if not given:  # a parameter, or of another module
            yield name.id
        for each in given:
            yield from self.leaves(each, seen)

    def given(self, name: ast.Name) -> list[ast.expr]:
        """Return all that a name is given in the innermost function that gives it anything."""
        scope = self.scope(name)
        while True:
            given = list(self.given_in(name.id, scope))
            if given or scope not in self.parents:
                return given
            scope = self.scope(self.parents[scope])

    def given_in(self, name: str, scope: ast.AST) -> Iterator[ast.expr]:
        for node in ast.walk(scope):
            match node:
                case ast.Assign(targets=targets, value=value):
                    if any(isinstance(target, ast.Name) and target.id == name for target in targets):
                        yield value
                case ast.AnnAssign(target=ast.Name(id=found), value=ast.expr() as value) if found == name:
                    yield value
                case ast.AugAssign(target=ast.Name(id=found), value=value) if found == name:
                    yield value
                case ast.Call(
                    func=ast.Attribute(value=ast.Name(id=found), attr="append" | "extend"), args=[value]
                ) if found == name:
                    yield value
                case ast.For(target=target, iter=value) | ast.comprehension(target=target, iter=value):
                    yield from self.from_loop(name, target, value)

    @staticmethod
    def from_loop(name: str, target: ast.expr, iterated: ast.expr) -> Iterator[ast.expr]:
        """Yield what a loop gives a name: also each of several that are taken side by side."""
        if isinstance(target, ast.Name) and target.id == name:
            yield iterated
        if isinstance(target, ast.Tuple) and isinstance(iterated, ast.Call):
            for each, given in zip(target.elts, iterated.args, strict=False):
                if isinstance(each, ast.Name) and each.id == name and ast.unparse(iterated.func) == "zip":
                    yield given


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_what_a_page_shows_is_the_catalogues_or_escaped(path: Path) -> None:
    """If this fails: give values to a sentence, ``t(key, value=…)``, or show ``escape.markdown(value)``."""
    assert list(Module(path.read_text("utf-8")).unsafe()) == []


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_that_shows_has_its_words_from_the_page(path: Path) -> None:
    """``translator`` gives plain text, in which values are as they came."""
    imported = [
        alias.name
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    ]
    assert not {"translator", "english"} & set(imported)


@pytest.mark.parametrize(
    "code",
    [
        "def show(page, name):\n    st.error(name)",
        "def show(page, name):\n    st.error(f'**{name}** {t(key)}')",
        "def show(page, file):\n    text = t(key)\n    text += file.name\n    st.markdown(text)",
        "def show(page, file):\n    st.button(t(key), help=file.name)",
        "def show(page, wrong):\n    st.error(page.t.plain(wrong.key, **wrong.values))",
        "def show(page, names):\n    st.markdown(', '.join(names))",
        "def show(page, names):\n    rows = [t(key)]\n    rows.append(names[0])\n    st.markdown(rows)",
        "def name(one):\n    return one.name\ndef show(page, one):\n    st.caption(name(one))",
    ],
)
def test_the_check_sees_what_was_not_escaped(code: str) -> None:
    assert list(Module(code).unsafe())


def test_the_check_knows_what_is_safe() -> None:
    code = """
def said(page, one):
    return page.t(key, name=one.name) if one else ""
def show(page, names):
    t, rows = page.t, []
    for name in names:
        rows.append(f"| {escape.markdown(name)} | {len(name):,} |")
    st.markdown("\\n".join([t("head"), *rows]))
    st.error(f"**{t(key)}** {said(page, names)}")
"""
    assert not list(Module(code).unsafe())
