"""The stage's own tests in JavaScript, run by the Node that Playwright brings: nothing to install."""

import subprocess
from pathlib import Path

import pytest
from playwright._impl._driver import compute_driver_executable

HERE = Path(__file__).parent


@pytest.mark.parametrize("path", sorted(HERE.glob("*.test.mjs")), ids=lambda path: path.stem)
def test_modules(path: Path) -> None:
    node, _ = compute_driver_executable()
    result = subprocess.run([node, "--test", path], capture_output=True, text=True, timeout=120)
    assert result.returncode == 0, result.stdout + result.stderr
