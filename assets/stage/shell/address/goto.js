// A link of ours, opened on a stage: what of it is asked for, and what a reader chose for all pages. No DOM here.
import { POSITION_PARAMS } from "./link.js";

/** Parameters of settings that a person chooses once for all pages: the way back does not undo them (gates/scenes/registry.py). */
const STAYS = ["lang", "notation", "z"];

/**
 * What a link asks for: {page, params}; null for what is no link.
 * @param {string} link with or without the site that it leads to, as `/lstm?preset=latch&step=3`
 */
export function readLink(link) {
  let url;
  try {
    url = new URL(link, "stage://link");
  } catch {
    return null;
  }
  const page = url.pathname.split("/").filter(Boolean).at(-1)?.toLowerCase() ?? "home";
  return { page, params: Object.fromEntries(url.searchParams) };
}

const settingsOf = (params) => Object.fromEntries(STAYS.filter((name) => name in params).map((name) => [name, params[name]]));

/** What to ask for a link: where it says nothing of what the reader chose for all pages, that stays. @param {object} shown params of the link that is on the screen */
export const requestFor = ({ page, params }, shown) => ({ page, params, settings: settingsOf(shown) });

/** What to ask for an entry of the history: what the reader chose for all pages stays in any case. */
export function historyRequest({ page, params }, shown) {
  const rest = Object.fromEntries(Object.entries(params).filter(([name]) => !STAYS.includes(name)));
  return { page, params: { ...rest, ...settingsOf(shown) } };
}

/**
 * The examples that a stage can change to by itself, in order: [{title, link, shown}].
 * @param {object} header of the run on the screen  @param {Object<string, string>} params of the whole link that shows it
 */
export function examplesOf({ page, link, examples }, params) {
  if (!examples || !link) return [];
  const place = Object.fromEntries(Object.entries(params).filter(([name]) => POSITION_PARAMS.includes(name)));
  const paramsOf = (name) => examples.each?.[name] ?? { preset: name };
  const linkTo = (name) => `/${page}?${new URLSearchParams({ ...examples.params, ...paramsOf(name), ...place })}`;
  return Object.entries(examples.titles).map(([name, title]) => ({ title, link: linkTo(name), shown: name === examples.shown }));
}

/**
 * Opens a link of ours on a stage, without a rerun of the page: its cell, its input, its weights, its clamps and its place.
 * @param stage the Stage  @param {string} link with or without the site that it leads to
 * @param {{conceal?: {step: number, phase: string}}} [more] what is concealed of it, from the first moment on
 * @returns {Promise<boolean>} whether it is on the screen
 */
export async function goto(stage, link, more = {}) {
  const request = readLink(link);
  if (!request || !stage.trace) return false;
  const { lang, notation, link: current } = stage.header;
  return Boolean(await stage.options.open?.(requestFor(request, current?.params ?? { lang, notation }), more));
}

/** Gives a stage's element what a page may ask of it (docs/stage.md). */
export function exposeCommands(stage) {
  Object.assign(stage.element, {
    goto: (link, more) => goto(stage, link, more),
    conceal: (place) => stage.conceal(place),
    ask: (question) => stage.guessing.ask(question),
  });
}
