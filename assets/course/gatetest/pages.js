// The gate test on the page: one question at a time without a word on the answer, and after the second form what has changed.
import { html, set, write } from "../../stage/core/dom.js";
import { onSubmit } from "../../stage/core/form.js";
import { prose } from "../step/prose.js";
import { button } from "../step/question-form.js";
import { questionFor, misled, nextItem, outcome, optionText, SURE } from "./sitting.js";

/** Writes a sentence with its code and mathematics into an element. */
function put(element, text) {
  element.replaceChildren(...prose(text));
  return element;
}

const heading = (text) => html("h2", { tabindex: -1 }, text);
const note = (text) => html("p", { class: "gc-note" }, text);

function radios(name, options, label, changed) {
  const inputs = options.map(([value]) => html("input", { type: "radio", name, value, onchange: changed }));
  const labels = options.map(([, text], k) => html("label", { class: "gc-option" }, inputs[k], put(html("span"), text)));
  const element = html("fieldset", { class: "gc-options" }, html("legend", {}, label), ...labels);
  return { element, value: () => inputs.find(({ checked }) => checked)?.value ?? null, focus: () => inputs[0].focus() };
}

/**
 * The question that comes next in a sitting.
 * @param {object[]} items  @param {object} sitting  @param {(key: string, values?: object) => string} t
 * @param {{answer: (asked: object, option: ?string, sure: ?string) => void, leave: () => void}} act
 */
export function questionPage(items, sitting, t, { answer, leave }) {
  const item = nextItem(items, sitting);
  const question = questionFor(item, sitting);
  const number = items.indexOf(item) + 1;
  const wrong = html("p", { class: "gc-wrong", role: "alert" });
  const clear = () => write(wrong, "");
  const options = radios(`gatetest.${item.id}`, question.options.map((option) => [option, optionText(question, option, "text")]), t("gatetest.answers"), clear);
  const sure = radios(`gatetest.${item.id}.sure`, SURE.map((name) => [name, t(`gatetest.sure.${name}`)]), t("gatetest.sure"), clear);
  set(sure.element, { class: "gc-options gc-sure" });
  const go = button(t("gatetest.commit"), null, { class: "gc-button gc-primary" });
  const form = html("form", { class: "gc-form", "data-testid": "gatetest-ask" }, options.element, sure.element, wrong);
  form.append(html("div", { class: "gc-row" }, go, button(t("unknown"), () => answer(question, null, null)), button(t("gatetest.leave"), leave)));
  onSubmit(form, go, () => {
    const chosen = [options.value(), sure.value()];
    if (chosen.every(Boolean)) return answer(question, ...chosen);
    write(wrong, t("gatetest.choose"));
    return chosen[0] ? sure.focus() : options.focus();
  });
  const where = note(t("gatetest.where", { form: sitting.form, number, of: items.length }));
  const validated = number === 1 ? [note(t("gatetest.validated"))] : [];
  return [where, put(html("h2", { tabindex: -1, class: "gc-item-question" }), question.question), form, ...validated];
}

/** What is said after the first form: nothing of right and wrong. */
export function thanksPage(items, t, leave) {
  return [heading(t("gatetest.thanks")), html("p", {}, t("gatetest.thanks.text", { of: items.length })), note(t("gatetest.validated")), html("div", { class: "gc-row" }, button(t("gatetest.lessons"), leave, { class: "gc-button gc-primary" }))];
}

const changeOf = ({ change, after }, right) => {
  if (change === null) return after.option === right ? "right" : "wrong";
  if (change > 0) return "up";
  return change < 0 ? "down" : after.option === right ? "same" : "none";
};

/**
 * What changed between the two forms, question by question.
 * @param {(id: string) => ?string} titleOf a lesson's title  @param {{open: (lesson: string) => void, leave: () => void}} act
 */
export function outcomePage(items, { before, after }, t, titleOf, { open, leave }) {
  const of = items.length;
  const { rows, right, sure } = outcome(items, before, after);
  const score = before ? t("gatetest.score", { ...right, of }) : t("gatetest.score.after", { after: right.after, of });
  const calibrated = SURE.filter((name) => sure[name].of).map((name) => html("li", {}, t("gatetest.calibration.row", { sure: t(`gatetest.sure.${name}`), ...sure[name] })));
  return [
    heading(t("gatetest.outcome")),
    html("p", { class: "gc-verdict", "data-testid": "gatetest-score" }, score),
    ...(before ? [note(t("gatetest.chance", { of }))] : []),
    note(t("gatetest.validated")),
    ...(calibrated.length ? [html("h3", {}, t("gatetest.calibration")), html("ul", {}, ...calibrated)] : []),
    ...misconceptions(misled(items, before, after), t),
    ...rows.map((row) => rowOf(row, t, titleOf, open)),
    html("div", { class: "gc-row gc-ways" }, button(t("gatetest.lessons"), leave, { class: "gc-button gc-primary" })),
  ];
}

function misconceptions(found, t) {
  const named = Object.entries(found).filter(([, { before, after }]) => before || after);
  const when = ({ before, after }) => t(`gatetest.fell.${before && after ? "both" : before ? "before" : "after"}`);
  const list = named.map(([number, fell]) => html("li", {}, html("b", {}, t.misconception(number)), html("span", {}, when(fell))));
  const none = Object.values(found).some(({ after }) => after) ? [] : [html("p", {}, t("gatetest.misconceptions.none"))];
  return [html("h3", {}, t("gatetest.misconceptions")), ...(list.length ? [html("ul", { class: "gc-pairs" }, ...list)] : []), ...none];
}

function rowOf(row, t, titleOf, open) {
  const { second, first, before, after } = row;
  const { item } = second;
  const text = (one, { option }) => (option === null ? t("gatetest.unknown") : optionText(one, option, "text"));
  const line = (key, answer) => put(html("p"), t(key, { answer }));
  const change = changeOf(row, item.right);
  const wrong = after.option !== null && after.option !== item.right;
  const lesson = item.lesson && titleOf(item.lesson);
  const folded = change === "right" || change === "same"; // what needs no second look
  const head = html("h3", {}, item.words.title, " · ", html("span", { class: "gc-change" }, t(`gatetest.change.${change}`)));
  return html(
    folded ? "details" : "section",
    { class: "gc-feedback gc-item", "data-change": change, "data-item": item.id },
    folded ? html("summary", {}, head) : head,
    ...(before ? [put(html("p", { class: "gc-note" }), first.question), line("gatetest.row.before", text(first, before))] : []),
    put(html("p", { class: "gc-question" }), second.question),
    line("gatetest.row.after", text(second, after)),
    ...(after.option === item.right ? [] : [line("gatetest.row.right", optionText(second, item.right, "text"))]),
    ...(wrong ? [put(html("p", { class: "gc-named" }), optionText(second, after.option, "because"))] : []),
    put(html("p"), optionText(second, item.right, "because")),
    ...(lesson ? [html("div", { class: "gc-row" }, button(t("gatetest.lesson", { title: lesson }), () => open(item.lesson)))] : []),
  );
}
