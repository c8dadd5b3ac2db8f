// An exported file: the stage on its own, with the runs and words that lie beside it (gates/export).
import { html, languageTag, set, write } from "../stage/core/dom.js";
import { fill } from "../stage/core/text/format.js";
import { tellHeight } from "./height.js";
import { opened as unpacked } from "./packed.js";
import { FileResolver } from "./resolver.js";
import { Stages } from "./stages.js";

const NAMES = { en: "English", zh: "中文" };
const BACKGROUNDS = { light: "#ffffff", dark: "#0e1117" };

const content = JSON.parse(document.getElementById("gatescope").textContent);
if (content.packed && typeof DecompressionStream === "undefined") document.body.append(content.old);
const data = await unpacked(content);
if (data.style) document.adoptedStyleSheets = [styled(data.style)]; // an embedded stage fetches them
const resolver = new FileResolver(data);
const dark = matchMedia("(prefers-color-scheme: dark)");
const edits = new Map(); // state -> the latest edit, which another language shows as well
const shown = { run: 0, lang: data.lang, theme: data.theme ?? null, params: null };
let opened = 0; // links that were opened: each asks for a place of its own

const heading = html("h1", {});
const chooser = html("select", { hidden: data.runs.length < 2, "data-testid": "choose", onchange: () => show({ run: Number(chooser.value) }) });
const languages = Object.keys(data.strings).map((lang) => html("button", { type: "button", lang: languageTag(lang), "data-lang": lang, onclick: () => show({ lang }) }, NAMES[lang]));
const group = html("div", { class: "gf-group", role: "group" }, ...languages);
const theme = html("button", { type: "button", "data-testid": "theme", onclick: () => paint(now() === "dark" ? "light" : "dark") }, html("span", { "aria-hidden": "true" }, "◐"));
const place = html("main", {});
const made = html("span", {});
const back = html("a", { rel: "noopener", target: "_blank", hidden: !data.site });
const address = html("span", { class: "gf-address" });
const lesson = html(data.site ? "a" : "span", data.site ? { rel: "noopener", target: "_blank" } : { class: "gf-address" });
const footer = html("footer", {}, made, " ", back, address, ...(data.lesson ? [" ", lesson] : []));
const controls = html("div", { class: "gf-controls" }, chooser, group, theme);
if (data.embed) document.body.append(place, html("div", { class: "gf-foot" }, footer, controls));
else document.body.append(html("header", {}, heading, controls), place, footer);

const lecture = data.show ? new (await import("./lecture.js")).LectureFile(data.show, { t: (key) => data.strings[shown.lang][`export.file.${key}`], run: () => shown.run, go: (run) => show({ run }), stages: () => mounted.all }) : null;
if (lecture) place.before(lecture.element);
const several = data.runs.length > 1 ? await import("./several.js") : null;

let mounted = null; // the Stages of the state on the screen
let leaving = null; // those that still fill the screen while another state's are coming
let frame = null; // in another site's page: what speaks to that page

/** Shows another run, or the same in another language; `at` is where its stage is to stand, in place of where it stood. */
async function show(change, at) {
  Object.assign(shown, change);
  const { lang, run } = shown;
  const t = (key, values) => fill(data.strings[lang][`export.file.${key}`], values);
  document.documentElement.lang = languageTag(lang);
  const titles = data.runs.map(({ title }) => title[lang]);
  write(heading, titles[run]);
  document.title = `${titles[run]} · Gatescope`;
  chooser.replaceChildren(...titles.map((title, k) => html("option", { value: k, selected: k === run }, title)));
  set(chooser, { "aria-label": t("choose") });
  set(group, { "aria-label": t("language") });
  for (const button of languages) set(button, { "aria-pressed": String(button.dataset.lang === lang) });
  set(theme, { "aria-label": t("theme"), title: t("theme") });
  const { lab, path } = data.runs[run];
  const { again, asks, film } = localized(data.runs[run]);
  const how = lab ? ".lab" : again ? ".again" : asks ? ".back" : film ? ".film" : path ? "" : ".own";
  write(made, t(`made${data.embed ? ".embed" : ""}${how}`, { version: data.version }));
  write(back, t("open"));
  if (data.lesson) {
    const { title, path: way } = data.lesson;
    write(lesson, t(data.site ? "lesson" : "lesson.address", { title: title[lang], path: way }));
    if (data.site) set(lesson, { href: `${data.site}${way}&lang=${lang}` });
  }
  const runs = await resolver.runs({ state: run, lang, lab: edits.get(run), at });
  if (shown.lang !== lang || shown.run !== run) return false;
  if (mounted?.stage?.fills && drawnBy(mounted.run) === drawnBy(run)) mounted.run = run; // a stage that fills the screen stays
  if (mounted?.run !== run) {
    if (mounted?.stage?.fills) leaving = mounted;
    else mounted?.remove(); // each state has a stage of its own, as each page has: what is open on one says nothing of another
    mounted = new Stages(run);
    place.append(mounted.element);
  }
  const stages = mounted;
  if (data.embed) frame ??= (await import("./embed.js")).embed({ languages: Object.keys(data.strings), stage: () => mounted.stage, theme: paint, language: (code) => show({ lang: code }) });
  const { shown: there } = mounted.show(runs, { writeUrl: (params) => link(params), onLab: edit, examples: () => several?.examples(data.runs, shown, show), open, ...frame?.options }, lecture?.conceals(run));
  await there;
  if (leaving && stages === mounted) {
    const left = leaving;
    leaving = null;
    await several.takeScreen(left, stages.stage);
  }
  frame?.shown();
  lecture?.shown();
  link(data.runs[run].params);
  return true;
}

/** The styles of the file, which lie among its data. */
function styled(text) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  return sheet;
}

/** What the header of a state's run tells. */
const localized = ({ common, own }) => ({ ...common, ...own[shown.lang] });

/** What a stage keeps that it once had: another state that has not just this needs a stage of its own. */
const drawnBy = (run) => [data.runs[run].lab, localized(data.runs[run]).film].map(Boolean).join();

/** Opens a link to a state of this file; whether it is one. */
async function open({ page, params }, { conceal } = {}) {
  const run = resolver.find({ page, params });
  if (run < 0) return false;
  const { step, phase = null, unit, view = null, guess = null } = params;
  const place = step === undefined ? {} : { step: Number(step) - 1, phase, unit: Number(unit ?? 1) - 1, view, guess };
  const there = await show({ run }, { nonce: `state ${run}/${++opened}`, ...place });
  if (there && conceal) mounted.stage.conceal(conceal);
  return there;
}

/** Shows what the browser's engine makes of an edit. */
async function edit(message) {
  const { lang, run } = shown;
  edits.set(run, message);
  const bytes = await resolver.run({ state: run, lang, lab: message });
  if (shown.lang !== lang || shown.run !== run || edits.get(run) !== message) return;
  mounted.stage.update(bytes);
  frame?.shown();
}

/** Names the state, down to the step, as the app's link has it. */
function link(params) {
  const { path } = data.runs[shown.run];
  if (!path) return; // a run of somebody's own, of which the app knows nothing
  const query = new URLSearchParams({ ...params, lang: shown.lang });
  if (data.site) back.href = `${data.site}${path}?${query}`;
  else write(address, `${fill(data.strings[shown.lang]["export.file.address"])} ${path}?${query}`);
}

const now = () => shown.theme ?? (dark.matches ? "dark" : "light");

/** Takes light or dark; by default what the system has. */
function paint(chosen = shown.theme) {
  shown.theme = chosen;
  const name = now();
  const root = document.documentElement;
  root.dataset.theme = name;
  root.style.setProperty("--st-background-color", BACKGROUNDS[name]);
  set(theme, { "aria-pressed": String(name === "dark") });
  mounted?.retheme();
}

paint();
show({}).then(tellHeight);
dark.addEventListener("change", () => paint());
