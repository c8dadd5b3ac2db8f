// One's own numbers, line by line: each is marked, and of the first wrong one it says what probably went wrong. As long as
// it is open the run is concealed, and uncovered step by step by what is right.
import { html, set, write } from "../../core/dom.js";
import { plain } from "../../core/text/formulas.js";
import { joinSentences } from "../../core/text/sentences.js";
import { typeset } from "../../core/text/typeset.js";
import { judge } from "../../exercise/judge.js";
import { firstGroups, groupsIn, linesOf, sections, uncovered } from "./lines.js";
import { keep, recall } from "./memory.js";

const MARKS = { right: "✓", carried: "↳", wrong: "×", text: "?", missing: "" };
const DECIMALS = [2, 3, 4];

export function createCheck(lab) {
  const about = html("p", { class: "gs-lab-note" });
  const toggle = html("button", { type: "button", class: "gs-lab-button", "data-lab": "check", onclick: () => lab.check(!lab.checking) });
  const problem = html("p", { class: "gs-lab-status", role: "alert", "data-verdict": "refused", "data-testid": "check-problem" });
  const convention = html("p", { class: "gs-lab-note" });
  const roundLabel = html("span", { class: "gs-label" });
  const round = html("select", { class: "gs-select", "data-lab": "decimals", onchange: () => choose({ decimals: Number(round.value) }) }, ...DECIMALS.map((count) => html("option", { value: count }, String(count))));
  const groups = html("div", { class: "gs-check-groups", role: "group" });
  const rows = html("div", { class: "gs-check-lines" });
  const verdict = html("p", { class: "gs-check-verdict", role: "status", "data-testid": "check-verdict" });
  const clear = html("button", { type: "button", class: "gs-lab-button", "data-lab": "check-clear", onclick: () => empty() });
  const body = html("div", { class: "gs-check-body" }, html("div", { class: "gs-lab-row" }, groups, html("label", { class: "gs-lab-field" }, roundLabel, round)), convention, verdict, rows, html("div", { class: "gs-lab-row" }, clear));
  const element = html("div", { class: "gs-check", "data-testid": "check" }, about, html("div", { class: "gs-lab-row" }, toggle), problem, body);
  let exerciseData = null; // what the run brings to judge with: {judging, causes} or {problem}
  let exercise = ""; // the name under which answers are kept
  let answers = {};
  let chosen = [];
  let decimals = 2;
  let verdicts = new Map();
  let fields = new Map(); // name -> {input, mark}
  let built = "";

  const page = () => lab.trace.header.page;
  const judging = () => exerciseData?.judging ?? null;
  const lines = () => (judging() ? linesOf(judging(), chosen) : []);

  /** Takes what a run brings to judge with, and what was typed for it before. */
  function take(next) {
    exerciseData = next;
    if (!judging()) return;
    const beginning = lab.session.nonce.split("/").at(-1); // the visit before it is another one after a reload
    const name = `${beginning} ${judging().lines.map((line) => line.name).join(" ")}`;
    if (name !== exercise) {
      exercise = name;
      const recalled = recall(lab.stage.concealment.run.header.page, name);
      answers = { ...recalled?.answers };
      const known = groupsIn(judging());
      chosen = (recalled?.chosen ?? []).filter((group) => known.includes(group));
      if (!chosen.length) chosen = firstGroups(judging());
      decimals = DECIMALS.includes(recalled?.decimals) ? recalled.decimals : judging().decimals;
    }
    rejudge();
  }

  function rejudge() {
    const found = judging() ? judge(judging(), answersOf(lines()), decimals) : [];
    verdicts = new Map(found.map((one) => [one.name, one]));
  }

  /** What is typed where it is asked for now: a line that was put away counts for nothing. */
  const answersOf = (shown) => Object.fromEntries(shown.filter(({ name }) => answers[name]).map(({ name }) => [name, answers[name]]));

  const store = () => keep(page(), exercise, { answers, chosen, decimals });

  function choose(next) {
    if (next.decimals) decimals = next.decimals;
    if (next.chosen) chosen = next.chosen;
    store();
    mark();
  }

  function empty() {
    answers = {};
    for (const { input } of fields.values()) input.value = "";
    store();
    mark();
    fields.values().next().value?.input.focus();
  }

  /** Judges what is typed by now; the stage shows the steps that are right. */
  function mark() {
    const before = JSON.stringify(frontier());
    rejudge();
    const now = frontier();
    if (lab.checking && JSON.stringify(now) !== before) lab.conceal(now);
    paint();
  }

  const frontier = (trace = lab.stage.concealment.run) => uncovered(lines(), (name) => verdicts.get(name)?.status === "right", trace);

  function build() {
    fields = new Map();
    const made = sections(lines()).map(({ kind, step, lines: own }) => {
      const title = html("legend", { class: "gs-label" }, lab.t(step || kind !== "step" ? `lab.check.${kind}` : "lab.check.total", { step }));
      return html("fieldset", { class: "gs-check-step" }, title, ...own.map(field));
    });
    rows.replaceChildren(...made);
    groups.replaceChildren(
      ...groupsIn(judging()).map((name) => {
        const box = html("input", { type: "checkbox", "data-group": name, onchange: () => choose({ chosen: box.checked ? [...chosen, name] : chosen.filter((each) => each !== name) }) });
        box.checked = chosen.includes(name);
        return html("label", { class: "gs-lab-field" }, box, html("span", {}, lab.t(`lab.check.group.${name}`)));
      }),
    );
  }

  function field({ name, label }) {
    const input = html("input", { type: "text", inputmode: "text", class: "gs-check-number", "data-line": name, autocomplete: "off", spellcheck: "false", enterkeyhint: "next" });
    input.value = answers[name] ?? "";
    input.oninput = () => {
      answers[name] = input.value;
      store();
    };
    input.onchange = mark;
    input.onkeydown = (event) => {
      event.stopPropagation();
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault();
      mark();
      const order = [...fields.values()];
      order[order.findIndex((each) => each.input === input) + 1]?.input.focus();
    };
    const sign = html("span", { class: "gs-check-mark", "aria-hidden": "true" });
    fields.set(name, { input, sign, label });
    return html("label", { class: "gs-check-line" }, typeset(html("span", { class: "gs-check-name" }), label), input, sign);
  }

  function paint() {
    const { t } = lab;
    const ready = lab.checking && judging() !== null;
    toggle.hidden = Boolean(lab.trace.header.lab.file);
    set(toggle, { "aria-pressed": String(lab.checking) });
    write(toggle, t(lab.checking ? "lab.check.off" : "lab.check.on"));
    write(about, t(lab.trace.header.lab.file ? "lab.check.file" : "lab.check.about"));
    problem.hidden = !exerciseData?.problem;
    write(problem, exerciseData?.problem ?? "");
    body.hidden = !ready;
    if (!ready) return;
    const signature = JSON.stringify([exercise, chosen, lab.trace.header.lang, judging().lines.map(({ label }) => label)]);
    if (signature !== built) {
      built = signature;
      build();
    }
    round.value = String(decimals);
    const { form, cell } = lab.session.state;
    convention.hidden = cell !== "gru";
    if (cell === "gru") write(convention, t(`lab.check.z.${form.z}`));
    for (const [name, { input, sign, label }] of fields) {
      const { status } = verdicts.get(name);
      set(input, { "aria-label": [plain(label), status === "missing" ? "" : t(`lab.check.is.${status}`)].filter(Boolean).join(", "), "aria-invalid": status === "wrong" || status === "text" ? "true" : null, "data-status": status });
      write(sign, MARKS[status]);
    }
    say();
  }

  /** The first line that is wrong, and why; else how many are right. */
  function say() {
    const { t } = lab;
    const shown = lines();
    const found = shown.map(({ name }) => verdicts.get(name));
    const labelOf = (one) => shown.find(({ name }) => name === one.name).label;
    const [text, wrong] = ["text", "wrong"].map((status) => found.find((one) => one.status === status));
    const first = found.find((one) => one === text || one === wrong);
    const right = found.filter(({ status }) => status === "right").length;
    const carried = found.filter(({ status }) => status === "carried").length;
    const count = t(carried ? "lab.check.count.carried" : right === shown.length && right ? "lab.check.all" : "lab.check.count", { right, carried, of: shown.length });
    const why = first === wrong && first ? t("lab.check.first", { line: labelOf(first), answer: answers[first.name].trim(), cause: exerciseData.causes[first.cause] ?? "" }) : "";
    const unread = first === text && first ? t("lab.check.text", { line: labelOf(first), answer: answers[first.name].trim().slice(0, 40) }) : "";
    typeset(verdict, joinSentences([why, unread, count]));
    set(verdict, { "data-verdict": first ? "wrong" : carried ? "carried" : "right" });
  }

  return {
    element,
    paint,
    take,
    place: frontier,
    load() {
      const { t } = lab;
      write(roundLabel, t("lab.check.decimals"));
      write(clear, t("lab.check.clear"));
      set(groups, { "aria-label": t("lab.check.groups") });
      paint();
    },
  };
}
