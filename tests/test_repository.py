"""What a newcomer relies on: pins that are met, commands that exist, links that lead somewhere."""

import os
import re
import subprocess
import tomllib
from collections import Counter
from importlib.metadata import version
from pathlib import Path

import pytest
from streamlit import config

from gates import __version__
from gates.figures.palette import palette

ROOT = Path(__file__).resolve().parents[1]
PIN = re.compile(r"^([A-Za-z0-9-]+)==(\d+(?:\.\d+)+)$")
PRIVATE_PATH = re.compile(r"(?<![\w.])/(?:home|Users|root)/\w|\b[A-Z]:\\Users\\", re.ASCII)
LARGEST = 1_500_000
CODE = {".py", ".js", ".mjs"}
MOST_FILES = 25  # of code in one folder: what can be read at a glance


def read(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def tracked() -> list[Path]:
    """Every file of the repository; of a copy without history, the files a commit would hold."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout")
    return [path for line in result.stdout.split("\0") if line and (path := ROOT / line).is_file()]


def pins(path: str) -> dict[str, str]:
    lines = [line for line in read(path).splitlines() if line and not line.startswith(("#", "-r "))]
    lines = [line.partition(";")[0] for line in lines]  # without the systems that it is for
    matches = {line: PIN.match(line) for line in lines}
    assert all(matches.values()), (
        f"not pinned to one version: {[line for line in lines if not matches[line]]}"
    )
    return {match[1]: match[2] for match in matches.values() if match}


@pytest.mark.parametrize("path", ["requirements.txt", "requirements-dev.txt"])
def test_the_pins_are_exact_and_are_what_is_installed(path: str) -> None:
    wanted = pins(path)
    installed = {package: version(package).partition("+")[0] for package in wanted}  # torch 2.13.0+cpu
    assert installed == wanted, "run `make check` to install the pinned versions"


def test_each_dependency_has_its_reason_and_no_other_has_one() -> None:
    explained = set(re.findall(r"^\| \[?`([\w-]+)`", read("docs/dependencies.md"), re.MULTILINE))
    assert explained == {package for path in ROOT.glob("requirements*.txt") for package in pins(path.name)}


def test_no_folder_holds_more_code_than_can_be_read_at_a_glance() -> None:
    folders = Counter(path.parent.relative_to(ROOT) for path in tracked() if path.suffix in CODE)
    assert folders and {folder: count for folder, count in folders.items() if count > MOST_FILES} == {}


@pytest.mark.parametrize("path", ["README.md", "CONTRIBUTING.md", ".ci/run", ".pre-commit-config.yaml"])
def test_every_make_command_exists(path: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", read("Makefile"), re.MULTILINE))
    named = set(re.findall(r"(?:^|`|entry: )make ([a-z]+)", read(path), re.MULTILINE))
    assert named, f"{path} names no command"
    assert named <= targets


def test_ci_runs_what_people_run() -> None:
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    assert read(".ci/run").splitlines()[-1] == "make test"


def test_the_changelog_knows_the_version() -> None:
    assert f"## [{__version__}]" in read("CHANGELOG.md")


def test_every_setting_is_one_that_streamlit_knows() -> None:
    settings = tomllib.loads(read(".streamlit/config.toml"))
    known = set(config.get_config_options())
    assert dotted(settings) <= known


def dotted(table: dict[str, object], prefix: str = "") -> set[str]:
    names: set[str] = set()
    for key, value in table.items():
        names |= dotted(value, f"{prefix}{key}.") if isinstance(value, dict) else {f"{prefix}{key}"}
    return names


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_page_wears_the_colours_of_the_stage(theme: str) -> None:
    page = tomllib.loads(read(".streamlit/config.toml"))["theme"][theme]
    stage = palette(theme)
    assert page["primaryColor"] == page["linkColor"] == stage["accent"]
    assert page["backgroundColor"] == stage["bg"]
    assert page["secondaryBackgroundColor"] == stage["belt"]


def test_nothing_names_somebodys_machine() -> None:
    hits = []
    for path in tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        hits += [f"{path.relative_to(ROOT)}: {hit[0]}" for hit in PRIVATE_PATH.finditer(text)]
    assert not hits


def test_no_file_is_large() -> None:
    assert not [path for path in tracked() if path.stat().st_size > LARGEST]
