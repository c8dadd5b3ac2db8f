"""Node for the tests of JavaScript: the one that Playwright brings, so that no machine needs its own."""

from playwright._impl._driver import compute_driver_executable

NODE: str = compute_driver_executable()[0]
