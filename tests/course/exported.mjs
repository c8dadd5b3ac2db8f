// What a browser exports after both forms of the gate test, for tests/course/test_classroom.py; the items on stdin.
import { readFileSync } from "node:fs";
import { answered, questionFor, newSitting } from "../../assets/course/gatetest/sitting.js";
import { withSitting } from "../../assets/course/storage/records.js";
import { Storage } from "../../assets/course/storage/progress.js";

const items = JSON.parse(readFileSync(0, "utf8"));
const storage = new Storage(null);
for (const [form, wrong] of [[1, ["update", "reads"]], [2, ["fade", null]]]) {
  const options = { ...Object.fromEntries(items.map(({ id, right }) => [id, right])), [wrong[0]]: wrong[1] };
  const sitting = items.reduce((one, item, k) => answered(one, questionFor(item, one), options[item.id], "certain", 100 * form + k), newSitting(form, 7, 100 * form));
  storage.change((progress) => withSitting(progress, sitting));
}
console.log(JSON.stringify(storage.read(), null, 1));
