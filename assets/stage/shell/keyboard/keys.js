// The keyboard: which key asks for what, and which keys are left to others. No DOM in `decide`, so node can test it.

const ACTIONS = {
  ArrowRight: "nextStep",
  ArrowLeft: "backStep",
  ArrowDown: "unitDown",
  ArrowUp: "unitUp",
  Home: "first",
  End: "last",
  " ": "play",
  f: "alone",
  F: "alone",
  l: "lecture",
  L: "lecture",
  a: "add",
  A: "add",
  "?": "help",
  Escape: "leave",
};
const SHIFTED = { ArrowRight: "nextPhase", ArrowLeft: "backPhase", F: "alone", L: "lecture", A: "add", "?": "help" };

/** What a presenter's remote control sends; anywhere but on a filled screen these keys scroll or write. */
const PRESENTING = { PageDown: "forward", PageUp: "back", ".": "blank", b: "blank", B: "blank" };

/** What points at the picture in a lecture, and what puts the next of several stages large. */
const POINTING = { p: "pen", P: "pen", s: "spot", S: "spot", c: "clear", C: "clear", v: "large", V: "large" };

/** What acts without the focus on a stage. The other keys scroll the page there. */
const FROM_PAGE = new Set(["nextStep", "backStep", "nextPhase", "backPhase", "play", "alone", "lecture", "add", "help", "leave"]);

const FIELDS = new Set(["input", "select", "textarea", "iframe", "video", "audio", "embed", "object"]);
const CONTROLS = new Set(["a", "area", "button", "summary", "label", "option"]);
const ROLES = new Set([
  "button", "link", "radio", "radiogroup", "checkbox", "switch", "tab", "tablist", "menu", "menubar", "menuitem", "menuitemradio",
  "menuitemcheckbox", "listbox", "option", "combobox", "textbox", "searchbox", "slider", "spinbutton", "scrollbar", "grid", "gridcell",
  "tree", "treeitem", "treegrid", "region", "application",
]); // prettier-ignore

/** The keys as the help lists them: the action's name and what stands on the caps. */
export const KEY_HELP = [
  ["nextStep", ["←", "→"]],
  ["nextPhase", ["⇧", "←", "→"]],
  ["first", ["Home", "End"]],
  ["play", ["␣"]],
  ["unitDown", ["↑", "↓"]],
  ["alone", ["F"]],
  ["lecture", ["L"]],
  ["add", ["A"]],
  ["present", ["PgUp", "PgDn"]],
  ["blank", ["B", "."]],
  ["leave", ["Esc"]],
  ["help", ["?"]],
];

/**
 * What a key with this target asks of the stage, or null.
 * @param {{key: string, shift?: boolean, modified?: boolean}} press `modified`: with Ctrl, Alt or ⌘, or while text is composed
 * @param {object} target what has the focus: {place, tag, role, editable, scrolls, dialog}. `place` is "stage" for the stage
 *   itself, "within" for what is in it, "page" for anything else; `scrolls`: it scrolls by keys and the stage is not in it
 * @param {{single: boolean, filling: boolean, lectures?: boolean}} state whether single-key shortcuts are on, the stage fills
 *   the screen, and a lecture is given there
 */
export function decide({ key, shift = false, modified = false }, target, { single, filling, lectures = false }) {
  if (modified) return null;
  const presenting = filling && !shift ? (PRESENTING[key] ?? (lectures ? POINTING[key] : null)) : null;
  const action = (shift ? SHIFTED : ACTIONS)[key] ?? presenting ?? null;
  if (!action || (!single && isCharacter(key))) return null;
  if (target.place === "page") {
    const free = isLink(target) ? key !== " " : !controls(target); // the link that led here keeps the focus, and takes Enter alone
    return single && free && (lectures || FROM_PAGE.has(action)) ? action : null;
  }
  if (fields(target) && action !== "leave") return null;
  if (target.role === "region" && target.scrolls !== false) return null;
  if (key === " " && target.place !== "stage" && target.role !== "slider") return null;
  return action;
}

/** Whether a key writes a letter, a digit or a sign: what WCAG 2.1.4 asks to be able to switch off. */
const isCharacter = (key) => key.length === 1 && key !== " ";

const fields = ({ tag, editable }) => Boolean(editable) || FIELDS.has(tag);

const isLink = ({ tag, role, dialog, scrolls }) => tag === "a" && (!role || role === "link") && !dialog && !scrolls;

const controls = (target) => fields(target) || target.dialog || target.scrolls || CONTROLS.has(target.tag) || ROLES.has(target.role);

/** Whether a plain letter on this target would write or choose something there. */
export const takesLetters = (target) => fields(target) || ["listbox", "combobox", "textbox", "searchbox", "menu", "tree"].includes(target.role);

/** What a key event's target is, for `decide`. @param {Element} root the stage */
export function describe(event, root) {
  const path = event.composedPath();
  const [target] = path;
  if (!(target instanceof Element)) return { place: "page", tag: "", role: null, editable: false, scrolls: false, dialog: false };
  const place = target === root ? "stage" : path.includes(root) ? "within" : "page";
  const tag = target.tagName.toLowerCase();
  return {
    place,
    tag: tag === "input" && target.type === "checkbox" && place === "within" ? "checkbox" : tag, // takes Space alone
    role: target.getAttribute("role"),
    editable: Boolean(target.isContentEditable),
    scrolls: scrolls(target) && !holds(target, root),
    dialog: place === "page" && path.some((node) => node instanceof Element && (node.getAttribute("role") === "dialog" || node.tagName === "DIALOG")),
  };
}

/** The press itself, for `decide`. */
export const pressOf = (event) => ({ key: event.key, shift: event.shiftKey, modified: !isPlain(event) || event.isComposing });

/** Whether the key is the stage's alone: Streamlit binds plain letters (r, c) on the whole document. */
export const isPlain = (event) => !event.ctrlKey && !event.metaKey && !event.altKey;

function scrolls(element) {
  if (element === document.body || element === document.documentElement) return false;
  const { overflowX, overflowY } = getComputedStyle(element);
  const reach = (overflow, whole, seen) => /auto|scroll/.test(overflow) && whole > seen + 1;
  return reach(overflowY, element.scrollHeight, element.clientHeight) || reach(overflowX, element.scrollWidth, element.clientWidth);
}

/** Whether an element is an ancestor of the stage: what scrolls the whole page is the page. */
function holds(element, root) {
  for (let node = root; node; node = node.parentNode ?? node.host) if (node === element) return true;
  return false;
}
