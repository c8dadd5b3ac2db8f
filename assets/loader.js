// Streamlit's component script for the stage: gets all modules in one file, in the order of their
// imports, and gives each an address of its own, so that the browser treats them as what they are.
const address = location.origin + "{modules}"; // filled in by gates/ui/assets.py

async function load() {
  const addresses = new Map();
  for (const [name, source] of await (await fetch(address)).json()) {
    const linked = source.replace(/(from\s*|import\(\s*)"\.\/([\w-]+\.js)"/g, (_, before, other) => `${before}"${addresses.get(other)}"`);
    const script = new Blob([linked, `\n//# sourceURL=${location.origin}/stage/${name}`], { type: "text/javascript" });
    addresses.set(name, URL.createObjectURL(script));
  }
  return import(addresses.get("stage.js"));
}

const versions = (globalThis.gatescopeStages ??= new Map()); // one stage module for all components of a page
if (!versions.has(address)) versions.set(address, load());
const stage = versions.get(address);

export default function (component) {
  let cleanup;
  let gone = false;
  stage.then((module) => {
    if (!gone) cleanup = module.default(component);
  });
  return () => {
    gone = true;
    cleanup?.();
  };
}
