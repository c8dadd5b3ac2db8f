// The link of what is on the screen: to copy, to send by what the system offers, and as a QR code. The server says under
// which address others reach it.

const places = new WeakMap();

export default function component({ parentElement, data }) {
  const place = places.get(parentElement) ?? build();
  if (!places.has(parentElement)) {
    places.set(parentElement, place);
    parentElement.append(place.root);
  }
  const { words, route, title } = JSON.parse(new TextDecoder().decode(data));
  name(place, words);
  const ask = () => show(place, words, route);
  ask();
  addEventListener("gatescope-address", ask); // the stage has written the address anew
  place.copy.onclick = () => copy(place, words);
  place.send.onclick = () => navigator.share({ title, url: place.field.value }).catch(() => {}); // the reader changed their mind
  return () => removeEventListener("gatescope-address", ask);
}

function build() {
  const make = (tag, properties) => Object.assign(document.createElement(tag), properties);
  const place = {
    root: make("div", { className: "share" }),
    field: make("input", { readOnly: true, type: "url" }),
    copy: make("button", { type: "button" }),
    send: make("button", { type: "button", hidden: typeof navigator.share !== "function" }),
    said: make("p", { className: "share-said" }),
    code: make("img", { hidden: true }),
    warning: make("p", { className: "share-warning", hidden: true }),
  };
  place.said.setAttribute("role", "status");
  place.field.addEventListener("focus", () => place.field.select());
  const row = make("div", { className: "share-row" });
  row.append(place.copy, place.send, place.said);
  const styles = make("link", { rel: "stylesheet", href: new URL("share.css", import.meta.url).href });
  place.root.append(styles, place.field, row, place.code, place.warning);
  return place;
}

function name({ field, copy, send, code }, words) {
  field.setAttribute("aria-label", words.address);
  copy.textContent = words.copy;
  send.textContent = words.send;
  code.alt = words.code;
}

let asking = 0;

async function show({ field, code, warning }, words, route) {
  const asked = ++asking;
  const found = await shared(route);
  if (asked !== asking) return;
  field.value = found?.link ?? location.href;
  code.hidden = !found?.code;
  if (found?.code) code.src = found.code;
  const said = [!found && words.failed, found?.here && words.here, found && !found.code && words["code.long"]].filter(Boolean).join(" ");
  warning.hidden = !said;
  warning.textContent = said.replaceAll("`", "");
}

async function shared(route) {
  try {
    const answer = await fetch(route, { method: "POST", body: JSON.stringify({ address: location.href }) });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

async function copy({ field, said }, words) {
  said.textContent = "";
  said.textContent = (await copied(field)) ? words.copied : words.select;
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
