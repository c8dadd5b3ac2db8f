// What a browser can say at the end of the course: what was predicted well and badly, the cells made, the run trained. No DOM here.
import { calibration, sittings } from "../gatetest/sitting.js";
import { Player } from "../lesson/player.js";
import { current, withoutEmpty } from "../storage/progress.js";

const GROUP = { right: "well", close: "well", off: "badly", unknown: "unknown" };

/** A lesson's link with its sliders where they were left. */
function linkOf(link, moved) {
  const [page, params] = link.split("?");
  return `${page}?${new URLSearchParams({ ...Object.fromEntries(new URLSearchParams(params)), ...Object.fromEntries(Object.entries(moved).map(([name, value]) => [name, String(value)])) })}`;
}

/**
 * @param {object[]} lessons compiled  @param {object} progress  @param {object[]} items of the gate test
 * @returns {{lessons: object[], counts: {well: number, badly: number, unknown: number}, made: object[], reviews: ?object, test: ?object}}
 *   a lesson: {lesson, answers: [{step, title, group, player}]}; what was made: {lesson, title, link}
 */
export function gather(lessons, progress, items) {
  const counts = { well: 0, badly: 0, unknown: 0 };
  const made = [];
  const reported = [];
  const answered = withoutEmpty(progress); // a lesson that was only begun anew counts as before
  for (const lesson of lessons) {
    const attempt = current(answered, lesson.id);
    if (!attempt) continue;
    const answers = [];
    for (const [part, step] of lesson.steps.entries()) {
      const player = new Player(lesson, { ...attempt, part });
      const answer = player.attempt.answers[step.id];
      if (!answer) continue;
      const title = player.title(step);
      if (answer.verdict) {
        const group = GROUP[answer.verdict];
        counts[group] += 1;
        answers.push({ step, title, group, player });
      } else if (step.kind === "do" && attempt.moved[step.id]) made.push({ lesson, title, link: linkOf(player.variantOf(step).after, attempt.moved[step.id]) });
    }
    if (answers.length) reported.push({ lesson, answers });
  }
  return { lessons: reported, counts, made, reviews: reviewed(progress), test: tested(items, progress) };
}

function reviewed({ reviews }) {
  const done = Object.values(reviews).filter(({ ended }) => ended !== null);
  const answers = done.flatMap((one) => Object.values(one.answers));
  return done.length ? { count: done.length, right: answers.filter(({ verdict }) => verdict === "right").length, of: answers.length } : null;
}

function tested(items, { sittings: kept }) {
  const { before, after } = sittings(items, kept);
  if (!after) return null;
  const right = (sitting) => items.filter(({ id, right: truth }) => sitting.answers[id].option === truth).length;
  return { before: before && right(before), after: right(after), of: items.length, sure: calibration(items, after) };
}

/** The link of the run that the page Train showed last, as this browser keeps it (assets/train/storage.js); null where it doesn't. */
export function lastTraining(storage) {
  try {
    const { link } = JSON.parse(storage.getItem("gatescope.train")) ?? {};
    if (!isLink(link)) return null;
    const params = new URLSearchParams(link);
    params.delete("lang"); // the reader's may be another one by now
    return `/train?${params}`;
  } catch {
    return null; // denied, or something else is kept there
  }
}

const isLink = (link) => typeof link === "object" && link !== null && Object.values(link).every((value) => typeof value === "string") && "run" in link;

/** Which challenges this browser has solved (assets/stage/lab/challenge.js). @param {string[]} ids */
export function solvedChallenges(storage, ids) {
  try {
    return ids.filter((id) => Number(storage.getItem(`gatescope.challenge.${id}`)) === 1);
  } catch {
    return [];
  }
}
