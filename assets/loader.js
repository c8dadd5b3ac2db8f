// Streamlit's component script for the stage: gets all modules in one file, in the order of their
// imports, and gives each an address of its own, so that the browser treats them as what they are.
// The styles come along and are shared by all stages of a page.
const address = location.origin + "{modules}"; // filled in by gates/scenes/modules.py

async function load() {
  const { styles, modules } = await (await fetch(address)).json();
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(styles);
  const addresses = [];
  for (const [name, pieces] of modules) {
    const source = pieces.map((piece) => (typeof piece === "number" ? addresses[piece] : piece));
    const script = new Blob([...source, `\n//# sourceURL=${location.origin}/stage/${name}`], { type: "text/javascript" });
    addresses.push(URL.createObjectURL(script));
  }
  return { sheet, module: await import(addresses[modules.findIndex(([name]) => name === "stage.js")]) };
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
