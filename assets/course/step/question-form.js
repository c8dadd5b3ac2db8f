// What a step of a lesson asks and says after an answer: the question, the guess beside the truth, the reason, and one choice of why.
import { html, set, write } from "../../stage/core/dom.js";
import { allDigits, fill, number } from "../../stage/core/text/format.js";
import { onSubmit } from "../../stage/core/form.js";
import { typeset } from "../../stage/core/text/typeset.js";
import { spelled } from "../lesson/figures.js";
import { farthest, isStaged } from "../lesson/player.js";
import { fits, parse } from "../../stage/guess/judge.js";
import { isWorked, verdictOfLines } from "../lesson/worked-example.js";

const NOTCHES = 200; // of the slider over its range

/** Paragraphs of a text with its values put in. */
export function paragraphs(text, values, attributes = {}) {
  return fill(text, values).split("\n").map((one) => typeset(html("p", attributes), one));
}

const button = (text, onclick, attributes = {}) => html("button", { type: "button", class: "gc-button", onclick, ...attributes }, text);

/**
 * The form of a question.
 * @param {import("../lesson/player.js").Player} player  @param {(key: string, values?: object) => string} t
 * @param {(guess: number|string|null) => Promise<?string>} commit resolves to what went wrong, if anything
 */
export function askForm(player, t, commit) {
  const { step, values } = player;
  const wrong = html("p", { class: "gc-wrong", role: "alert" });
  const go = button(t("commit"), null, { class: "gc-button gc-primary" });
  const unknown = button(t("unknown"), () => send(null));
  const { answer: begun = "" } = player.draft;
  const changed = (answer) => {
    player.type({ answer });
    write(wrong, "");
  };
  const input = step.kind === "number" ? numberInput(step, t, begun, changed) : choiceInput(player, t, begun, changed);
  const question = typeset(html("p", { class: "gc-question" }), fill(step.words.question, values));
  const form = html("form", { class: "gc-form", "data-testid": "course-ask" }, question, input.element, html("div", { class: "gc-row" }, go, unknown), wrong);
  input.name(question.textContent);

  async function send(guess) {
    for (const one of [go, unknown]) one.disabled = true;
    write(wrong, "");
    const failed = await commit(guess);
    for (const one of [go, unknown]) one.disabled = false;
    if (failed) write(wrong, failed);
  }

  onSubmit(form, go, () => {
    const { guess, problem } = input.read();
    if (problem) {
      write(wrong, problem);
      return input.focus();
    }
    return send(guess);
  });
  return form;
}

function numberInput({ range: [low, high] }, t, begun, changed) {
  const slider = html("input", { type: "range", min: low, max: high, step: (high - low) / NOTCHES });
  const field = html("input", { type: "text", inputmode: "decimal", autocomplete: "off", class: "gc-field", placeholder: `${allDigits(low)} … ${allDigits(high)}` });
  slider.value = String((low + high) / 2);
  slider.oninput = () => {
    field.value = allDigits(Number(Number(slider.value).toFixed(4)));
    changed(field.value);
  };
  field.oninput = () => {
    const value = parse(field.value);
    if (value !== null) slider.value = String(value);
    changed(field.value);
  };
  field.value = begun;
  if (parse(begun) !== null) slider.value = String(parse(begun));
  return {
    element: html("div", { class: "gc-row gc-number" }, slider, field),
    name(question) {
      set(slider, { "aria-label": t("slider", { question }) });
      set(field, { "aria-label": t("field", { question }) });
    },
    focus() {
      field.focus();
      field.select();
    },
    read() {
      const guess = parse(field.value);
      return fits(guess, [low, high]) ? { guess } : { problem: t("wrong", { low: allDigits(low), high: allDigits(high) }) };
    },
  };
}

function choiceInput({ options, step, values, lesson }, t, begun, changed) {
  const name = `${lesson.id}.${step.id}`;
  const radios = options.map((option) => html("input", { type: "radio", name, value: option, checked: option === begun, onchange: () => changed(option) }));
  const labels = radios.map((radio) => html("label", { class: "gc-option" }, radio, typeset(html("span"), fill(step.words[radio.value].text, values))));
  const element = html("div", { class: "gc-options", role: "radiogroup" }, ...labels);
  return {
    element,
    name: (question) => set(element, { "aria-label": question }),
    focus: () => radios[0].focus(),
    read() {
      const chosen = radios.find(({ checked }) => checked);
      return chosen ? { guess: chosen.value } : { problem: t("choose") };
    },
  };
}

/**
 * What stands in place of a form where the stage asks.
 * @param {import("../lesson/player.js").Player} player  @param {() => void} attend brings the stage's question to the reader
 */
export function onStage(player, t, attend) {
  const question = typeset(html("p", { class: "gc-question" }), fill(player.step.words.question, player.values));
  return html("div", { class: "gc-form", "data-testid": "course-ask" }, question, html("div", { class: "gc-row" }, button(t("onstage"), attend, { class: "gc-button gc-primary" })));
}

/** A guess and the truth on the axis of the possible answers. */
function axis({ range: [low, high] }, guess, truth, spell) {
  const at = (value) => `left:${(100 * (value - low)) / (high - low)}%`;
  const mark = (name, value) => html("i", { class: `gc-${name}`, style: at(value) }, html("b", {}, spell(value)));
  const marks = [guess === null ? null : mark("guess", guess), mark("truth", truth)];
  const ends = [html("span", {}, allDigits(low)), html("span", {}, allDigits(high))];
  return html("div", { class: "gc-axis", "aria-hidden": "true" }, ...marks, html("div", { class: "gc-ends" }, ...ends));
}

/** The verdict in words. */
export function verdict(player, t) {
  const { answer, step, variant, values } = player;
  if (isWorked(step)) return verdictOfLines(player, t);
  if (step.kind === "choice") {
    const say = (option) => (option === null ? "" : fill(step.words[option].text, values));
    return t(`chosen.${answer.verdict}`, { guess: say(answer.guess), truth: say(answer.truth) });
  }
  if (isStaged(step)) return verdictOnStage(player, t);
  if (step.kind === "levels") return verdictOfCourse(player, t);
  const spell = (value) => spelled(variant.truth, value);
  return t(`verdict.${answer.verdict}`, { guess: answer.guess === null ? "" : allDigits(answer.guess), truth: spell(answer.truth), distance: ("digits" in variant.truth ? spell : number)(answer.distance ?? 0) });
}

/** The same where the stage asked: of a drawing its worst point counts, of a choice what was chosen. */
function verdictOnStage({ answer, step, variant, values }, t) {
  const { ask } = variant;
  const { guess, truth, distance, verdict: found } = answer;
  if (step.kind === "unit" || step.kind === "cell") {
    const say = (index) => (index === null ? "" : step.kind === "unit" ? t("unit", { unit: index + 1 }) : fill(step.words.cells[ask.cells[index].name], values));
    return t(`chosen.${found === "close" ? "off" : found}`, { guess: say(guess), truth: say(truth) });
  }
  const spell = (value) => spelled({ signal: ask.signal }, value);
  if (step.kind !== "draw") return t(`verdict.${found}`, { guess: guess === null ? "" : allDigits(guess), truth: spell(truth), distance: number(distance ?? 0) });
  const worst = guess === null ? truth.length - 1 : farthest(guess, truth);
  return t(`drawn.${found}`, { step: ask.step + worst, guess: guess === null ? "" : allDigits(guess[worst]), truth: spell(truth[worst]), distance: number(distance ?? 0) });
}

/** The same of a course that is no signal: its farthest point counts, by its name on the axis. */
function verdictOfCourse({ answer: { guess, truth, distance, verdict: found }, variant }, t) {
  const far = truth.map((value, k) => Math.abs((guess === null ? truth.at(-1) : guess[k]) - value));
  const worst = far.indexOf(Math.max(...far));
  const spell = (value) => spelled(variant.truth[worst], value);
  return t(`drawn.${found}`, { step: variant.at[worst], guess: guess === null ? "" : allDigits(guess[worst]), truth: spell(truth[worst]), distance: spell(distance ?? 0) });
}

/** Why it is so, after what was answered. */
function reasons({ answer, step, values }) {
  const { mistakes, reason } = step.words;
  const named = step.kind === "choice" && answer.guess !== null ? step.words[answer.guess].because : mistakes?.[answer.mistake];
  return [...(named ? paragraphs(named, values, { class: "gc-named" }) : []), ...paragraphs(reason, values)];
}

/** What is shown after an answer: the verdict, the guess beside the truth, and the reason. */
export function renderAnswer(player, t) {
  const { answer, step, variant } = player;
  const verdictLine = typeset(html("p", { class: "gc-verdict", "data-verdict": answer.verdict, "data-testid": "course-verdict", tabindex: -1 }), verdict(player, t));
  const drawn = step.kind === "number" ? axis(step, answer.guess, answer.truth, (value) => (value === answer.guess ? allDigits(value) : spelled(variant.truth, value))) : null;
  return html("div", { class: "gc-feedback" }, verdictLine, drawn, ...reasons(player));
}

/** The choice of why, and what each choice comes to. */
export function why(player, t, choose) {
  const { answer, step, values, whys } = player;
  const words = step.words.why;
  const heading = typeset(html("p", { class: "gc-question", id: "gc-why" }), fill(words.question, values));
  const text = (option) => typeset(html("span"), fill(words[option].text, values));
  const list = whys.map((option) => {
    if (!answer.why) return button("", () => choose(option), { class: "gc-option gc-why-option", "data-option": option });
    const state = option === step.why.right ? "right" : option === answer.why ? "off" : "other";
    return html("div", { class: "gc-option", "data-state": state });
  });
  list.forEach((element, k) => element.append(text(whys[k])));
  const because = (option) => paragraphs(words[option].because, values);
  const { right } = step.why;
  const other = answer.why === right ? [] : [html("p", { class: "gc-right" }, "✓ ", text(right)), ...because(right)]; // its reason begins with a yes
  const after = answer.why ? [html("div", { class: "gc-because", tabindex: -1, "data-testid": "course-because" }, ...because(answer.why), ...other)] : [];
  return html("section", { class: "gc-why", "aria-labelledby": "gc-why" }, heading, html("div", { class: "gc-options" }, ...list), ...after);
}

export { button };
