// What a page keeps that is in no link; the connection (connection.js) passes it to a new session.

export default function component({ data }) {
  const { page, kept, stays } = JSON.parse(new TextDecoder().decode(data));
  const screen = (globalThis.gatescopeScreen ??= { pages: new Map(), changed: null });
  screen.unlinked ??= new Map();
  screen.unlinked.set(page, kept);
  return () => stays || screen.unlinked.delete(page);
}
