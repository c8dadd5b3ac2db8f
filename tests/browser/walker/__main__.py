"""Runs many walks, resumes where it was stopped, and prints the shortest sequence of actions that breaks one.

``make walk WALKS=200 ACTIONS=40 SEED=1``
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from tests.browser import chromium
from tests.browser.helpers import BROWSER_FLAGS, ROOT, running_app
from tests.browser.walker.drive import Broken, Walker, say
from tests.browser.walker.plan import LANGUAGES, Action
from tests.browser.walker.shrink import shortest

FOLDER = ROOT / "build" / "walks"


def main(given: Sequence[str] | None = None) -> int:
    """Runs the walks; the exit code says whether one broke."""
    parser = argparse.ArgumentParser(prog="python -m tests.browser.walker", description=__doc__)
    parser.add_argument("--walks", type=int, default=20, help="how many walks, half of them in each language")
    parser.add_argument("--actions", type=int, default=40, help="actions in a walk")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--anew", action="store_true", help="forget what an earlier run of this seed has done"
    )
    parser.add_argument("--shrink", type=int, default=40, help="replays to shorten a sequence that breaks")
    wanted = parser.parse_args(given)
    kept = FOLDER / f"seed-{wanted.seed}-actions-{wanted.actions}.json"
    record: dict[str, Any] = {"done": [], "broken": {}, "actions": 0, "seconds": 0.0}
    if kept.exists() and not wanted.anew:
        record |= json.loads(kept.read_text(encoding="utf-8"))
        print(f"Resuming: {len(record['done'])} walks are done, {len(record['broken'])} broke.")
    with walking() as walker:
        for number in range(wanted.walks):
            if number in record["done"]:
                continue
            language, begun = LANGUAGES[number % 2], time.monotonic()
            try:
                done = walker.walk(f"{wanted.seed}/{number}", language, wanted.actions)
            except Broken as broken:
                done = broken.done
                record["broken"][str(number)] = report(walker, broken, number, language, wanted.shrink)
            else:
                record["broken"].pop(str(number), None)
                record["done"].append(number)
            seconds = time.monotonic() - begun
            record["actions"] += len(done)
            record["seconds"] += seconds
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_text(json.dumps(record, ensure_ascii=False), encoding="utf-8")
            print(f"walk {number} ({language}): {len(done)} actions, {seconds:.1f} s", flush=True)
    whole = len([number for number in record["done"] if number < wanted.walks])
    print(
        f"{whole} of {wanted.walks} walks of {wanted.actions} actions without a break; "
        f"{record['actions']:,} actions in {record['seconds']:,.0f} s."
    )
    return 0 if whole == wanted.walks else 1


@contextmanager
def walking() -> Iterator[Walker]:
    """A walker at an app and in a browser of its own."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running_app(Path(folder) / "log.txt") as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=list(BROWSER_FLAGS))
        walker = Walker(browser, server.url)
        yield walker
        walker.close()
        browser.close()


def report(walker: Walker, broken: Broken, number: int, language: str, most: int) -> dict[str, Any]:
    """Prints what broke and the shortest sequence that breaks; returns both for the record."""
    print(f"walk {number} ({language}) broke after {len(broken.done)} actions:", *broken.wrong, sep="\n  ")
    last = broken

    def breaks(actions: list[Action]) -> bool:
        nonlocal last
        try:
            walker.replay(actions, language)
        except Broken as again:
            last = again
            return True
        return False

    kept, asked = shortest(broken.done, breaks, most)
    print(f"  the shortest that breaks ({asked} replays), from home in {language}:")
    print(*(f"    {say(action)}" for action in kept), sep="\n")
    print(*(f"    -> {one}" for one in last.wrong), sep="\n")
    print(f"    at {last.address}", flush=True)
    return {"wrong": broken.wrong, "shortest": kept, "then": last.wrong}


if __name__ == "__main__":
    sys.exit(main())
