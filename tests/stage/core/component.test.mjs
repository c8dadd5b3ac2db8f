import assert from "node:assert/strict";
import test from "node:test";
import { component } from "../../../assets/stage/core/component.js";

class Parent {
  isConnected = true;
  constructor(...children) {
    this.children = children;
  }
  querySelectorAll(selector) {
    this.sought = selector;
    return [...this.children];
  }
  append(element) {
    this.children.push(element);
    element.remove = () => this.children.splice(this.children.indexOf(element), 1);
  }
}

const bytes = (told) => new TextEncoder().encode(JSON.stringify(told));

class View {
  constructor() {
    this.element = {};
    this.told = [];
    this.ended = 0;
  }
  update(told) {
    this.told.push(told.n);
  }
  destroy() {
    this.ended += 1;
  }
}

test("one view a place is told all, and only the latest call ends it", () => {
  const views = [];
  const made = component("course", () => (views.push(new View()), views.at(-1)));
  const parent = new Parent();
  const first = made({ parentElement: parent, data: bytes({ n: 1 }) });
  const second = made({ parentElement: parent, data: bytes({ n: 2 }) });
  first();
  assert.deepEqual([views.length, views[0].told, views[0].ended], [1, [1, 2], 0]);
  assert.deepEqual(parent.children, [views[0].element]);
  second(); // as Streamlit does before a call that is still on its way
  assert.equal(views[0].ended, 0, "its place is still on the page");
  const third = made({ parentElement: parent, data: bytes({ n: 2.5 }) });
  assert.deepEqual([views.length, views[0].told], [1, [1, 2, 2.5]]);
  parent.isConnected = false;
  second();
  assert.equal(views[0].ended, 0);
  third();
  assert.equal(views[0].ended, 1);
  made({ parentElement: parent, data: bytes({ n: 3 }) });
  assert.deepEqual(views.map((view) => view.told), [[1, 2, 2.5], [3]]);
});

test("what a module before a hot reload has left goes", () => {
  const parent = new Parent();
  parent.append({});
  const view = new View();
  component("glossary", () => view)({ parentElement: parent, data: bytes({}) });
  assert.equal(parent.sought, "[data-testid^=glossary]");
  assert.deepEqual(parent.children, [view.element]);
});

test("a view that comes late is told the latest alone, and none comes to a place that has ended", async () => {
  const made = component("lecture", async (told) => Object.assign(new View(), { role: told.role }));
  const parent = new Parent();
  made({ parentElement: parent, data: bytes({ n: 1, role: "list" }) });
  const end = made({ parentElement: parent, data: bytes({ n: 2, role: "list" }) });
  assert.deepEqual(parent.children, []);
  await Promise.resolve();
  assert.equal(parent.children.length, 1);
  const other = new Parent();
  other.isConnected = false;
  made({ parentElement: other, data: bytes({ n: 1 }) })();
  await Promise.resolve();
  assert.deepEqual(other.children, []);
  end();
});

test("who shows in several steps sees whether the page has said something since", () => {
  const seen = [];
  const made = component("course", () => new View(), (view, told, latest) => seen.push([told.n, latest]));
  const parent = new Parent();
  made({ parentElement: parent, data: bytes({ n: 1 }) });
  made({ parentElement: parent, data: bytes({ n: 2 }) });
  assert.deepEqual(seen.map(([n, latest]) => [n, latest()]), [[1, false], [2, true]]);
});
