// What a label before a matrix means: W_f, U_{xi}, b_hh, weight_ih_l0, kernel. No DOM here.

const LETTERS = {
  lstm: { i: "input", f: "forget", o: "output", g: "candidate", c: "candidate", u: "input", z: "candidate" },
  gru: { r: "reset", z: "update", u: "update", n: "candidate", h: "candidate", c: "candidate", g: "candidate" },
  rnn: { h: "hidden" },
};
const WORDS = {
  lstm: { input: "input", forget: "forget", output: "output", candidate: "candidate", cell: "candidate" },
  gru: { reset: "reset", update: "update", candidate: "candidate", new: "candidate" },
  rnn: { hidden: "hidden" },
};
const STACKED = {
  weightih: "W", weighthh: "U", biasih: "b", biashh: "b2", kernel: "W", recurrentkernel: "U", bias: "b", recurrentbias: "b2",
  wih: "W", whh: "U", bih: "b", bhh: "b2", w: "W", u: "U", r: "U", b: "b",
};

/**
 * @param {string} label as it stands before a matrix
 * @param {"lstm"|"gru"|"rnn"} cell
 * @returns {{matrix: "W"|"U"|"b"|"b2"|"V"|"b_y", part: ?string}|null} part null: of all gates stacked, or of the gate that is
 *   chosen; b2 is a second bias. null for what names nothing here
 */
export function meaningOf(label, cell) {
  const plain = label.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/_l0$|\.weight$|[^\p{L}\d]|cell/gu, "").replace(/l0$/u, "");
  if (["v", "wy", "why", "wq", "whq", "vy", "who", "wo_out"].includes(plain) && !(cell === "lstm" && plain === "who")) return { matrix: "V", part: null };
  if (["by", "bq", "c_y", "bv"].includes(plain)) return { matrix: "b_y", part: null };
  if (cell === "rnn") return rnn(plain);
  if (Object.hasOwn(STACKED, plain)) return { matrix: STACKED[plain], part: null };
  const [first, rest] = [plain[0], plain.slice(1)];
  if (!"wurb".includes(first)) return null;
  const word = Object.keys(WORDS[cell]).find((name) => rest === name);
  if (word) return { matrix: matrixOf(first), part: WORDS[cell][word] };
  const letters = LETTERS[cell];
  if (rest.length === 1 && Object.hasOwn(letters, rest)) return { matrix: matrixOf(first), part: letters[rest] };
  if (rest.length !== 2) return null;
  const [a, b] = rest;
  const from = { x: "W", i: "W", h: "U" };
  if (first === "b") {
    if (Object.hasOwn(from, a) && Object.hasOwn(letters, b)) return { matrix: a === "h" ? "b2" : "b", part: letters[b] };
    return null;
  }
  if (Object.hasOwn(from, a) && Object.hasOwn(letters, b)) return { matrix: from[a], part: letters[b] };
  if (["x", "h"].includes(b) && Object.hasOwn(letters, a)) return { matrix: from[b], part: letters[a] };
  return null;
}

const matrixOf = (letter) => (letter === "w" ? "W" : letter === "b" ? "b" : "U");

function rnn(plain) {
  const matrices = { w: "W", wx: "W", wxh: "W", wih: "W", whx: "W", u: "U", whh: "U", wh: "U", uh: "U", r: "U", b: "b", bh: "b", bhh: "b2", bih: "b" };
  const stacked = { weightih: "W", weighthh: "U", biasih: "b", biashh: "b2", kernel: "W", recurrentkernel: "U", bias: "b" };
  const matrix = matrices[plain] ?? stacked[plain];
  if (plain === "ux") return { matrix: "W", part: "hidden" };
  return matrix ? { matrix, part: "hidden" } : null;
}
