// Streamlit's component script for the stage: gets its modules in a few files, in the order of their imports, and runs
// those of a file as one script, for each script costs the browser more than what stands in it. What the stage imports
// later is fetched then. The styles come along and are shared by all stages of a page.
const path = "{modules}"; // filled in by gates/scenes/modules.py
const folder = location.origin + path.slice(0, path.lastIndexOf("/") + 1);

class Version {
  constructor(base) {
    this.modules = []; // what they export, by their place among all
    this.styles = []; // of the folders that have come, by theirs
    this.sheet = new CSSStyleSheet();
    this.files = new Map();
    this.chunks = {};
    this.stage = this.bring(base).then(({ start }) => this.modules[start]);
  }

  bring(file) {
    if (!this.files.has(file)) {
      const asked = this.request(file);
      asked.catch((error) => this.missed(file, error));
      this.files.set(file, asked.then((found) => this.run(file, found)));
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

  async run(file, found) {
    for (const [place, text] of found.styles) this.styles[place] = text;
    if (found.styles.length) this.sheet.replaceSync(this.styles.filter(Boolean).join("\n"));
    for (const [lang, texts] of Object.entries(found.words ?? {})) words[lang] = { ...words[lang], ...texts };
    Object.assign(this.chunks, found.late);
    const each = found.modules.map(([place, name, text]) => `// ${name}\n$m[${place}] = ${text};\n`);
    const named = `//# sourceURL=${location.origin}/stage/${file}`;
    const script = new Blob(["export default (async ($m, $late) => {\n", ...each, `});\n${named}`], { type: "text/javascript" });
    const address = URL.createObjectURL(script);
    const { default: fill } = await import(address);
    URL.revokeObjectURL(address);
    await fill(this.modules, (place) => this.late(place));
    return found;
  }

  /** What stands in the modules where they import another one later. */
  async late(place) {
    if (place in this.chunks) await this.bring(this.chunks[place]);
    return this.modules[place];
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
