// Matrices as people have them: pasted from a page, a sheet, Python, MATLAB or LaTeX. No DOM here.

const NUMBER = /^[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?/iu;
const FRACTION = /^[-+]?\d+(?:\.\d+)?\s?\/\s?\d+(?:\.\d+)?/u;
const GLUED = /^[\p{L}\d_.]/u; // behind a number it is part of a word
const NAME = /^["']?[\p{L}][\p{L}\p{M}\d_.~'^]*["']?(?=\s*[=:])\s*[=:]\s*/u;
const CALL = /^(?:np|numpy|torch|tf|jnp|math|mx|nd)?\.?(?:array|tensor|matrix|Tensor|FloatTensor|asarray|constant)\s*\(/u;
const OPTION = /^(?:dtype|requires_grad|device|grad_fn)\s*=\s*[\w.<>'":]+(?:\([^)]*\))?/u;

/** Spellings of one thing, and what LaTeX puts around numbers. */
const PLAIN = [
  [/[−–—﹣－‐‑]/gu, "-"],
  [/[，、]/gu, ","],
  [/；/gu, ";"],
  [/[【［〔〖]/gu, "["],
  [/[】］〕〗]/gu, "]"],
  [/[（]/gu, "("],
  [/[）]/gu, ")"],
  [/：/gu, ":"],
  [/＝/gu, "="],
  [/。(?=\s|$)/gu, " "],
  [/\.\.\.[ \t]*\n/gu, " "], // MATLAB goes on in the next line
  [/\\begin\{array\}\s*\{[^}]*\}/gu, "["],
  [/\\begin\{[a-zA-Z]*(?:matrix)\*?\}(?:\[[a-z]\])?/gu, "["],
  [/\\end\{(?:[a-zA-Z]*matrix\*?|array)\}/gu, "]"],
  [/\\(?:left|right|bigl?|bigr|Bigl?|Bigr)\s*(?:\\[{}]|[[\]()|.])/gu, " "],
  [/\\frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}/gu, "$1/$2"],
  [/\\(?:mathbf|mathrm|boldsymbol|bm|text|mathit|widetilde|tilde|hat|bar|operatorname)\s*\{([^{}]*)\}/gu, "$1"],
  [/\\(?:mathbf|mathrm|boldsymbol|bm|tilde|hat|bar)\b\s*/gu, ""],
  [/\\\\(?:\[[^\]]*\])?|\\cr\b|\\tabularnewline/gu, ";"],
  [/\\(?:quad|qquad|hline|,|;|:|!| )/gu, " "],
  [/[$]|\\[()[\]]/gu, " "],
  [/([_^])\{([^{}]*)\}/gu, "$1$2"],
  [/(\d(?:\.\d*)?)\s*(?:×|\\times|\\cdot|·|\*)\s*10\s*\^\s*(-?\d+)/gu, "$1e$2"],
  [/[&|~]/gu, " "],
];

/**
 * Reads matrices from a text: brackets, lines, semicolons or LaTeX say where rows end, anything else between numbers only
 * parts them; a name before a matrix, as in `W_f = `, is its label; an empty line, a label or a bracket begins the next.
 *
 * @param {string} text
 * @returns {{matrices: {label: ?string, rows: number[][]}[]} | {error: {key: string, label: ?string, row: number, text?: string,
 *   found?: number, expected?: number}}} rows count from 1
 */
export function parseMatrices(text) {
  const reader = new Reader(normal(text));
  return reader.read();
}

function normal(text) {
  let plain = text.normalize("NFKC").replace(/\r\n?/g, "\n");
  for (const [pattern, by] of PLAIN) plain = plain.replace(pattern, by);
  const words = plain.split(/[\s;[\]()]+/u).filter(Boolean);
  const comma = words.length > 0 && words.every((word) => /^-?\d+,\d+$/.test(word)) && words.some((word) => /^-?0,/.test(word));
  return comma ? plain.replace(/(\d),(\d)/gu, "$1.$2") : plain;
}

class Reader {
  constructor(text) {
    this.rest = text;
    this.matrices = [];
    this.label = null;
    this.rows = []; // of the matrix that is being read
    this.row = []; // and its row
    this.depth = 0;
    this.calls = []; // depths at which a call's parenthesis was opened
  }

  read() {
    while (this.rest) {
      const wrong = this.next();
      if (wrong) return { error: { label: this.label, row: this.rows.length + 1, ...wrong } };
    }
    this.endMatrix();
    return this.ragged() ?? { matrices: this.matrices };
  }

  /** Takes one token; returns what is wrong with it, if anything. */
  next() {
    const take = (pattern, alone = false) => {
      const piece = pattern.exec(this.rest)?.[0];
      if (piece === undefined || (alone && GLUED.test(this.rest.slice(piece.length)))) return undefined;
      this.rest = this.rest.slice(piece.length);
      return piece;
    };
    if (take(/^\n[ \t]*(?=\n)/u)) return this.depth ? undefined : this.endMatrix();
    if (take(/^[ \t]*\n/u)) return this.depth && this.open() ? undefined : this.endRow();
    if (take(/^;/u)) return this.endRow();
    if (take(/^[\s,]+/u)) return undefined;
    if (take(OPTION) || take(CALL)) return undefined;
    const fraction = take(FRACTION, true);
    if (fraction) {
      const [over, under] = fraction.split("/").map(Number);
      return this.number(over / under, fraction);
    }
    const number = take(NUMBER, true);
    if (number) return this.number(Number(number), number);
    const bracket = take(/^[[({]/u);
    if (bracket) return this.begin();
    if (take(/^[\])}]/u)) return this.close();
    const name = take(NAME);
    if (name) return this.name(name);
    const word = /^[^\s,;[\](){}]+/u.exec(this.rest)?.[0] ?? this.rest[0];
    return { key: "lab.printed.bad.text", text: word };
  }

  /** Inside several brackets a line's end says nothing; inside one, as MATLAB has it, it ends a row. */
  open() {
    return this.depth > 1 || this.row.length === 0 || /^\s*\[/u.test(this.rest);
  }

  number(value, text) {
    if (!Number.isFinite(value)) return { key: "lab.printed.bad.text", text };
    this.row.push(value);
    return undefined;
  }

  begin() {
    if (this.depth === 0 && (this.row.length || this.rows.length)) this.endMatrix();
    this.depth += 1;
    return undefined;
  }

  close() {
    this.endRow();
    this.depth = Math.max(0, this.depth - 1);
    if (this.depth === 0) this.endMatrix();
    return undefined;
  }

  name(text) {
    this.endMatrix();
    this.depth = Math.min(this.depth, 0);
    this.label = text.replace(/[\s=:"']+/gu, "");
    return undefined;
  }

  endRow() {
    if (this.row.length) this.rows.push(this.row);
    this.row = [];
  }

  endMatrix() {
    this.endRow();
    if (this.rows.length) {
      this.matrices.push({ label: this.label, rows: this.rows });
      this.label = null;
    }
    this.rows = [];
  }

  /** The first matrix whose rows are of different lengths, as an error. */
  ragged() {
    for (const { label, rows } of this.matrices) {
      const row = rows.findIndex((each) => each.length !== rows[0].length);
      if (row >= 0) return { error: { key: "lab.printed.bad.ragged", label, row: row + 1, found: rows[row].length, expected: rows[0].length } };
    }
    return null;
  }
}
