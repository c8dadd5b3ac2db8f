"""The wheel, built, and installed where nothing of the sources is in reach but the packages beside it are."""

import json
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from urllib.request import urlopen

import pytest
from packaging.requirements import Requirement

from gates import __version__
from gates.scenes import modules
from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[1]
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check", "-q")
STARTED = 300  # seconds within which a server must answer, however busy the machine is


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which the wheel is installed, which pip builds before."""
    site = tmp_path_factory.mktemp("wheel") / "site"
    offline = ("--no-deps", "--no-build-isolation", "--no-index")
    install = [*PIP, "install", *offline, "--no-compile", "--target", str(site), str(ROOT)]
    subprocess.run(install, check=True, capture_output=True, timeout=600)
    return site


def command(site: Path, code: str) -> list[str]:
    """Python on ``code``: behind its own packages it sees ``site``, and neither cwd nor PYTHONPATH."""
    return [sys.executable, "-I", "-c", f"import sys; sys.path.append({str(site)!r})\n{code}"]


def output_of(site: Path, tmp_path: Path, code: str) -> str:
    done = subprocess.run(
        command(site, code), capture_output=True, text=True, cwd=tmp_path, timeout=600, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_takes_one_name_and_bears_the_one_version(site: Path) -> None:
    (found,) = metadata.distributions(path=[str(site)])
    assert (found.name, found.version) == ("gatescope", __version__)
    assert {path.name for path in site.iterdir()} == {"gates", "bin", f"gatescope-{__version__}.dist-info"}
    (script,) = found.entry_points
    assert (script.group, script.name, script.value) == (
        "console_scripts",
        "gatescope",
        "gates.__main__:main",
    )


NOTEBOOK = """
import gates
from gates.scenes import modules
from gates.text import translator
assert "streamlit" not in sys.modules
from gates.notebook import show
page = show(gates.GRU.init(inputs=1, hidden=1, rng=0).run([[1.0], [2.0]])).html
from gates.exercises.classics import CLASSICS, classic
assert all(classic(name).title for name in CLASSICS)
assert not {"streamlit", "torch", "plotly", "pandas"} & sys.modules.keys()
print(gates.__file__, translator("zh")("page.lstm.title"), len(modules.packed_file()), "</html>" in page)
"""
PAGES = """
from streamlit.testing.v1 import AppTest
from gates import paths
for name in ("lstm", "train"):
    app = AppTest.from_file(str(paths.PACKAGE / "ui" / "main.py"), default_timeout=600)
    app.switch_page(str(paths.PAGES / f"{name}.py")).run()
    assert not app.exception, (name, app.exception)
    print(name)
"""
RUN = """
import time
from gates.training.recipe import Recipe
from gates.training.runs.pool import Pool
pool = Pool()
name = pool.start(Recipe.of("parity", "rnn", steps=3, batch=4, length=5), None, "owner")
until = time.monotonic() + 300
while (view := pool.look(name)).status.state not in {"done", "failed", "lost"} and time.monotonic() < until:
    time.sleep(0.05)
print(view.status.state, view.status.step)
pool.close()
"""


def test_a_notebook_a_page_and_a_run_find_all_that_they_need(site: Path, tmp_path: Path) -> None:
    """In one process, which begins with what needs least; the run has one of its own."""
    file, title, size, whole, *more = output_of(site, tmp_path, NOTEBOOK + PAGES + RUN).split()
    assert Path(file).is_relative_to(site)
    strings = ROOT / "gates" / "text" / "strings" / "zh" / "ui.json"
    assert title == json.loads(strings.read_text(encoding="utf-8"))["page.lstm.title"]
    assert int(size) > 100_000
    assert whole == "True"
    assert more == ["lstm", "train", "done", "3"]


@pytest.fixture
def address(site: Path, tmp_path: Path) -> Iterator[str]:
    """The command's own server, started from a folder that has nothing to do with it."""
    port = free_port()
    words = ["run", "--port", str(port), "--server.headless", "true"]
    start = command(site, f"from gates.__main__ import main\nsys.exit(main({words!r}))")
    log = tmp_path / "log.txt"
    with log.open("wb") as out, subprocess.Popen(start, cwd=tmp_path, stdout=out, stderr=out) as server:
        try:
            until = time.monotonic() + STARTED
            while True:
                try:
                    urlopen(f"http://localhost:{port}/_stcore/health", timeout=10).close()
                    break
                except OSError:  # refused, cut off, or late
                    assert server.poll() is None and time.monotonic() < until, log.read_text()
                    time.sleep(0.1)
            yield f"http://localhost:{port}"
        finally:
            server.terminate()
    assert "Network URL" not in log.read_text(), "the app's own settings were not found: it listens to all"


def test_the_command_serves_the_app_with_its_settings(address: str) -> None:
    with urlopen(address + modules.modules_path(), timeout=600) as answer:  # named by what is in it
        names = [name for _, name, _ in json.loads(answer.read())["modules"]]
    assert names[-1] == "stage.js"
    with urlopen(f"{address}/gru", timeout=600) as page:
        assert b"<title>" in page.read()


def test_the_extra_allows_the_versions_that_are_tested() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    allowed = {
        needed.name: needed
        for needed in map(Requirement, [*project["dependencies"], *project["optional-dependencies"]["app"]])
    }
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    tested = dict(line.partition(";")[0].split("==") for line in lines if line and not line.startswith("#"))
    assert allowed.keys() == tested.keys()
    for name, version in tested.items():
        assert version in allowed[name].specifier, name
