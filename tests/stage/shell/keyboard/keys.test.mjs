// Which key with which target acts on the stage.
import assert from "node:assert/strict";
import { test } from "node:test";

import { decide, takesLetters } from "../../../../assets/stage/shell/keyboard/keys.js";

const STATE = { single: true, filling: false };
const target = (place, more = {}) => ({ place, tag: "div", role: null, editable: false, scrolls: false, dialog: false, ...more });
const ask = (key, where, more = {}, state = {}) => decide({ key, ...more }, where, { ...STATE, ...state });

test("the link that was followed has the focus still: the keys act, but for Space, unless it is an entry of a menu or a dialog", () => {
  for (const link of [{ tag: "a" }, { tag: "a", role: "link" }]) {
    const asked = ["ArrowRight", "ArrowLeft", "f", "l", "?", " ", "ArrowDown"].map((key) => ask(key, target("page", link)));
    assert.deepEqual(asked, ["nextStep", "backStep", "alone", "lecture", "help", null, null]);
  }
  for (const more of [{ role: "menuitem" }, { role: "tab" }, { dialog: true }, { scrolls: true }])
    assert.equal(ask("ArrowRight", target("page", { tag: "a", ...more })), null, JSON.stringify(more));
});

test("with the focus nowhere, keys of time, Space, F and ? act; keys that scroll the page stay its own", () => {
  const page = target("page", { tag: "body" });
  const asked = ["ArrowRight", "ArrowLeft", " ", "f", "F", "Escape"].map((key) => ask(key, page));
  assert.deepEqual(asked, ["nextStep", "backStep", "play", "alone", "alone", "leave"]);
  assert.equal(ask("?", page, { shift: true }), "help");
  assert.equal(ask("ArrowRight", page, { shift: true }), "nextPhase");
  for (const key of ["ArrowUp", "ArrowDown", "Home", "End", "PageDown", "PageUp", ".", "b", "r", "c"]) assert.equal(ask(key, page), null, key);
});

test("what takes keys itself keeps them", () => {
  const takers = [
    ...["input", "select", "textarea", "button", "area", "summary"].map((tag) => ({ tag })),
    ...["radio", "tab", "menuitem", "slider", "option", "gridcell", "region"].map((role) => ({ role })),
    { editable: true },
    { scrolls: true },
    { dialog: true },
  ];
  for (const taker of takers)
    for (const key of ["ArrowRight", " ", "f", "?"]) assert.equal(ask(key, target("page", taker)), null, JSON.stringify([taker, key]));
});

test("in the stage a field keeps its keys, a button its Space, and a list that scrolls its arrows", () => {
  assert.equal(ask("ArrowRight", target("within", { tag: "input" })), null);
  assert.equal(ask("Escape", target("within", { tag: "input" })), "leave");
  assert.equal(ask(" ", target("within", { tag: "button" })), null);
  assert.equal(ask("ArrowRight", target("within", { tag: "button" })), "nextStep");
  assert.equal(ask("ArrowRight", target("within", { role: "region", scrolls: true })), null);
  assert.equal(ask(" ", target("within", { role: "slider" })), "play");
  assert.deepEqual(["ArrowUp", "Home", " "].map((key) => ask(key, target("stage"))), ["unitUp", "first", "play"]);
});

test("a presenter's keys act while the stage fills the screen", () => {
  const filling = { filling: true };
  const asked = ["PageDown", "PageUp", ".", "b", "B"].map((key) => ask(key, target("stage"), {}, filling));
  assert.deepEqual(asked, ["forward", "back", "blank", "blank", "blank"]);
  for (const key of ["PageDown", "PageUp", ".", "b"]) assert.equal(ask(key, target("stage")), null);
});

test("L begins a lecture from anywhere, in which letters point and the remote control acts without the focus too", () => {
  for (const key of ["l", "L"]) for (const where of ["stage", "page"]) assert.equal(ask(key, target(where, { tag: "body" })), "lecture");
  assert.equal(ask("L", target("stage"), { shift: true }), "lecture");
  for (const key of ["a", "A"]) for (const where of ["stage", "page"]) assert.equal(ask(key, target(where, { tag: "body" })), "add");
  const lectures = { filling: true, lectures: true };
  const keys = ["p", "S", "c", "v", "PageDown", "b"];
  for (const where of ["stage", "page"]) assert.deepEqual(keys.map((key) => ask(key, target(where), {}, lectures)), ["pen", "spot", "clear", "large", "forward", "blank"]);
  for (const key of ["p", "s", "c", "v"]) {
    assert.equal(ask(key, target("within", { tag: "select" }), {}, lectures), null, "a list takes letters itself");
    assert.equal(ask(key, target("stage"), {}, { filling: true }), null, "where no lecture is given");
    assert.equal(ask(key, target("stage"), {}, { ...lectures, single: false }), null, "where letters are switched off");
  }
});

test("switched off, letters and signs act nowhere and the rest on the stage alone", () => {
  const off = { single: false, filling: true };
  for (const key of ["f", "F", "?", ".", "b"]) for (const place of ["stage", "within", "page"]) assert.equal(ask(key, target(place), {}, off), null);
  for (const key of ["ArrowRight", " ", "Escape"]) assert.equal(ask(key, target("page"), {}, off), null);
  assert.deepEqual(["ArrowRight", " ", "PageDown"].map((key) => ask(key, target("stage"), {}, off)), ["nextStep", "play", "forward"]);
});

test("the browser's own shortcuts and text being composed are left alone", () => {
  for (const key of ["f", "ArrowRight", " "]) assert.equal(ask(key, target("stage"), { modified: true }), null);
});

test("letters are kept from Streamlit, but not from where they write or choose", () => {
  assert.equal(takesLetters(target("page", { tag: "body" })), false);
  assert.equal(takesLetters(target("page", { tag: "button" })), false);
  for (const taker of [{ tag: "input" }, { tag: "textarea" }, { editable: true }, { role: "listbox" }]) assert.ok(takesLetters(target("page", taker)));
});
