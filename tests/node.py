"""Node for the tests of JavaScript: the one that Playwright brings, so that no machine needs its own."""

import json
import os

from playwright._impl._driver import compute_driver_executable

from gates.examples.notation.kinds import KINDS, described

NODE: str = compute_driver_executable()[0]


def kinds() -> dict[str, str]:
    """The environment in which a script of tests/stage finds what is said of each kind of cell."""
    return {**os.environ, "GATESCOPE_KINDS": json.dumps({name: described(name) for name in KINDS})}
