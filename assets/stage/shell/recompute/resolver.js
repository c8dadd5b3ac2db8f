// What resolves a state to its run: run(asked) gives the packed run (core/run/trace.js) of a link, or of what was moved since. Here
// the server does; in an exported file the runs that lie in it and the browser's own engine (assets/file/resolver.js).

const ADDRESS = "/runs";
const TAB = Math.random().toString(36).slice(2); // the server gives each tab its turn; a whole class has one address

/** The server has no turn now: why, in the reader's language, and when to ask again. */
export class Busy extends Error {
  constructor(sentence, seconds) {
    super(sentence);
    this.seconds = seconds;
  }

  static of = async (answer) => new Busy(await answer.text(), Number(answer.headers.get("retry-after")) || 1);
}

/** What was asked for can't be shown: why, in the reader's language. */
export class Refused extends Error {
  constructor(sentence) {
    super(sentence);
    this.sentence = sentence;
  }
}

export class ServerResolver {
  /**
   * @param {object} request page; `params` of its link; and what was moved, if anything: `sliders` or `lab`; or `opens`, to
   *   open the link with its place (gates/ui/web/routes/preview.py), unless what is shown `stays` where it can't be
   * @returns {Promise<Uint8Array>} the packed run; nothing for a link that only the page can open
   */
  async run(request) {
    const headers = { "content-type": "application/json", "accept-language": request.params.lang ?? "en", "x-gatescope-tab": TAB };
    const answer = await fetch(ADDRESS, { method: "POST", headers, body: JSON.stringify(request) });
    if (answer.status === 429) throw await Busy.of(answer);
    if (answer.status === 422) throw new Refused((await answer.text()) || undefined);
    if (!answer.ok) throw new Error(`${answer.status}`);
    return new Uint8Array(await answer.arrayBuffer());
  }
}
