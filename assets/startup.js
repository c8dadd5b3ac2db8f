// What must hold before Streamlit's own script begins; gates/ui/web/page.py puts it at the top of the page.
(() => {
  // Where the server is: all our pages are one level deep. Without being told, the script on an inner page looks for the
  // server below that page, is refused, and waits a tenth of a second before it looks where it is. And no dialog over the
  // page where the connection to the server is cut, for stepping goes on; connection/connection.js says it beside the page.
  window.__streamlit = { BACKEND_BASE_URL: new URL(".", location.href).href, HOST_CONFIG: { blockErrorDialogs: true } };

  // A page's address is written by its stage alone (stage/shell/address/link.js). Before Streamlit switches to another page it
  // writes the one that is left once more, without its query: an entry of the history that nobody asked for.
  history.pushState = (state, title, url) => {
    if (new URL(url, location.href).pathname === location.pathname) return;
    History.prototype.pushState.call(history, state, title, url);
  };

  // Light or dark is chosen once for all pages. Streamlit keeps such a choice for each address by itself and offers it in
  // a menu that is not shown; left alone it follows the system. So here is what it takes for the system's.
  const STORE = "gatescope.theme";
  const original = window.matchMedia.bind(window);
  const system = original("(prefers-color-scheme: dark)");
  let chosen = kept();
  let printing = false;

  class Dark extends EventTarget {
    media = system.media;
    onchange = null;
    get matches() {
      return !printing && (chosen === null ? system.matches : chosen === "dark");
    }
    addListener(listener) {
      this.addEventListener("change", listener);
    }
    removeListener(listener) {
      this.removeEventListener("change", listener);
    }
  }
  const dark = new Dark();
  const changed = () => {
    const event = Object.assign(new Event("change"), { matches: dark.matches, media: dark.media });
    dark.onchange?.(event);
    dark.dispatchEvent(event);
  };
  // Paper is light, whatever the screen is, and narrower: Plotly's charts keep the width in px that they were drawn for.
  // A4 and Letter have so many CSS px within a browser's usual margins.
  const SHEET = 680;
  for (const type of ["beforeprint", "afterprint"])
    addEventListener(type, () => {
      const before = dark.matches;
      printing = type === "beforeprint";
      for (const chart of document.querySelectorAll(".js-plotly-plot"))
        chart.style.zoom = printing ? Math.min(1, SHEET / chart.offsetWidth) : "";
      if (dark.matches !== before) changed();
    });
  window.matchMedia = (query) => (/^\s*\(prefers-color-scheme:\s*dark\)\s*$/.test(query) ? dark : original(query));
  system.addEventListener("change", () => chosen === null && changed());
  addEventListener("storage", ({ key }) => {
    if (key !== STORE && key !== null) return;
    chosen = kept();
    changed();
  });

  /** Chooses "light" or "dark" for all pages; what the system has anyway is no choice, and follows it from then on. */
  window.gatescopeTheme = (name) => {
    chosen = (name === "dark") === system.matches ? null : name;
    try {
      if (chosen === null) localStorage.removeItem(STORE);
      else localStorage.setItem(STORE, chosen);
    } catch {
      // Storage is denied: the choice lasts as long as the page.
    }
    changed();
  };

  function kept() {
    try {
      const name = localStorage.getItem(STORE);
      return name === "light" || name === "dark" ? name : null;
    } catch {
      return null;
    }
  }
})();
