"""The one script of an exported file: which modules it has, and that linked they do what they did."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from gates import paths
from gates.export import bundle
from gates.export.bundle import Reach
from gates.scenes import compact
from gates.scenes.linking import LinkError
from tests.node import NODE

LSTM = Reach(frozenset({"lstm"}), frozenset())


def test_a_file_holds_only_the_modules_that_its_states_reach() -> None:
    sources = {
        path.relative_to(paths.ASSETS).as_posix(): path.read_text(encoding="utf-8")
        for folder in bundle.FOLDERS
        for path in (paths.ASSETS / folder).rglob("*.js")
    }
    one = set(bundle.reachable(LSTM, sources))
    assert bundle.ENTRY in one
    left_out = {"stage/belt/lanes/rnn.js", "stage/diagram/gru.js", "stage/belt/folded/modern.js"}
    assert not one & (left_out | {name for names in bundle.PLUGINS.values() for name in names})
    more = set(bundle.reachable(Reach(frozenset({"lstm", "gru", "mingru"}), frozenset({"readout"})), sources))
    assert {"stage/diagram/gru.js", "stage/belt/folded/modern.js", "stage/readout/readout.js"} <= more
    assert "stage/belt/lanes/rnn.js" not in more
    stamped = {path.relative_to(paths.ASSETS).as_posix() for path, _ in bundle.stamp()}
    sheets = {name for name in stamped if name.endswith(".css")}
    assert stamped == sources.keys() | sheets and "stage/stage.css" in sheets


def run_node(script: str) -> str:
    return subprocess.run([NODE, "-"], input=script, capture_output=True, text=True, check=True).stdout


MODULES = {
    "file/file.js": 'import { add, twice as double } from "../stage/a.js";\n'
    'import * as b from "./b.js";\n'
    'import { mount } from "../stage/lab/lab.js";\n'  # of a plug-in that no run calls for
    'const late = await import("./b.js");\n'
    "console.log(add(1, double(2)), b.text, new b.Thing().say(), mount, late === b);\n",
    "file/b.js": "const add = 5; // another module's name\nexport const text = `a  ${`b  ${add}`}`;\n"
    'export class Thing {\n  say() {\n    return "</script><!--  x";\n  }\n}\n',
    "stage/a.js": 'import {\n  one,\n} from "./deep/one.js";\n'
    "export function add(x, y) {\n  return x + y + one;\n}\n"
    "export const twice = (x) => 2 * x;\n",
    "stage/deep/one.js": "export const one = 1;\n",
}


SAID = "6 a  b  5 </script><!--  x undefined true\n"


def test_linked_modules_do_what_they_did_as_modules() -> None:
    linked = bundle.linked(LSTM, MODULES)
    assert "</script" not in linked
    assert "<!--" not in linked
    assert run_node(linked) == SAID


@pytest.mark.parametrize(
    "source",
    [
        'import "./b.js";\n',
        'export { a } from "./b.js";\n',
        'import a from "./b.js";\n',
        "export let a = 1;\n",
    ],
)
def test_a_form_of_import_that_the_linker_does_not_know_is_refused(source: str) -> None:
    with pytest.raises(LinkError):
        bundle.linked(LSTM, {"file/file.js": source, "file/b.js": "const a = 1;\n"})


WHOLE = Reach(frozenset({"lstm", "gru", "rnn", "slstm"}), frozenset(bundle.PLUGINS))


def test_the_whole_script_parses(tmp_path: Path) -> None:
    for number, reach in enumerate((LSTM, WHOLE)):
        script = tmp_path / f"{number}.js"
        script.write_text(bundle.script(reach), encoding="utf-8")
        subprocess.run([NODE, "--check", script], check=True)


def test_without_the_package_that_shortens_names_a_file_is_larger_and_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where there is no wheel of it, as for Apple's processors, nothing that is installed may ask for it."""
    given = tomllib.loads((paths.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pinned = (paths.ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    found = [
        Requirement(line)
        for lines in (given["dependencies"], *given["optional-dependencies"].values(), pinned)
        for line in lines
        if line.startswith("tdewolff-minify")
    ]
    assert len(found) == 2
    for one in found:
        assert one.marker
        for system, machine, has_wheel in (
            ("darwin", "arm64", False),
            ("darwin", "x86_64", True),
            ("win32", "ARM64", False),
            ("win32", "AMD64", True),
            ("linux", "aarch64", True),
        ):
            asked = one.marker.evaluate({"sys_platform": system, "platform_machine": machine})
            assert asked == has_wheel, (system, machine)

    short = bundle.script(WHOLE)
    monkeypatch.setattr(
        bundle, "_linked", bundle._linked.__wrapped__
    )  # neither remembers what it made with it
    monkeypatch.setattr(bundle, "_minified", compact.minified)
    monkeypatch.setitem(sys.modules, "minify", None)
    text = bundle.script(WHOLE)
    assert len(text) > 1.2 * len(short)
    script = tmp_path / "file.js"
    script.write_text(text, encoding="utf-8")
    subprocess.run([NODE, "--check", script], check=True)
    assert run_node(bundle.linked(LSTM, MODULES)) == SAID
