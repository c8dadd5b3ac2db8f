"""Runs the stage's own tests, which are in JavaScript beside this file and in its folders."""

import re
import subprocess
from pathlib import Path

from tests.node import NODE, kinds

TESTS = sorted(Path(__file__).parent.rglob("*.test.mjs"))


def test_modules() -> None:
    """All in one process: none of them leaves anything behind for another, and node starts once."""
    command = [NODE, "--test", "--test-isolation=none", "--test-reporter=tap", *TESTS]
    result = subprocess.run(command, capture_output=True, text=True, timeout=600, env=kinds())
    failed = [line for line in result.stdout.splitlines() if line.startswith("not ok")]
    assert result.returncode == 0, "\n".join([*failed, result.stdout, result.stderr])
    ran = re.search(r"^# pass (\d+)$", result.stdout, re.MULTILINE)
    written = sum(path.read_text(encoding="utf-8").count("\ntest(") for path in TESTS)
    assert ran and int(ran[1]) >= written > 150, "none is left out"
