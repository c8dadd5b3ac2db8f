// One person's work in the lab: what is shown, every state before it, what is pinned, and what was sent to Python.
// No DOM here.
import { activationsOf, partsOf } from "../../engine/cells.js";
import { settled } from "./biases.js";
import { concatenated, resize, restore, stateOf } from "./state.js";
import { beginsElsewhere, described, taskAt } from "./task.js";

export class LabSession {
  /**
   * @param {object} state as state.js has it
   * @param {{nonce?: string, base?: object, own?: boolean}} [about] nonce of the preset or link that it came with, the
   *   preset's own state, and whether the input was edited already, so that the page's is not known
   */
  constructor(state, { nonce = "", base = state, own = false } = {}) {
    this.state = state;
    this.nonce = nonce;
    this.base = base;
    this.past = [];
    this.future = [];
    this.histories = new Map(); // nonce -> the states of a beginning that was left, the latest last
    this.origin = null; // the state before a drag, while it lasts
    this.given = own ? null : state.x; // the input that the page gave: only another one is sent
    this.pinned = null;
    this.serial = 0;
    this.followed = false; // the latest entry came from outside
  }

  /**
   * Another beginning (a preset, a challenge, a link) has arrived. Undo never leads into the one before; coming back
   * to a beginning finds its own edits again.
   */
  start(state, { nonce, base = state, own = false }) {
    this.cancel();
    if (this.past.length > 0) this.histories.set(this.nonce, [...this.past, this.state]);
    this.past = this.histories.get(nonce) ?? [];
    if (this.past.length > 0 && equal(this.past.at(-1), state)) this.past.pop();
    this.histories.delete(nonce);
    this.future = [];
    Object.assign(this, { state, nonce, base, given: own ? null : state.x, followed: false });
  }

  /** Applies an edit `(state, ...values) → state`: an entry of its own, or part of the drag that is going on. */
  apply(edit, ...values) {
    const next = settled(edit(this.state, ...values));
    if (next === this.state) return false;
    if (this.origin === null) this.enter(this.state);
    this.state = next;
    return true;
  }

  /** From here to `end` everything is one entry. A drag starts its edits from `origin`, so that it adds up no rounding. */
  begin() {
    this.origin ??= this.state;
    return this.origin;
  }

  end() {
    const { origin } = this;
    this.origin = null;
    if (origin !== null && origin !== this.state) this.enter(origin);
  }

  cancel() {
    if (this.origin !== null) this.state = this.origin;
    this.origin = null;
  }

  /** Takes over a state made elsewhere (a slider of the preset); several in a row are one entry. */
  follow(state) {
    this.cancel();
    if (!this.followed) this.enter(this.state);
    this.followed = true;
    this.state = state;
  }

  enter(state) {
    this.past.push(state);
    this.future = [];
    this.followed = false;
  }

  get canUndo() {
    return this.past.length > 0;
  }

  get canRedo() {
    return this.future.length > 0;
  }

  undo() {
    this.end();
    if (!this.canUndo) return false;
    this.future.push(this.state);
    this.state = this.past.pop();
    this.followed = false;
    return true;
  }

  redo() {
    this.end();
    if (!this.canRedo) return false;
    this.past.push(this.state);
    this.state = this.future.pop();
    return true;
  }

  /** Back to the preset's weights and options; the input stays. */
  reset() {
    return this.apply(restore, this.base);
  }

  get atBase() {
    return sameCell(this.state, this.base) && sameTask(this.state, restore(this.state, this.base)) && this.state.clamps.length === 0;
  }

  /** Keeps a run to compare with. @param {import("../../core/run/trace.js").Trace} trace */
  pin(trace) {
    this.pinned = { trace, state: this.state };
  }

  unpin() {
    this.pinned = null;
  }

  /** The message to Python about the state. `serial` makes every message another one, so that none passes for old. */
  message() {
    const { cell, reset, p, coupled, without, clamps, inputs, hidden, W, U, b, b_h, biased, biases, b_hn, x, tokens, sliders } = this.state;
    const edited = !same(x, this.given);
    this.serial += 1;
    return {
      nonce: this.nonce,
      serial: this.serial,
      cell,
      reset,
      ...activationsIn(this.state),
      ...taskSent(this.state),
      form: formSent(this.state),
      peephole: p !== null,
      coupled,
      without,
      clamps,
      inputs,
      hidden,
      weights: encode(W, U, b, b_hn ?? [], p ?? []),
      b_h: b_h ? encode(b_h) : null,
      biased: biased ?? true,
      biases: biases ?? {},
      x: edited ? encode(x) : null,
      tokens: edited ? tokens : null,
      sliders,
    };
  }

  /** Whether a run that arrived is one of this state. */
  agrees(trace, state = this.state) {
    return equal(state, stateOf(trace));
  }
}

/**
 * Whether a run answers a message that has been overtaken: a busy server's answer comes after the next message went out, and
 * what was typed meanwhile is not to be taken back by it.
 * @param {?number} reply serial that the run answers; null where it was made elsewhere  @param {?number} sent serial sent last
 */
export const isLate = (reply, sent) => reply !== null && sent !== null && reply < sent;

/** The state of the preset: its weights where the header brings them, at the size that they have. */
export function baseOf(trace) {
  const state = stateOf(trace);
  const { base } = trace.header.lab ?? {};
  if (!base?.W) return state;
  const array = (values) => (values ? Float64Array.from(values.flat(1)) : null);
  const about = { cell: state.cell, reset: state.reset, ...activationsIn(state), coupled: false, without: [], ...base };
  const hidden = base.hidden ?? array(base.b).length / partsOf(about.cell).length;
  const inputs = base.inputs ?? array(base.W).length / array(base.b).length;
  const weights = { W: array(base.W), U: array(base.U), b: array(base.b), b_hn: array(base.b_hn), p: array(base.peephole ?? null), b_h: array(base.b_h ?? null), biased: base.biased ?? true, biases: base.biases ?? {} };
  const { cell, reset, coupled, without } = about;
  const settings = { ...Object.fromEntries(ACTIVATIONS.map((name) => [name, about[name] ?? state[name]])), ...taskAt({ ...base, cell }, hidden) };
  const names = base.names ?? (hidden === state.hidden ? state.names : []);
  return { ...resize(state, { inputs }), ...settings, cell, reset, coupled, without, inputs, hidden, names, ...weights, b_hn: keepsBias(about) ? weights.b_hn : null, clamps: [] };
}

const ACTIVATIONS = ["activation", "gate_activation", "candidate_activation", "cell_activation"];

/** The activations that the cell of a state has. */
const activationsIn = (state) => Object.fromEntries(Object.entries(activationsOf(state.cell)).map(([name, own]) => [name, state[name] ?? own]));

/** Where the run begins and what is asked of it, as sent to Python; null for what there is not. */
function taskSent(state) {
  const { initial_hidden: h, initial_cell: c, readout, targets, loss, learning_rate } = state;
  const sent = readout && { outputs: readout.b.length, activation: readout.activation, biased: readout.biased ?? true, weights: encode(readout.V, readout.b) };
  return {
    start: beginsElsewhere(state) ? encode(h, c ?? []) : null,
    task: described(state) && { readout: sent ?? null, targets: targets ? encode(targets) : null, loss, learning_rate },
  };
}

/** The same read back: what of a state there is in a message besides the cell. */
export function taskReceived({ cell, hidden, start, task }) {
  const [h, c] = start ? [0, 1].map((k) => decode(start).slice(k * hidden, (k + 1) * hidden)) : [];
  const weights = task?.readout ? decode(task.readout.weights) : null;
  const outputs = task?.readout?.outputs;
  return {
    ...taskAt({ cell, initial_hidden: h, initial_cell: cell === "lstm" ? c : null }, hidden),
    ...(task ? { loss: task.loss, learning_rate: task.learning_rate, targets: task.targets ? decode(task.targets) : null } : {}),
    readout: weights && { V: weights.slice(0, outputs * hidden), b: weights.slice(outputs * hidden), activation: task.readout.activation, biased: task.readout.biased ?? true },
  };
}

const keepsBias = ({ cell, reset }) => cell === "gru" && reset !== "before";

function sameCell(a, b) {
  const options = ["cell", "inputs", "hidden", "coupled"].every((name) => a[name] === b[name]);
  const alike = (a.cell !== "gru" || a.reset === b.reset) && JSON.stringify(activationsIn(a)) === JSON.stringify(activationsIn(b));
  const left = [...a.without].sort().join() === [...b.without].sort().join();
  const named = ({ biases }) => JSON.stringify(partsOf(a.cell).map((part) => biases?.[part] ?? null));
  const biases = (a.biased ?? true) === (b.biased ?? true) && named(a) === named(b);
  return options && alike && left && biases && ["W", "U", "b", "b_h", "b_hn", "p"].every((name) => same(a[name] ?? null, b[name] ?? null));
}

/** The form of a state as [layout, order, z]; null for the plain one. */
export function formSent({ form }) {
  const sent = form && [form.layout, form.order, form.z];
  return sent && sent.join() !== "columns,gates,keep" ? sent : null;
}

/** The same start, read-out, targets and loss. */
function sameTask(a, b) {
  const starts = ["initial_hidden", "initial_cell"].every((name) => same(a[name] ?? zeros(a), b[name] ?? zeros(b)));
  return starts && JSON.stringify(described(a)) === JSON.stringify(described(b));
}

const zeros = ({ hidden }) => new Float64Array(hidden);

const sameClamps = (...lists) => {
  const [a, b] = lists.map((clamps) => JSON.stringify(clamps.map(({ signal, units, steps, value }) => [signal, units, steps, value])));
  return a === b;
};

const equal = (a, b) => sameCell(a, b) && formSent(a)?.join() === formSent(b)?.join() && sameTask(a, b) && same(a.x, b.x) && sameClamps(a.clamps, b.clamps);

/** Equal number by number: what is sent comes back as it was. */
function same(a, b) {
  if (a === b) return true;
  if (!a || !b || a.length !== b.length) return false;
  for (let k = 0; k < a.length; k++) if (a[k] !== b[k]) return false;
  return true;
}

/** Numbers as float64, little-endian, in base64 for addresses. */
export function encode(...arrays) {
  let text = "";
  for (const byte of new Uint8Array(concatenated(arrays).buffer)) text += String.fromCharCode(byte);
  return btoa(text).replace(/\+/g, "-").replace(/\//g, "_").replace(/={1,2}$/, "");
}

export function decode(text) {
  const bytes = Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
  return new Float64Array(bytes.buffer);
}
