"""Make the README's picture from the running app: ``make screenshot``."""

import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser import chromium
from tests.browser.helpers import BROWSER_FLAGS, ROOT, open_stage, running_app

PICTURE = ROOT / "docs" / "screenshot.png"
SHOWN = "/lstm?lang=en&step=4&phase=read"  # the Locker is asked: all three gates have something to show


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        running_app(Path(folder) / "log.txt") as server,
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=chromium.find(), args=list(BROWSER_FLAGS)) as browser,
    ):
        page = browser.new_page(
            base_url=server.url, viewport={"width": 1280, "height": 980}, reduced_motion="reduce"
        )
        open_stage(page, SHOWN)
        page.screenshot(path=PICTURE, animations="disabled")
    print(f"Wrote {PICTURE.relative_to(ROOT)}.")


if __name__ == "__main__":
    main()
