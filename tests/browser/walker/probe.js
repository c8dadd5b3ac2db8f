// The walker's eyes in a page: what can be done, what is shown, and whether anything is still on its way.
(() => {
  if (window.__walk) return;
  const RESTLESS = [20, 700]; // ms: waits of the app's own that end in a change of the screen or the address
  const UNSEEN = 800; // ms after which a run's answer counts as drawn though nobody saw the run
  const walk = (window.__walk = { answered: true, drawn: true, at: 0, unseen: 0, sent: 0, fetches: 0, timers: new Map(), faults: [] });

  // --- What is on its way -------------------------------------------------------------------------------
  let asked = 0; // when a run was asked for that has not begun; the end of the one before is not its end
  const BEGINS = 12_000; // ms after which it is taken to have been part of the one before
  const NativeSocket = window.WebSocket;
  window.WebSocket = class extends NativeSocket {
    constructor(...given) {
      super(...given);
      this.addEventListener("message", ({ data }) => data instanceof ArrayBuffer && hear(new Uint8Array(data)));
    }
    send(data) {
      if (data instanceof Uint8Array && topField(data).field === 11) {
        walk.answered = walk.drawn = false; // BackMsg.rerun_script
        walk.sent++;
        asked = performance.now();
      }
      super.send(data);
    }
  };

  function topField(bytes) {
    let place = 0;
    const varint = () => {
      let value = 0, shift = 1, byte;
      do {
        byte = bytes[place++];
        value += (byte & 127) * shift;
        shift *= 128;
      } while (byte & 128);
      return value;
    };
    let last = { field: 0 };
    while (place < bytes.length) {
      const tag = varint(), field = tag >>> 3, kind = tag & 7;
      if (kind === 0) last = { field, value: varint() };
      else if (kind === 2) {
        const length = varint();
        place += length;
        if (field > 2) last = { field };
      } else return last;
      if (field === 6 || field === 4 || field === 11) return last;
    }
    return last;
  }

  function hear(bytes) {
    const { field, value } = topField(bytes);
    if (field === 6 && value !== 2) {
      // ForwardMsg.script_finished, not "early, for a rerun"
      if (asked) later(finish, Math.max(0, asked + BEGINS - performance.now()), asked);
      else finish(0);
    }
    if (field === 4) {
      walk.answered = walk.drawn = false; // new_session: a run has begun
      asked = 0;
    }
  }

  function finish(waited) {
    if (waited !== asked) return;
    asked = 0;
    walk.answered = true;
    walk.at = performance.now();
  }

  // What has arrived is drawn when the page itself says that the run is over, after it said that there is one.
  let seen = false;
  function follow() {
    const state = document.querySelector("[data-testid=stApp]")?.dataset.testScriptState;
    if (state && state !== "notRunning") seen = true;
    else if (state && seen && walk.answered) {
      seen = false;
      walk.drawn = true;
    }
  }

  const later = window.setTimeout.bind(window), never = window.clearTimeout.bind(window);
  window.setTimeout = (task, wait = 0, ...given) => {
    const counts = wait >= RESTLESS[0] && wait <= RESTLESS[1] && typeof task === "function";
    if (!counts) return later(task, wait, ...given);
    const id = later(() => {
      walk.timers.delete(id);
      task(...given);
    }, wait / (window.__hurry ?? 1));
    walk.timers.set(id, wait);
    return id;
  };
  window.clearTimeout = (id) => {
    walk.timers.delete(id);
    never(id);
  };
  const fetchAs = window.fetch.bind(window);
  window.fetch = async (...given) => {
    walk.fetches++;
    try {
      return await fetchAs(...given);
    } finally {
      walk.fetches--;
    }
  };

  // --- What went wrong, even for a moment ---------------------------------------------------------------
  new MutationObserver(() => {
    follow();
    for (const found of document.querySelectorAll("[data-testid=stException]"))
      note(`exception: ${found.textContent.slice(0, 300)}`);
    for (const found of document.querySelectorAll("[data-testid=stHtml] a[target=_self]"))
      note(`a failure is said: ${document.querySelector("[data-testid=stAlertContentError]")?.textContent}`);
  }).observe(document, { childList: true, subtree: true, attributeFilter: ["data-test-script-state"] });
  const note = (text) => walk.faults.includes(text) || walk.faults.push(text);

  // --- Finding things -----------------------------------------------------------------------------------
  const keyOf = (element) => [...element.classList].find((name) => name.startsWith("st-key-"))?.slice(7);
  const keyed = (key) => document.getElementsByClassName(`st-key-${key}`)[0];
  const hosts = () =>
    [...document.querySelectorAll("[data-testid=stBidiComponentIsolated]")]
      .map((host) => ({ host, key: keyOf(host.closest("[class*='st-key-']") ?? host) }))
      .map(({ host, key }) => ({ key, root: shadow(host) }))
      .filter(({ root }) => root);
  const shadow = (host) => {
    for (const one of [host, ...host.querySelectorAll("*")]) if (one.shadowRoot) return one.shadowRoot;
    return null;
  };
  const stages = () =>
    hosts().flatMap(({ key, root }) =>
      [...root.querySelectorAll("[data-testid=stage]")].map((stage) => ({ key, stage })),
    );
  const visible = (element) =>
    element.checkVisibility?.({ checkVisibilityCSS: true, checkOpacity: true }) !== false &&
    element.getBoundingClientRect().width > 0 && !element.disabled && element.getAttribute("aria-disabled") !== "true";

  const PARTS = {
    transport: ".gs-transport button, .gs-button",
    course: ".gc-lesson, .gc-text button, .gc-option input",
    phase: ".gs-phase",
    segment: ".gs-segment-item",
    part: "[role=button].gs-part",
    inspector: ".gs-ins-pick, .gs-ins-factor, .gs-ins-name, .gs-ins-back",
    reset: ".gs-slider-reset",
    lab: ".gs-lab-tab, .gs-lab-button",
    range: "input[type=range]",
    number: "input[type=number]",
    check: "input[type=checkbox]",
    select: "select",
    summary: "summary",
  };

  const POPOVER = "[data-testid=stPopoverBody]"; // what stands in one is there only as long as that is open
  const stateless = /-(file|storage|stage(-\d+)?|main|companion)$/;

  /** Everything that a person could do here, each as an object that `locate` finds again. */
  walk.inventory = () => {
    const found = [];
    document.querySelectorAll("[data-testid=stTopNavLink]").forEach((link, index) => {
      if (visible(link)) found.push({ kind: "nav", index });
    });
    document.querySelectorAll("[data-testid=stPageLink-NavLink]").forEach((link, index) => {
      if (visible(link)) found.push({ kind: "pagelink", index });
    });
    document.querySelectorAll("[data-testid=stPopoverButton]").forEach((button, index) => {
      if (!visible(button)) return;
      found.push(button.closest(".st-key-notations") ? { kind: "notation", index } : { kind: "popover", index });
    });
    document.querySelectorAll("[data-testid=stExpander] summary").forEach((summary, index) => {
      if (visible(summary)) found.push({ kind: "expander", index });
    });
    for (const holder of document.querySelectorAll("[class*='st-key-']")) {
      const key = keyOf(holder);
      if (!key || !visible(holder) || stateless.test(key) || holder.closest(POPOVER)) continue;
      const kind = kindOf(holder);
      if (kind === "radio" || kind === "tab") {
        const count = holder.querySelectorAll(kind === "radio" ? "[role=radio]" : "[role=tab]").length;
        for (let index = 0; index < count; index++) found.push({ kind, key, index });
      } else if (kind) {
        const input = holder.querySelector("input");
        if (kind !== "button" && input?.disabled) continue;
        if (kind === "button" && !visible(holder.querySelector("button"))) continue;
        const bounds = kind === "number" ? { low: input.min, high: input.max, step: input.step } : {};
        found.push({ kind, key, ...bounds });
      }
    }
    for (const { key, root } of hosts())
      for (const [part, selector] of Object.entries(PARTS))
        root.querySelectorAll(selector).forEach((element, index) => {
          if (visible(element)) found.push({ kind: "stage", host: key, part, index, name: nameOf(element) });
        });
    return found;
  };

  const nameOf = (element) => (element.getAttribute("aria-label") ?? element.textContent ?? "").slice(0, 40);

  function kindOf(holder) {
    if (holder.dataset.testid?.endsWith("Block")) return null; // of several controls
    if (holder.querySelector("[data-testid=stFileUploader], [data-testid=stDownloadButton]")) return null;
    if (holder.dataset.testid === "stTabs") return "tab";
    if (holder.querySelector("[data-testid=stSelectbox]")) return "option";
    if (holder.querySelector("[role=radiogroup]")) return "radio";
    if (holder.querySelector("[data-testid=stMultiSelect]")) return "multi";
    if (holder.querySelector("[data-testid=stNumberInput]")) return "number";
    if (holder.querySelector("[data-testid=stSlider]")) return "slider";
    if (holder.querySelector("[data-testid=stCheckbox]")) return "toggle";
    if (holder.querySelector("[data-testid=stTextArea]")) return "area";
    if (holder.querySelector("[data-testid=stTextInput]")) return "text";
    if (holder.querySelector("[data-testid=stButton]")) return "button";
    return null;
  }

  const SELECTORS = {
    option: "input", multi: "input", number: "input", slider: "input", text: "input", area: "textarea",
    toggle: "label", button: "button",
  };

  function element(action) {
    const all = (selector) => document.querySelectorAll(selector)[action.index];
    switch (action.kind) {
      case "nav": return all("[data-testid=stTopNavLink]");
      case "pagelink": return all("[data-testid=stPageLink-NavLink]");
      case "popover":
      case "notation": return all("[data-testid=stPopoverButton]");
      case "expander": return all("[data-testid=stExpander] summary");
      case "radio": return keyed(action.key)?.querySelectorAll("[role=radio]")[action.index];
      case "tab": return keyed(action.key)?.querySelectorAll("[role=tab]")[action.index];
      case "choice": return document.querySelectorAll("[role=option]")[action.index];
      case "stage": {
        const root = hosts().find(({ key }) => key === action.host)?.root;
        return root?.querySelectorAll(PARTS[action.part])[action.index];
      }
      default: return keyed(action.key)?.querySelector(SELECTORS[action.kind]);
    }
  }

  /** The middle of what an action touches, scrolled into sight; null if it is not there, or something covers it. */
  walk.locate = (action) => {
    const found = element(action);
    if (!found || !visible(found)) return null;
    const box = () => found.getBoundingClientRect();
    const inside = () => box().top >= 70 && box().bottom <= innerHeight - 5;
    if (!inside()) found.scrollIntoView({ block: "center", inline: "nearest", behavior: "instant" });
    const { left, top, width, height } = box();
    const x = left + width / 2, y = top + height / 2;
    let hit = document.elementFromPoint(x, y);
    while (hit?.shadowRoot) {
      const inner = hit.shadowRoot.elementFromPoint(x, y);
      if (!inner || inner === hit) break;
      hit = inner;
    }
    const touches = (one) => {
      for (let at = one; at; at = at.parentNode ?? at.host) if (at === found) return true;
      return false;
    };
    return { x, y, hit: touches(hit), covered: hit && `${hit.tagName}.${hit.className.baseVal ?? hit.className}` };
  };
  walk.focus = (action) => {
    const found = element(action);
    found?.focus({ preventScroll: true });
    return Boolean(found);
  };
  walk.focusStage = () => {
    const found = stages()[0]?.stage ?? hosts()[0]?.root.querySelector("[tabindex]");
    found?.focus({ preventScroll: true });
    return Boolean(found);
  };
  walk.set = (action, share) => {
    const found = element(action);
    if (!found) return null;
    if (found.tagName === "SELECT") {
      const options = [...found.options].filter((option) => !option.disabled);
      found.value = options[Math.min(options.length - 1, Math.floor(share * options.length))].value;
      found.dispatchEvent(new Event("input", { bubbles: true }));
    } else {
      const [low, high] = [+(found.min || 0), +(found.max || 100)];
      const step = +found.step || (high - low) / 20;
      found.value = String(low + Math.round((share * (high - low)) / step) * step);
      found.dispatchEvent(new Event("input", { bubbles: true }));
    }
    found.dispatchEvent(new Event("change", { bubbles: true }));
    return found.value;
  };
  /** The words of an open list, as soon as it is open; none if it does not open. */
  walk.options = async (patience) => {
    const end = performance.now() + patience, open = () => document.querySelectorAll("[role=option]");
    while (!open().length && performance.now() < end) await new Promise(requestAnimationFrame);
    return [...open()].map((option) => option.textContent);
  };

  // --- What is shown ------------------------------------------------------------------------------------
  walk.snapshot = () => {
    const widgets = {}, buttons = [], folding = [];
    for (const holder of document.querySelectorAll("[class*='st-key-']")) {
      if (holder.closest(POPOVER)) continue;
      const there = visible(holder) || holder.closest("details:not([open])");
      const key = keyOf(holder), kind = key && there ? kindOf(holder) : null;
      if (key && holder.closest("[data-testid=stExpander], [role=tabpanel]")) folding.push(key);
      if (kind === "button") buttons.push(key);
      else if (kind) widgets[key] = valueOf(holder, kind);
    }
    return {
      path: location.pathname,
      query: Object.fromEntries(new URLSearchParams(location.search)),
      title: document.querySelector("h1")?.textContent ?? "",
      widgets,
      buttons,
      folding, // what stands in a part that can be closed
      filled: stages().some(({ stage }) => stage.matches(":fullscreen, .gs-cover")),
      stages: stages().map(({ key, stage }) => ({ key, ...stage.dataset, values: valuesOf(stage) })),
      sliders: hosts().flatMap(({ key, root }) =>
        [...root.querySelectorAll(".gs-slider input[type=range], .gs-sliders input[type=range]")].map((one) => [key, one.value]),
      ),
      alerts: [...document.querySelectorAll("[data-testid^=stAlertContent]")].map((one) => [
        one.dataset.testid.slice(14), one.textContent,
      ]),
      faults: walk.faults,
      length: history.length,
    };
  };

  function valueOf(holder, kind) {
    const input = holder.querySelector("input, textarea");
    switch (kind) {
      case "radio": return [...holder.querySelectorAll("[role=radio]")].findIndex((one) => one.ariaChecked === "true");
      case "tab": return [...holder.querySelectorAll("[role=tab]")].findIndex((one) => one.ariaSelected === "true");
      case "toggle": return input.checked;
      case "multi": return [...holder.querySelectorAll("[data-tag]")].map((one) => one.getAttribute("aria-label"));
      default: return input.value.replace(/ ✓$/, ""); // a challenge that was solved on the way
    }
  }

  const valuesOf = (stage) =>
    Object.fromEntries(
      [...stage.querySelectorAll("table[data-testid=step-values] tr[data-signal]")].map((row) => [
        row.dataset.signal,
        [...row.querySelectorAll("td[data-unit]")].map((cell) => cell.dataset.value),
      ]),
    );

  // --- Waiting ------------------------------------------------------------------------------------------
  /** Why the page is not at rest, or null. */
  walk.restless = () => {
    const app = document.querySelector("[data-testid=stApp]");
    if (!app) return "no app yet";
    if (!walk.answered) return "a run is under way";
    if (app.dataset.testScriptState !== "notRunning") return `the script is ${app.dataset.testScriptState}`;
    if (!walk.drawn) {
      if (performance.now() - walk.at < UNSEEN) return "an answer is not drawn yet";
      walk.drawn = true;
      walk.unseen++;
    }
    if (document.querySelector("[data-testid=stSkeleton]")) return "a widget's code is being loaded";
    if (walk.fetches) return "a request is under way";
    if (walk.timers.size) return `a wait of ${[...walk.timers.values()]} ms`;
    const all = stages();
    const staged = !window.__stageless.includes(location.pathname.slice(1));
    const there = staged ? all.length : hosts().some(({ root }) => root.childElementCount);
    if (!there && !walk.faults.length) return staged ? "no stage" : "nothing on the page";
    if (all.some(({ stage }) => !("ready" in stage.dataset)) && !walk.faults.length) return "a stage is not ready";
    if (all.some(({ stage }) => "awaits" in stage.dataset || "fetches" in stage.dataset)) return "a part of a stage is being loaded";
    return null;
  };

  /** Resolves as soon as the page has asked the server more than `before` times, or after some ms. */
  walk.asks = (before, patience) =>
    new Promise((resolve) => {
      const end = performance.now() + patience;
      const look = () => (walk.sent > before || performance.now() > end ? resolve() : requestAnimationFrame(look));
      look();
    });

  /** Resolves to the snapshot of a page that stays at rest for a few frames; or to the reason why it never did. */
  walk.rest = (patience, frames = 3) =>
    new Promise((resolve) => {
      const end = performance.now() + patience;
      let calm = 0;
      const look = () => {
        const reason = walk.restless();
        calm = reason ? 0 : calm + 1;
        if (calm >= frames) resolve({ snapshot: walk.snapshot() });
        else if (performance.now() > end) resolve({ reason, snapshot: walk.snapshot() });
        else requestAnimationFrame(look);
      };
      look();
    });
})();
