// Terms are found by each of their names, by pinyin and by a word of what is said.
import assert from "node:assert/strict";
import test from "node:test";
import { byLetter, matching } from "../../assets/glossary/search.js";

const term = (id, name, other, pinyin, text = "", names = {}, letter = name[0].toUpperCase()) => ({ id, name, other, pinyin, text, names, letter, confusion: "" });
const TERMS = [
  term("cell-state", "单元状态", "cell state", "danyuanzhuangtai", "记忆", { onnx: ["LSTM.Y_c"] }, "D"),
  term("gate", "门", "gate", "men", "遗忘门是一种", {}, "M"),
  term("forget-gate", "遗忘门", "forget gate", "yiwangmen", "门", { pytorch: ["torch.nn.LSTM.weight_ih_l0[H:2H]"] }, "Y"),
];
const ids = (query) => matching(TERMS, query).map(({ id }) => id);

test("nothing searched for is everything, in its order", () => assert.deepEqual(ids(" "), ["cell-state", "gate", "forget-gate"]));

test("a name comes before a word of what is said, in either language and by pinyin", () => {
  assert.deepEqual(ids("遗忘"), ["forget-gate", "gate"]);
  assert.deepEqual(ids("FORGET"), ["forget-gate"]);
  assert.deepEqual(ids("yi wang"), ["forget-gate"]);
  assert.deepEqual(ids("gate"), ["gate", "forget-gate"]);
});

test("a library's name leads to its term, and nonsense to none", () => {
  assert.deepEqual(ids("weight_ih"), ["forget-gate"]);
  assert.deepEqual(ids("y_c"), ["cell-state"]);
  assert.deepEqual(ids("ｇａｔｅ"), ["gate", "forget-gate"]);
  assert.deepEqual(ids("(("), []);
});

test("letters keep the order", () => assert.deepEqual(byLetter(TERMS).map(([letter, terms]) => [letter, terms.length]), [["D", 1], ["M", 1], ["Y", 1]]));
