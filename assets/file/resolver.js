// What answers in a file where the server would in the app: the runs that lie in it, and the browser's own engine for what
// is edited. No DOM here.
//
// A resolver has run(asked), which resolves to a packed run (stage/core/trace.js). The server's is in stage/shell/resolver.js.
import { fromBase64, joined } from "./packed.js";

export class FileResolver {
  /** @param {object} data of the file, as gates/export/states.py writes it */
  constructor(data) {
    this.data = data;
  }

  /**
   * The run of a state of the file as it was exported, or after an edit in the lab.
   * @param {{state: number, lang: string, lab?: object}} asked `lab`: as the stage tells of an edit (lab/state/session.js)
   * @returns {Promise<Uint8Array>}
   */
  async run({ state, lang, lab }) {
    const { body, lab: answers } = this.data.runs[state];
    const header = this.header(state, lang);
    const exported = joined(header, fromBase64(this.data.bodies[body[lang]]));
    return lab ? (await import("./editing.js")).edited(header, exported, answers, lab) : exported;
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
