// Reads activations as JSON lines {chosen, clip, a: [numbers]} on stdin and writes their values and slopes there.
// Infinities and NaN travel as text.
import { createInterface } from "node:readline";

import { squash } from "../../../assets/stage/engine/activations.js";

const told = (value) => (Number.isFinite(value) ? value : String(value));
for await (const line of createInterface({ input: process.stdin })) {
  const { chosen, clip, a } = JSON.parse(line);
  const { value, slope } = squash(chosen, clip);
  const numbers = a.map(Number);
  console.log(JSON.stringify({ values: numbers.map((each) => told(value(each))), slopes: numbers.map((each) => told(slope(each, value(each)))) }));
}
