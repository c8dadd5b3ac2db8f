// The pictures of a cell: each is fetched, with what it needs for a kind of cell, when it is to be shown.
import { createBelt } from "./belt/belt.js";
import { belts } from "./belt/kinds.js";
import { Lazy, whenAll } from "./core/loading/lazy.js";
import { drawings } from "./diagram/kinds.js";

const views = new Lazy({
  diagram: async () => (await import("./diagram/diagram.js")).createDiagram,
  unrolled: async () => (await import("./unrolled/unrolled.js")).createUnrolled,
});

/** By name: create(host) makes the view, missing(kind) is when it can be made for that kind of cell, null for now. */
export const PICTURES = {
  belt: { create: createBelt, missing: (kind) => belts.missing(kind) },
  diagram: { create: (host) => views.get("diagram")(host), missing: (kind) => whenAll([views.missing("diagram"), drawings.missing(kind)]) },
  unrolled: { create: (host) => views.get("unrolled")(host), missing: () => views.missing("unrolled") },
};
