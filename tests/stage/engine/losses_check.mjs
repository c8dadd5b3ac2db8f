// Reads runs of a read-out as JSON lines {name, loss, activation, V, b, h, targets, expected} on stdin and writes what
// losses.js finds: {name, apart: {name: largest difference, relative to the array's largest magnitude}}.
import { createInterface } from "node:readline";

import { loss, scoresBack } from "../../../assets/stage/engine/losses.js";
import { scoresOf, show } from "../../../assets/stage/engine/scores.js";

function apart(ours, theirs) {
  if (ours.length !== theirs.length) return Infinity;
  const scale = theirs.reduce((top, value) => Math.max(top, Math.abs(value)), 0) || 1;
  return theirs.reduce((worst, value, n) => Math.max(worst, Math.abs(ours[n] - value) / scale), 0);
}

for await (const line of createInterface({ input: process.stdin })) {
  const { name, loss: chosen, activation, V, b, h, targets, expected } = JSON.parse(line);
  const readout = { V, b };
  const scores = scoresOf(readout, h);
  const { value, steps, outputs, d_scores } = loss(chosen, scores, targets, { width: b.length, activation });
  const back = scoresBack(readout, h, d_scores);
  const found = { scores, value: [value], steps, outputs, shown: show(scores, b.length, activation), d_scores, V: back.V, b: back.b, hidden: back.hidden };
  console.log(JSON.stringify({ name, apart: Object.fromEntries(Object.entries(expected).map(([key, values]) => [key, apart(found[key] ?? [], values)])) }));
}
