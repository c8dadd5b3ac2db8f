// A line of tokens that shows, for the one under the pointer or with the focus, which earlier ones it depends on.
const DECADES = 6; // powers of ten below the strongest that still get a tint

const places = new WeakMap();

export default function component({ parentElement, data }) {
  let place = places.get(parentElement);
  if (!place) {
    place = Object.assign(document.createElement("div"), { className: "heard" });
    places.set(parentElement, place);
    parentElement.append(place);
  }
  show(place, data);
  return () => {};
}

function show(place, { tokens, rows, first, label, idle, template, colours }) {
  place.replaceChildren();
  for (const [name, value] of Object.entries(colours)) place.style.setProperty(`--heard-${name}`, value);
  const line = Object.assign(document.createElement("div"), { className: "heard-line" });
  line.setAttribute("role", "listbox");
  line.setAttribute("aria-label", label);
  const said = Object.assign(document.createElement("p"), { className: "heard-said", textContent: idle });
  said.setAttribute("role", "status");
  said.dataset.testid = "heard-said";
  const marks = tokens.map((token, t) => {
    const mark = Object.assign(document.createElement("span"), { className: "heard-token", textContent: visible(token) });
    mark.setAttribute("role", "option");
    mark.setAttribute("aria-label", `${first + t + 1}: ${visible(token)}`);
    mark.tabIndex = t === tokens.length - 1 ? 0 : -1;
    mark.dataset.step = first + t;
    line.append(mark);
    return mark;
  });

  function listen(s) {
    const row = rows[s];
    const top = Math.max(...row.slice(0, s + 1).filter(Number.isFinite), 0);
    marks.forEach((mark, t) => {
      const share = t <= s ? strength(row[t], top) : 0;
      mark.style.setProperty("--heard-share", share.toFixed(3));
      mark.dataset.share = share.toFixed(3);
      mark.dataset.value = t <= s ? row[t] : "";
      mark.classList.toggle("heard-now", t === s);
      mark.classList.toggle("heard-strong", share > 0.55);
      mark.setAttribute("aria-selected", String(t === s));
    });
    const order = [...row.keys()].filter((t) => t < s && row[t] > 0).sort((a, b) => row[b] - row[a]);
    const named = order.slice(0, 3).map((t) => `${first + t + 1} “${visible(tokens[t])}” ${shown(row[t])}`);
    const values = { step: first + s + 1, token: visible(tokens[s]), most: named.join(", ") || "–" };
    said.textContent = template.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
  }

  function focus(t) {
    const next = marks[Math.min(marks.length - 1, Math.max(0, t))];
    for (const mark of marks) mark.tabIndex = mark === next ? 0 : -1;
    next.focus();
  }

  line.addEventListener("pointerover", (event) => event.target.dataset.step && listen(Number(event.target.dataset.step) - first));
  line.addEventListener("focusin", (event) => listen(Number(event.target.dataset.step) - first));
  line.addEventListener("keydown", (event) => {
    const move = { ArrowRight: 1, ArrowLeft: -1, Home: -Infinity, End: Infinity }[event.key];
    if (move === undefined) return;
    event.preventDefault();
    focus(Number(event.target.dataset.step) - first + move);
  });
  place.append(line, said);
  listen(tokens.length - 1);
}

/** 1 for the strongest, 0 from DECADES powers of ten below it on. */
function strength(value, top) {
  if (!(value > 0) || !(top > 0)) return 0;
  return Math.max(0, 1 + Math.log10(value / top) / DECADES);
}

const shown = (value) => (Number.isFinite(value) ? value.toPrecision(2).replace("-", "−") : "∞");
const visible = (token) => (token.trim() ? token : "␣".repeat(Math.max(1, token.length)));
