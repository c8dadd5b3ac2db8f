// As much of a document as the stage's views need to be drawn in Node, without styles or layout: every element is as wide as
// `room` says. What is drawn can be written as text.

const LONG = 200; // characters of styles from which they have a line of their own

export const room = { width: 1200, height: 30 };
const clock = { now: 0, frames: [] };

class Piece {
  constructor(nodeType) {
    this.nodeType = nodeType;
    this.parentNode = null;
  }
  get parentElement() {
    return this.parentNode;
  }
  get ownerDocument() {
    return document;
  }
  get isConnected() {
    return this === document.documentElement || Boolean(this.parentNode?.isConnected);
  }
  get previousSibling() {
    return this.beside(-1);
  }
  get nextSibling() {
    return this.beside(1);
  }
  beside(by) {
    const among = this.parentNode?.childNodes ?? [];
    return among[among.indexOf(this) + by] ?? null;
  }
  remove() {
    this.parentNode?.childNodes.splice(this.parentNode.childNodes.indexOf(this), 1);
    this.parentNode = null;
  }
  before(...nodes) {
    this.parentNode.put(this, nodes);
  }
  after(...nodes) {
    this.parentNode.put(this.nextSibling, nodes);
  }
  replaceWith(...nodes) {
    this.before(...nodes);
    this.remove();
  }
}

class Words extends Piece {
  constructor(text) {
    super(3);
    this.textContent = text;
  }
  get data() {
    return this.textContent;
  }
  set data(text) {
    this.textContent = text;
  }
  splitText(at) {
    const rest = new Words(this.data.slice(at));
    this.data = this.data.slice(0, at);
    this.after(rest);
    return rest;
  }
  lines(depth, found) {
    found.push(" ".repeat(depth) + JSON.stringify(this.textContent));
  }
}

const camel = (name) => name.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());
const kebab = (name) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** What is drawn, as text. Numbers of many digits may differ in the last ones between two processors. */
export const written = (element) => element.lines().join("\n").replace(/-?\d+\.\d{5,}(e[+-]\d+)?/g, (digits) => String(Number(Number(digits).toPrecision(5))));

class Style {
  constructor() {
    this.own = new Map();
    return new Proxy(this, {
      get: (style, name) => (name in style || typeof name !== "string" ? style[name] : (style.own.get(kebab(name)) ?? "")),
      set: (style, name, value) => {
        if (name === "cssText") style.read(value);
        else style.setProperty(kebab(name), value);
        return true;
      },
    });
  }
  get cssText() {
    return [...this.own].map(([name, value]) => `${name}:${value}`).join(";");
  }
  read(text) {
    this.own.clear();
    for (const rule of text.split(";").filter(Boolean)) this.setProperty(rule.slice(0, rule.indexOf(":")).trim(), rule.slice(rule.indexOf(":") + 1).trim());
  }
  setProperty(name, value) {
    if (value === "" || value === null || value === undefined) this.own.delete(name);
    else this.own.set(name, String(value));
  }
  getPropertyValue(name) {
    return this.own.get(name) ?? "";
  }
  removeProperty(name) {
    this.own.delete(name);
  }
}

class Classes {
  constructor(element) {
    this.element = element;
  }
  get all() {
    return (this.element.getAttribute("class") ?? "").split(/\s+/).filter(Boolean);
  }
  contains(name) {
    return this.all.includes(name);
  }
  add(...names) {
    this.element.setAttribute("class", [...new Set([...this.all, ...names])].join(" "));
  }
  remove(...names) {
    if (this.all.some((name) => names.includes(name))) this.element.setAttribute("class", this.all.filter((name) => !names.includes(name)).join(" "));
  }
  toggle(name, on = !this.contains(name)) {
    this[on ? "add" : "remove"](name);
    return on;
  }
}

const REFLECTED = ["id", "title", "type", "name", "href", "lang", "role", "tabIndex", "min", "max", "step", "placeholder", "popover"];
const SWITCHES = ["hidden", "disabled", "open", "readOnly", "inert", "checked", "selected", "multiple", "required"];

class Element extends Piece {
  constructor(tagName) {
    super(1);
    this.localName = tagName;
    this.tagName = tagName.toUpperCase();
    this.attributes = new Map();
    this.childNodes = [];
    this.style = new Style();
    this.classList = new Classes(this);
    this.heard = new Map();
    this.painted = []; // of a canvas
    this.moves = []; // animations
    this.dataset = new Proxy({}, {
      get: (_, name) => (typeof name === "string" ? (this.getAttribute(`data-${kebab(name)}`) ?? undefined) : undefined),
      has: (_, name) => this.hasAttribute(`data-${kebab(name)}`),
      set: (_, name, value) => (this.setAttribute(`data-${kebab(name)}`, value), true),
      deleteProperty: (_, name) => (this.removeAttribute(`data-${kebab(name)}`), true),
      ownKeys: () => [...this.attributes.keys()].filter((name) => name.startsWith("data-")).map((name) => camel(name.slice(5))),
    });
  }
  get children() {
    return this.childNodes.filter((child) => child.nodeType === 1);
  }
  get firstChild() {
    return this.childNodes[0] ?? null;
  }
  get lastChild() {
    return this.childNodes.at(-1) ?? null;
  }
  get firstElementChild() {
    return this.children[0] ?? null;
  }
  get lastElementChild() {
    return this.children.at(-1) ?? null;
  }
  get childElementCount() {
    return this.children.length;
  }
  get nextElementSibling() {
    return this.parentNode?.children[this.parentNode.children.indexOf(this) + 1] ?? null;
  }
  get previousElementSibling() {
    return this.parentNode?.children[this.parentNode.children.indexOf(this) - 1] ?? null;
  }
  get className() {
    return this.getAttribute("class") ?? "";
  }
  set className(text) {
    this.setAttribute("class", text);
  }
  get textContent() {
    return this.childNodes.map((child) => child.textContent).join("");
  }
  set textContent(text) {
    this.replaceChildren(...(text === "" ? [] : [String(text)]));
  }
  put(next, nodes) {
    for (const node of nodes) {
      const piece = node instanceof Piece ? node : new Words(String(node));
      if (piece === next) continue;
      piece.remove();
      piece.parentNode = this;
      this.childNodes.splice(next ? this.childNodes.indexOf(next) : this.childNodes.length, 0, piece);
    }
  }
  append(...nodes) {
    this.put(null, nodes);
  }
  appendChild(node) {
    this.put(null, [node]);
    return node;
  }
  prepend(...nodes) {
    this.put(this.firstChild, nodes);
  }
  insertBefore(node, next) {
    this.put(next, [node]);
    return node;
  }
  replaceChildren(...nodes) {
    for (const child of [...this.childNodes]) child.remove();
    this.put(null, nodes);
  }
  contains(node) {
    for (let at = node; at; at = at.parentNode) if (at === this) return true;
    return false;
  }
  getAttribute(name) {
    return this.attributes.get(name) ?? null;
  }
  hasAttribute(name) {
    return this.attributes.has(name);
  }
  setAttribute(name, value) {
    this.attributes.set(name, String(value));
  }
  removeAttribute(name) {
    this.attributes.delete(name);
  }
  toggleAttribute(name, on = !this.hasAttribute(name)) {
    if (on) this.setAttribute(name, "");
    else this.removeAttribute(name);
    return on;
  }
  get options() {
    return this.all().filter((one) => one.localName === "option");
  }
  get value() {
    if (this.typed !== undefined) return this.typed;
    if (this.localName !== "select") return this.getAttribute("value") ?? (this.localName === "option" ? this.textContent : "");
    return (this.options.find((option) => option.selected) ?? this.options[0])?.value ?? "";
  }
  set value(value) {
    this.typed = String(value);
  }
  get files() {
    return [];
  }
  get rows() {
    return this.all().filter((one) => one.localName === "tr");
  }
  get cells() {
    return this.children;
  }
  addEventListener(type, listener) {
    if (typeof listener !== "function" || typeof type !== "string") throw new TypeError(`no listener of ${String(type)}`);
    this.heard.set(type, [...(this.heard.get(type) ?? []), listener]);
  }
  removeEventListener(type, listener) {
    this.heard.set(type, (this.heard.get(type) ?? []).filter((one) => one !== listener));
  }
  /** Has the element and all around it hear of something; returns whether nobody keeps the browser from its own answer. */
  dispatchEvent(event) {
    event.target ??= this;
    for (let at = this; at && !event.stopped; at = event.bubbles === false ? null : at.parentNode) {
      event.currentTarget = at;
      at[`on${event.type}`]?.call(at, event);
      for (const listener of at.heard.get(event.type) ?? []) listener.call(at, event);
    }
    if (event.type === "click" && this.localName === "button" && this.type !== "button" && !event.defaultPrevented) this.closest("form")?.dispatchEvent(new Happening("submit"));
    return !event.defaultPrevented;
  }
  click() {
    this.dispatchEvent(new Happening("click"));
  }
  focus() {
    if (document.activeElement === this) return;
    document.activeElement = this;
    this.dispatchEvent(new Happening("focus", { bubbles: false }));
    this.dispatchEvent(new Happening("focusin"));
  }
  blur() {
    if (document.activeElement === this) document.activeElement = document.body;
  }
  all(found = []) {
    for (const child of this.childNodes)
      if (child.nodeType === 1) {
        found.push(child);
        child.all(found);
      }
    return found;
  }
  matches(selector) {
    return parse(selector).some((steps) => fits(this, steps, null));
  }
  closest(selector) {
    for (let at = this; at; at = at.parentNode) if (at.matches(selector)) return at;
    return null;
  }
  querySelectorAll(selector) {
    const ways = parse(selector);
    return this.all().filter((one) => ways.some((steps) => fits(one, steps, this)));
  }
  querySelector(selector) {
    return this.querySelectorAll(selector)[0] ?? null;
  }
  getElementsByTagName(name) {
    return this.all().filter((one) => one.localName === name);
  }
  get clientWidth() {
    return room.width;
  }
  get clientHeight() {
    return room.height;
  }
  get offsetWidth() {
    return this.hidden ? 0 : room.width;
  }
  get offsetHeight() {
    return this.hidden ? 0 : room.height;
  }
  get scrollWidth() {
    return room.width;
  }
  get scrollHeight() {
    return room.height;
  }
  get offsetLeft() {
    return 0;
  }
  get offsetTop() {
    return 0;
  }
  get clientTop() {
    return 0;
  }
  getBoundingClientRect() {
    const { width, height } = room;
    return { left: 0, top: 0, x: 0, y: 0, width, height, right: width, bottom: height };
  }
  cloneNode(deep) {
    const copy = new Element(this.localName);
    for (const [name, value] of this.attributes) copy.setAttribute(name, value);
    copy.style.read(this.style.cssText);
    if (deep) copy.append(...this.childNodes.map((child) => (child instanceof Words ? new Words(child.data) : child.cloneNode(true))));
    return copy;
  }
  getClientRects() {
    return [this.getBoundingClientRect()];
  }
  getBBox() {
    return this.getBoundingClientRect();
  }
  getContext() {
    const note = (name) => (...values) => void this.painted.push(`${name} ${values.map((value) => (typeof value === "number" ? Number(value.toFixed(2)) : value)).join(" ")}`);
    return (this.pen ??= new Proxy({ canvas: this }, {
      get: (own, name) => {
        if (name === "measureText") return (text) => ({ width: 7 * text.length });
        if (name === "getImageData") return () => ({ data: [255, 255, 255, 255] });
        if (name === "createImageData") return (width, height) => ({ width, height, data: new Uint8ClampedArray(4 * width * height) });
        if (name === "putImageData") return ({ data }, ...at) => note("putImageData")(...at, [...data].join(","));
        if (name === "createLinearGradient") return (...values) => (note(name)(...values), { addColorStop: note("stop") });
        return name in own ? own[name] : note(String(name));
      },
      set: (own, name, value) => ((own[name] = value), typeof value === "object" || this.painted.push(`${String(name)} ${value}`), true),
    }));
  }
  animate(frames, timing) {
    const animation = { finished: Promise.resolve(), cancel() {}, finish() {}, play() {}, pause() {}, addEventListener() {} };
    this.moves.push(JSON.stringify([frames, timing]));
    return animation;
  }
  checkVisibility() {
    for (let at = this; at; at = at.parentNode) if (at.hidden || (at.parentNode?.localName === "details" && !at.parentNode.open && at.localName !== "summary")) return false;
    return true;
  }
  scrollIntoView() {}
  scrollTo() {}
  scroll() {}
  select() {}
  setSelectionRange() {}
  setPointerCapture(id) {
    this.captured = id;
  }
  releasePointerCapture() {
    this.captured = null;
  }
  hasPointerCapture(id) {
    return this.captured === id;
  }
  showPopover() {}
  hidePopover() {}
  getRootNode() {
    return document;
  }
  /** The types of what it hears of. */
  hears() {
    const found = new Set();
    for (const name in this) if (name.startsWith("on") && this[name]) found.add(name.slice(2));
    for (const [name, list] of this.heard) if (list.length) found.add(name);
    return found.size > 1 ? [...found].sort() : [...found];
  }
  /** What it is, a line for itself and for each that it holds. */
  lines(depth = 0, found = []) {
    const handlers = this.hears();
    const { cssText } = this.style;
    const own = [];
    for (const [name, value] of this.attributes) if (name !== "style") own.push([name, value]);
    if (own.length > 1) own.sort(([one], [other]) => (one < other ? -1 : 1));
    let head = " ".repeat(depth) + this.localName;
    for (const [name, value] of own) head += value === "" ? `|${name}` : `|${name}=${value}`;
    if (cssText.length <= LONG && cssText) head += `|style=${cssText}`;
    if (this.typed !== undefined) head += `|value=${this.typed}`;
    if (handlers.length) head += `|hears=${handlers}`;
    const [only] = this.childNodes;
    const isText = this.childNodes.length === 1 && only.nodeType === 3;
    found.push(isText ? `${head} ${JSON.stringify(only.textContent)}` : head);
    const extra = [...(cssText.length > LONG ? [`style=${cssText}`] : []), ...this.painted, ...this.moves.map((move) => `moves ${move}`)];
    for (const line of extra) found.push(`${" ".repeat(depth + 1)}· ${line}`);
    if (!isText) for (const child of this.childNodes) child.lines(depth + 1, found);
    return found;
  }
}
for (const name of REFLECTED)
  Object.defineProperty(Element.prototype, name, {
    get() {
      return this.getAttribute(name.toLowerCase()) ?? "";
    },
    set(value) {
      if (value === null) this.removeAttribute(name.toLowerCase());
      else this.setAttribute(name.toLowerCase(), value);
    },
  });
for (const name of SWITCHES)
  Object.defineProperty(Element.prototype, name, {
    get() {
      return this.hasAttribute(name.toLowerCase());
    },
    set(value) {
      this.toggleAttribute(name.toLowerCase(), Boolean(value));
    },
  });

class Happening {
  constructor(type, more = {}) {
    Object.assign(this, { type, altKey: false, ctrlKey: false, metaKey: false, shiftKey: false, button: 0, clientX: 0, clientY: 0 }, more);
  }
  preventDefault() {
    this.defaultPrevented = true;
  }
  stopPropagation() {
    this.stopped = true;
  }
  stopImmediatePropagation() {
    this.stopped = true;
  }
  composedPath() {
    const path = [];
    for (let at = this.target; at; at = at.parentNode) path.push(at);
    return path;
  }
}

const known = new Map();

/** A selector as lists of [combinator, tests]; what it has besides is not known here, and refused. */
function parse(selector) {
  if (!known.has(selector)) known.set(selector, parts(selector, /,/).map((way) => steps(way.trim())));
  return known.get(selector);
}

/** Pieces of a text between signs, none of which stands in parentheses, brackets or quotation marks. */
function parts(text, sign) {
  const found = [""];
  let depth = 0;
  for (const letter of text) {
    if ("([".includes(letter)) depth += 1;
    if (")]".includes(letter)) depth -= 1;
    if (depth === 0 && sign.test(letter)) found.push("");
    else found[found.length - 1] += letter;
  }
  return found;
}

function steps(way) {
  const words = parts(way, / /).filter(Boolean);
  const found = [];
  let join = " ";
  for (const word of words) {
    if (word === ">") join = ">";
    else {
      found.push([join, tests(word)]);
      join = " ";
    }
  }
  return found;
}

function tests(word) {
  const found = [];
  let rest = word;
  const take = (pattern, make) => {
    const match = pattern.exec(rest);
    if (!match) return false;
    found.push(make(...match.slice(1)));
    rest = rest.slice(match[0].length);
    return true;
  };
  while (rest) {
    const taken =
      take(/^\.([\w-]+)/, (name) => (one) => one.classList.contains(name)) ||
      take(/^#([\w-]+)/, (id) => (one) => one.id === id) ||
      take(/^\[([\w-]+)\]/, (name) => (one) => one.hasAttribute(name)) ||
      take(/^\[([\w-]+)([~^]?)="?([^"\]]*)"?\]/, (name, how, value) => (one) => {
        const own = one.getAttribute(name);
        if (own === null) return false;
        return how === "~" ? own.split(" ").includes(value) : how === "^" ? own.startsWith(value) : own === value;
      }) ||
      take(/^:not\(((?:[^()]|\([^()]*\))*)\)/, (inner) => (one) => !one.matches(inner)) ||
      take(/^:is\(((?:[^()]|\([^()]*\))*)\)/, (inner) => (one) => one.matches(inner)) ||
      take(/^:scope/, () => (one, scope) => one === scope) ||
      take(/^:first-child/, () => (one) => one.parentNode?.children[0] === one) ||
      take(/^:last-child/, () => (one) => one.parentNode?.children.at(-1) === one) ||
      take(/^:(?:focus-visible|focus)/, () => (one) => document.activeElement === one) ||
      take(/^:(?:fullscreen|hover|popover-open|active|invalid)/, () => () => false) ||
      take(/^:checked/, () => (one) => one.checked) ||
      take(/^\*/, () => () => true) ||
      take(/^([\w-]+)/, (name) => (one) => one.localName === name);
    if (!taken) throw new Error(`unknown here: ${word}`);
  }
  return found;
}

function fits(one, [...steps], scope) {
  const [join, tests] = steps.pop();
  if (!tests.every((test) => test(one, scope))) return false;
  if (!steps.length) return true;
  if (join === ">") return Boolean(one.parentNode) && fits(one.parentNode, steps, scope);
  for (let at = one.parentNode; at; at = at.parentNode) if (fits(at, steps, scope)) return true;
  return false;
}

export const event = (type, more) => new Happening(type, more);

/** Lets time go on, and whatever waits for the next frame run. */
export function later(milliseconds = 1000) {
  clock.now += milliseconds;
  for (const frame of clock.frames.splice(0)) frame.call(clock.now);
}

/** Makes the names of a browser known to the modules that are imported from now on. */
export function open() {
  const stored = () => {
    const kept = new Map();
    return { getItem: (name) => kept.get(name) ?? null, setItem: (name, value) => void kept.set(name, String(value)), removeItem: (name) => void kept.delete(name), clear: () => kept.clear(), get length() { return kept.size; }, key: (n) => [...kept.keys()][n] ?? null };
  };
  const heard = new Element("html");
  const listening = { addEventListener: (...given) => heard.addEventListener(...given), removeEventListener: (...given) => heard.removeEventListener(...given) };
  class Watching {
    observe() {}
    unobserve() {}
    disconnect() {}
    takeRecords() {
      return [];
    }
  }
  let [frames, random] = [0, 0];
  crypto.getRandomValues = (list) => list.map((_, k) => list.fill(7 * k + 3)[k]);
  crypto.randomUUID = () => String((frames += 1));
  Math.random = () => (random = (random + 0.381966) % 1);
  const names = {
    document: { ...listening, createElement: (name) => new Element(name), createElementNS: (_, name) => new Element(name), createTextNode: (text) => new Words(text), createComment: () => new Words(""), hidden: false, fullscreenEnabled: false, documentElement: new Element("html"), body: new Element("body"), activeElement: null, visibilityState: "visible" },
    Node: { TEXT_NODE: 3, ELEMENT_NODE: 1 },
    Element, HTMLElement: Element, SVGElement: Element, HTMLInputElement: class { static [Symbol.hasInstance] = (one) => one.localName === "input" }, Event: Happening, CustomEvent: Happening,
    History: class { pushState() {} replaceState() {} },
    history: { state: null },
    location: new URL("http://localhost/"),
    localStorage: stored(), sessionStorage: stored(),
    matchMedia: () => ({ matches: false, addEventListener() {}, removeEventListener() {} }),
    getComputedStyle: (element) => ({ color: "black", getPropertyValue: (name) => element.style.getPropertyValue(name) }),
    ResizeObserver: Watching, MutationObserver: Watching, IntersectionObserver: Watching,
    requestAnimationFrame: (call) => (clock.frames.push({ call, id: ++frames }), frames),
    cancelAnimationFrame: (id) => void clock.frames.splice(0, clock.frames.length, ...clock.frames.filter((frame) => frame.id !== id)),
    requestIdleCallback: (call) => requestAnimationFrame(call), cancelIdleCallback() {},
    setTimeout: () => 0, clearTimeout() {}, setInterval: () => 0, clearInterval() {},
    performance: { now: () => clock.now },
    innerWidth: room.width, innerHeight: 800, scrollX: 0, scrollY: 0, devicePixelRatio: 1,
    ...listening, dispatchEvent: (happening) => heard.dispatchEvent(happening),
  };
  for (const [name, value] of Object.entries(names)) Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  globalThis.window = globalThis.parent = globalThis;
  document.documentElement.append(document.body);
  document.activeElement = document.body;
  document.scrollingElement = document.documentElement;
  for (const name of ["querySelector", "querySelectorAll", "contains"]) document[name] = (...given) => document.documentElement[name](...given);
  document.getElementById = (id) => document.querySelector(`#${id}`);
}
