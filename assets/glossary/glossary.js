// The glossary as Streamlit's component: all terms in the order of the language, a search over them, and a link of each.
import { component } from "../stage/core/component.js";
import { html, languageTag, set, write } from "../stage/core/dom.js";
import { fill } from "../stage/core/text/format.js";
import { prose } from "../course/step/prose.js";
import { typeset } from "../stage/core/text/typeset.js";
import { LinkWriter, noteScreen } from "../stage/shell/address/link.js";
import { byLetter, matching } from "./search.js";

class Glossary {
  constructor() {
    this.link = new LinkWriter();
    this.path = location.pathname;
    this.field = html("input", { type: "search", class: "gl-search", autocomplete: "off", spellcheck: "false", oninput: () => this.find() });
    this.label = html("label", { class: "gl-label" });
    this.letters = html("nav", { class: "gl-letters" });
    this.counted = html("p", { class: "gl-note", role: "status", "data-testid": "glossary-count" });
    this.list = html("div", { class: "gl-list" });
    this.sheets = html("p", { class: "gl-sheets", "data-testid": "glossary-sheets" });
    this.name = html("span");
    this.label.append(this.name, this.field);
    this.element = html("div", { class: "gl", "data-testid": "glossary" }, html("div", { class: "gl-head" }, this.label, this.letters, this.counted), this.list, this.sheets);
    this.shown = null; // the id of the term that the address names
    this.onPopState = () => location.pathname === this.path && this.back();
    addEventListener("popstate", this.onPopState);
  }

  t = (key, values) => fill(this.data.words[`glossary.${key}`], values);

  update(data) {
    const before = this.data;
    this.data = data;
    set(this.element, { lang: languageTag(data.lang) });
    write(this.name, this.t("search"));
    set(this.letters, { "aria-label": this.t("letters") });
    const isNew = before?.nonce !== data.nonce;
    if (isNew) this.shown = data.term;
    if (isNew || before.lang !== data.lang || before.notation !== data.notation) {
      this.find();
      if (this.shown) this.show(this.shown);
    }
    const sheets = data.sheets.map(([name, href]) => html("a", { href, target: "_blank" }, name));
    this.sheets.replaceChildren(data.words["formulas.links"], " ", ...sheets.flatMap((way, k) => (k ? [" · ", way] : [way])));
    this.address();
  }

  /** Lists what fits the search. */
  find() {
    const matches = matching(this.data.terms, this.field.value);
    const searched = Boolean(this.field.value.trim());
    const groups = searched ? [["", matches]] : byLetter(matches);
    const all = html("button", { type: "button", class: "gl-button", onclick: () => this.everything() }, this.t("all"));
    write(this.counted, matches.length ? this.t("count", { count: matches.length }) : this.t("none"));
    this.letters.replaceChildren(...(searched ? [all] : groups.map(([letter]) => this.letter(letter))));
    this.list.replaceChildren(...groups.map(([letter, terms]) => this.group(letter, terms)));
    this.mark();
  }

  everything() {
    this.field.value = "";
    this.find();
    this.field.focus();
  }

  letter(letter) {
    const go = () => {
      const heading = this.list.querySelector(`[data-letter="${letter}"] h2`);
      heading.focus({ preventScroll: true });
      heading.scrollIntoView({ block: "start" });
    };
    return html("button", { type: "button", class: "gl-letter", onclick: go }, letter);
  }

  group(letter, terms) {
    const heading = letter ? html("h2", { tabindex: -1 }, letter) : null;
    return html("section", { "data-letter": letter || null }, heading, ...terms.map((term) => this.entry(term)));
  }

  entry(term) {
    const { t } = this;
    const here = html("a", { class: "gl-here", href: this.href(term.id), "aria-label": t("here", { name: term.name }), onclick: (event) => this.follow(event, term.id) }, "#");
    const translated = term.other === term.name ? null : html("span", { class: "gl-other", lang: languageTag(this.data.lang === "zh" ? "en" : "zh") }, term.other);
    const confusion = html("p", { class: "gl-confusion" }, html("b", {}, t("confusion")), " ", ...prose(term.confusion));
    const related = term.related.map((id) => html("a", { href: this.href(id), onclick: (event) => this.follow(event, id) }, this.named(id)));
    const ways = html("p", { class: "gl-ways" }, html("a", { class: "gl-see", href: this.app(term.link) }, t("state")), html("span", {}, t("related"), ...related.flatMap((way) => [" · ", way])));
    return html("article", { class: "gl-term", "data-term": term.id, tabindex: -1 }, html("h3", {}, term.name, translated, here), html("p", {}, ...prose(term.text)), confusion, this.elsewhere(term), ways);
  }

  /** The symbols in each notation, and the names that libraries have; nothing where there are neither. */
  elsewhere(term) {
    const { t, data } = this;
    const symbols = Object.entries(term.symbols).map(([notation, text]) => this.row(data.notations[notation], text === null ? t("formless") : typeset(html("span", { class: "gl-math" }), text), notation === data.notation));
    const names = Object.keys(data.libraries).map((library) => this.row(data.libraries[library], term.names[library] ? html("span", {}, ...term.names[library].map((name) => html("code", {}, name))) : t("nameless")));
    const tables = [];
    if (symbols.length) tables.push(this.table(t("notation"), t("symbol"), symbols));
    if (Object.keys(term.names).length) tables.push(this.table(t("framework"), t("names"), names));
    const rows = term.rows ? html("p", { class: "gl-note" }, t("rows")) : null;
    return tables.length ? html("details", { class: "gl-more" }, html("summary", {}, t("more")), html("div", { class: "gl-tables" }, ...tables), rows) : null;
  }

  table(first, second, rows) {
    const head = html("tr", {}, html("th", { scope: "col" }, first), html("th", { scope: "col" }, second));
    return html("table", {}, html("thead", {}, head), html("tbody", {}, ...rows));
  }

  row(name, value, current = false) {
    return html("tr", { "data-current": current }, html("th", { scope: "row" }, name), html("td", {}, value));
  }

  named(id) {
    return this.data.terms.find((term) => term.id === id).name;
  }

  href(id) {
    return `?${new URLSearchParams({ term: id, lang: this.data.lang })}`;
  }

  /** A link of the app as one of this page, in the reader's language. */
  app(link) {
    const [page, query = ""] = link.slice(1).split("?");
    return `${page}?${new URLSearchParams([...new URLSearchParams(query), ["lang", this.data.lang]])}`;
  }

  follow(event, id) {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return; // another tab or window is wanted
    event.preventDefault();
    this.shown = id;
    if (!this.list.querySelector(`[data-term="${id}"]`)) {
      this.field.value = "";
      this.find();
    }
    this.show(id);
    this.address();
  }

  show(id) {
    this.mark();
    const entry = this.list.querySelector(`[data-term="${id}"]`);
    if (!entry) return;
    const more = entry.querySelector("details");
    if (more) more.open = true;
    entry.focus({ preventScroll: true });
    entry.scrollIntoView({ block: "start" });
  }

  mark() {
    for (const entry of this.list.querySelectorAll("[data-term]")) set(entry, { "aria-current": entry.dataset.term === this.shown ? "true" : null });
  }

  back() {
    const id = new URLSearchParams(location.search).get("term");
    this.shown = this.data.terms.some((term) => term.id === id) ? id : null;
    this.link.release();
    if (this.shown) {
      this.field.value = "";
      this.find();
      this.show(this.shown);
    } else this.mark();
    this.address();
  }

  /** Writes the address of what is shown, and notes it for a session that comes after a cut. */
  address() {
    const { link, lang, nonce } = this.data;
    const { term: _, ...others } = link.params;
    const params = { ...others, lang, ...(this.shown ? { term: this.shown } : {}) };
    this.link.schedule(params, link.names, link.choices);
    noteScreen({ page: "glossary", link }, params, nonce);
  }

  destroy() {
    this.link.cancel();
    removeEventListener("popstate", this.onPopState);
    this.element.remove();
  }
}

export default component("glossary", () => new Glossary());
