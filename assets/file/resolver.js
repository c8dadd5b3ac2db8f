// What answers in a file where the server would in the app: the runs that lie in it, and the browser's own engine for what
// is edited. No DOM here.
//
// A resolver has run(asked), which resolves to a packed run (stage/core/run/trace.js). The server's is in stage/shell/recompute/resolver.js.
import { POSITION_PARAMS } from "../stage/shell/address/link.js";
import { fromPlanes, joined, unpacked } from "./packed.js";

/** Parameters that make no other state of it. */
const APART = new Set(["lang", ...POSITION_PARAMS, "checkpoint"]);

export class FileResolver {
  /** @param {object} data of the file, as gates/export/states.py writes it */
  constructor(data) {
    this.data = data;
  }

  /**
   * The run of a state of the file as it was exported, or after an edit in the lab.
   * @param {{state: number, part?: number, lang: string, lab?: object, at?: object}} request `part`: which of the runs that its
   *   bar moves, by default the bar's own; `lab`: as the stage tells of an edit (lab/state/session.js); `at`: a place in
   *   place of the one that it was exported with
   * @returns {Promise<Uint8Array>}
   */
  async run({ state, part = null, lang, lab, at }) {
    const { body, lab: answers } = this.runAt(state, part);
    const header = this.header(state, part, lang);
    Object.assign(header.at, at);
    const exported = joined(header, fromPlanes(await unpacked(this.data.bodies[body[lang]]), header));
    if (header.again) return (await import("./recompute.js")).recomputed(exported);
    if (header.asks) return (await import("./gradients.js")).withGradients(exported);
    return lab ? (await import("./edited-run.js")).edited(header, exported, answers, lab) : exported;
  }

  /** The runs of a state: its own, and where that is a bar's, those that it moves. */
  runs(request) {
    const { beside = [] } = this.data.runs[request.state];
    return Promise.all([this.run(request), ...beside.map((_, part) => this.run({ ...request, part }))]);
  }

  /** Which state a link is one of, wherever it stands there; -1 for a link to what the file does not hold. */
  find({ page, params }) {
    const name = (each) => (each === "/" ? "home" : each.slice(1));
    const comparable = (each) => JSON.stringify(Object.entries(each).filter(([key]) => !APART.has(key)).sort());
    return this.data.runs.findIndex((run) => run.path && name(run.path) === page && comparable(run.params) === comparable(params));
  }

  runAt(state, part) {
    const run = this.data.runs[state];
    return part === null ? run : run.beside[part];
  }

  header(state, part, lang) {
    const { strings, palette, runs } = this.data;
    const { common, own } = this.runAt(state, part);
    const nonce = `state ${state}`;
    const digest = [state, part ?? "", lang].join(" ");
    const shared = { strings: strings[lang], palette, digest, at: { nonce, ...runs[state].at } };
    const header = { ...common, ...own[lang], ...shared };
    if (!header.gradient) header.at.step ??= 0; // not where the state before stood; a way back begins at its loss
    if (header.lab) header.lab = { ...header.lab, nonce };
    if (header.film) header.film = { ...header.film, run: `${header.film.run} ${nonce}` }; // each state has its own checkpoint
    return header;
  }
}
