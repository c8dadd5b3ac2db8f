// The run of an edited cell by the browser's engine, with the header that the server would send (gates/ui/web/routes/preview.py).
// No DOM here.
import { fill } from "../stage/core/text/format.js";
import { withSquash } from "../stage/core/run/squash.js";
import { run } from "../stage/engine/forward.js";
import { activationsOf, partsOf } from "../stage/engine/cells.js";
import { decode, taskReceived } from "../stage/lab/state/session.js";
import { specOf } from "../stage/lab/state/state.js";
import { arraysOf, described } from "../stage/lab/state/task.js";
import { judge } from "./judge.js";
import { packed } from "./packed.js";

const ACTIVATIONS = ["rnn", "lstm"].flatMap((cell) => Object.entries(activationsOf(cell))); // a GRU's are among an LSTM's

let edits = 0; // each run has a digest of its own

/**
 * @param {object} header of the run that was exported, and `exported`, that run
 * @param {object} answers of the file, as gates/export/lab.py writes them
 * @param {object} message as the stage tells of an edit (stage/lab/state/session.js)
 * @returns {Uint8Array} the packed run
 */
export function edited(header, exported, answers, message) {
  const { base } = header.lab;
  const original = inputOf(exported);
  const now = stateOf(message, original, header);
  const untouched = now.x.length === original.x.length && now.x.every((value, k) => value === original.x[k]);
  const sameOptions = ["cell", "reset", ...Object.keys(activationsOf(now.cell)), "coupled", "inputs", "hidden"].every((name) => base[name] === now[name]) && [...base.without].join() === [...now.without].sort().join() && Boolean(base.peephole) === (now.p !== null);
  const { cell, reset, coupled, clamps, inputs, hidden, steps, tokens } = now;
  const { activation, gate_activation, candidate_activation, cell_activation } = now;
  const activations = { activation, gate_activation, candidate_activation, cell_activation };
  const without = [...now.without].sort();
  const peephole = now.p !== null;
  edits += 1;
  const out = run(specOf(now));
  const about = {
    ...answers.kinds[`${cell} ${cell === "gru" ? reset : "after"}`],
    ...{ cell, reset, ...activations, coupled, without, peephole, clamps, inputs, steps, tokens, units: hidden },
    columns: Array.from({ length: inputs }, (_, k) => header.columns[k] ?? ""),
    preset: sameOptions ? header.preset : null,
    watch: sameOptions ? answers.elsewhere[header.lang] : null,
    random: header.random && sameOptions && ["W", "U", "b"].every((name) => base[name].every((value, k) => value === now[name][k])),
    digest: `${header.digest} ${edits}`,
    lab: {
      ...header.lab,
      ...{ engine: "browser", edited: true, own_input: message.x !== null, reply: message.serial },
      edit: { cell, reset, ...activations, peephole, coupled, without, inputs, hidden, clamps, task: described(now), form: message.form ?? undefined, b_h: message.b_h && [...decode(message.b_h)], biased: message.biased ?? true, biases: message.biases ?? {} },
      challenge: answers.challenge && judged(answers.challenge, header, now, untouched),
    },
  };
  about.symbols = withSquash(about.symbols, { ...header, ...about });
  return packed({ ...header, ...about }, { ...out, ...arraysOf(now, out) });
}

/** What the exported run read: {x, steps, tokens}. */
function inputOf(bytes) {
  const length = new DataView(bytes.buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  const { shape, offset, onehot } = header.arrays.find(({ name }) => name === "x");
  const [steps, inputs] = shape;
  const x = onehot ? new Float64Array(steps * inputs) : new Float64Array(bytes.slice(Math.ceil((4 + length) / 8) * 8 + offset).buffer, 0, steps * inputs);
  onehot?.forEach((column, t) => (x[t * inputs + column] = 1));
  return { x, steps, tokens: header.tokens };
}

/** The lab's state that a message tells of. */
function stateOf(message, original, header) {
  const { cell, reset, coupled, without, clamps, inputs, hidden, peephole } = message;
  const chosen = Object.fromEntries(ACTIVATIONS.map(([name, usual]) => [name, message[name] ?? usual]));
  const G = partsOf(cell).length;
  const after = cell === "gru" && reset !== "before";
  const sizes = { W: G * hidden * inputs, U: G * hidden * hidden, b: G * hidden, b_hn: after ? hidden : 0, p: peephole ? 3 * hidden : 0 };
  const flat = decode(message.weights);
  let at = 0;
  const weights = Object.fromEntries(Object.entries(sizes).map(([name, size]) => [name, size ? flat.slice(at, (at += size)) : null]));
  const x = message.x === null ? original.x : decode(message.x);
  const steps = x.length / inputs;
  const tokens = message.x === null ? original.tokens : message.tokens;
  return { cell, reset: cell === "gru" ? reset : "after", ...chosen, ...taskReceived(message), coupled, without, clamps, inputs, hidden, steps, x, tokens, ...weights, names: header.unit_names };
}

const short = (value) => `${Number(value.toPrecision(3))}`.replace("-", "−");

/** The challenge's part of the header, as gates/scenes/lab/header.py writes it. */
function judged(task, header, state, untouched) {
  const { challenge, base } = header.lab;
  const t = (key, values) => fill(header.strings[`challenge.${key}`], values);
  const result = judge(task, state, { ...base, p: base.peephole }, untouched ? challenge.wanted : null);
  const { shown, hidden, miss, note, changes } = result;
  const sentences = {
    shown: shown && t("shown", shown),
    hidden: t("hidden", hidden),
    example: miss && example(miss, t),
    note: note && t(`note.${note}`, { kind: task.cell.toUpperCase(), inputs: task.inputs, changes, limit: task.limit }),
  };
  return { ...challenge, near: result.near, solved: result.solved, shown, hidden, sentences, changes, wanted: untouched ? challenge.wanted : [] };
}

function example({ tokens, step, value, band: [low, high] }, t) {
  const sort = high === Infinity ? "from" : low === -Infinity ? "to" : "within";
  const first = Math.max(0, step - 7);
  const around = (first ? "… " : "") + tokens.slice(first, step + 1).join(" ");
  return t(`miss.${sort}`, { tokens: around, step: step + 1, value: Number.isNaN(value) ? "–" : short(value), low: short(low), high: short(high) });
}
