// The commands of an SVG path, for what is drawn at its ends. No DOM here.

/**
 * A path of M, L, H, V, h, v and q commands, command by command: where each begins and where it ends.
 * @param {string} d one sub-path, starting with M
 */
export function* commandsOf(d) {
  let to = [0, 0];
  for (const [, command, list] of d.matchAll(/([MLHVhvq])([^MLHVhvq]*)/g)) {
    const n = [...list.matchAll(/-?[\d.]+(?:e-?\d+)?/g)].map(([digits]) => Number(digits));
    const from = to;
    const [x, y] = from;
    if (command === "M" || command === "L") to = n;
    else if (command === "H") to = [n[0], y];
    else if (command === "V") to = [x, n[0]];
    else if (command === "h") to = [x + n[0], y];
    else if (command === "v") to = [x, y + n[0]];
    else to = [x + n[2], y + n[3]];
    yield { command, from, to, heading: [Math.sign(to[0] - from[0]), Math.sign(to[1] - from[1])] };
  }
}
