// Streamlit's component script for the stage: gets its modules in a few files, in the order of their imports, and gives
// each an address of its own, so that the browser treats them as what they are. What the stage imports later is fetched
// then. The styles come along and are shared by all stages of a page.
const path = "{modules}"; // filled in by gates/scenes/modules.py
const folder = location.origin + path.slice(0, path.lastIndexOf("/") + 1);

class Version {
  constructor(base) {
    this.addresses = []; // of the modules, by their place among all
    this.styles = []; // of the folders that have come, by theirs
    this.sheet = new CSSStyleSheet();
    this.files = new Map();
    this.stage = this.link(base).then(({ late, start }) => {
      this.chunks = late;
      return import(this.addresses[start]);
    });
  }

  fetch(file) {
    if (!this.files.has(file)) {
      const pending = this.request(file);
      pending.catch((error) => this.missed(file, error));
      this.files.set(file, pending);
    }
    return this.files.get(file);
  }

  async request(file) {
    const answer = await fetch(folder + file);
    if (!answer.ok) throw new Error(`${file}: ${answer.status}`, { cause: answer.status });
    return answer.json();
  }

  /** A part cannot be fetched, as where a newer version has taken the server's place: the connection says so. */
  missed(file, { cause = null }) {
    this.files.delete(file); // to be tried again
    globalThis.gatescopeMissed = { answered: cause !== null }; // for a connection that begins later
    dispatchEvent(new CustomEvent("gatescope-missed", { detail: globalThis.gatescopeMissed }));
  }

  async link(file) {
    const found = await this.fetch(file);
    const styles = found.styles.filter(([place]) => !(place in this.styles));
    for (const [place, text] of styles) this.styles[place] = text;
    if (styles.length) this.sheet.replaceSync(this.styles.filter(Boolean).join("\n"));
    for (const [lang, texts] of Object.entries(found.words ?? {})) words[lang] = { ...words[lang], ...texts };
    for (const [place, name, pieces] of found.modules) this.addresses[place] ??= this.address(name, pieces);
    return found;
  }

  address(name, pieces) {
    const text = (piece) => {
      if (typeof piece === "number") return this.addresses[piece];
      return typeof piece === "string" ? piece : `globalThis.gatescopeStages.get("${path}").late(${piece})`;
    };
    const script = new Blob([...pieces.map(text), `\n//# sourceURL=${location.origin}/stage/${name}`], { type: "text/javascript" });
    return URL.createObjectURL(script);
  }

  /** What stands in the modules where they import another one later. */
  async late(place) {
    if (place in this.chunks) await this.link(this.chunks[place]);
    return import(this.addresses[place]);
  }
}

function applySheet(root, sheet) {
  if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
}

const words = (globalThis.gatescopeWords ??= {}); // by language, those that come with a part (stage/shell/host.js)
const versions = (globalThis.gatescopeStages ??= new Map()); // one stage module for all components of a page
if (!versions.has(path)) versions.set(path, new Version(path.slice(path.lastIndexOf("/") + 1)));
const { stage, sheet } = versions.get(path);

export default function (component) {
  let cleanup;
  let gone = false;
  stage.then((module) => {
    if (gone) return;
    applySheet(component.parentElement.getRootNode(), sheet);
    cleanup = module.default(component);
  });
  return () => {
    gone = true;
    cleanup?.();
  };
}
