// Walks the player through every lesson that Python hands over in a file, and prints how many steps each took.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { met, spelled } from "../../assets/course/lesson/figures.js";
import { begin, isStaged, Player } from "../../assets/course/lesson/player.js";
import { blanks, asksNothing, isWorked, marks, unanswered, uncoveredSteps, verdictOfLines } from "../../assets/course/lesson/worked-example.js";
import { endOf, planOf } from "../../assets/course/review/schedule.js";
import { fill } from "../../assets/stage/core/text/format.js";
import { covered } from "../../assets/stage/core/run/visible.js";
import { rangeOf, readQuestion } from "../../assets/stage/guess/frontier.js";
import { Trace } from "../../assets/stage/core/run/trace.js";
import { told } from "../stage/core/stage_texts.mjs";

const { lessons, runs, expected } = JSON.parse(readFileSync(process.env.COURSE, "utf8"));
const traces = new Map();
let walking; // the lesson
process.on("exit", (code) => code && console.error(`in the lesson ${walking}`));

function runOf(name) {
  if (!traces.has(name)) {
    const trace = Trace.unpack(new Uint8Array(Buffer.from(runs[name], "base64")));
    const sliders = Object.fromEntries(trace.header.sliders.map(({ id, value }) => [id, value]));
    traces.set(name, { trace, sliders });
  }
  return traces.get(name);
}

const WAYS = {
  right: (player, run) => (player.step.kind === "choice" ? player.step.right : expected[`${player.lesson.id} ${player.step.id} ${player.answerLink}`].truth),
  wrong(player) {
    const { step, answerLink, lesson } = player;
    if (step.kind === "choice") return step.options.find((option) => option !== step.right);
    const { truth } = expected[`${lesson.id} ${step.id} ${answerLink}`];
    if (step.kind === "unit") return truth === 0 ? 1 : 0;
    if (step.kind === "cell") return truth === 0 ? 1 : 0;
    if (isStaged(step)) return Array.isArray(truth) ? truth.map((value) => value + 2 + 2 * Math.abs(value)) : truth + 2 + 2 * Math.abs(truth);
    const [low, high] = step.range;
    const farther = (value) => (high - value > value - low ? high : low);
    return Array.isArray(truth) ? truth.map(farther) : farther(truth);
  },
  unknown: () => null,
};

/** Every sentence that may be said now has all its numbers. */
function said(player, ...parts) {
  const { words } = player.step;
  for (const part of parts) {
    const text = part.split(".").reduce((found, name) => found[name], words);
    const shown = fill(text, player.values);
    assert.doesNotMatch(shown, /[{}]|NaN|undefined|∞/, `${player.lesson.id} ${player.step.id} ${part}`);
    assert.ok(shown.length > 1);
  }
}

/** What somebody answers who makes a mistake must fit on the stage's axis, or nobody can answer it. */
function inRange(step, { ask, after }, value, name) {
  if (step.kind === "unit" || step.kind === "cell") return;
  const { trace } = runOf(after);
  const { question, before } = readQuestion(trace, ask);
  const [low, high] = rangeOf(covered(trace, before), question);
  for (const one of [value].flat()) assert.ok(one >= low && one <= high, `${step.id} ${name}: ${one} is beyond ${low} … ${high}`);
}

/** Other sums for what the engine held: whoever sees a sum knows what comes of it. */
function shiftSums(trace, { signal, step, unit = 1, steps = 1 }) {
  const sums = trace.arrays[`pre.${signal}`] ?? trace.arrays["pre.output"]; // c and an LSTM's h have none: the last gate's then
  for (let k = 0; sums && k < steps; k++) sums[(step - 1 + k) * trace.units + unit - 1] += 1.5;
}

/** Whatever a stage makes of the run before an answer is the same if the answer is another one. */
function concealed(step, { ask, after }) {
  const [one, other] = ["this", "that"].map((which) => {
    const { trace } = runOf(`${after} ${which}`);
    const { question, before } = readQuestion(trace, ask);
    Object.assign(trace.header, { clamps: [] });
    if (which === "that") shiftSums(trace, ask);
    const shown = covered(trace, before);
    const range = step.kind === "unit" || step.kind === "cell" ? null : rangeOf(shown, question);
    return { tells: told(shown, before), all: told(trace, { step: trace.steps - 1, phase: trace.phases.at(-1) }), range };
  });
  assert.deepEqual(one.tells, other.tells, `${step.id} shows what it asks for`);
  assert.deepEqual(one.range, other.range, `${step.id} has the answer in its axis`);
  assert.notDeepEqual(one.all, other.all, "without the cover it would show");
  return 1;
}

/** The lines that are told conceal those that are not: the run up to where it is uncovered is the same with another answer. */
function concealedLines(step, { after }) {
  const open = uncoveredSteps(step);
  if (open === null) {
    assert.ok(!Object.keys(runOf(after).trace.arrays).some((name) => name.startsWith("grad")), "a way back that is blank would stand on the stage");
    return 0;
  }
  const [one, other] = ["this", "that"].map((name) => runOf(`${after} ${name}`).trace);
  const place = { step: open - 1, phase: one.phases.at(-1) };
  for (const trace of [one, other]) Object.assign(trace.header, { clamps: [] });
  assert.deepEqual(told(covered(one, place), place), told(covered(other, place), place), `${step.id} shows a line that is blank`);
  assert.notDeepEqual(told(one, { step: one.steps - 1, phase: place.phase }), told(other, { step: one.steps - 1, phase: place.phase }));
  return 1;
}

/** Takes a choice of why, which comes before the next step. */
function explainWhy(player, way, now) {
  const { step } = player;
  assert.equal(player.canGoOn, false, "why comes first");
  assert.deepEqual([...player.whys].sort(), [...step.why.options].sort());
  assert.equal(player.explain("none of these", now), false);
  assert.equal(player.explain(way === "right" ? step.why.right : player.whys.find((one) => one !== step.why.right), now), true);
  assert.equal(player.explain(step.why.right, now + 1), false, "so does a why");
  for (const option of step.why.options) said(player, `why.${option}.text`, `why.${option}.because`);
}

/** Takes the answers to the lines that are blank, and holds what they are worth to what Python says. */
function fillIn(player, way, now) {
  const { step, answerLink, lesson } = player;
  const { typed, verdicts } = expected[`${lesson.id} ${step.id} ${answerLink}`].lines[way];
  assert.equal(unanswered(step, {})?.name, blanks(step)[0].name, "an empty line is asked for");
  assert.equal(unanswered(step, { ...typed, [blanks(step).at(-1).name]: "much" })?.problem, "text");
  assert.equal(unanswered(step, typed), null);
  assert.equal(player.commit(typed, runOf(answerLink), now), true);
  assert.equal(player.commit({}, runOf(answerLink), now), false, "an answer stands");
  const found = marks(step, player.variant, player.answer.lines).map(({ name, status, cause }) => [name, status, cause]);
  assert.deepEqual(found, verdicts, `${lesson.id} ${step.id} ${way}`);
  assert.equal(player.answer.verdict, { right: "right", unknown: "unknown", wrong: "off" }[way]);
  const sentence = verdictOfLines(player, (key, values = {}) => (key.startsWith("mistake.") ? `<${key.slice(8)}>` : Object.values(values).join(" ")));
  assert.doesNotMatch(sentence, /undefined|NaN/);
}

/** What was typed for named mistakes, and for one slip at the start that is gone on from, is told as Python tells it. */
function lineMistakes(step, variant, { others }) {
  for (const { typed, verdicts } of others) assert.deepEqual(marks(step, variant, typed).map(({ name, status, cause }) => [name, status, cause]), verdicts, `${step.id} ${JSON.stringify(typed)}`);
  return others.length;
}

const counts = {}; // by lesson; company: steps that have a stage beside their own, or its way back
for (const { id, steps } of lessons) {
  if (counts[id]) continue; // another language conceals the same
  walking = id;
  const hidden = (step, variant) => (isWorked(step) && !asksNothing(step) ? concealedLines(step, variant) : isStaged(step) ? concealed(step, variant) : 0);
  const tried = steps.flatMap((step) => step.variants.slice(0, 3).map((variant) => hidden(step, variant)));
  counts[id] = { steps: 0, hidden: tried.reduce((sum, one) => sum + one, 0), mistakes: 0, company: 0, drawn: new Set() };
}
for (const lesson of lessons)
  for (let seed = 1; seed <= 5; seed++)
    for (const [way, guess] of Object.entries(WAYS)) {
      const count = counts[(walking = lesson.id)];
      const kept = [];
      const player = new Player(lesson, begin(seed, 1), (attempt) => kept.push(attempt));
      for (let now = 2; ; now++) {
        count.steps += 1;
        const { step, answerLink } = player;
        count.drawn.add(`${lesson.id} ${step.id} ${answerLink}`);
        said(player, "title", "text");
        if (player.stage === "ask") assert.equal(player.back, null, "no way back tells of what is asked");
        const { back, beside } = player.variant;
        if (back || beside) count.company += 1;
        if (beside) {
          said(player, "heads.own", "heads.beside");
          assert.match(beside.link, /^\/\w+\?/);
          assert.notEqual(beside.link, player.link, "two runs stand beside one another");
        }
        assert.doesNotMatch(player.title(step), /[{}]/);
        if (asksNothing(step)) assert.equal(player.stage, "tell");
        else if (step.kind === "do") {
          said(player, "task");
          assert.equal(player.canGoOn, false);
          assert.equal(player.checkTask(runOf(answerLink), met, now), false, "not done yet");
          assert.equal(player.checkTask(runOf(`${lesson.id} ${step.id} done`), met, now), true);
          said(player, "done");
        } else if (isWorked(step)) {
          assert.equal(player.stage, "ask");
          assert.deepEqual(player.values, player.variant.values, "nothing of the answer is in a sentence");
          said(player, "question");
          assert.equal(player.next(), false);
          fillIn(player, way, now);
          said(player, "reason");
          if (step.why) explainWhy(player, way, now);
          assert.equal(player.stage, "done");
        } else {
          assert.equal(player.stage, "ask");
          if (isStaged(step)) assert.ok(readQuestion(runOf(answerLink).trace, player.variant.ask), "the stage can be asked that");
          else assert.notEqual(player.link, answerLink, "the answer is not on the stage before there is one");
          assert.deepEqual(player.values, player.variant.values, "nor in a sentence");
          said(player, "question");
          assert.equal(player.next(), false);
          const answer = guess(player);
          const run = runOf(answerLink);
          assert.equal(player.commit(answer, run, now), true);
          assert.equal(player.commit(answer === null ? 0 : null, run, now), false, "an answer stands");
          assert.equal(player.link, answerLink);
          const { verdict, truth, figures, mistake, distance } = player.answer;
          assert.equal(verdict, { right: "right", wrong: "off", unknown: "unknown" }[way], `${lesson.id} ${step.id}`);
          if (isStaged(step)) {
            const wanted = expected[`${lesson.id} ${step.id} ${answerLink}`];
            assert.equal([truth].flat().length, [wanted.truth].flat().length);
            [truth].flat().forEach((value, k) => assert.ok(Math.abs(value - [wanted.truth].flat()[k]) <= 1e-12, "as NumPy has it"));
            for (const cell of Object.keys(step.words.cells ?? {})) said(player, `cells.${cell}`);
          }
          if (step.kind === "levels") {
            const wanted = expected[`${lesson.id} ${step.id} ${answerLink}`].truth;
            assert.equal(player.variant.at.length, wanted.length);
            truth.forEach((value, k) => assert.ok(Math.abs(value - wanted[k]) <= 1e-12, "as NumPy has it"));
            if (way === "wrong") assert.equal(distance, Math.max(...answer.map((value, k) => Math.abs(value - truth[k]))));
            said(player, "axis.symbol", "axis.name");
          }
          if (step.kind === "number") {
            const wanted = expected[`${lesson.id} ${step.id} ${answerLink}`];
            assert.ok(Math.abs(truth - wanted.truth) <= 1e-12, "as NumPy has it");
            assert.equal(spelled(player.variant.truth, truth), wanted.spelled);
            if (way === "wrong") assert.ok(Math.abs(distance - Math.abs(answer - truth)) < 1e-12);
          }
          const wanted = expected[`${lesson.id} ${step.id} ${answerLink}`].figures;
          for (const name of Object.keys(figures)) assert.equal(spelled(player.variant.figures[name], figures[name]), wanted[name], `${step.id} ${name}`);
          said(player, "reason", ...(mistake ? [`mistakes.${mistake}`] : []));
          explainWhy(player, way, now);
          for (const option of step.options ?? []) said(player, `${option}.text`, `${option}.because`);
        }
        if (!player.canGoOn) break;
        assert.equal(player.next(), true);
      }
      assert.equal(player.finished, true);
      assert.ok(Number.isFinite(endOf(planOf([lesson])[0].asks, player.attempt)), "a finished lesson is due for review");
      assert.equal(player.part, lesson.steps.length - 1);
      const again = new Player(lesson, JSON.parse(JSON.stringify(kept.at(-1))));
      assert.deepEqual([again.part, again.attempt, again.values], [player.part, player.attempt, player.values], "what is kept opens where it was left");
    }

// Every mistake that has a name is called by it, in every variant of every seed that draws it.
for (const lesson of lessons)
  for (let part = 0; part < lesson.steps.length; part++)
    for (let seed = 1; seed <= 5; seed++) {
      walking = lesson.id;
      const step = lesson.steps[part];
      const probe = new Player(lesson, begin(seed, 1));
      const named = expected[`${lesson.id} ${step.id} ${probe.variantOf(step).after}`]?.mistakes ?? {};
      if (isWorked(step) && !asksNothing(step)) counts[lesson.id].mistakes += lineMistakes(step, probe.variantOf(step), expected[`${lesson.id} ${step.id} ${probe.variantOf(step).after}`].lines);
      for (const [name, value] of Object.entries(named)) {
        if (isStaged(step)) inRange(step, probe.variantOf(step), value, name);
        const player = new Player({ ...lesson, steps: [step] }, begin(seed, 1));
        player.commit(value, runOf(player.answerLink), 2);
        assert.equal(player.answer.mistake, name, `${lesson.id} ${step.id}`);
        said(player, `mistakes.${name}`);
        counts[lesson.id].mistakes += 1;
      }
    }

console.log(JSON.stringify(counts, (_, value) => (value instanceof Set ? value.size : value)));
