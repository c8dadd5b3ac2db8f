// What a browser keeps of its runs between two visits: the words by which it may stop them, and the page's last link.
const NAME = "gatescope.train";
const MOST = 8; // words

let lastSent; // the words that the server has heard last: after a restart it hears that first

export default function component({ data, setStateValue }) {
  const sent = JSON.parse(new TextDecoder().decode(data));
  const kept = read();
  const words = [...new Set([...sent.words, ...wordsOf(kept)])].slice(0, MOST);
  const next = { words, link: sent.link ?? kept.link ?? null };
  if (JSON.stringify(next) !== JSON.stringify(kept)) write(next);
  if (!sent.known || lastSent !== String(words)) setStateValue("kept", { session: sent.session, words, link: kept.link ?? null });
  lastSent = String(words);
  return () => {};
}

function wordsOf({ words, owner }) {
  if (Array.isArray(words)) return words;
  return typeof owner === "string" ? [owner] : []; // as kept by an earlier version
}

function read() {
  try {
    const kept = JSON.parse(localStorage.getItem(NAME));
    return typeof kept === "object" && kept !== null ? kept : {};
  } catch {
    return {}; // storage is denied, or holds something else
  }
}

function write(kept) {
  try {
    localStorage.setItem(NAME, JSON.stringify(kept));
  } catch {
    return; // a run then lasts as long as the page
  }
}
