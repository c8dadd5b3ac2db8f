// Geometry of a schematic: from the columns and rows of its data to coordinates and paths. No DOM here.

const HOP = 7; // radius of the arc where one wire crosses another
const BEND = 9; // radius of a wire's corners
const HEAD = 7; // length of an arrow head

/** Places of a drawing's nodes, and its wires' paths, for a width in px and a share of its full height. */
export function layOut(drawing, width, sizeOf, flatten = 1) {
  const at = (column, row) => [drawing.columns[column] * width, drawing.rows[row] * flatten];
  const nodes = new Map();
  for (const [id, type, column, row, options] of drawing.nodes) {
    const [x, y] = at(column, row);
    nodes.set(id, { id, type, x, y, ...sizeOf(type, options), ...options });
  }
  const wires = drawing.wires.map(([id, stops, options]) => {
    return { id, type: "vector", ...options, ...route(stops, nodes, at, options.arrow !== false) };
  });
  return { nodes: [...nodes.values()], wires };
}

/** The path of a wire through its stops, and the arrow head at its end. */
function route(stops, nodes, at, arrow) {
  const points = stops.map((stop) => {
    if (typeof stop === "string") return { x: nodes.get(stop).x, y: nodes.get(stop).y, node: nodes.get(stop) };
    if (stop.by) return beside(stop, nodes.get(stop.by), at);
    const [x, y] = at(...(stop.hop ?? stop));
    return { x, y, hop: Boolean(stop.hop) };
  });
  const end = points.at(-1);
  const before = points.at(-2);
  const [dx, dy] = direction(before, end);
  const gap = end.node ? (dx ? end.node.w : end.node.h) / 2 : 0;
  if (arrow) Object.assign(end, { x: end.x - dx * (gap + 1), y: end.y - dy * (gap + 1) });
  const tip = { x: end.x, y: end.y };
  if (arrow) Object.assign(end, { x: end.x - dx * (HEAD - 1), y: end.y - dy * (HEAD - 1) });
  return { d: trace(points), head: arrow ? headPath(tip, dx, dy) : null };
}

/** A point above, below or at the edge of a node, beside its middle. */
function beside({ shift, row }, node, at) {
  const x = node.x + shift * node.w;
  return row ? { x, y: at("old", row)[1] } : { x, y: node.y, node };
}

const direction = (from, to) => [Math.sign(Math.round(to.x - from.x)), Math.sign(Math.round(to.y - from.y))];
const distance = (a, b) => Math.abs(a.x - b.x) + Math.abs(a.y - b.y);
const n = (value) => Number(value.toFixed(1));

function trace(points) {
  let d = `M${n(points[0].x)} ${n(points[0].y)}`;
  for (let k = 1; k < points.length; k++) {
    const [from, here, next] = [points[k - 1], points[k], points[k + 1]];
    const [dx, dy] = direction(from, here);
    if (here.hop) {
      d += `L${n(here.x - dx * HOP)} ${n(here.y - dy * HOP)}A${HOP} ${HOP} 0 0 1 ${n(here.x + dx * HOP)} ${n(here.y + dy * HOP)}`;
      continue;
    }
    const [ex, ey] = next ? direction(here, next) : [dx, dy];
    if (!next || (ex === dx && ey === dy)) d += `L${n(here.x)} ${n(here.y)}`;
    else {
      const bend = Math.min(BEND, 0.6 * distance(from, here), 0.6 * distance(here, next));
      d += `L${n(here.x - dx * bend)} ${n(here.y - dy * bend)}Q${n(here.x)} ${n(here.y)} ${n(here.x + ex * bend)} ${n(here.y + ey * bend)}`;
    }
  }
  return d;
}

function headPath({ x, y }, dx, dy) {
  const base = [x - dx * HEAD, y - dy * HEAD];
  const side = [dy * HEAD * 0.55, dx * HEAD * 0.55];
  return `M${n(x)} ${n(y)}L${n(base[0] + side[0])} ${n(base[1] + side[1])}L${n(base[0] - side[0])} ${n(base[1] - side[1])}Z`;
}

/** Width in em that a symbol will take, near enough to size its box. */
export function measure(text) {
  let em = 0;
  let small = false;
  for (const character of text) {
    if (/\p{M}/u.test(character)) continue;
    if (character === "_" || character === "^") small = true;
    else {
      if (!/[\p{L}\p{N},]/u.test(character)) small = false;
      em += /[⊙−+]/u.test(character) ? 0.86 : /[₀-₉₋ₜₓₕᵗ⁻¹ⁱᶠᵒ ()]/u.test(character) ? 0.44 : small ? 0.48 : 0.66;
    }
  }
  return em;
}
