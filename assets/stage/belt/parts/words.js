// Words and numbers that several of the belt's pictures have in common, for each kind of cell.
import { unitName } from "../../core/text/names.js";
import { textWidth } from "../../core/text/width.js";
import { NAME_ROOM } from "./parts.js";

/** Names that a notation gives in an LSTM to what is one product away, and to 1 − f, which a coupled input gate is. */
export function lstmSymbols(host) {
  const s = (signal) => host.symbol(signal);
  return {
    kept: `${s("forget")}⊙${s("previous_cell")}`,
    written: `${s("input")}⊙${s("candidate")}`,
    tanh: host.symbol("tanh_cell"),
    coupled: `1−${s("forget")}`,
  };
}

/** A GRU's names of what is one product away, in the chosen notation and with the chosen meaning of z. */
export function gruSymbols(host) {
  const s = (signal) => host.symbol(signal);
  const [z, h, n] = [s("update"), s("previous_hidden"), s("candidate")];
  const before = host.header.reset === "before";
  const writes = host.header.update === "write";
  return {
    mix: `U_{${n}}`,
    reset_hidden: `${s("reset")}⊙${h}`,
    recurrent: before ? `U_{${n}}(${s("reset")}⊙${h})` : `U_{${n}}${h}+b_{h${n}}`,
    reset_recurrent: `${s("reset")}⊙(U_{${n}}${h}+b_{h${n}})`,
    fromX: `W_{${n}}${s("x")}+b_{${n}}`,
    kept: writes ? `(1−${z})⊙${h}` : `${z}⊙${h}`,
    written: writes ? `${z}⊙${n}` : `(1−${z})⊙${n}`,
  };
}

/** What reset lets a unit receive of the mixture, r⊙(U_n h₋₁ + b_hn). */
export const resetRecurrent = (trace, t, unit) => trace.at("reset", t, unit) * trace.at("recurrent", t, unit);

/** The room that the units' names take at the left. */
export const labelWidth = (host, units) => {
  let widest = 0;
  for (let unit = 0; unit < units; unit++) widest = Math.max(widest, textWidth(unitName(host, unit), 16));
  return Math.max(26, Math.min(NAME_ROOM, widest) + 16);
};
