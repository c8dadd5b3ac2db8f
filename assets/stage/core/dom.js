// Ways to make an element, and one way to change it without touching what stays the same.

const SVG = "http://www.w3.org/2000/svg";

/** An HTML element: html("button", {class: "play", onclick}, "Play"). */
export function html(tag, attributes = {}, ...children) {
  return build(document.createElement(tag), attributes, children);
}

/** An SVG element, likewise. */
export function svg(tag, attributes = {}, ...children) {
  return build(document.createElementNS(SVG, tag), attributes, children);
}

/** An SVG of `width` × `height` units, shown `scale` times as large. */
export function scaledSvg({ width, height, scale, ...attributes }, ...children) {
  const size = { width: Math.round(width * scale), height: Math.round(height * scale) };
  return svg("svg", { viewBox: `0 0 ${width} ${height}`, ...size, role: "group", ...attributes }, ...children);
}

const styled = new WeakMap(); // element -> its style as it was written: the browser spells it otherwise

/** Sets attributes; null or undefined removes one, a function becomes an event handler. */
export function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element[name] = value;
    else if (name === "style") style(element, value);
    else if (value === null || value === undefined || value === false) element.removeAttribute(name);
    else {
      const text = value === true ? "" : String(value);
      if (element.getAttribute(name) !== text) element.setAttribute(name, text);
    }
  }
  return element;
}

/** Styles an element by its property: where a page's policy allows no styles in attributes, the attribute does nothing. */
function style(element, text) {
  if (styled.get(element) !== text) element.style.cssText = text ?? "";
  styled.set(element, text);
}

/** How HTML spells one of our languages. */
export const languageTag = (lang) => (lang === "zh" ? "zh-Hans" : lang);

/** Sets the text of an element only if it differs: repainting a step must not dirty what stays. */
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** How much larger than usual everything inside an element is drawn, as on a lecture hall's screen. */
export const scaleOf = (element) => Number.parseFloat(getComputedStyle(element).getPropertyValue("--gs-scale")) || 1;

function build(element, attributes, children) {
  set(element, attributes);
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}
