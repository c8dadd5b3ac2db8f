// One state of a run of show, to be read and changed: its title, minutes and notes, and what is held back of it.
import { html, set } from "../../stage/core/dom.js";
import { button } from "../button.js";
import { LIMITS, needsReveal } from "../show/show.js";
import { asks, symbolOf } from "../show/titles.js";

const KINDS = ["value", "lane", "draw", "unit", "cell"];
const SPANS = new Set(["draw", "cell"]);
const SINGLE = new Set(["value", "lane"]);
const MANY_STEPS = 5; // that a drawn guess spans at first

function choice(options, value, onchange, attributes) {
  const list = html("select", { class: "gl-select", ...attributes }, ...options.map(([name, text]) => html("option", { value: name }, text)));
  if (!options.some(([name]) => name === value)) list.append(html("option", { value }, value));
  list.value = value;
  list.onchange = () => onchange(list.value);
  return list;
}

const field = (label, input, more = "") => html("label", { class: `gl-field ${more}` }, html("span", {}, label), input);

function count(value, most, onchange, attributes = {}) {
  const input = html("input", { type: "number", class: "gl-number", min: 1, max: most, step: 1, value, ...attributes });
  input.onchange = () => {
    const next = Number(input.value);
    if (input.value !== "" && Number.isInteger(next) && next >= 1 && next <= most) onchange(next);
    else input.value = value; // what is none changes nothing
  };
  return input;
}

/**
 * The form of a state.
 * @param {object} state of a show (show/show.js)
 * @param {object} options
 * @param {number} options.number of the state, from 1  @param {number} options.of how many there are
 * @param {string} options.called what it is called without a title
 * @param {?object} options.info what the app says of its link: {page, title, signals, parts, stages, step, beside} or {problem}; null while it is asked
 * @param {boolean} options.fixed whether it belongs to a ready run of show, which is not changed
 * @param {(key: string, values?: object) => string} options.t
 * @param {(change: object, again?: boolean) => void} options.change `again`: the form is to be drawn anew
 * @param {(by: number) => void} options.move  @param {() => void} options.remove
 */
export function stateForm(state, { number, of, called, info, fixed, t, change, move, remove }) {
  const name = state.title || called || state.link;
  const readonly = fixed ? { readonly: true } : {};
  const title = html("input", { type: "text", class: "gl-text gl-state-title", value: state.title, maxlength: LIMITS.title, placeholder: called, ...readonly, "aria-label": t("state.title", { number }) });
  title.oninput = () => change({ title: title.value });
  const minutes = html("input", { type: "number", class: "gl-number", min: 0, max: LIMITS.minutes, step: 0.5, value: state.minutes, ...readonly });
  minutes.onchange = () => {
    const value = Number(minutes.value);
    const sound = minutes.value !== "" && Number.isFinite(value) && value >= 0 && value <= LIMITS.minutes;
    if (sound) change({ minutes: value }, true);
    else minutes.value = state.minutes;
  };
  const moveButton = (by, sign, key) => button(sign, () => move(by), { class: "gl-button gl-icon", "aria-label": t(key, { title: name }), disabled: number + by < 1 || number + by > of });
  const tools = fixed ? [] : [moveButton(-1, "↑", "state.up"), moveButton(1, "↓", "state.down"), button("✕", remove, { class: "gl-button gl-icon", "aria-label": t("state.remove", { title: name }) })];
  const grip = fixed ? null : html("span", { class: "gl-grip", title: t("state.drag"), "aria-hidden": "true" }, "⠿");
  const head = html("div", { class: "gl-state-head" }, grip, html("b", { class: "gl-count" }, String(number)), title, field(t("state.minutes"), minutes, "gl-minutes"), ...tools);
  const link = html("a", { class: "gl-link", href: state.link, target: "_blank", rel: "noopener" }, info?.title ? `${info.title} · ${t("state.step", { step: info.step })}` : state.link);
  const problem = info?.problem ? html("p", { class: "gl-wrong", role: "alert" }, info.problem) : null;
  const alone = info?.beside && !fixed ? html("p", { class: "gl-note" }, t("state.alone", { name: info.beside })) : null;
  const notes = html("textarea", { class: "gl-notes", rows: 2, maxlength: LIMITS.notes, ...readonly });
  notes.value = state.notes;
  notes.oninput = () => change({ notes: notes.value });
  const more = fixed ? html("p", { class: "gl-note" }, summary(state, info, t)) : details(state, info, t, change);
  return html("li", { class: "gl-state", "data-id": state.id, "data-testid": "lecture-state" }, head, link, problem, alone, field(t("state.notes"), notes, "gl-wide"), more);
}

/** What a state holds back and how far it leads, in words. */
export function summary({ hide, question, walk, because }, info, t) {
  const parts = [];
  if (hide) parts.push(hide === "all" ? t("state.hides.all") : t("state.hides", { symbol: symbolOf(info ?? {}, hide) }));
  if (question) parts.push(asks(question, info, t));
  if (walk) parts.push(t(`state.walks.${walk.by}`, { moves: walk.moves }));
  if (because) parts.push(because);
  return parts.join(" · ") || t("state.plain");
}

/** What is held back, what is asked, and how far a key leads: closed until somebody wants it. */
function details(state, info, t, change) {
  const signals = info?.signals ?? [];
  const nameOf = ([name, symbol, meaning]) => [name, t("state.signal", { symbol, meaning })];
  const named = signals.map(nameOf);
  const hide = choice([["", t("state.hide.nothing")], ["all", t("state.hide.all")], ...named, ...(info?.parts ?? []).map(nameOf)], state.hide, (value) => change({ hide: value }, true));
  const { question, walk } = state;
  const stages = info?.stages ?? [];
  const stageSignals = stages.length ? (stages[(question?.stage ?? 1) - 1]?.[1] ?? []) : signals; // of the stage that is asked
  const first = stageSignals[0]?.[0];
  const step = info?.step ?? 1;
  const ask = (kind) => {
    const next = { signal: first, unit: 1, step, ...(stages.length ? { stage: 1 } : {}), ...state.question };
    change({ question: kind === "" ? null : { ...next, kind, ...(SPANS.has(kind) ? { steps: next.steps ?? MANY_STEPS } : {}) } }, true);
  };
  const kinds = KINDS.filter((kind) => kind !== "cell" || stages.length > 1);
  const kindChoice = choice([["", t("state.ask.nothing")], ...kinds.map((kind) => [kind, t(`state.ask.${kind}`)])], question?.kind ?? "", ask, { disabled: !question && !first });
  const changeQuestion = (what, again) => change({ question: { ...state.question, ...what } }, again); // as it is by now: not each change draws the form anew
  /** Another stage has other signals. */
  const chooseStage = (stage) => {
    const known = stages[stage - 1][1].map(([name]) => name);
    const { signal } = state.question;
    changeQuestion({ stage, signal: known.includes(signal) ? signal : known[0] }, true);
  };
  const which = stages.map(([name], k) => [String(k + 1), name]);
  const from = question && count(question.from ?? question.step, LIMITS.place, (at) => changeQuestion({ from: at }, true));
  const chooseStep = (step) => {
    changeQuestion({ step });
    from.value = Math.min(state.question.from ?? step, step);
  };
  const about = question
    ? [
        ...(question.kind === "cell" ? [] : [
          ...(which.length ? [field(t("state.ask.stage"), choice(which, String(question.stage ?? 1), (place) => chooseStage(Number(place))))] : []),
          field(t("state.ask.signal"), choice(stageSignals.map(nameOf), question.signal, (signal) => changeQuestion({ signal }))),
        ]),
        ...(question.kind === "unit" ? [] : [field(t("state.ask.unit.of"), count(question.unit, LIMITS.place, (unit) => changeQuestion({ unit })))]),
        field(t("state.ask.step"), count(question.step, LIMITS.place, chooseStep)),
        ...(SINGLE.has(question.kind) ? [field(t("state.ask.from"), from)] : []),
        ...(SPANS.has(question.kind) ? [field(t("state.ask.steps"), count(question.steps, LIMITS.place, (steps) => changeQuestion({ steps })))] : []),
      ]
    : [];
  const walks = choice(["", "step", "phase"].map((by) => [by, t(`state.walk.${by || "nothing"}`)]), walk?.by ?? "", (by) => change({ walk: by ? { by, moves: walk?.moves ?? 3 } : null }, true));
  const moves = walk ? [field(t("state.walk.moves"), count(walk.moves, LIMITS.moves, (many) => change({ walk: { ...walk, moves: many } })))] : [];
  const because = html("input", { type: "text", class: "gl-text", maxlength: LIMITS.because });
  because.value = state.because;
  because.oninput = () => change({ because: because.value });
  const reason = needsReveal(state) ? [field(t("state.because"), because, "gl-wide")] : [];
  const rows = html("div", { class: "gl-fields" }, field(t("state.hide"), hide), field(t("state.ask"), kindChoice), ...about, field(t("state.walk"), walks), ...moves, ...reason);
  const box = html("details", { class: "gl-more" }, html("summary", {}, summary(state, info, t)), rows);
  return set(box, { "data-testid": "lecture-more" });
}
