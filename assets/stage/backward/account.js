// Under the arithmetic of the selected number: its gradient, and what that is the sum or the product of.
import { html, set, write } from "../core/dom.js";
import { exactGradient } from "../core/text/format.js";
import { keptSymbol } from "./shares.js";
import { plain } from "../core/text/formulas.js";
import { activationName, squashOf } from "../core/run/squash.js";

/** @param {object} host of a view */
export function createAccount(host) {
  const total = html("p", { class: "gs-back-total" });
  const list = html("ul", { class: "gs-back-terms" });
  const clampNote = html("p", { class: "gs-back-clamped gs-label" });
  const element = html("section", { class: "gs-back-account", "data-testid": "gradient-account" }, total, list, clampNote);
  let painted = "";

  const sign = (signal) => plain(host.symbol(signal));

  /** A factor as it is written: ∂L/∂c, a value's own letter, or the slope of a squash. */
  function written(name, signal) {
    const signOfGate = sign(signal.replace(/^pre\./, ""));
    const complemented = host.complemented("update");
    if (name.startsWith("grad.pre.")) return `∂L/∂a(${sign(name.slice(9))})`;
    if (name.startsWith("grad.")) return `∂L/∂${sign(name.slice(5))}`;
    return (
      {
        slope: `${sign("output")}(1 − tanh²${sign("cell")})`,
        "slope.cell": `${sign("output")} ${activationName(squashOf(host.header, "cell"))}′(${sign("cell")})`,
        "slope.sigma": `${signOfGate}(1 − ${signOfGate})`,
        "slope.tanh": `1 − ${signOfGate}²`,
        difference: complemented ? `(${sign("candidate")} − ${sign("previous_hidden")})` : `(${sign("previous_hidden")} − ${sign("candidate")})`,
        rest: complemented ? sign("update") : `(1 − ${sign("update")})`,
      }[name] ?? (name.startsWith("slope.") ? `${activationName(name.slice(6))}′` : sign(name))
    );
  }

  function words(term, signal, unit, flow) {
    const { t } = host;
    if (term.kind === "product") {
      const factors = term.factors.map(([name, value]) => [written(name, signal), name === "difference" && host.complemented("update") ? -value : value]);
      return `${factors.map(([letter]) => letter).join(" · ")} = ${factors.map(([, value]) => exactGradient(value)).join(" · ")}`;
    }
    if (term.kind === "held") return t("gradient.term.held", { step: term.step + 1, part: sign(term.part) });
    if (term.kind === "idle" || term.kind === "coupled") {
      const key = term.kind === "idle" && flow.trace.variant.without.includes(term.part) ? "absent" : term.kind;
      return t(`gradient.term.${key}`, { part: sign(term.part), other: sign("forget") });
    }
    if (term.kind === "kept" && flow.staysWhole(term.step, unit)) return t("gradient.term.kept.whole", { step: term.step + 1, part: sign("forget") });
    const letter = term.part === "hidden" ? { back: "U", weights: "W" }[term.kind] : term.kind === "kept" ? keptSymbol(host, flow.trace.cell) : term.part && sign(term.part);
    const values = { step: term.step + 1, part: letter ?? "" };
    return t(`gradient.term.${term.kind}${term.part === "hidden" ? ".rnn" : ""}`, { ...values, state: sign(flow.memory), other: sign("previous_hidden") });
  }

  function show(flow, signal, unit, step) {
    const flip = host.complemented(signal) ? -1 : 1;
    const value = flip * flow.of(signal, step, unit);
    const terms = flow.sources(signal, step, unit);
    write(total, `∂L/∂${sign(signal)} = ${exactGradient(value)}`);
    set(total, { title: String(value), "data-value": String(value) });
    list.replaceChildren(
      ...terms.map((term) =>
        html("li", { "data-kind": term.kind, "data-part": term.part ?? null }, html("span", {}, words(term, signal, unit, flow)), html("b", { "data-value": String(flip * term.value) }, exactGradient(flip * term.value))),
      ),
    );
    clampNote.hidden = !flow.isClamped(signal, step, unit);
    write(clampNote, clampNote.hidden ? "" : host.t("gradient.held", { part: sign(signal) }));
    if (!terms.length) list.replaceChildren(html("li", {}, html("span", {}, host.t("gradient.term.nothing"))));
  }

  return {
    element,
    /** @param {{signal?: string, unit?: string, step?: string}|null} chosen what the inspector stands on */
    paint(flow, chosen) {
      const known = chosen?.signal && (chosen.signal === "x" || flow.trace.has(`grad.${chosen.signal}`) || ["kept", "written", "tanh_cell", "recurrent", "reset_hidden"].includes(chosen.signal) || chosen.signal.startsWith("pre."));
      element.hidden = !known;
      if (!known) return;
      const signature = [chosen.signal, chosen.unit, chosen.step, host.header.digest, host.header.lang].join();
      if (signature === painted) return;
      painted = signature;
      set(element, { "aria-label": host.t("gradient.account") });
      show(flow, chosen.signal, Number(chosen.unit), Number(chosen.step));
    },
  };
}
