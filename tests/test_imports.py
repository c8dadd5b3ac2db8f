"""Imports go one way, from the engine up to the pages, and nowhere in a circle."""

import ast
import functools
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ORDER = (
    *(
        "paths",
        "packing",
        "caching",
        "strict_json",
        "text",
        "errors",
        "commands",
        "core",
        "cells",
        "network",
        "analysis",
    ),
    *("inputs", "interop", "examples", "exercises", "figures", "training", "glossary", "scenes", "course"),
    *("export", "lectures"),
    *("notebook", "ui", "pages", "app", "__main__"),
)
"""Each family of modules may import itself and those before it."""
ENGINE = ORDER[: ORDER.index("inputs")]
SERVER_ONLY = {"streamlit", "starlette"}
LATE = {"torch", "plotly", "pandas", "safetensors", "keras", "tensorflow", "onnx", "onnxruntime", "h5py"}
FAMILIES = {path.stem for path in (ROOT / "gates").iterdir() if path.stem[0] not in "_."} | {*ORDER[-3:]}
SOURCES = sorted([ROOT / "app.py", *ROOT.glob("gates/**/*.py"), *ROOT.glob("pages/**/*.py")])


@dataclass(frozen=True)
class Import:
    """One imported name; ``late`` if it runs only when a function is called, or never (for types)."""

    module: str
    late: bool
    line: int

    @property
    def package(self) -> str:
        return self.module.partition(".")[0]


@functools.cache
def imports(path: Path) -> tuple[Import, ...]:
    return tuple(imports_in(ast.parse(path.read_text(encoding="utf-8")), module_name(path), late=False))


def all_imports() -> Iterator[tuple[Path, Import]]:
    """Each import of each source."""
    return ((path, item) for path in SOURCES for item in imports(path))


def imports_in(node: ast.AST, module: str, late: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from (Import(name.name, late, child.lineno) for name in child.names)
        elif isinstance(child, ast.ImportFrom):
            origin = absolute(child, module)
            # Only with its last word does `from gates import lessons` name the module.
            yield from (Import(f"{origin}.{name.name}", late, child.lineno) for name in child.names)
        elif not isinstance(child, ast.expr):  # in which nothing can be imported
            inside = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
            yield from imports_in(child, module, late or inside or for_types_only(child))


def absolute(node: ast.ImportFrom, module: str) -> str:
    if not node.level:
        return node.module or ""
    parents = module.split(".")[: -node.level]
    return ".".join([*parents, *([node.module] if node.module else [])])


def for_types_only(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")


def module_name(path: Path) -> str:
    """The dotted name; a package's ends in ``__init__``, so that relative imports count from inside."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def layer(module: str) -> int:
    """The place of a module's family in ``ORDER``; what stands directly in gates/ is a family of its own.

    Raises:
        AssertionError: for a family that has no place yet; give it one in ``ORDER``.
    """
    parts = module.split(".")
    family = parts[0] if parts[0] in {"app", "pages"} else parts[1] if len(parts) > 1 else ""
    if family not in FAMILIES:  # a name out of gates/__init__.py: the engine's public face
        return ORDER.index("network")
    assert family in ORDER, f"gates/{family} has no place in ORDER"
    return ORDER.index(family)


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_imports_point_down() -> None:
    own = [(path, item) for path, item in all_imports() if item.package in {"gates", "pages", "app"}]
    assert [
        f"{name(path)}:{item.line} imports {item.module} from a layer above"
        for path, item in own
        if layer(item.module) > layer(module_name(path))
    ] == []
    assert [
        f"{name(path)}:{item.line} imports the script {item.module}"
        for path, item in own
        if item.package != "gates"
    ] == []


def edges() -> dict[Path, set[Path]]:
    """Which file of gates/ imports which, for types only too, apart from the faces of packages."""
    files = {module_name(path): path for path in SOURCES if path.is_relative_to(ROOT / "gates")}
    found: dict[Path, set[Path]] = {path: set() for path in files.values() if path.name != "__init__.py"}
    for path in found:
        for item in imports(path):
            named = files.get(item.module) or files.get(item.module.rpartition(".")[0])
            if named is not None and named != path:
                found[path].add(named)
    return found


def folder_edges(folder: Path, files: dict[Path, set[Path]]) -> dict[str, set[str]]:
    """The same among what stands side by side in a folder, each subfolder as one."""

    def sibling(path: Path) -> str:
        return path.relative_to(folder).parts[0]

    inside = {path: seen for path, seen in files.items() if path.is_relative_to(folder)}
    siblings: dict[str, set[str]] = {sibling(path): set() for path in inside}
    for path, seen in inside.items():
        siblings[sibling(path)] |= {sibling(other) for other in seen if other.is_relative_to(folder)}
    return {one: others - {one} for one, others in siblings.items()}


def test_no_circle_among_files_or_folders() -> None:
    files = edges()
    TopologicalSorter(files).prepare()
    for folder in sorted(
        {parent for path in files for parent in path.parents if parent.is_relative_to(ROOT)}
    ):
        TopologicalSorter(folder_edges(folder, files)).prepare()


def test_a_circle_is_found_whatever_it_is_made_of() -> None:
    a, b, c = (ROOT / "gates" / name for name in ("one/a.py", "two/b.py", "one/c.py"))
    with pytest.raises(CycleError):
        TopologicalSorter(folder_edges(ROOT / "gates", {a: {b}, b: {c}, c: set()})).prepare()


def test_streamlit_stays_with_the_pages() -> None:
    assert [
        f"{name(path)}:{item.line} must work without a server, and imports {item.module}"
        for path, item in all_imports()
        if item.package in SERVER_ONLY and layer(module_name(path)) < ORDER.index("ui")
    ] == []


def test_heavy_libraries_load_where_they_are_used() -> None:
    assert [
        f"{name(path)}:{item.line} imports at its top what only some pages need: {item.module}"
        for path, item in all_imports()
        if item.package in LATE and not item.late
    ] == []


def test_the_engine_needs_numpy_alone() -> None:
    allowed = {"numpy", "gates"} | sys.stdlib_module_names
    assert [
        f"{name(path)}:{item.line} imports {item.module}"
        for path, item in all_imports()
        if layer(module_name(path)) < len(ENGINE) and item.package not in allowed
    ] == []


def test_the_rules_see_every_form_of_import() -> None:
    source = """
import torch.nn as nn
from ..ui import frame
from . import figures
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    import plotly
def draw():
    import pandas
class Late:
    import onnx
"""
    seen = {
        item.module: item.late for item in imports_in(ast.parse(source), "gates.inputs.parse", late=False)
    }
    assert seen == {
        "torch.nn": False,
        "gates.ui.frame": False,
        "gates.inputs.figures": False,
        "typing.TYPE_CHECKING": False,
        "plotly": True,
        "pandas": True,
        "onnx": False,
    }


def loaded_by(code: str) -> set[str]:
    """The top-level packages in memory after ``code`` ran in a new interpreter that sees no user settings."""
    report = "import sys; print(*{name.partition('.')[0] for name in sys.modules})"
    command = [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{code}\n{report}"]
    result = subprocess.run(command, capture_output=True, text=True, timeout=600, cwd=ROOT)
    assert result.returncode == 0, result.stderr
    return set(result.stdout.splitlines()[-1].split())


def test_importing_the_engine_loads_numpy_alone() -> None:
    before = loaded_by("")
    added = loaded_by("import gates") - before - sys.stdlib_module_names
    assert added == {"gates", "numpy"}


def test_the_pages_open_without_the_heavy_libraries() -> None:
    code = f"""
import streamlit  # which loads Plotly and pandas itself where they are installed
heavy = {LATE!r} - sys.modules.keys()
assert "torch" in heavy
from streamlit.testing.v1 import AppTest
app = AppTest.from_file({str(ROOT / "gates" / "ui" / "main.py")!r}, default_timeout=600)
for page in {sorted(str(path) for path in ROOT.glob("pages/*.py"))!r}:
    app.switch_page(page).run()
    assert not app.exception, (page, app.exception)
    assert not heavy & sys.modules.keys(), page
"""
    assert "gates" in loaded_by(code)
