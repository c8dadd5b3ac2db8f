// No regular expression of the browser's takes time that grows faster than what it reads: text that a stranger sent in
// a link is read by them too, and one that is quadratic freezes the tab. All literals are found in the code and fed.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

const ASSETS = new URL("../../assets/", import.meta.url);
const SIZE = 4_000;
const NOTHING = 1_500; // microseconds for that many characters: at 200,000 of them, a quadratic one would take 4 s
const ATOMS = [
  "a", "A", "1", "_", " ", ".", "/", "[", "]", "{", "}", "-", "+", ",", "=", ":", "^", "\n", "\t", "0", "1.", ".0", "1e", "1-", "-1",
  "1,", "a,", "a.", "_a", "^a", "^a,", "_{", "_{a", "{a", "{a}", "a_", "pre.", "previous_", "grad.pre.", "M", "M1", "h1 ", "translate(1",
  "translate(1 1", "ₜ", "ₓ", "字", "字 ", "−", "\u0301", "auto",
]; // repeated up to the limit; each of ENDS then follows, so that a match that seemed sure fails
const ENDS = ["", "!", "\n", "x", "."];
const BEFORE = /(?:^|[=(,:[!&|?{};+\-*%~^<>\n]|=>|\b(?:return|typeof|case|in|of))$/;

/** The regular expressions written in some code, as [source, flags]; comments and strings are left out. */
function literals(code) {
  const found = [];
  const depths = []; // of braces, where a template's placeholder began
  let depth = 0;
  let before = "";
  for (let at = 0; at < code.length; ) {
    const rest = code.slice(at, at + 2);
    const sign = code[at];
    let end = at + 1;
    if (rest === "//") end = code.indexOf("\n", at);
    else if (rest === "/*") end = code.indexOf("*/", at) + 2;
    else if (sign === '"' || sign === "'") end = closing(code, at, sign);
    else if (sign === "`" || (sign === "}" && depths.at(-1) === depth)) {
      if (sign === "}") depths.pop();
      for (; code[end] !== "`" && code.slice(end, end + 2) !== "${"; end += 1) if (code[end] === "\\") end += 1;
      if (code[end] === "$") depths.push(depth);
      end += code[end] === "$" ? 2 : 1;
    } else if (sign === "/" && BEFORE.test(before.trimEnd())) {
      end = closing(code, at, "/");
      const [flags] = /^[a-z]*/.exec(code.slice(end));
      found.push([code.slice(at + 1, end - 1), flags]);
      end += flags.length;
    } else depth += sign === "{" ? 1 : sign === "}" ? -1 : 0;
    if (end <= 0) end = code.length;
    if (rest !== "//" && rest !== "/*") before = (before + (/[\w$]/.test(sign) ? sign : code.slice(at, end))).slice(-12);
    at = end;
  }
  return found;
}

/** The place behind what a sign opened and closes again. */
function closing(code, at, sign) {
  let inside = false;
  for (let place = at + 1; place < code.length; place += 1) {
    if (code[place] === "\\") place += 1;
    else if (sign === "/" && code[place] === "[") inside = true;
    else if (code[place] === "]") inside = false;
    else if (code[place] === sign && !inside) return place + 1;
  }
  throw new Error(`nothing closes ${code.slice(at, at + 40)}`);
}

function everywhere() {
  const found = new Map();
  for (const file of readdirSync(ASSETS, { recursive: true })) {
    if (!file.endsWith(".js")) continue;
    const code = readFileSync(new URL(file, ASSETS), "utf8");
    assert.doesNotMatch(code, /\bRegExp\(/, `${file}: write it as a literal, so that this test finds it`);
    for (const [source, flags] of literals(code)) found.set(`/${source}/${flags}`, [file, new RegExp(source, flags)]);
  }
  return found;
}

/**
 * Microseconds of processor time for every way in which the worst case may end: the least of three, or the first that is
 * below `enough`.
 */
function time(pattern, atom, size, enough = 0) {
  const texts = ENDS.map((end) => atom.repeat(Math.ceil(size / atom.length)) + end);
  const once = () => {
    const before = process.cpuUsage();
    for (const text of texts) for (const _ of text.matchAll(pattern)); // "g" finds as exec, replace, split and test do, and more
    const { user, system } = process.cpuUsage(before);
    return user + system;
  };
  let least = once();
  for (let more = 2; more && least >= enough; more--) least = Math.min(least, once());
  return least;
}

function isLinear(expression, atom, nothing = NOTHING, size = SIZE) {
  const pattern = new RegExp(expression.source, expression.flags.includes("g") ? expression.flags : `${expression.flags}g`);
  const small = time(pattern, atom, size, nothing);
  return small < nothing || time(pattern, atom, 4 * size) < 8 * small;
}

/** Whether something holds in one of three tries: a neighbour on the core's other half makes a measurement up to twice as long. */
const tries = (holds) => holds() || holds() || holds();

test("every expression in assets is linear", () => {
  const every = everywhere();
  assert.ok(every.size > 40, `${every.size} found`);
  for (const [written, [file, expression]] of every) {
    for (const atom of ATOMS) {
      const said = `${file}: ${written} on ${JSON.stringify(atom)}`;
      assert.ok(tries(() => isLinear(expression, atom)), said);
    }
  }
});

test("quadratic ones are found", () => {
  for (const [expression, atom] of [
    [/^(\d+\.?\d*)$/, "1"],
    [/=+$/, "="],
    [/_(\{[^}]*\}|a)/u, "_{"],
  ]) {
    assert.ok(tries(() => !isLinear(expression, atom, 0, 1_000)), String(expression));
  }
});

test("literals are told from divisions, strings, templates and comments", () => {
  const code = 'a = b / c / d; // /no/\n/* /no/ */ s = "/no/"; t = `/no/${x.replace(/y[/]"/g, "")}/no/`; return /e\\/s/u.test(f) ? /g/ : 1 / 2;';
  assert.deepEqual(literals(code).map(([source, flags]) => `${source} ${flags}`), ['y[/]" g', "e\\/s u", "g "]);
});
