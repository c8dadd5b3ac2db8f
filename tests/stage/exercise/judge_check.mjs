// Judges the answers of JSON on the standard input, [{judging, answers: […]}, …], and prints the verdicts. Run by test_judge.py.
import { readFileSync } from "node:fs";

import { judge } from "../../../assets/stage/exercise/judge.js";

const asked = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(asked.map(({ judging, answers }) => answers.map((some) => judge(judging, some)))));
