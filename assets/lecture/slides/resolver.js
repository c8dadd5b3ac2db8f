// What gives the projected window the runs of a link: one run of a step page or the lab, as on the page; of a page with several
// stages, or with more to a stage than its run, a list (gates/lectures/runs.py). No DOM here.
import { Busy, ServerResolver } from "../../stage/shell/recompute/resolver.js";

/** The runs in an answer: each stands behind its length in four bytes, the lowest first. */
export function separated(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const runs = [];
  for (let at = 0; at < bytes.length; ) {
    const length = view.getUint32(at, true);
    runs.push(bytes.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return runs;
}

const linkOf = ({ page, params }) => JSON.stringify([page, params]);

export class LectureResolver {
  /** @param {{run: (asked: object) => Promise<Uint8Array>}} [alone] what gives the run of a lone stage */
  constructor(alone = new ServerResolver()) {
    this.alone = alone;
    this.route = null; // that gives several, and of which pages: {address, pages}
    this.problems = new Map(); // link -> the sentence that says why it was refused last
  }

  /** Why a link was refused, where a reader can mend it. */
  problemOf(request) {
    return this.problems.get(linkOf(request)) ?? null;
  }

  /** @returns {Promise<Uint8Array|Uint8Array[]>} nothing for a link that makes no sense */
  async run(request) {
    if (!this.route?.pages.includes(request.page)) return this.alone.run(request);
    const headers = { "content-type": "application/json", "accept-language": request.params.lang ?? "en" };
    const answer = await fetch(this.route.address, { method: "POST", headers, body: JSON.stringify(request) });
    this.problems.delete(linkOf(request));
    if (answer.status === 429) throw await Busy.of(answer);
    if (answer.status === 422) this.problems.set(linkOf(request), await answer.text());
    if (!answer.ok) throw new Error(`${answer.status}`);
    return separated(new Uint8Array(await answer.arrayBuffer()));
  }
}
