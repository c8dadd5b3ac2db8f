// Whether two runs differ in their numbers only, so that nothing but numbers has to be painted anew. No DOM here.

const SIZES = ["page", "bar", "cell", "reset", "activation", "gate_activation", "candidate_activation", "cell_activation", "update", "steps", "units", "inputs"];
const WORDS = ["lang", "notation", "random", "watch"];
const LISTS = ["tokens", "columns", "unit_names", "symbols"];

/**
 * Compares two headers. The strings are not compared: they follow from page and language.
 * @param {object} a @param {object} b headers of runs (see core/run/trace.js)
 */
export function sameLayout(a, b) {
  return (
    [...SIZES, ...WORDS].every((name) => a[name] === b[name]) &&
    LISTS.every((name) => a[name] === b[name] || JSON.stringify(a[name]) === JSON.stringify(b[name])) &&
    form(a) === form(b)
  );
}

const form = ({ lab, peephole, coupled, without }) => {
  const about = lab?.edit ?? { peephole, coupled, without };
  return JSON.stringify([about.peephole ?? false, about.coupled ?? false, about.without ?? []]);
};
