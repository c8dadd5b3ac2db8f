"""The browser's reviews and its gate test: when they come, what they ask, and what is kept of them."""

import subprocess
from pathlib import Path

from tests.node import NODE


def test_reviews_and_sittings() -> None:
    script = Path(__file__).with_name("review.test.mjs")
    ran = subprocess.run(
        [NODE, "--test", "--test-reporter=tap", str(script)], capture_output=True, text=True, timeout=120
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "# pass 14" in ran.stdout
