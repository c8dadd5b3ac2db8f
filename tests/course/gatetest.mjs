// Which variants 500 seeds ask with in either form, for tests/course/test_gatetest.py; items on stdin.
import { readFileSync } from "node:fs";
import { questionFor, FORMS, place } from "../../assets/course/gatetest/sitting.js";

const items = JSON.parse(readFileSync(0, "utf8"));
const told = items.map((item) => ({
  id: item.id,
  places: Array.from({ length: 500 }, (_, seed) => FORMS.map((form) => place(item, seed * 7919 + 1, form))),
  orders: Array.from({ length: 500 }, (_, seed) => questionFor(item, { seed: seed * 7919 + 1, form: 1 }).options.join(" ")),
}));
console.log(JSON.stringify(told));
