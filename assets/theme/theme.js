// The switch between light and dark; startup.js holds what is chosen, for all pages.
const dark = matchMedia("(prefers-color-scheme: dark)");

export default function component({ parentElement, data }) {
  let button = parentElement.querySelector("button");
  if (!button) {
    button = document.createElement("button");
    button.innerHTML = `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M12 3a9 9 0 1 0 9 9 7 7 0 0 1-9-9z"/></svg>`;
    button.onclick = () => gatescopeTheme(dark.matches ? "light" : "dark");
    parentElement.append(button);
  }
  button.title = button.ariaLabel = new TextDecoder().decode(data);
  const show = () => (button.ariaPressed = dark.matches);
  show();
  dark.addEventListener("change", show);
  return () => dark.removeEventListener("change", show);
}
