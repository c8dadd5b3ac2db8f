// The transport's signs, drawn once in a 24-unit square. Buttons that use them carry the name.
import { svg } from "./dom.js";

const SHAPES = {
  first: [["fill", "M5 5h2.2v14H5zM19 5v14l-10-7z"]],
  back: [["line", "M15 5l-7 7 7 7"]],
  play: [["fill", "M8 5l11 7-11 7z"]],
  pause: [["fill", "M7 5h3.6v14H7zM13.4 5H17v14h-3.6z"]],
  forward: [["line", "M9 5l7 7-7 7"]],
  last: [["fill", "M16.8 5H19v14h-2.2zM5 5l10 7-10 7z"]],
  alone: [["line", "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5"]],
  leave: [["line", "M9 4v5H4M20 9h-5V4M15 20v-5h5M4 15h5v5"]],
  inspect: [["line", "M17 6H7l5.5 6L7 18h10"]],
  help: [["line", "M3 7h18v10H3zM7 14h10M7 10.5h.01M12 10.5h.01M17 10.5h.01"]],
  close: [["line", "M6 6l12 12M18 6L6 18"]],
};

export function icon(name) {
  const paths = SHAPES[name].map(([kind, d]) => svg("path", { d, class: `gs-icon-${kind}` }));
  return svg("svg", { class: "gs-icon", viewBox: "0 0 24 24", "aria-hidden": "true", focusable: "false" }, ...paths);
}
