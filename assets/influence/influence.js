// A line of tokens that shows, for the one under the pointer or with the focus, which earlier ones it depends on.
const DECADES = 6; // powers of ten below the strongest that still get a tint

const places = new WeakMap();

export default function component({ parentElement, data }) {
  let place = places.get(parentElement);
  if (!place) {
    place = Object.assign(document.createElement("div"), { className: "influence" });
    places.set(parentElement, place);
    parentElement.append(place);
  }
  show(place, data);
  return () => {};
}

function show(place, { tokens, logs, start, label, template, colours }) {
  place.replaceChildren();
  for (const [name, value] of Object.entries(colours)) place.style.setProperty(`--influence-${name}`, value);
  const row = rowsOf(logs);
  const line = Object.assign(document.createElement("div"), { className: "influence-line" });
  line.setAttribute("role", "listbox");
  line.setAttribute("aria-label", label);
  const sentence = Object.assign(document.createElement("p"), { className: "influence-said" });
  sentence.setAttribute("role", "status");
  sentence.dataset.testid = "influence-said";
  const marks = tokens.map((token, t) => {
    const mark = Object.assign(document.createElement("span"), { className: "influence-token", textContent: visible(token) });
    mark.setAttribute("role", "option");
    mark.setAttribute("aria-label", `${t + 1}: ${visible(token)}`);
    mark.tabIndex = -1;
    mark.dataset.step = t;
    line.append(mark);
    return mark;
  });

  function describe(s) {
    const shares = row(s);
    const top = shares.filter(Number.isFinite).reduce((most, value) => Math.max(most, value), -Infinity);
    marks.forEach((mark, t) => {
      const share = t <= s ? strength(shares[t], top) : 0;
      mark.style.setProperty("--influence-share", share.toFixed(3));
      mark.dataset.share = share.toFixed(3);
      mark.dataset.value = t <= s ? 10 ** shares[t] : "";
      mark.classList.toggle("influence-now", t === s);
      mark.style.color = ink(mixed(colours.zero, colours.accent, share));
      mark.setAttribute("aria-selected", String(t === s));
    });
    const order = [...shares.keys()].filter((t) => t < s && shares[t] > -Infinity).sort((a, b) => shares[b] - shares[a]);
    const named = order.slice(0, 3).map((t) => `${nameOf(t)} ${shown(10 ** shares[t])}`);
    const first = s > 0 ? shown(10 ** shares[0]) : "–";
    const values = { step: s + 1, token: visible(tokens[s]), most: named.join(", ") || "–", first };
    sentence.textContent = template.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
  }

  /** A step by its number and, where it has one of its own, its symbol. */
  const nameOf = (t) => (tokens[t] === String(t + 1) ? `${t + 1}:` : `${t + 1} “${visible(tokens[t])}”`);

  function focus(t) {
    const next = marks[Math.min(marks.length - 1, Math.max(0, t))];
    for (const mark of marks) mark.tabIndex = mark === next ? 0 : -1;
    next.focus();
  }

  const at = (event) => Number(event.target.dataset.step);
  line.addEventListener("pointerover", (event) => event.target.dataset.step && describe(at(event)));
  line.addEventListener("focusin", (event) => describe(at(event)));
  line.addEventListener("keydown", (event) => {
    const move = { ArrowRight: 1, ArrowLeft: -1, Home: -Infinity, End: Infinity }[event.key];
    if (move === undefined) return;
    event.preventDefault();
    focus(at(event) + move);
  });
  place.append(line, sentence);
  marks[start].tabIndex = 0;
  describe(start);
  line.scrollTop = marks[start].offsetTop - line.offsetTop - line.clientHeight / 2;
}

/** Row s of the triangle of logarithms: how strongly step s depends on steps 0 to s. */
function rowsOf(logs) {
  const bytes = Uint8Array.from(atob(logs), (letter) => letter.charCodeAt(0));
  const triangle = new Float32Array(bytes.buffer);
  return (s) => triangle.subarray((s * (s + 1)) / 2, ((s + 1) * (s + 2)) / 2);
}

/** 1 for the strongest, 0 from DECADES powers of ten below it on. */
function strength(level, top) {
  if (level === Infinity) return 1;
  if (!(level > -Infinity) || !(top > -Infinity)) return 0;
  return Math.max(0, 1 + (level - top) / DECADES);
}

const channels = (hex) => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255);
const mixed = (from, to, share) => channels(from).map((value, k) => value + (channels(to)[k] - value) * share);

/** Black or white, whichever is easier to read on a colour: at least 4.5 : 1. */
function ink(colour) {
  const [r, g, b] = colour.map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? "#000000" : "#ffffff";
}

const shown = (value) => (Number.isFinite(value) ? value.toPrecision(2).replace("-", "−") : "∞");
const visible = (token) => (token.trim() ? token : "␣".repeat(Math.max(1, token.length)));
