"""Runs the stage's own tests of its modules without DOM, in node where there is one."""

import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
@pytest.mark.parametrize("module", sorted(HERE.glob("*.test.mjs")), ids=lambda path: path.stem)
def test_module(module: Path) -> None:
    ran = subprocess.run(["node", "--test", str(module)], capture_output=True, text=True, timeout=60)
    assert ran.returncode == 0, ran.stdout
