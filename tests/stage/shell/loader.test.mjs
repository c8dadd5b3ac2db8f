// What starts the stage on a page: a part that the server no longer has is spoken of, and asked for again.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const SOURCE = readFileSync(new URL("../../../assets/loader.js", import.meta.url), "utf8");

test("a part that is not there any more is told of, and a network that is away is told apart", async () => {
  const answers = { "base.json": { styles: [], modules: [], late: {}, start: 0 } };
  const before = { fetch: globalThis.fetch, location: globalThis.location, CSSStyleSheet: globalThis.CSSStyleSheet, dispatchEvent: globalThis.dispatchEvent, Blob: globalThis.Blob };
  const { createObjectURL, revokeObjectURL } = URL;
  const told = [];
  const fetched = [];
  Object.assign(globalThis, {
    location: { origin: "https://host" },
    CSSStyleSheet: class {},
    Blob: class { constructor(parts) { this.text = parts.join(""); } },
    dispatchEvent: (event) => told.push([event.type, event.detail]),
    fetch: async (address) => {
      const file = address.split("/").at(-1);
      fetched.push(address);
      if (file === "away.json") throw new TypeError("cut");
      return file in answers ? { ok: true, json: async () => answers[file] } : { ok: false, status: 404 };
    },
  });
  Object.assign(URL, { // Node opens no blob: as a module
    createObjectURL: ({ text }) => `data:text/javascript,${encodeURIComponent(text)}`,
    revokeObjectURL: () => {},
  });
  try {
    await import(`data:text/javascript,${encodeURIComponent(SOURCE.replaceAll("{modules}", "/assets/one/base.json"))}`);
    const version = globalThis.gatescopeStages.get("/assets/one/base.json");
    await version.stage.catch(() => {}); // there is no module in it
    assert.deepEqual(told, []);
    version.chunks = { 3: "gone.json", 4: "away.json" };
    await assert.rejects(version.late(3), /gone.json: 404/);
    await assert.rejects(version.late(4), /cut/);
    assert.deepEqual(told, [["gatescope-missed", { answered: true }], ["gatescope-missed", { answered: false }]]);
    answers["gone.json"] = { styles: [], modules: [[3, "here.js", "{ here: 1 }"]] };
    assert.equal((await version.late(3)).here, 1, "it is asked for again");
    assert.deepEqual(fetched.slice(-3), ["gone", "away", "gone"].map((name) => `https://host/assets/one/${name}.json`));
  } finally {
    Object.assign(globalThis, before);
    Object.assign(URL, { createObjectURL, revokeObjectURL });
  }
});
