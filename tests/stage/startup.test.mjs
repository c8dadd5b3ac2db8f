// What holds before Streamlit's script begins: who writes the address, and light or dark for all pages.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import vm from "node:vm";

const source = readFileSync(new URL("../../assets/startup.js", import.meta.url), "utf8");

function opened({ systemDark = false, stored = {}, charts = [] } = {}) {
  const pushed = [];
  class History {
    pushState(state, title, url) {
      pushed.push(url);
    }
  }
  const system = Object.assign(new EventTarget(), { matches: systemDark, media: "(prefers-color-scheme: dark)" });
  const events = new EventTarget();
  const storage = new Map(Object.entries(stored));
  const window = {
    matchMedia: (query) => (query === "(prefers-color-scheme: dark)" ? system : { query }),
  };
  vm.runInNewContext(source, {
    window,
    History,
    history: (window.history = new History()),
    location: { href: "http://gates.example.org/lstm?step=3", pathname: "/lstm" },
    URL,
    Event,
    EventTarget,
    addEventListener: events.addEventListener.bind(events),
    document: { querySelectorAll: (selector) => (selector === ".js-plotly-plot" ? charts : []) },
    localStorage: {
      getItem: (name) => storage.get(name) ?? null,
      setItem: (name, value) => storage.set(name, value),
      removeItem: (name) => storage.delete(name),
    },
  });
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const heard = [];
  dark.addEventListener("change", ({ matches }) => heard.push(matches));
  const turn = (on) => {
    system.matches = on;
    system.dispatchEvent(new Event("change"));
  };
  return { window, pushed, dark, heard, turn, storage, events };
}

test("an entry of the page that is left is not made; one of another page is", () => {
  const { window, pushed } = opened();
  window.history.pushState({}, "", "/lstm");
  window.history.pushState({}, "", "/lstm?step=4");
  window.history.pushState({}, "", "/lab");
  assert.deepEqual(pushed, ["/lab"]);
});

test("the system's theme counts until one is chosen, and again when that is the system's", () => {
  const { window, dark, heard, turn, storage } = opened();
  assert.equal(dark.matches, false);
  turn(true);
  assert.equal(dark.matches, true);
  window.gatescopeTheme("light");
  assert.equal(dark.matches, false);
  assert.equal(storage.get("gatescope.theme"), "light");
  turn(false);
  turn(true);
  assert.equal(dark.matches, false);
  window.gatescopeTheme("dark");
  assert.equal(storage.has("gatescope.theme"), false);
  turn(false);
  assert.equal(dark.matches, false);
  assert.deepEqual(heard, [true, false, true, false]);
});

test("what was chosen holds for a page opened later and for one that is open", () => {
  const { dark } = opened({ stored: { "gatescope.theme": "dark" } });
  assert.equal(dark.matches, true);
  assert.equal(opened({ systemDark: true, stored: { "gatescope.theme": "nonsense" } }).dark.matches, true);
  const open = opened();
  open.storage.set("gatescope.theme", "dark");
  open.events.dispatchEvent(Object.assign(new Event("storage"), { key: "gatescope.theme" }));
  assert.deepEqual(open.heard, [true]);
});

test("other questions about the screen go to the browser", () => {
  assert.deepEqual(opened().window.matchMedia("(width <= 640px)"), { query: "(width <= 640px)" });
});

test("paper is light, whatever is chosen, and the screen is afterwards what it was", () => {
  const { dark, heard, events, storage } = opened({ stored: { "gatescope.theme": "dark" } });
  events.dispatchEvent(new Event("beforeprint"));
  assert.equal(dark.matches, false);
  events.dispatchEvent(new Event("afterprint"));
  assert.equal(dark.matches, true);
  assert.deepEqual(heard, [false, true]);
  assert.equal(storage.get("gatescope.theme"), "dark");
  const light = opened();
  light.events.dispatchEvent(new Event("beforeprint"));
  light.events.dispatchEvent(new Event("afterprint"));
  assert.deepEqual(light.heard, []);
});

test("on paper a chart is as wide as a sheet and no wider, and on the screen again what it was", () => {
  const charts = [1360, 680, 340].map((offsetWidth) => ({ offsetWidth, style: {} }));
  const { events } = opened({ charts });
  const scales = () => charts.map(({ style }) => style.zoom);
  events.dispatchEvent(new Event("beforeprint"));
  assert.deepEqual(scales(), [0.5, 1, 1]);
  events.dispatchEvent(new Event("afterprint"));
  assert.deepEqual(scales(), ["", "", ""]);
});
