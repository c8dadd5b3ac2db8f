// Accounts for every number of packed runs (RUNS, a list of paths) and tells where each disagrees; see test_javascript.py.
import { readFileSync } from "node:fs";

import { arithmeticOf } from "../../../assets/stage/inspector/arithmetic.js";
import { Trace } from "../../../assets/stage/core/run/trace.js";

function accounted(path) {
  const trace = Trace.unpack(new Uint8Array(readFileSync(path)));
  const extra = ["tanh_cell", "recurrent", "reset_hidden"].filter((signal) => trace.has(signal));
  const shares = trace.cell === "rnn" ? [] : ["kept", "written"];
  const disagreements = [];
  let accounts = 0;
  for (const signal of [...trace.signals, ...extra, ...shares])
    for (let step = 0; step < trace.steps; step++)
      for (let unit = 0; unit < trace.width(signal); unit++) {
        const made = arithmeticOf(trace, { signal, unit, step });
        accounts += 1;
        if (!made.agrees) disagreements.push({ signal, step, unit, total: made.total, reported: made.reported, value: made.value });
      }
  return { accounts, disagreements };
}

console.log(JSON.stringify(JSON.parse(process.env.RUNS).map(accounted)));
