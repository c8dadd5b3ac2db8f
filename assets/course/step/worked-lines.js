// The lines of a worked example on the page: written out, left to be filled in, and marked.
import { html, set, write } from "../../stage/core/dom.js";
import { fill } from "../../stage/core/text/format.js";
import { plain } from "../../stage/core/text/formulas.js";
import { typeset } from "../../stage/core/text/typeset.js";
import { button } from "./question-form.js";
import { marks, unanswered } from "../lesson/worked-example.js";

const SIGNS = { right: "✓", carried: "↳", wrong: "✗", missing: "–" };
const maths = (text, attributes = {}) => typeset(html("span", attributes), text);

/** The numbers that everything is computed from. */
function stated({ variant }, t) {
  const items = variant.stated.map(([letter, value]) => maths(`${letter} = ${value}`, { role: "listitem" }));
  return html("div", { class: "gc-stated", role: "list", "aria-label": t("worked.given") }, ...items);
}

/** A line's arithmetic, as far as it may be shown: its letters, and in numbers what they come to. */
const arithmetic = ({ label, letters }, written) => maths([label, letters, ...(written ? [...written.numbers, written.value] : [])].join(" = "), { class: "gc-formula" });

const rows = (items) => html("ol", { class: "gc-lines", "data-testid": "course-lines" }, ...items);

/**
 * All lines with their numbers, but for those that the stage asks for until there is an answer; where lines were typed, what was typed
 * for each blank one and what it is worth.
 */
export function lines(player, t) {
  const { step, variant, answer } = player;
  const verdicts = new Map((answer?.lines ? marks(step, variant, answer.lines) : []).map((one) => [one.name, one]));
  const isAsked = (line) => line.blank && player.stage === "ask";
  const items = step.worked.lines.map((line) => {
    const mark = verdicts.get(line.name);
    const markText = mark ? html("span", { class: "gc-mark", "data-testid": "course-mark" }, `${SIGNS[mark.status]} ${sentence(mark, t)}`) : "";
    return html("li", { "data-line": line.name, "data-status": mark?.status }, arithmetic(line, isAsked(line) ? null : variant.written[line.name]), markText);
  });
  return html("div", { class: "gc-worked" }, stated(player, t), rows(items));
}

/** What an answer to one line is worth, in words. */
function sentence({ status, typed, follows }, t) {
  if (status === "missing") return t("worked.is.missing");
  const decimals = Math.max(2, (typed.trim().split(/[.,]/)[1] ?? "").length);
  const shown = follows.toFixed(Math.min(decimals, 4)).replace("-", "−");
  return t(`worked.is.${status}`, { answer: typed.trim().replace("-", "−"), follows: shown });
}

/**
 * The lines with fields where they are blank.
 * @param {import("../lesson/player.js").Player} player  @param {(key: string, values?: object) => string} t
 * @param {(typed: Object<string, ?string>) => Promise<?string>} commit resolves to what went wrong, if anything
 */
export function linesForm(player, t, commit) {
  const { step, variant, values } = player;
  const draft = { ...player.draft }; // it outlives a change of language, and a reload
  const wrong = html("p", { class: "gc-wrong", role: "alert" });
  const fields = new Map();
  const go = button(t("worked.check"), () => send(), { class: "gc-button gc-primary" });
  const items = step.worked.lines.map((line) => html("li", { "data-line": line.name }, ...(line.blank ? blank(line) : [arithmetic(line, variant.written[line.name])])));
  const question = typeset(html("p", { class: "gc-question" }), fill(step.words.question, values));

  function blank(line) {
    const name = plain(line.label);
    const field = html("input", { type: "text", inputmode: "text", class: "gc-field", autocomplete: "off", spellcheck: "false", enterkeyhint: "next", "aria-label": t("worked.field", { line: name }), "data-line": line.name });
    const unknown = button(t("unknown"), () => know(keep(draft[line.name] === null ? "" : null)), { "aria-label": t("worked.unknown", { line: name }) });
    function know(typed) {
      field.value = typed ?? "";
      set(unknown, { "aria-pressed": String(typed === null) });
      write(wrong, "");
      set(field, { "aria-invalid": null });
    }
    function keep(typed) {
      draft[line.name] = typed;
      player.type({ ...draft });
      return typed;
    }
    field.oninput = () => {
      keep(field.value);
      set(unknown, { "aria-pressed": "false" });
      set(field, { "aria-invalid": null });
      write(wrong, "");
    };
    field.onkeydown = (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault();
      const names = [...fields.keys()];
      const next = fields.get(names[names.indexOf(line.name) + 1]);
      if (next) next.focus();
      else send();
    };
    know(draft[line.name] ?? (line.name in draft ? null : ""));
    fields.set(line.name, field);
    return [arithmetic(line, null), html("span", { class: "gc-row gc-blank" }, "= ", field, unknown)];
  }

  async function send() {
    const left = unanswered(step, draft);
    if (left) {
      write(wrong, t(`worked.${left.problem}`, { line: plain(left.label), answer: (draft[left.name] ?? "").trim().slice(0, 40) }));
      set(fields.get(left.name), { "aria-invalid": "true" });
      return fields.get(left.name).focus();
    }
    go.disabled = true;
    const failed = await commit({ ...draft });
    go.disabled = false;
    return failed ? write(wrong, failed) : undefined;
  }

  const note = html("p", { class: "gc-note" }, t("worked.decimals", { decimals: step.worked.judging.decimals }));
  return html("div", { class: "gc-form", role: "form", "data-testid": "course-ask" }, question, stated(player, t), rows(items), note, html("div", { class: "gc-row" }, go), wrong);
}
