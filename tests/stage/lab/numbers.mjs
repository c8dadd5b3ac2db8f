// Types numbers into the lab of a packed run (RUN=path), as a person does, and tells what is sent and shown.
// WEIGHTS is JSON [[place, text], …], INPUT [[step, column, text], …]; steps are put in where the run has too few.
import { readFileSync } from "node:fs";

import { Trace } from "../../../assets/stage/core/run/trace.js";
import { compare } from "../../../assets/stage/engine/compare.js";
import { run } from "../../../assets/stage/engine/forward.js";
import { parseNumber } from "../../../assets/stage/lab/editor/grid.js";
import { LabSession, baseOf } from "../../../assets/stage/lab/state/session.js";
import { insertStep, setInput, setWeight, specOf, stateOf } from "../../../assets/stage/lab/state/state.js";

const trace = Trace.unpack(new Uint8Array(readFileSync(process.env.RUN)));
const session = new LabSession(stateOf(trace), { base: baseOf(trace) });
const numbers = ({ W, U, b, x }) => ({ W: [...W], U: [...U], b: [...b], x: [...x] });
const arrived = { ...numbers(session.state), difference: compare(trace).difference };
const input = JSON.parse(process.env.INPUT ?? "[]");
for (const [place, text] of JSON.parse(process.env.WEIGHTS ?? "[]")) session.apply(setWeight, place, parseNumber(text).value);
for (const [step] of input) while (session.state.steps <= step) session.apply(insertStep, session.state.steps);
for (const [step, column, text] of input) session.apply(setInput, step, column, parseNumber(text).value);
const edited = numbers(session.state);
while (session.undo());
const undone = numbers(session.state);
while (session.redo());
console.log(JSON.stringify({ arrived, edited, undone, redone: numbers(session.state), hidden: [...run(specOf(session.state)).hidden], message: session.message() }));
