// Answers as exported files do: [{data, asked}, …] from the standard input, and for each what is asked the header and arrays
// of the run, or of one frame of its film, as JSON; for a link the number of the state that it is one of. Run by tests/export/files.py.
import { readFileSync } from "node:fs";
import { FileResolver } from "../../assets/file/resolver.js";
import { frameOf } from "../../assets/stage/film/frames.js";
import { Trace } from "../../assets/stage/core/run/trace.js";

async function answered({ data, asked }) {
  const resolver = new FileResolver(data);
  const answers = [];
  for (const each of asked) {
    if (each.page) {
      answers.push(resolver.find(each));
      continue;
    }
    const whole = Trace.unpack(await resolver.run(each));
    const { header, arrays } = each.frame === undefined ? whole : frameOf(whole, each.frame);
    answers.push({ header, arrays: Object.fromEntries(Object.entries(arrays).map(([name, values]) => [name, [...values]])) });
  }
  return answers;
}

const found = [];
for (const file of JSON.parse(readFileSync(0, "utf8"))) found.push(await answered(file));
console.log(JSON.stringify(found));
