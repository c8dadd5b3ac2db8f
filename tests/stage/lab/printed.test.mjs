// Run by `node --test tests/stage`: matrices as people paste them, in the forms in which they are printed.
import assert from "node:assert/strict";
import { test } from "node:test";

import { parseMatrices } from "../../../assets/stage/lab/printed/parse.js";
import { LAYOUTS, ORDER_NAMES, PLAIN_FORM, fromPrinted, orderOf, shapeOf, toPrinted } from "../../../assets/stage/lab/printed/forms.js";
import { meaningOf } from "../../../assets/stage/lab/printed/names.js";
import { readPrinted } from "../../../assets/stage/lab/printed/read.js";
import { partsOf } from "../../../assets/stage/engine/cells.js";

const PAIR = [[1, -2.5, 3], [0.4, 5e-3, -6]];
const SPELLINGS = {
  spaces: "1 -2.5 3\n0.4 5e-3 -6",
  "aligned columns": "  1   -2.5      3 \n 0.4  0.005    -6  \n",
  tabs: "1\t-2.5\t3\n0.4\t0.005\t-6\n",
  commas: "1, -2.5, 3\n0.4, .005, -6",
  "Windows' lines": "1,-2.5,3\r\n0.4,5E-3,-6\r\n",
  "one line with semicolons": "1 -2.5 3; 0.4 0.005 -6",
  NumPy: "array([[ 1.   , -2.5  ,  3.   ],\n       [ 0.4  ,  0.005, -6.   ]])",
  "NumPy with a type": "np.array([[1, -2.5, 3], [0.4, 5e-3, -6.]], dtype=np.float32)",
  "NumPy as printed": "[[ 1.    -2.5    3.   ]\n [ 0.4    0.005 -6.   ]]",
  PyTorch: "tensor([[1.0000, -2.5000, 3.0000],\n        [0.4000, 0.0050, -6.0000]], requires_grad=True)",
  "PyTorch on a device": "torch.tensor([[1., -2.5, 3.], [.4, .005, -6.]], device='cuda:0', dtype=torch.float64)",
  "a Python list": "[[1, -2.5, 3], [0.4, 0.005, -6]]",
  tuples: "((1, -2.5, 3), (0.4, 0.005, -6))",
  MATLAB: "[1 -2.5 3; 0.4 0.005 -6]",
  "MATLAB with commas": "[1, -2.5, 3; 0.4, 5e-3, -6];",
  "MATLAB over lines": "[1 -2.5 ...\n 3\n 0.4 0.005 -6]",
  "LaTeX bmatrix": "\\begin{bmatrix} 1 & -2.5 & 3 \\\\ 0.4 & 0.005 & -6 \\end{bmatrix}",
  "LaTeX pmatrix over lines": "\\begin{pmatrix}\n1 & -2.5 & 3\\\\[2pt]\n0.4 & 5\\times10^{-3} & -6\\\\\n\\end{pmatrix}",
  "LaTeX array": "$$\\left[\\begin{array}{ccc} 1 & -2.5 & 3 \\\\ 0.4 & 0.005 & -6 \\end{array}\\right]$$",
  "LaTeX with fractions": "\\left(\\begin{matrix} 1 & -\\frac{5}{2} & 3 \\\\ \\frac{2}{5} & 0.005 & -6 \\end{matrix}\\right)".replace("-\\frac{5}{2}", "\\frac{-5}{2}"),
  "typeset minus": "1 −2.5 3\n0.4 0.005 −6",
  "Chinese punctuation": "１，−2.5，3；0.4，0.005，－6",
  "Chinese brackets": "【1，-2.5、3】；【0.4，0.005、-6】".replace("】；【", "；").replace("、", "，"),
  "full-width brackets": "［［1，－2.5，3］，［0.4，0.005，－6］］",
  "a table of a text": "| 1 | -2.5 | 3 |\n| 0.4 | 0.005 | -6 |",
  fractions: "1 -5/2 3\n2/5 1/200 -6",
  "powers of ten": "1 -2.5 3\n0.4 5×10^-3 -6",
};

for (const [name, text] of Object.entries(SPELLINGS))
  test(`a matrix in ${name}`, () => {
    assert.deepEqual(parseMatrices(text), { matrices: [{ label: null, rows: PAIR }] });
  });

test("decimal commas, where nothing else can be meant", () => {
  assert.deepEqual(parseMatrices("0,5 -0,25\n1,5 2,0").matrices[0].rows, [[0.5, -0.25], [1.5, 2]]);
  assert.deepEqual(parseMatrices("1,2 3,4").matrices[0].rows, [[1, 2, 3, 4]], "else they part numbers");
});

test("names, empty lines and brackets begin another matrix", () => {
  const labels = (text) => parseMatrices(text).matrices.map(({ label, rows }) => [label, rows]);
  assert.deepEqual(labels("W_f = [0.1 0.2]\nU_f = 0.5\nb_f = 0.1"), [["W_f", [[0.1, 0.2]]], ["U_f", [[0.5]]], ["b_f", [[0.1]]]]);
  assert.deepEqual(labels("1 2\n3 4\n\n5 6"), [[null, [[1, 2], [3, 4]]], [null, [[5, 6]]]]);
  assert.deepEqual(labels("[1 2][3 4]"), [[null, [[1, 2]]], [null, [[3, 4]]]]);
  assert.deepEqual(labels('{"W": [[0.6, 0.3]], "U": [[0.8]], "b": [0.2]}'), [["W", [[0.6, 0.3]]], ["U", [[0.8]]], ["b", [[0.2]]]]);
  assert.deepEqual(labels("\\mathbf{W}_{xi} = \\begin{bmatrix}1\\\\2\\end{bmatrix}, \\mathbf{b}_i=\\begin{bmatrix}3\\\\4\\end{bmatrix}"), [["W_xi", [[1], [2]]], ["b_i", [[3], [4]]]]);
  assert.deepEqual(labels("W_f：1，2；b_f＝3"), [["W_f", [[1, 2]]], ["b_f", [[3]]]]);
});

test("what is no number is named with its row; a row of another length with what was expected", () => {
  assert.deepEqual(parseMatrices("1 2\n3 x").error, { label: null, row: 2, key: "lab.printed.bad.text", text: "x" });
  assert.deepEqual(parseMatrices("W_f = [1 2; 3 4a]").error, { label: "W_f", row: 2, key: "lab.printed.bad.text", text: "4a" });
  assert.deepEqual(parseMatrices("1 2\n3").error, { key: "lab.printed.bad.ragged", label: null, row: 2, found: 1, expected: 2 });
  for (const text of ["1.2.3", "nan", "∞", "1e999", "0x10", "1/0"]) assert.equal(parseMatrices(text).error?.key, "lab.printed.bad.text", text);
  assert.deepEqual(parseMatrices(" \n "), { matrices: [] });
});

test("a label means a matrix of a gate in each of the usual ways to write it", () => {
  const cases = {
    lstm: { W_f: "W forget", Wf: "W forget", U_o: "U output", W_xi: "W input", W_hi: "U input", W_ii: "W input", b_ii: "b input", b_hi: "b2 input", W_C: "W candidate", b_g: "b candidate", W_fx: "W forget", W_fh: "U forget", weight_ih_l0: "W null", weight_hh_l0: "U null", bias_ih_l0: "b null", bias_hh_l0: "b2 null", kernel: "W null", recurrent_kernel: "U null", W: "W null", R_c: "U candidate" },
    gru: { W_z: "W update", W_u: "W update", U_r: "U reset", W_hn: "U candidate", b_hn: "b2 candidate", W_xh: "W candidate", W_hh: "U candidate", b_h: "b candidate" },
    rnn: { W_xh: "W hidden", W_hh: "U hidden", b_h: "b hidden", U: "U hidden", W_ih: "W hidden", weight_hh_l0: "U hidden" },
  };
  for (const [cell, labels] of Object.entries(cases))
    for (const [label, expected] of Object.entries(labels)) {
      const found = meaningOf(label, cell);
      if (label === "W_hh" && cell === "gru") assert.ok(found, label);
      else assert.equal(found && `${found.matrix} ${found.part}`, expected, `${cell} ${label}`);
    }
  for (const label of ["Q_f", "W_q2", "learning", "x"]) assert.equal(meaningOf(label, "lstm"), null, label);
});

function blank(cell, { inputs = 3, hidden = 2, reset = "after" } = {}) {
  const rows = partsOf(cell).length * hidden;
  const made = (count, from) => Float64Array.from({ length: count }, (_, k) => Math.round((Math.sin(from + k) * 100)) / 100);
  return {
    cell, reset, inputs, hidden, steps: 1, coupled: false, without: [], W: made(rows * inputs, 1), U: made(rows * hidden, 50), b: made(rows, 99),
    b_hn: cell === "gru" && reset === "after" ? made(hidden, 7) : null, p: null, clamps: [], x: new Float64Array(inputs), tokens: ["t"], columns: [], names: [], readout: null, targets: null,
  };
}

const text = (rows) => rows.map((row) => row.join(" ")).join("\n");
const arrays = ({ W, U, b, b_hn }) => [[...W], [...U], [...b], b_hn && [...b_hn]];

test("switching the form turns the numbers, and what is printed in a form is read in it as the same cell", () => {
  for (const cell of ["lstm", "gru", "rnn"])
    for (const layout of LAYOUTS)
      for (const order of ORDER_NAMES)
        for (const z of ["keep", "write"]) {
          const form = { layout, order, z };
          const state = blank(cell);
          const zeros = { ...state, W: new Float64Array(state.W.length), U: new Float64Array(state.U.length), b: new Float64Array(state.b.length) };
          const names = layout.includes("h") ? ["W", "b"] : ["W", "U", "b"];
          const groups = order === "gates" ? partsOf(cell).map((part) => [part]) : [orderOf(cell, order)];
          const printed = groups.flatMap((parts) => names.map((name) => {
            const rows = toPrinted(form, name, state, parts);
            if (name !== "b") assert.deepEqual([rows.length, rows[0].length], shapeOf(form, name, state, parts.length));
            return text(rows);
          }));
          const { state: found, error } = readPrinted(printed.join("\n\n"), zeros, form);
          assert.equal(error, undefined, `${cell} ${layout} ${order}: ${JSON.stringify(error)}`);
          assert.deepEqual(arrays(found), arrays(state), `${cell} ${layout} ${order} ${z}`);
          assert.deepEqual([...zeros.W], new Array(zeros.W.length).fill(0), "the state before is as it was");
        }
});

test("columns, rows and one matrix put a number where the book has it", () => {
  const state = blank("lstm");
  const at = (name, unit, k) => (name === "W" ? state.W[(2 + unit) * 3 + k] : state.U[(2 + unit) * 2 + k]); // forget is the second
  const printed = (layout, name) => toPrinted({ ...PLAIN_FORM, layout }, name, state, ["forget"]);
  assert.equal(printed("columns", "W")[1][2], at("W", 1, 2));
  assert.equal(printed("rows", "W")[2][1], at("W", 1, 2));
  assert.equal(printed("[h,x]", "W")[1][2 + 2], at("W", 1, 2));
  assert.equal(printed("[h,x]", "W")[1][0], at("U", 1, 0));
  assert.equal(printed("[x,h]", "W")[1][3], at("U", 1, 0));
  assert.equal(printed("rows [x,h]", "W")[3 + 1][0], at("U", 0, 1));
});

test("a z that writes has the negatives, and reading them back gives the z that keeps", () => {
  const state = blank("gru");
  const writes = { ...PLAIN_FORM, z: "write" };
  assert.deepEqual(toPrinted(writes, "b", state, ["update"]).flat(), [-state.b[2], -state.b[3]]);
  assert.deepEqual(toPrinted(writes, "b", state, ["reset"]).flat(), [state.b[0], state.b[1]]);
  const { state: next } = readPrinted("W_z = 1 2 3; 4 5 6", state, writes, { part: "update" });
  assert.deepEqual([...next.W.slice(6, 12)], [-1, -2, -3, -4, -5, -6]);
  assert.ok(fromPrinted(writes, "b", state, ["update"], [[0, 1]])[0].values.every((value) => !Object.is(value, -0)));
});

test("two biases are added up, but for the candidate's of a GRU that resets after the product", () => {
  const lstm = readPrinted("W_f = 1 2 3; 4 5 6\nU_f = 1 2; 3 4\nb_if = 0.1 0.2\nb_hf = 0.2 0.3", blank("lstm"), PLAIN_FORM, { part: "forget" }).state;
  assert.deepEqual([...lstm.b.slice(2, 4)], [0.3, 0.5], "as the decimals have it");
  const stacked = { ...PLAIN_FORM, order: "pytorch" };
  const gru = (reset) => readPrinted("bias_ih_l0 = 1 2 3 4 5 6\nbias_hh_l0 = 10 20 30 40 50 60", blank("gru", { reset }), stacked).state;
  assert.deepEqual([[...gru("after").b], [...gru("after").b_hn]], [[11, 22, 33, 44, 5, 6], [50, 60]]);
  assert.deepEqual([[...gru("before").b], gru("before").b_hn], [[11, 22, 33, 44, 55, 66], null]);
  assert.deepEqual(readPrinted("b_hf = 1 2", blank("lstm"), PLAIN_FORM, { part: "forget" }).error, { key: "lab.printed.bad.missing", values: { matrix: "b", part: "forget" } });
});

test("each framework stacks its gates in its own order", () => {
  const zero = blank("lstm", { inputs: 1, hidden: 1 });
  const read = (order) => {
    const { state } = readPrinted("1\n2\n3\n4\n\n5\n6\n7\n8\n\n9 10 11 12", zero, { ...PLAIN_FORM, order });
    return Object.fromEntries(partsOf("lstm").map((part, k) => [part, [state.W[k], state.U[k], state.b[k]]]));
  };
  assert.deepEqual(read("pytorch"), { input: [1, 5, 9], forget: [2, 6, 10], candidate: [3, 7, 11], output: [4, 8, 12] });
  assert.deepEqual(read("onnx"), { input: [1, 5, 9], output: [2, 6, 10], forget: [3, 7, 11], candidate: [4, 8, 12] });
  assert.deepEqual(read("olah"), { forget: [1, 5, 9], input: [2, 6, 10], candidate: [3, 7, 11], output: [4, 8, 12] });
  const keras = { layout: "rows", order: "keras", z: "keep" };
  const { state } = readPrinted("[[1, 2, 3, 4]]\n[[5, 6, 7, 8]]\n[9, 10, 11, 12]", zero, keras);
  assert.deepEqual([...state.W], [1, 2, 3, 4]);
});

test("a block that has W, U and b side by side is taken apart", () => {
  const { state } = readPrinted("1 2 3 4 5 6\n7 8 9 10 11 12", blank("lstm"), PLAIN_FORM, { part: "output" });
  assert.deepEqual([[...state.W.slice(18)], [...state.U.slice(12)], [...state.b.slice(6)]], [[1, 2, 3, 7, 8, 9], [4, 5, 10, 11], [6, 12]]);
});

test("what does not fit names the gate, and says what was expected", () => {
  const wrong = (pasted, target = {}, form = PLAIN_FORM, cell = "lstm") => readPrinted(pasted, blank(cell), form, target).error;
  const shape = { matrix: "W", part: "forget", rows: 2, columns: 3 };
  assert.deepEqual(wrong("1 2\n3 4\n5 6", { part: "forget", matrix: "W" }), { key: "lab.printed.bad.transposed", values: { ...shape, found: "3 × 2" } });
  assert.deepEqual(wrong("1 2 3\n4 5 6\n7 8 9", { part: "forget", matrix: "W" }), { key: "lab.printed.bad.rows", values: { ...shape, found: 3 } });
  assert.deepEqual(wrong("1 2 3 4\n5 6 7 8", { part: "forget", matrix: "W" }), { key: "lab.printed.bad.shape", values: { ...shape, found: "2 × 4" } });
  assert.deepEqual(wrong("W_f = 1 2 3; 4 5 y", {}), { key: "lab.printed.bad.text", values: { part: "forget", matrix: "W", label: "W_f", row: 2, text: "y" } });
  assert.deepEqual(wrong("b_f = 1 2 3", { part: "forget" }), { key: "lab.printed.bad.numbers", values: { matrix: "b", part: "forget", found: 3, expected: 2 } });
  assert.deepEqual(wrong("W_i = 1 2 3; 4 5 6\nW_f = 1 2 3; 4 5 6\nW_o = 1 2 3; 4 5 6"), { key: "lab.printed.bad.missing", values: { matrix: "W", part: "candidate" } });
  assert.deepEqual(wrong("1 2 3; 4 5 6", { part: "forget" }), { key: "lab.printed.bad.missing", values: { matrix: "U", part: "forget" } });
  assert.deepEqual(wrong("W_y2 = 1"), { key: "lab.printed.bad.label", values: { label: "W_y2" } });
  assert.deepEqual(wrong("W_o = 1 2 3; 4 5 6", { part: "forget" }), { key: "lab.printed.bad.other", values: { label: "W_o", part: "forget" } });
  assert.equal(wrong("1 2\n\n3 4").key, "lab.printed.bad.count");
  assert.equal(wrong("").key, "lab.printed.bad.empty");
  assert.deepEqual(wrong("W_i = 1 2 3; 4 5 6\nW_f = 1 2 3; 4 5 9999999"), { key: "lab.printed.bad.large", values: { part: "forget", matrix: "W", label: "W_f", row: 2, text: "9999999", limit: 1e6 } });
  assert.equal(wrong("W_hq = 1 2", { part: "forget" }).key, "lab.printed.bad.other", "the read-out is no gate");
  assert.equal(wrong("1 2", { matrix: "V" }).key, "lab.printed.bad.readout");
});

test("a read-out is read as the form has it, and a vector may lie or stand", () => {
  const state = { ...blank("rnn"), readout: { V: new Float64Array(2), b: new Float64Array(1), activation: "identity" } };
  for (const pasted of ["[1, 2]", "1\n2"]) assert.deepEqual([...readPrinted(pasted, state, { ...PLAIN_FORM, layout: "rows" }, { matrix: "V" }).state.readout.V], [1, 2]);
  assert.deepEqual([...readPrinted("1 2", state, PLAIN_FORM, { matrix: "V" }).state.readout.V], [1, 2]);
});

test("a line of numbers as input asks whether it is one step or several", () => {
  const state = { ...blank("lstm"), targets: Float64Array.of(0.5, 0.25), sliders: {} };
  assert.deepEqual(readPrinted("1 2 3", state, PLAIN_FORM, { matrix: "x" }), { ask: 3 });
  const one = readPrinted("1 2 3", state, PLAIN_FORM, { matrix: "x", as: "step" }).state;
  assert.deepEqual([one.inputs, one.steps, [...one.x]], [3, 1, [1, 2, 3]]);
  const several = readPrinted("1 2 3", state, PLAIN_FORM, { matrix: "x", as: "steps" }).state;
  assert.deepEqual([several.inputs, several.steps, [...several.x], several.tokens], [1, 3, [1, 2, 3], ["1", "2", "3"]]);
  assert.deepEqual([...several.targets], [0.5, 0.25, NaN, NaN, NaN, NaN]);
  assert.deepEqual([several.W.length, several.W[0]], [8, state.W[0]], "the first input's weights stay");
  assert.equal(readPrinted("1 2\n3 4", state, PLAIN_FORM, { matrix: "x" }).state.steps, 2);
  assert.equal(readPrinted("1 2 3 4 5 6 7 8 9\n1 2 3 4 5 6 7 8 9", state, PLAIN_FORM, { matrix: "x" }).error.key, "lab.printed.bad.inputs");
});
