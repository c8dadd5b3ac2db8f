// What answers in a file where the server would in the app: the runs that lie in it, and the browser's own engine for what
// is edited. No DOM here.
//
// A resolver has run(asked), which resolves to a packed run (stage/core/trace.js). The server's is in stage/shell/resolver.js.
import { fromBase64, joined } from "./packed.js";

/** Parameters that make no other state of it. */
const APART = new Set(["lang", "step", "phase", "unit", "view", "move", "speed", "guess", "lecture"]);

export class FileResolver {
  /** @param {object} data of the file, as gates/export/states.py writes it */
  constructor(data) {
    this.data = data;
  }

  /**
   * The run of a state of the file as it was exported, or after an edit in the lab.
   * @param {{state: number, lang: string, lab?: object, at?: object}} asked `lab`: as the stage tells of an edit
   *   (lab/state/session.js); `at`: a place in place of the one that it was exported with
   * @returns {Promise<Uint8Array>}
   */
  async run({ state, lang, lab, at }) {
    const { body, lab: answers } = this.data.runs[state];
    const header = this.header(state, lang);
    Object.assign(header.at, at);
    const exported = joined(header, fromBase64(this.data.bodies[body[lang]]));
    return lab ? (await import("./editing.js")).edited(header, exported, answers, lab) : exported;
  }

  /** Which state a link is one of, wherever it stands there; -1 for a link to what the file does not hold. */
  find({ page, params }) {
    const name = (each) => (each === "/" ? "home" : each.slice(1));
    const told = (each) => JSON.stringify(Object.entries(each).filter(([key]) => !APART.has(key)).sort());
    return this.data.runs.findIndex((run) => run.path && name(run.path) === page && told(run.params) === told(params));
  }

  header(state, lang) {
    const { strings, palette, runs } = this.data;
    const { common, own, at } = runs[state];
    const nonce = `state ${state}`;
    const told = { strings: strings[lang], palette, digest: `${state} ${lang}`, at: { nonce, ...at } };
    const header = { ...common, ...own[lang], ...told };
    return header.lab ? { ...header, lab: { ...header.lab, nonce } } : header;
  }
}
