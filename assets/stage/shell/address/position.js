// A stage's position: taken from a run, a link or an earlier visit, and published as attributes, memory, address and speech.
import { languageTag, set, write } from "../../core/dom.js";
import { moment } from "../../core/text/moment.js";
import { LinkWriter, linkOf, noteScreen } from "./link.js";
import { isWithin, nonceWithin, visitOf } from "../../widgets/visit.js";

const SPOKEN_AFTER = 500; // milliseconds without a change before a screen reader is told the position

// A stage that follows another one stores its position under a key of its own.
const memoryKey = ({ page, follow }) => (follow ? `${page} companion` : page);

/** The sentence about where a stage stands; none where nothing of it is uncovered. */
export const sentence = ({ host, trace, concealment }, view) => (concealment.frontier?.step < 0 ? "" : moment(host, trace, view));

export class Position {
  /** @param stage the Stage  @param {Map<string, object>} memory where each page's stage stood */
  constructor(stage, memory) {
    this.stage = stage;
    this.memory = memory;
    this.nonce = undefined; // of the place that the last run asked for
    this.link = null;
    this.opened = false; // whether that is a link opened here, of which the address says nothing yet
    this.concealed = false; // whether what is described is shown in part only
    this.announceTimer = 0;
  }

  /** Decides where the stage stands in what has just arrived; `before` is the header of what was shown. */
  locate({ header, steps, units, phases }, before) {
    const { stage } = this;
    // Where a bar may stand: at whatever one of the stages that it moves has.
    stage.player.reshape({ steps, units: header.most_units ?? units, phases, all: header.all_phases });
    const { page, at } = header;
    const { kept, known } = this.known(header, before);
    stage.choice?.arrive(header);
    if (!known) this.take({ ...this.withDefaults(at), mode: at.view, ...this.leftAt(at) });
    else if (before?.page !== page) this.take(kept);
    if (visitOf(at.nonce) !== visitOf(this.nonce)) this.link?.release();
    this.opened ||= at.nonce !== this.nonce && isWithin(at.nonce);
    this.nonce = at.nonce;
    if (before?.page === page) return;
    this.link?.cancel();
    this.link = new LinkWriter(stage.options.writeUrl);
  }

  /** Where the stage of another page stood that led here; Python may not know yet of its last step. */
  leftAt({ from }) {
    const { nonce, ...place } = this.memory.get(from) ?? {};
    return place;
  }

  /** A nonce for what is chosen here. */
  choice() {
    return nonceWithin(this.nonce);
  }

  /** Whether the stage has been at the place that a run asks for, and where it stood on its page. */
  known(header, before) {
    const { page, at } = header;
    const kept = this.memory.get(memoryKey(header));
    return { kept, known: before?.page === page ? this.nonce === at.nonce : kept?.nonce === at.nonce };
  }

  /** The picture in which a run that has arrived will be shown; `before` is the header of what is shown. */
  modeOf(header, before) {
    const { kept, known } = this.known(header, before);
    const mode = !known ? (this.leftAt(header.at).mode ?? header.at.view) : before?.page !== header.page ? kept.mode : this.stage.mode;
    return this.stage.pictures[mode] ? mode : this.firstMode;
  }

  /** A place with what it does not say: a link leaves out what is usual, a move what stays as it is. */
  withDefaults({ nonce, unit, move, speed, large, ...place }) {
    const stays = visitOf(nonce) === visitOf(this.nonce);
    return { ...place, unit: unit ?? (stays ? undefined : 0), large: large ?? (stays ? undefined : 0), by: move ?? (stays ? undefined : "step"), speed: speed ?? (stays ? undefined : 1) };
  }

  get firstMode() {
    return Object.keys(this.stage.pictures)[0];
  }

  take({ step, phase, unit, mode, by, speed, large }) {
    const { stage } = this;
    const { player } = stage;
    player.pause();
    player.by = by ?? player.by;
    player.setSpeed(speed ?? player.speed, 0);
    player.moveTo({ step, phase: phase ?? player.resting, unit });
    stage.mode = stage.pictures[mode] ? mode : this.firstMode;
    stage.layout.largeIndex = large ?? stage.layout.largeIndex;
  }

  /** Whether as much of a run is concealed, some or nothing, as of what is described. */
  describes({ covered = null }) {
    return this.concealed === Boolean(covered);
  }

  /** Says on the stage's element what run it shows. */
  describe() {
    const { element, host, trace, concealment } = this.stage;
    const { header, cell } = trace;
    this.concealed = Boolean(concealment.frontier);
    set(element, {
      "data-cell": cell,
      "data-steps": trace.steps,
      "data-reset": cell === "gru" ? header.reset : null,
      "data-update": cell === "gru" ? header.update : null,
      "data-compact": header.compact ? true : null, // beside another stage, whose transport moves both
      "data-paired": header.paired ? true : null, // so too, but with words and sliders of its own
      "data-concealed": this.concealed,
      "data-testid": header.bar ? "stage-bar" : "stage", // a transport alone, which moves the stages beside it
      "aria-label": host.t("stage.label", { cell: trace.description.name, steps: trace.steps, units: trace.units }),
      lang: languageTag(header.lang),
    });
  }

  /** Publishes the position: attributes, memory, address, screen reader. */
  announce() {
    const { stage } = this;
    const { step, mode } = stage.view();
    const { unit, phase, by, speed, resting, playing } = stage.player;
    set(stage.element, { "data-step": step, "data-phase": phase, "data-unit": unit, "data-view": mode, "data-playing": playing });
    const place = { step, phase, unit, mode, by, speed, large: stage.layout.largeIndex };
    this.memory.set(memoryKey(stage.header), { nonce: this.nonce, ...place });
    const { link } = stage.header;
    if (link) {
      const params = linkOf(stage.header, { ...place, guess: stage.guessing.mode, lecture: stage.lecturing?.word }, { phase: resting, mode: this.firstMode });
      this.params = params;
      this.link.schedule(params, link.names, link.choices, this.opened);
      this.opened = false;
      noteScreen(stage.header, params, this.nonce);
    }
    clearTimeout(this.announceTimer);
    if (!playing) this.announceTimer = setTimeout(() => this.announceMoment(), SPOKEN_AFTER);
  }

  /** Lets an address be that is not this stage's writing; whether it says something else than the stage will show. */
  arrive(params) {
    const { params: shown = {}, link } = this;
    link?.cancel();
    const differs = link?.suspended || Object.keys({ ...shown, ...params }).some((name) => shown[name] !== params[name]);
    if (differs) link?.hold();
    return Boolean(differs);
  }

  /** Parameters of the link to what is on the screen, those included that an address has no room for. */
  get linkParams() {
    return { ...this.params, ...this.stage.header.link?.long };
  }

  announceMoment() {
    const { host, player, trace, status } = this.stage;
    const { step, phase } = this.stage.view();
    const clause = sentence(this.stage, this.stage.view());
    write(status, host.t("stage.status", { step: step + 1, steps: trace.steps, token: host.token(step), phase: host.phase(phase), moment: clause }));
  }

  destroy() {
    this.link?.cancel();
    clearTimeout(this.announceTimer);
  }
}
