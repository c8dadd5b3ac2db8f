"""Runs the stage's own tests, which are in JavaScript beside this file."""

import subprocess
from pathlib import Path

import pytest

from tests.node import NODE, kinds

TESTS = sorted(Path(__file__).parent.glob("*.test.mjs"))


@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.name)
def test_modules(path: Path) -> None:
    result = subprocess.run([NODE, "--test", path], capture_output=True, text=True, timeout=120, env=kinds())
    assert result.returncode == 0, result.stdout + result.stderr
