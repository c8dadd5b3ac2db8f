// The link of what is on the screen: to copy, to send by what the system offers, and as a QR code; and what it shows as one
// file; and a way to put it into a lecture. The server says under which address others reach it, and makes the file.
import { saveFile } from "../course/stage/save-file.js";
import { joinSentences } from "../stage/core/text/sentences.js";
import { added } from "./add-to-lecture.js";

const places = new WeakMap();

export default function component({ parentElement, data }) {
  const place = places.get(parentElement) ?? build();
  if (!places.has(parentElement)) {
    places.set(parentElement, place);
    parentElement.append(place.root);
  }
  const { words, route, takeaway, lecture, language, title } = JSON.parse(new TextDecoder().decode(data));
  name(place, words);
  const ask = () => show(place, words, route);
  ask();
  addEventListener("gatescope-address", ask); // the stage has written the address anew
  place.copy.onclick = () => copy(place, words, place.link, words.copied);
  place.frame.onclick = () => copy(place, words, place.line, words.framed);
  place.send.onclick = () => navigator.share({ title, url: place.field.value }).catch(() => {}); // the reader changed their mind
  place.take.hidden = !takeaway;
  place.take.onclick = () => take(place, words, takeaway, language);
  place.add.hidden = !lecture;
  place.add.onclick = () => (place.status.textContent = added(words));
  return () => removeEventListener("gatescope-address", ask);
}

function build() {
  const make = (tag, properties) => Object.assign(document.createElement(tag), properties);
  const place = {
    root: make("div", { className: "share" }),
    field: make("input", { readOnly: true, type: "url" }),
    copy: make("button", { type: "button" }),
    send: make("button", { type: "button", hidden: typeof navigator.share !== "function" }),
    take: make("button", { type: "button", hidden: true, className: "share-take" }),
    frame: make("button", { type: "button", hidden: true, className: "share-frame" }),
    add: make("button", { type: "button", hidden: true, className: "share-add" }),
    status: make("p", { className: "share-said" }),
    code: make("img", { hidden: true }),
    warning: make("p", { className: "share-warning", hidden: true }),
  };
  place.status.setAttribute("role", "status");
  place.field.addEventListener("focus", () => place.field.select());
  const row = make("div", { className: "share-row" });
  row.append(place.copy, place.send, place.take, place.frame, place.add, place.status);
  const styles = make("link", { rel: "stylesheet", href: new URL("share.css", import.meta.url).href });
  place.root.append(styles, place.field, row, place.code, place.warning);
  return place;
}

function name({ field, copy, send, take, frame, add, code }, words) {
  field.setAttribute("aria-label", words.address);
  copy.textContent = words.copy;
  send.textContent = words.send;
  take.textContent = words.take;
  frame.textContent = words.frame;
  add.textContent = words.add;
  code.alt = words.code;
}

let asking = 0;

async function show(place, words, route) {
  const { field, frame, code, warning } = place;
  const serial = ++asking;
  const answer = await shared(route);
  if (serial !== asking) return;
  field.value = place.link = answer?.link ?? location.href;
  place.line = answer?.frame;
  frame.hidden = !place.line;
  code.hidden = !answer?.code;
  if (answer?.code) code.src = answer.code;
  const status = joinSentences([!answer && words.failed, answer?.here && words.here, answer && !answer.code && words["code.long"]]);
  warning.hidden = !status;
  warning.textContent = status.replaceAll("`", "");
}

async function shared(route) {
  try {
    const answer = await fetch(route, { method: "POST", body: JSON.stringify({ address: location.href }) });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

/** Copies a text; where the browser does not let it, the field shows it, to be copied by hand. */
async function copy({ field, status }, words, text, done) {
  status.textContent = "";
  field.value = text;
  status.textContent = (await copied(field)) ? done : words.select;
}

async function copied(field) {
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    field.select(); // without https a page may not write to the clipboard, but may press the keys for it
    return document.execCommand("copy");
  }
}

/** Saves what is on the screen as one HTML file, which the server makes. */
async function take({ take: button, status }, words, route, language) {
  button.disabled = true;
  status.textContent = words.taking;
  status.textContent = await saveFile(route, language, [location.href], words);
  button.disabled = false;
}
