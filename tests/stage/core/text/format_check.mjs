// Writes numbers as the stage does, to be held against gates/text/numbers.py.
import { gate, number } from "../../../../assets/stage/core/text/format.js";
import { measure } from "../../../../assets/stage/film/frames.js";

const values = JSON.parse(process.env.VALUES).map((text) => (text === "inf" ? Infinity : Number(text)));
const finite = values.filter(Number.isFinite);
console.log(JSON.stringify([values.map(number), values.map((value) => number(-value)), finite.map(gate), finite.map((value) => measure(value, true))]));
