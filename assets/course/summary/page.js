// The summary on the page, and on paper.
import { html } from "../../stage/core/dom.js";
import { typeset } from "../../stage/core/text/typeset.js";
import { button, verdict } from "../step/question-form.js";

const SHORT = 120; // a link of no more characters is written out on paper

const way = (link, text) => html("a", { href: link, target: "_self", "data-short": new URL(link, location.href).href.length <= SHORT ? new URL(link, location.href).href : null }, text);
const list = (...items) => html("ul", {}, ...items.map((item) => html("li", {}, ...item)));
const group = (title, rows) => (rows.length ? [html("h4", {}, title), list(...rows)] : []);

/**
 * @param {object} found of `gather`, with {training: ?string, challenges: {title, link}[]}
 * @param {(key: string, values?: object) => string} t  @param {{lang: string, now: number, leave: () => void}} options
 */
export function summaryPage({ lessons, counts, made, reviews, test, training, challenges }, t, { lang, now, leave }) {
  const date = new Intl.DateTimeFormat(lang, { dateStyle: "long" }).format(now);
  const ways = html("div", { class: "gc-row gc-ways" }, button(t("summary.print"), () => window.print(), { class: "gc-button gc-primary" }), button(t("gatetest.lessons"), leave));
  const top = [html("h2", { tabindex: -1 }, t("summary.title")), html("p", { class: "gc-lead" }, t("summary.lead", { date }))];
  if (!lessons.length && !made.length && !test && !challenges.length && !training) return [...top, html("p", {}, t("summary.none")), ways];
  const counted = [[t("summary.count", counts)]];
  if (test) counted.push([test.before === null ? t("summary.test.after", test) : t("summary.test", test)]);
  if (reviews) counted.push([t("summary.reviews", reviews)]);
  const achievements = [...made.map(({ lesson, title, link }) => [way(link, t("summary.made.row", { lesson: lesson.title, step: title }))]), ...challenges.map(({ link, title }) => [way(link, t("summary.challenge", { title }))])];
  return [
    ...top,
    list(...counted),
    html("h3", {}, t("summary.made")),
    achievements.length ? list(...achievements) : html("p", {}, t("summary.made.none")),
    ...(training ? [html("h3", {}, t("summary.run")), list([way(training, t("summary.run.link"))])] : []),
    ...lessons.map((one) => lessonOf(one, t)),
    ways,
  ];
}

function lessonOf({ lesson, answers }, t) {
  const rows = (name) =>
    answers.filter((answer) => answer.group === name).map(({ step, title, player }) => [way(`/course?lesson=${lesson.id}&part=${lesson.steps.indexOf(step) + 1}`, title), typeset(html("span"), verdict(player, t))]);
  const groups = ["well", "badly", "unknown"].flatMap((name) => group(t(`summary.${name}`), rows(name)));
  return html("section", { class: "gc-summary" }, html("h3", {}, `${lesson.number} · ${lesson.title}`), ...groups);
}
