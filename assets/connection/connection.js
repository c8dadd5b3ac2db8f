// The connection to the server: says in the reader's language when it is cut, and passes what is on the screen to the
// session that answers afterwards. While it is cut Streamlit sends nothing, but keeps the value that is set here
// and sends it along with its first message to the new session, so that nothing older is ever drawn.

import { keepAccessible } from "./access.js";
import { settleBeforeLeaving } from "./leaving.js";
import { translatePage } from "./words.js";

const SHOWN_FOR = 12_000; // milliseconds that a sentence stands that nothing takes back
const SAID_FOR = 4_000; // the same of what a key has done
const CUT_AFTER = 800; // milliseconds before a cut is spoken of: Streamlit mends a short one by itself
const STORE = "gatescope.long"; // what is too long for a link survives a reload here
const PLACE = new Set(["step", "phase", "unit", "view", "move", "speed", "guess", "lecture", "large", "checkpoint"]);

// What each page's stage shows, {params, long, nonce}: the stages write it (assets/stage/shell/address/link.js).
const screen = (globalThis.gatescopeScreen ??= { pages: new Map(), changed: null });
const loaded = { query: Object.fromEntries(new URLSearchParams(location.search)), page: pageOf(location), stored: read() };

let session; // of the server, that was met last
let handedOver; // the session whose screen was handed over last
let count = 0;
let cut = false;
let lacking = false; // whether a part of the app could not be fetched
let timer = 0;
let report;
let notice;
let texts;

export default function component({ parentElement, data, setStateValue }) {
  report = (value) => setStateValue("shown", value);
  texts = JSON.parse(new TextDecoder().decode(data));
  translatePage(texts.words);
  keepAccessible(texts.scrolling);
  document.documentElement.lang = texts.lang === "zh" ? "zh-Hans" : texts.lang;
  notice ??= sentence();
  if (notice.parentNode !== parentElement) parentElement.append(notice);
  const before = session;
  session = texts.session;
  if (before === undefined) begin();
  else if (before !== session && handedOver !== before) hand(before, screen.pages);
  if (cut && !notice.hidden) showNotice("cut");
  return () => {};
}

function begin() {
  screen.changed = () => {
    write();
    if (cut) hand(session, screen.pages);
  };
  const app = document.querySelector("[data-testid=stApp]");
  const check = () => follow(app.dataset.testConnectionState === "CONNECTED");
  new MutationObserver(check).observe(app, { attributeFilter: ["data-test-connection-state"] });
  settleBeforeLeaving();
  addEventListener("gatescope-add", add);
  addEventListener("gatescope-missed", ({ detail }) => missed(detail));
  if (globalThis.gatescopeMissed) missed(globalThis.gatescopeMissed);
  for (const type of ["online", "offline"]) addEventListener(type, () => announce(type === "offline" || cut));
  restore(app);
  // Streamlit opens the home page where there is none, and says so only in a dialog that we have turned off.
  const [{ name }] = performance.getEntriesByType("navigation");
  if (texts.pages.includes(pageOf(new URL(name)))) return;
  showNotice("missing");
  timer = setTimeout(hide, SHOWN_FOR);
}

function follow(connected) {
  if (connected !== cut) return;
  cut = !connected;
  announce(cut);
  hand(session, screen.pages);
}

/** Sets what the next message to the server brings along: the screen as a session left it. */
function hand(from, pages) {
  handedOver = from;
  count += 1; // a value that is not new is not sent
  const shown = [...pages].map(([name, { params, long, nonce }]) => [name, { query: { ...params, ...long }, nonce }]);
  report({ session: from, count, page: pageOf(location), pages: Object.fromEntries(shown), unlinked: Object.fromEntries(screen.unlinked ?? []) });
}

function pageOf({ pathname }) {
  return pathname.split("/").filter(Boolean).pop() ?? "home";
}

// Saying it

function sentence() {
  const element = document.createElement("p");
  element.className = "connection";
  element.dataset.testid = "connection";
  element.setAttribute("role", "status");
  element.hidden = true;
  return element;
}

function announce(on) {
  clearTimeout(timer);
  if (on) timer = setTimeout(showNotice, CUT_AFTER, "cut");
  else if (lacking) showNotice("part");
  else hide();
}

/** A part of the app that is fetched when it is needed did not come (assets/loader.js): loading the page anew brings it. */
function missed({ answered }) {
  if (cut && !answered) return; // it is asked for again when the server is back
  lacking = true;
  if (!cut) announce(false);
}

function showNotice(what) {
  const lang = [...screen.pages.values()].at(-1)?.params.lang ?? texts.lang; // a fragment may have changed it
  notice.lang = lang === "zh" ? "zh-Hans" : lang;
  const words = (name) => texts[name][lang] ?? texts[name][texts.lang];
  notice.textContent = words(what);
  if (what === "part") notice.append(" ", Object.assign(document.createElement("button"), { type: "button", textContent: words("reload"), onclick: () => location.reload() }));
  reveal();
}

function reveal() {
  notice.hidden = false;
  if (!("popover" in notice) || notice.popover) return;
  notice.popover = "manual"; // above a stage that fills the screen
  notice.showPopover();
}

/** Adds what is on the screen to a lecture, and says so for a while where nothing is to be said of the line. */
async function add() {
  const { pages, words } = texts.adds;
  if (!pages.includes(pageOf(location))) return;
  const { added } = await import("../share/add-to-lecture.js");
  const text = added(words);
  if (cut || lacking) return;
  clearTimeout(timer);
  notice.lang = document.documentElement.lang;
  notice.textContent = text;
  reveal();
  timer = setTimeout(hide, SAID_FOR);
}

function hide() {
  notice.hidden = true;
  notice.textContent = "";
  if (notice.popover) notice.hidePopover();
  notice.popover = null;
}

// What is too long for a link

/** After a reload the address lacks what was too long for it; the tab has kept that. */
function restore(app) {
  const kept = loaded.stored[loaded.page];
  if (!kept || !same(kept.params, loaded.query)) return;
  const pages = new Map([[loaded.page, { params: loaded.query, long: kept.long, nonce: `reload.${Date.now()}` }]]);
  const whenIdle = () => {
    if (app.dataset.testScriptState !== "notRunning") return; // before, Streamlit does not know which page it is on
    observer.disconnect();
    hand("storage", pages);
  };
  const observer = new MutationObserver(whenIdle);
  observer.observe(app, { attributeFilter: ["data-test-script-state"] });
  whenIdle();
}

function same(params, query) {
  const plain = (one) => JSON.stringify(Object.entries(one).filter(([name]) => !PLACE.has(name)).sort());
  return plain(params) === plain(query);
}

function write() {
  const long = [...screen.pages].filter(([, one]) => Object.keys(one.long).length > 0);
  try {
    if (long.length) sessionStorage.setItem(STORE, JSON.stringify(Object.fromEntries(long)));
    else sessionStorage.removeItem(STORE);
  } catch {
    return; // storage is denied or full: it then lasts as long as the page
  }
}

function read() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(STORE));
    return typeof kept === "object" && kept !== null ? kept : {};
  } catch {
    return {};
  }
}
