// The lab on a stage: an edit is shown in the next frame by the browser's engine, and replaced by NumPy's run.
import { html, set, write } from "../core/dom.js";
import { createCheck } from "./check/panel.js";
import { createClamps } from "./clamps/panel.js";
import { createMarks } from "./clamps/marks.js";
import { createStart } from "./clamps/start.js";
import { createValves } from "./clamps/valve.js";
import { createEditor } from "./editor/editor.js";
import { createInput } from "./editor/input.js";
import { compare } from "../engine/compare.js";
import { run } from "../engine/forward.js";
import { createChallenge } from "./challenge.js";
import { LabSession, baseOf, formSent, isLate } from "./state/session.js";
import { settled } from "./state/biases.js";
import { beltOf, gradientsOf } from "./state/gradients.js";
import { specOf, stateOf } from "./state/state.js";
import { arraysOf, compareOutcome, described } from "./state/task.js";
import { createPin } from "./pin.js";
import { createPrinted } from "./printed/panel.js";
import { createTask } from "./task/panel.js";
import { createUpdate } from "./task/update.js";
import { LatestFirst } from "../core/loading/latest-first.js";
import { withSquash } from "../core/run/squash.js";
import { Trace } from "../core/run/trace.js";

const RETRY_AFTER = 1000; // milliseconds to wait for NumPy before asking again
const AGREED = 1e-9;
const TABS = { weights: (lab) => createEditor(lab, createPrinted(lab), createTask(lab), createUpdate(lab)), clamps: createClamps, input: createInput, pin: createPin, check: createCheck, inspect: createArithmetic };

const sessions = new Map(); // page -> LabSession: coming back to a page finds its undo again

/** @param {import("../shell/shell.js").Stage} stage */
export function createLab(stage) {
  const { host } = stage;
  const queue = new LatestFirst(send, RETRY_AFTER);
  const spelling = new Map(); // {symbols, description} of the cells that have been here: what a preview needs
  let session = null;
  let header = null; // of the latest run that arrived
  let verdict = null; // how NumPy's run and the preview compare; null until NumPy has answered
  let sent = null; // {serial, state} of the latest message to Python
  let problem = null; // Python's sentence, where it refused the latest message
  let checking = false; // whether somebody's own numbers are judged, and the run is concealed until they are right
  let frame = 0;
  let repeated = null;
  let previews = 0;
  let begun = null; // the beginning for which the panel was opened

  const lab = {
    t: host.t,
    symbol: host.symbol,
    name: host.name,
    complemented: host.complemented,
    stage,
    get colours() {
      return stage.colours;
    },
    get trace() {
      return stage.trace;
    },
    get session() {
      return session;
    },
    get dragging() {
      return session.origin !== null;
    },
    /** One edit, an entry of its own; a key held down (`repeat` names what it changes) extends the entry before. */
    apply(edit, values, { repeat = false } = {}) {
      const joined = repeat && repeat === repeated && session.canUndo && !lab.dragging;
      if (joined) session.state = settled(edit(session.state, ...values));
      else if (!session.apply(edit, ...values)) return;
      repeated = repeat;
      edited();
    },
    /** An edit within a drag, made from the state at its beginning. */
    applyFrom(edit) {
      session.apply(() => edit(session.begin()));
      edited();
    },
    begin: () => void session.begin(),
    end() {
      if (!lab.dragging) return;
      const { origin } = session;
      session.end();
      if (origin !== session.state) edited();
    },
    cancel() {
      if (!lab.dragging) return;
      session.cancel();
      edited();
    },
    highlight,
    get checking() {
      return checking;
    },
    /** Begins to judge numbers, or ends it and shows the run again. */
    check(on) {
      checking = on;
      if (on) lab.waysBack = false;
      edited();
      lab.conceal(on ? check.place() : null);
    },
    /** Conceals what lies beyond a place of the run, as in docs/stage.md; null uncovers all. */
    conceal(frontier) {
      stage.trace = concealing(stage.concealment.run, frontier);
      stage.concealment.hold();
      stage.load();
    },
    waysBack: false, // whether the stage's belt runs backwards, with the gradients of the state's loss
    /** Shows the run with the way back through it, or without. */
    reshow() {
      stage.trace = backed(stage.concealment.run);
      stage.load();
      stage.plugins.admit();
    },
    /** Shows the same run again after what is compared with it has changed. */
    repaint() {
      stage.score.load(stage.trace);
      stage.paint(0);
      show();
    },
  };

  // The panel

  const tabs = Object.entries(TABS).map(([name, create], k) => {
    const view = create(lab);
    const tab = html("button", { type: "button", role: "tab", class: "gs-lab-tab", "data-tab": name, "aria-selected": String(k === 0), tabindex: k === 0 ? 0 : -1 });
    const panel = html("div", { role: "tabpanel", class: "gs-lab-panel", "data-tab": name, hidden: k > 0 }, view.element);
    tab.onclick = () => open(name);
    tab.onkeydown = (event) => turn(event, k);
    return { name, view, tab, panel };
  });
  const bar = html("div", { class: "gs-lab-tabs", role: "tablist" }, ...tabs.map(({ tab }) => tab));
  const actions = Object.fromEntries(
    Object.entries({ undo: ["↶", () => travel("undo")], redo: ["↷", () => travel("redo")], reset: ["⟲", reset] }).map(([name, [sign, onclick]]) => [
      name,
      html("button", { type: "button", class: "gs-lab-button", "data-lab": name, onclick }, html("span", { "aria-hidden": "true" }, sign)),
    ]),
  );
  const verdictLine = html("p", { class: "gs-lab-verdict", role: "status" });
  const challenge = createChallenge(lab);
  const element = html("section", { class: "gs-lab", "data-testid": "lab" }, challenge.element, html("div", { class: "gs-lab-head" }, bar, html("div", { class: "gs-lab-row" }, ...Object.values(actions))), verdictLine, ...tabs.map(({ panel }) => panel));
  stage.picture.after(element);
  let opened = tabs[0];
  const [editor, , input, pin, check, arithmetic] = tabs.map(({ view }) => view);
  const valves = createValves(lab, stage.picture);
  const marks = createMarks(lab);
  const start = createStart(lab, stage.picture);

  function open(name) {
    opened = tabs.find((each) => each.name === name);
    const inspecting = opened.view === arithmetic;
    if (inspecting !== stage.inspecting) stage.inspect(inspecting);
    for (const { tab, panel } of tabs) {
      const on = panel === opened.panel;
      set(tab, { "aria-selected": String(on), tabindex: on ? 0 : -1 });
      panel.hidden = !on;
    }
    resize();
    opened.view.load();
  }

  function turn(event, k) {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    const next = tabs[(k + by + tabs.length) % tabs.length];
    open(next.name);
    next.tab.focus();
    event.preventDefault();
    event.stopPropagation();
  }

  // Editing

  function edited() {
    verdict = problem = null;
    if (!lab.dragging) queue.ask({ message: { ...session.message(), check: checking }, state: session.state });
    show(); // the edited number at once, what follows from it in the next frame
    frame ||= requestAnimationFrame(preview);
  }

  function send({ message, state }) {
    sent = { serial: message.serial, state, check: message.check };
    stage.options.onLab?.(message);
  }

  function preview() {
    frame = 0;
    const trace = previewOf(session.state);
    if (trace) stage.showRun(trace);
    else show();
  }

  /** The run that the browser computes; null for a kind of cell whose letters have not arrived yet. */
  function previewOf(state) {
    const known = spelling.get(spelled(state));
    if (!known) return null;
    const { cell, reset, coupled, without, clamps, inputs, hidden, steps, tokens } = state;
    const { activation, gate_activation, candidate_activation, cell_activation } = state;
    const chosen = { reset, activation, gate_activation, candidate_activation, cell_activation };
    const edit = { cell, ...chosen, peephole: state.p !== null, coupled, without, clamps, inputs, hidden, task: described(state), form: formSent(state) ?? undefined, b_h: state.b_h && [...state.b_h], biased: state.biased, biases: state.biases };
    const columns = Array.from({ length: inputs }, (_, k) => state.columns[k] ?? "");
    const about = { cell, ...chosen, steps, units: hidden, inputs, tokens, columns, unit_names: state.names, ...known };
    about.symbols = withSquash(known.symbols, about);
    previews += 1;
    const out = run(specOf(state));
    return concealing(backed(new Trace({ ...header, ...about, digest: `preview ${previews}`, lab: { ...header.lab, edit } }, { ...out, ...arraysOf(state, out) }), state));
  }

  /** A run with what the stage needs to run its belt backwards, where that is wanted and there is a loss. */
  function backed(trace, state = session.state) {
    delete trace.header.gradient;
    if (!lab.waysBack || !state.targets) return trace;
    const { arrays, gradient } = beltOf(state, gradientsOf(state), host.t(`lab.task.loss.${state.loss}`));
    Object.assign(trace.arrays, arrays);
    Object.assign(trace.header, { gradient });
    return trace;
  }

  function concealing(trace, place = checking ? check.place(trace) : null) {
    if (place) trace.header.conceal = place;
    else delete trace.header.conceal;
    return trace;
  }

  const spelled = ({ cell, reset }) => [header.lang, header.notation, header.update, cell, cell === "gru" ? reset : ""].join();

  function travel(way) {
    if (session[way]()) edited();
  }

  function reset() {
    if (session.reset()) edited();
  }

  // What arrives

  /** Takes a run from Python; returns the one to show, which is the preview as long as newer edits are under way. */
  function arrive(trace) {
    header = trace.header;
    const state = stateOf(trace);
    spelling.set(spelled(state), { symbols: header.symbols, description: header.description });
    const { nonce, own_input: own, reply } = header.lab;
    session = sessions.get(header.page);
    if (!session) sessions.set(header.page, (session = new LabSession(state, { nonce, base: baseOf(trace), own })));
    else if (session.nonce !== nonce) {
      session.start(state, { nonce, base: baseOf(trace), own });
      sent = null; // nothing that was sent before is answered any more
    } else {
      session.base = baseOf(trace); // the preset's sliders move it
      if (sent !== null && (reply === sent.serial || (session.agrees(trace, sent.state) && Boolean(header.lab.check) === sent.check))) {
        problem = header.lab.problem ?? null;
        queue.answered();
      }
      if (!session.agrees(trace)) {
        if (lab.dragging || !queue.idle || isLate(reply ?? null, sent?.serial ?? null)) return previewOf(session.state) ?? trace;
        session.follow(state);
      }
    }
    cancelAnimationFrame(frame);
    frame = 0;
    if (queue.idle) checking = Boolean(header.lab.check?.judging);
    check.take(header.lab.check ?? null);
    const read = compareOutcome(state, trace.arrays);
    verdict = compare(trace);
    if (read.difference > verdict.difference) verdict = read;
    return concealing(backed(trace, state));
  }

  // What is lit

  function highlight(about) {
    for (const node of stage.picture.querySelectorAll(".gs-part, [data-part]")) node.classList.toggle("gs-lit", Boolean(about) && meets(node.dataset, about));
  }

  const meets = ({ signal, part, unit }, about) => {
    const [name, row] = [signal ?? part, Number(unit)];
    const isInspected = name === about.signal || name === `pre.${about.signal}`;
    return (isInspected && (about.unit === null || row === about.unit)) || (name === about.from?.signal && row === about.from.unit);
  };

  function pointed(event) {
    const node = event.type === "pointerout" ? null : event.target.closest?.("[data-signal]");
    const about = node ? weightsOf(node.dataset) : null;
    editor.light(about);
  }

  /** Which weights matter for a part of the picture. */
  function weightsOf({ signal, unit }) {
    const row = unit === undefined || unit === "" ? null : Number(unit);
    if (signal === "x") return { matrix: "W", column: row };
    if (signal === "previous_hidden") return { matrix: "U", column: row };
    const { parts } = stage.trace;
    const behind = { kept: ["forget", "update"], written: ["input", "candidate"], cell: ["forget", "input", "candidate"], tanh_cell: [], recurrent: ["candidate"], reset_hidden: ["reset"] };
    const names = behind[signal] ?? (signal === "hidden" ? ["output", "hidden"] : [signal.replace(/^pre\./, "")]);
    return { parts: names.filter((name) => parts.includes(name)), unit: row };
  }

  stage.picture.addEventListener("pointerover", pointed);
  stage.picture.addEventListener("pointerout", pointed);

  // Keys

  function key(event) {
    const target = event.composedPath()[0];
    if (target instanceof HTMLInputElement && target.type !== "range" && target.type !== "checkbox") return;
    if (event.key.toLowerCase() === "p" && !checking && !event.ctrlKey && !event.metaKey && !event.altKey) return pin.toggle();
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.key.toLowerCase() !== "z") return;
    travel(event.shiftKey ? "redo" : "undo");
    event.preventDefault();
    event.stopPropagation();
  }
  stage.element.addEventListener("keydown", key);

  // Showing

  function show() {
    opened.view.paint();
    valves.paint();
    marks.score();
    challenge.paint(verdict !== null);
    const count = session.state.clamps.length;
    set(tabs[1].tab, { "data-count": count || null });
    tabs[3].tab.hidden = checking;
    if (checking && opened.view === pin) open("check");
    actions.undo.disabled = !session.canUndo;
    actions.redo.disabled = !session.canRedo;
    actions.reset.disabled = session.atBase;
    say();
  }

  function say() {
    const differs = verdict !== null && verdict.difference > AGREED;
    const exact = header.lab.engine === "browser" ? "lab.verdict.browser" : "lab.verdict.agrees";
    const key = verdict === null ? "lab.verdict.preview" : differs ? "lab.verdict.differs" : exact;
    const { signal, unit, step, difference } = verdict ?? {};
    if (problem !== null) {
      write(verdictLine, problem);
      set(verdictLine, { "data-verdict": "refused", role: "alert" });
      return;
    }
    const values = differs ? { difference: difference.toExponential(1), signal: signal.startsWith("task.") ? host.t(`lab.${signal}`) : host.name(signal.replace(/^pre\./, "")), unit: unit + 1, step: step + 1 } : {};
    write(verdictLine, host.t(key, values));
    set(verdictLine, { title: differs ? null : host.t(`${key}.help`) });
    set(verdictLine, { "data-verdict": key.split(".").at(-1), role: differs ? "alert" : "status" });
  }

  function resize() {
    opened.view.resize?.(element.clientWidth);
  }

  return {
    arrive,
    resize,
    /** The words and everything that a new run brings. */
    loaded() {
      set(element, { "aria-label": host.t("lab.title"), "data-ready": true });
      set(bar, { "aria-label": host.t("lab.title") });
      for (const { name, tab } of tabs) write(tab, host.t(`lab.tab.${name}`));
      for (const [name, button] of Object.entries(actions)) set(button, { "aria-label": host.t(`lab.${name}`), title: host.t(`lab.${name}.title`) });
      if (checking && begun !== session.nonce) open("check");
      begun = session.nonce;
      opened.view.load();
      valves.load();
      challenge.load();
      show();
    },
    /** Other numbers under the same words. */
    swap: show,
    /** Called after every paint of the stage: what is held and what was before are marked on it. */
    painted(view) {
      if (stage.inspecting !== (opened.view === arithmetic)) open(stage.inspecting ? "inspect" : "weights");
      marks.picture(view);
      pin.ghosts(view);
      input.at(view);
      editor.at(view);
      valves.paint();
      start.painted();
    },
    substitute: () => pin.substitute(),
    destroy() {
      valves.close();
      start.close();
      queue.drop();
      cancelAnimationFrame(frame);
      stage.picture.removeEventListener("pointerover", pointed);
      stage.picture.removeEventListener("pointerout", pointed);
      stage.element.removeEventListener("keydown", key);
    },
  };
}

/** The stage's inspector as a page of the lab: beside the picture there is one place for both. */
function createArithmetic({ stage }) {
  return { element: stage.aside, load() {}, paint() {} };
}
