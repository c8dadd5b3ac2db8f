// What a browser keeps of its runs between two visits: the word by which it may stop them, and the page's last link.
const NAME = "gatescope.train";

export default function component({ data, setStateValue }) {
  const kept = read();
  const next = { owner: kept.owner ?? data.owner, link: data.link ?? kept.link ?? null };
  if (next.owner !== kept.owner || JSON.stringify(next.link) !== JSON.stringify(kept.link ?? null)) write(next);
  if (!data.heard) setStateValue("kept", { owner: next.owner, link: kept.link ?? null });
  return () => {};
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
