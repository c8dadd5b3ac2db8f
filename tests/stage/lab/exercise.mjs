// Types an exercise into the lab from its printed form, as a person does, and tells what it comes to. EXERCISES in the
// environment is the path of JSON, [{cell, hidden, inputs, reset, update, form, activations, parts, x, h0, c0, readout,
// targets, loss, rate, uneven}, …]; `parts` and the read-out are texts to paste. Run by test_exercises.py.
import { readFileSync } from "node:fs";

import { run } from "../../../assets/stage/engine/forward.js";
import { readPrinted } from "../../../assets/stage/lab/printed/read.js";
import { descend, gradientsOf } from "../../../assets/stage/lab/state/gradients.js";
import { LabSession } from "../../../assets/stage/lab/state/session.js";
import { setBiases } from "../../../assets/stage/lab/state/biases.js";
import * as edit from "../../../assets/stage/lab/state/state.js";
import * as task from "../../../assets/stage/lab/state/task.js";

const OPTIONS = { gate: "gate_activation", candidate: "candidate_activation", cell: "cell_activation", hidden: "activation" };

/** The lab as it opens from scratch: an LSTM of one unit. */
const opened = () => ({
  cell: "lstm", reset: "after", activation: "tanh", coupled: false, without: [], inputs: 1, hidden: 1, steps: 2,
  W: Float64Array.of(1, 2, 3, 4), U: Float64Array.of(5, 6, 7, 8), b: Float64Array.of(9, 10, 11, 12), b_hn: null, p: null, clamps: [],
  x: new Float64Array(2), tokens: ["a", "b"], columns: ["x"], names: [], initial_hidden: new Float64Array(1), initial_cell: new Float64Array(1),
  readout: null, targets: null, loss: "half_squared", learning_rate: 0.1, form: edit.formOf(),
});

function typed(exercise) {
  const session = new LabSession(opened());
  const does = (change, ...values) => session.apply(change, ...values);
  const paste = (text, target) => {
    const found = readPrinted(text, session.state, session.state.form, target);
    if (found.ask) return paste(text, { ...target, as: exercise.inputs === 1 ? "steps" : "step" });
    if (!found.state) throw new Error(`${JSON.stringify(target)}: ${JSON.stringify(found)} in ${text}`);
    return does(() => found.state);
  };
  does(edit.convert, { cell: exercise.cell });
  does(edit.convert, { reset: exercise.reset });
  does(edit.resize, { hidden: exercise.hidden, inputs: exercise.inputs });
  does(edit.setForm, { layout: exercise.form, z: exercise.update });
  if (exercise.uneven) does(setBiases, 0);
  does(setBiases, exercise.biases);
  for (const [part, text] of Object.entries(exercise.parts)) paste(text, { part });
  for (const [part, biases] of Object.entries(exercise.uneven ?? {})) {
    const inside = session.state.b_hn && part === "candidate";
    for (const [matrix, values] of Object.entries(biases)) values.forEach((value, row) => does(edit.setWeight, { matrix: inside && matrix === "b_h" ? "b_hn" : matrix, part, row }, value));
    does((state) => ({ ...state, biases: { ...state.biases, [part]: Object.keys(biases) } }));
  }
  paste(exercise.x, { matrix: "x" });
  for (const [name, value] of Object.entries(exercise.activations)) does(edit.convert, { [OPTIONS[name]]: value });
  for (const [signal, values] of [["hidden", exercise.h0], ["cell", exercise.c0]]) values?.forEach((value, unit) => does(task.setStart, signal, unit, value));
  if (exercise.readout) {
    does(task.setReadout, exercise.readout.activation);
    does(task.setOutputs, exercise.readout.outputs);
    paste(exercise.readout.V, { matrix: "V" });
    if (!exercise.readout.biased) does(task.setBiased, false);
    else exercise.readout.b.forEach((value, row) => does(task.setReadoutWeight, { matrix: "b_y", row }, value));
  }
  if (exercise.targets) {
    does(task.setLoss, exercise.loss);
    exercise.targets.forEach((row, step) => row?.forEach((value, k) => does(task.setTarget, step, k, value)));
    does(task.setRate, exercise.rate);
  }
  return session;
}

function told(exercise) {
  const session = typed(exercise);
  const { state } = session;
  const out = run(edit.specOf(state));
  const numbers = (arrays) => Object.fromEntries(Object.entries(arrays).map(([name, values]) => [name, [...values]]));
  const { outputs, losses } = task.outcomeOf(state, out);
  const found = { signals: numbers(out), outputs: [...outputs], message: session.message() };
  if (!losses) return found;
  const back = gradientsOf(state);
  const next = descend(state, back);
  const after = { W: next.W, U: next.U, b: next.b, ...(next.b_hn ? { b_hn: next.b_hn } : {}), ...(next.readout ? { V: next.readout.V } : {}) };
  return { ...found, losses: [...losses], gradients: numbers(back.sums), signal_gradients: numbers(back.signals), after: numbers(after), loss_after: gradientsOf(next).value };
}

console.log(JSON.stringify(JSON.parse(readFileSync(process.env.EXERCISES, "utf8")).map(told)));
