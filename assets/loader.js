// Streamlit's component script for the stage: gets all modules in one file, in the order of their
// imports, and gives each an address of its own, so that the browser treats them as what they are.
// The styles come along and are shared by all stages of a page.
const address = location.origin + "{modules}"; // filled in by gates/ui/assets.py

async function load() {
  const { styles, modules } = await (await fetch(address)).json();
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(styles);
  const addresses = new Map();
  for (const [name, source] of modules) {
    const linked = source.replace(/(from\s*|import\(\s*)"\.\/([\w-]+\.js)"/g, (_, before, other) => `${before}"${addresses.get(other)}"`);
    const script = new Blob([linked, `\n//# sourceURL=${location.origin}/stage/${name}`], { type: "text/javascript" });
    addresses.set(name, URL.createObjectURL(script));
  }
  return { sheet, module: await import(addresses.get("stage.js")) };
}

function dress(root, sheet) {
  if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
}

const versions = (globalThis.gatescopeStages ??= new Map()); // one stage module for all components of a page
if (!versions.has(address)) versions.set(address, load());
const stage = versions.get(address);

export default function (component) {
  let cleanup;
  let gone = false;
  stage.then(({ sheet, module }) => {
    if (gone) return;
    dress(component.parentElement.getRootNode(), sheet);
    cleanup = module.default(component);
  });
  return () => {
    gone = true;
    cleanup?.();
  };
}
