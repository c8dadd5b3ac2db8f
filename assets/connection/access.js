// What Streamlit leaves out for those who read by ear or move by keys: a table or code that is wider than the page can be
// reached and scrolled by keys, and icons beside words are not read out by the names that they have in their font.

const SCROLLING = {
  table: "[data-testid=stMarkdownContainer]:has(> table)",
  code: "[data-testid=stCode] pre",
};
const ICONS = "[data-testid=stMarkdownContainer] [role=img][translate=no]"; // each of ours stands beside what it means
const SPARE = 1; // CSS px that roundings may add to what scrolls

let names = null; // of what scrolls, in the page's language
let frame = 0;
const sizes = new ResizeObserver(soon); // of what may scroll: of a tab's content when it opens, too

/** Keeps all this true of the page from now on. @param {{table: string, code: string}} named how what scrolls is called */
export function keepAccessible(named) {
  const first = names === null;
  names = named;
  look();
  if (!first) return;
  new MutationObserver(soon).observe(document.body, { subtree: true, childList: true });
}

function soon() {
  frame ||= requestAnimationFrame(look);
}

function look() {
  cancelAnimationFrame(frame);
  frame = 0;
  for (const icon of document.querySelectorAll(ICONS)) icon.setAttribute("aria-hidden", "true");
  for (const [kind, selector] of Object.entries(SCROLLING))
    for (const element of document.querySelectorAll(selector)) {
      sizes.observe(element);
      name(element, scrolls(element) ? names[kind] : null);
    }
}

function scrolls({ scrollWidth, clientWidth, scrollHeight, clientHeight }) {
  return scrollWidth > clientWidth + SPARE || scrollHeight > clientHeight + SPARE;
}

/** Makes an element a region with a name that the focus can reach, or again what it was. */
function name(element, label) {
  if (element.getAttribute("aria-label") === label) return;
  const attributes = { tabindex: "0", role: "region", "aria-label": label };
  for (const [key, value] of Object.entries(attributes))
    if (label === null) element.removeAttribute(key);
    else element.setAttribute(key, value);
}
