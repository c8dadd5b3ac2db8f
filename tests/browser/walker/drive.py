"""Goes through the app in a real browser: does one action after another, and looks after each."""

from __future__ import annotations

import json
import random
import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Error, Page

from gates.examples.notation.letters import NOTATIONS
from gates.scenes.registry import PAGES
from gates.text import LANGUAGES, translator
from tests.browser.helpers import watch_errors
from tests.browser.walker import judge
from tests.browser.walker.judge import Memory, Snapshot
from tests.browser.walker.plan import Action, choose

PROBE = Path(__file__).with_name("probe.js").read_text(encoding="utf-8")
PATIENCE = 120_000
"""Milliseconds that a busy machine may take to come to rest."""
GRACE = 30.0
"""Seconds that what is shown may be behind what has arrived."""
HURRY = 5
"""How many times faster the page's own short waits pass, such as the one before the address is written."""
LOCALES = {"en": "en-US", "zh": "zh-CN"}
ASKS = 3000
"""ms within which a page asks the server for what was chosen; what changes nothing asks for nothing."""
FRESH = 3
"""How many times in a walk its link is opened anew."""


class Broken(AssertionError):
    """A walk that broke: what was done up to then, and what is wrong."""

    def __init__(self, done: Sequence[Action], wrong: Sequence[str], address: str) -> None:
        self.done, self.wrong, self.address = list(done), list(wrong), address
        super().__init__("\n".join([*wrong, address, *map(say, done)]))


def say(action: Action) -> str:
    """An action in a line."""
    return json.dumps(action, ensure_ascii=False)


class Walker:
    """Two windows of one browser: one walks, in the other its links are opened anew."""

    def __init__(self, browser: Browser, base: str) -> None:
        self.base = base
        self._walking, self._anew = (_context(browser) for _ in range(2))
        self._anew.add_init_script("sessionStorage.clear()")  # a fresh browser guesses at nothing yet
        self._reader = self._anew.new_page()
        self._reader_errors = watch_errors(self._reader)

    def close(self) -> None:
        self._walking.close()
        self._anew.close()

    def walk(self, seed: str, language: str, actions: int) -> list[Action]:
        """Walks by a seed and returns what was done.

        Raises:
            Broken: something is wrong after an action.
        """
        rng = random.Random(seed)
        anew = set(rng.sample(range(actions), min(FRESH, actions)))
        done: list[Action] = []
        with self._visitor(language) as visit:
            while len(done) < actions:
                inventory = visit.page.evaluate("__walk.inventory()")
                action = choose(rng, inventory, visit.memory.language, len(NOTATIONS))
                if visit.do(action, done):
                    done.append(action)
                    if len(done) - 1 in anew:
                        action["anew"] = True
                        self._open_anew(visit, done)
        return done

    def replay(self, actions: Sequence[Action], language: str) -> None:
        """Does given actions, without those that are not possible.

        Raises:
            Broken: something is wrong after one of them.
        """
        done: list[Action] = []
        with self._visitor(language) as visit:
            for action in actions:
                if visit.do(dict(action), done):
                    done.append(action)
                    if action.get("anew"):
                        self._open_anew(visit, done)

    def _open_anew(self, visit: _Visit, done: Sequence[Action]) -> None:
        if not judge.linked(visit.shown):
            return
        address = ""

        def wrong() -> list[str]:
            nonlocal address
            visit.look(done)
            if visit.page.url != address:
                address = visit.page.url
                self._reader_errors.clear()
                self._reader.goto(address, wait_until="commit")
            fresh = rest(self._reader, (Broken, done, visit.page.url))
            return [*judge.anew(visit.shown, fresh), *self._reader_errors]

        settle(wrong, done, self._reader)

    @contextmanager
    def _visitor(self, language: str) -> Iterator[_Visit]:
        page = self._walking.new_page()
        try:
            yield _Visit(page, f"{self.base}/?lang={language}", language)
        finally:
            page.close()


def _context(browser: Browser) -> BrowserContext:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE)
    stageless = [name for name, page in PAGES.items() if not page.staged]
    context.add_init_script(
        f"window.__hurry = {HURRY}; window.__stageless = {json.dumps(stageless)};\n{PROBE}"
    )
    # Storage of an earlier visitor would make this one no newcomer; a reload within a visit keeps it.
    context.add_init_script(
        "if (!sessionStorage.getItem('walk')) { localStorage.clear(); sessionStorage.setItem('walk', 'on'); }"
    )
    return context


def rest(page: Page, broken: tuple[type[Broken], Sequence[Action], str]) -> Snapshot:
    """Waits until nothing is on its way any more, and returns what is shown then."""
    while True:
        try:
            found = page.evaluate(f"__walk.rest({PATIENCE})")
            break
        except Error as error:
            if not re.search("context was destroyed|navigation", str(error)):
                raise
    if "reason" in found:
        kind, done, address = broken
        raise kind(done, [f"it never came to rest: {found['reason']}", *found["snapshot"]["faults"]], address)
    snapshot: Snapshot = found["snapshot"]
    return snapshot


def settle(wrong: Callable[[], list[str]], done: Sequence[Action], page: Page) -> None:
    """Looks until nothing is wrong any more: a busy browser draws what has arrived in its own time.

    Raises:
        Broken: something still is after :data:`GRACE` seconds.
    """
    end = time.monotonic() + GRACE
    while found := wrong():
        if time.monotonic() > end:
            raise Broken(done, found, page.url)
        page.wait_for_timeout(200)


class _Visit:
    """A person on the way."""

    def __init__(self, page: Page, start: str, language: str) -> None:
        self.page, self.memory = page, Memory(language)
        self.errors = watch_errors(page)
        page.goto(start, wait_until="commit")
        self._last: Callable[[], Iterable[str]] = lambda: ()  # what must hold after the last action
        self.look([])

    def do(self, action: Action, done: Sequence[Action]) -> bool:
        """Does an action, if it is possible, and looks whether all is well."""
        self.look(done)  # a busy page may have drawn the last action's answer only now
        before, spoken = self.shown, self.memory.language
        sent = self.page.evaluate("__walk.sent")
        if not self._perform(action):
            return False
        if judge.asks_the_server(action, before, spoken):  # a busy page does so some frames later
            self.page.evaluate("([sent, patience]) => __walk.asks(sent, patience)", [sent, ASKS])
        if action["kind"] == "reload":
            self.memory.pages.clear()  # a new session
        self._last = lambda: judge.after(self.memory, action, before, self.shown)
        self.look([*done, action])
        if before["path"] != self.shown["path"] and not judge.filled(before):
            self.memory.pages[before["path"]] = dict(before["widgets"])
            self.memory.spoken[before["path"]] = spoken
        return True

    def look(self, done: Sequence[Action]) -> None:
        """Looks whether all is well, once the page is at rest."""

        def wrong() -> list[str]:
            try:
                self.shown = rest(self.page, (Broken, done, self.page.url))
            except Broken as broken:
                raise Broken(done, [*broken.wrong, *self.errors], self.page.url) from None
            self.errors[:] = judge.unexpected(self.errors, self.shown)
            return [*judge.always(self.memory, self.shown), *self._last(), *self.errors]

        settle(wrong, done, self.page)

    def _perform(self, action: Action) -> bool:
        match action["kind"]:
            case "back" | "forward":
                return bool(self.page.evaluate(TRAVEL, action["kind"]))
            case "reload":
                self.page.reload(wait_until="commit")
                return True
            case "language":
                to = action["to"]
                if self._click({"kind": "radio", "key": "shared-lang", "index": LANGUAGES.index(to)}):
                    self.memory.language = to
                    return True
                return False
            case "notation":
                return self._note(action)
            case "key":
                return self._press(action["keys"])
            case "option":
                return self._option(action)
            case "multi":
                return self._option(action, close=True)
            case "number" | "text" | "area":
                return self._type(action)
            case "slider":
                if not self.page.evaluate("action => __walk.focus(action)", action):
                    return False
                for key in action["keys"]:
                    self.page.keyboard.press(key)
                return True
            case "popover":
                return self._click(action) and self._escape()
            case "stage" if action["part"] in ("range", "select", "number"):
                return (
                    self.page.evaluate(
                        "([action, share]) => __walk.set(action, share)", [action, action["share"]]
                    )
                    is not None
                )
        if not self._click(action):
            return False
        if action["kind"] == "radio":
            action["chosen"] = action["index"]
        return True

    def _click(self, action: Action) -> bool:
        place = self.page.evaluate("action => __walk.locate(action)", action)
        if place is None or not place["hit"]:
            return False
        self.page.mouse.click(place["x"], place["y"])
        return True

    def _escape(self) -> bool:
        self.page.keyboard.press("Escape")
        return True

    def _press(self, keys: Sequence[str]) -> bool:
        if not self.page.evaluate("__walk.focusStage()"):
            return False
        for key in keys:
            self.page.keyboard.press(key)
        return True

    def _option(self, action: Action, close: bool = False) -> bool:
        options = self._opened(action)
        if not options:
            return self._escape() and False
        index = action.setdefault("index", min(len(options) - 1, int(action["share"] * len(options))))
        if index >= len(options):
            return self._escape() and False
        return self._choose(action, options, index, close)

    def _note(self, action: Action) -> bool:
        """Opens the list of notations in the bar, looks what it shows, and chooses another."""
        if not self._click(action):
            return False
        shown = self.page.locator(".st-key-shared-notation input")
        shown.wait_for()
        t = translator(self.memory.language)
        was, label = (t(f"notation.{NOTATIONS[one]}") for one in (self.memory.notation, action["to"]))
        if shown.input_value() != was:
            self.errors.append(f"the notation is {was!r}, its control shows {shown.input_value()!r}")
        if not self._pick({"kind": "option", "key": "shared-notation"}, label):
            return False
        self.memory.notation = action["to"]
        return self._click(action)  # which closes it

    def _pick(self, action: Action, label: str) -> bool:
        options = self._opened(action)
        if label not in options:
            return self._escape() and False
        return self._choose(action, options, options.index(label), close=False)

    def _opened(self, action: Action) -> list[str]:
        """Opens a list and returns what can be chosen from it."""
        if not self._click(action):
            return []
        options: list[str] = self.page.evaluate("__walk.options(5000)")
        return options

    def _choose(self, action: Action, options: Sequence[str], index: int, close: bool) -> bool:
        if not self._click({"kind": "choice", "index": index}):
            return self._escape() and False
        action["chosen"] = options[index].removesuffix(" ✓")
        return self._escape() if close else True

    def _type(self, action: Action) -> bool:
        if not self.page.evaluate("action => __walk.focus(action)", action):
            return False
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.press("Delete")
        self.page.keyboard.insert_text(action["value"])
        self.page.keyboard.press("ControlOrMeta+Enter" if action["kind"] == "area" else "Enter")
        if action["kind"] != "number":
            action["chosen"] = action["value"]
        return True


TRAVEL = """way => {
  if (!(way === "back" ? navigation.canGoBack : navigation.canGoForward)) return false;
  return new Promise(resolve => {
    addEventListener("popstate", () => setTimeout(() => resolve(true), 0), { once: true });
    history[way]();
  });
}"""
