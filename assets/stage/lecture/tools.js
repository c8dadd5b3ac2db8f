// A spotlight that follows the pointer, and a pen that draws over the picture until the next state.
import { html, set } from "../core/dom.js";

const WIDTH = 5; // CSS px of the pen's line

export class Tools {
  constructor() {
    this.canvas = html("canvas", { class: "gs-pen", "aria-hidden": "true", hidden: true });
    this.light = html("div", { class: "gs-spot", "aria-hidden": "true", hidden: true });
    this.element = html("div", { class: "gs-pens" }, this.canvas, this.light);
    this.canvas.onpointerdown = (event) => this.down(event);
    this.canvas.onpointermove = (event) => this.draw(event);
    for (const end of ["onpointerup", "onpointercancel"]) this.canvas[end] = () => (this.last = null);
    this.follow = ({ clientX, clientY }) => {
      this.light.style.setProperty("--gs-x", `${clientX}px`);
      this.light.style.setProperty("--gs-y", `${clientY}px`);
    };
    addEventListener("pointermove", this.follow);
    this.fit = () => this.canvas.hidden || this.clear();
    addEventListener("resize", this.fit);
    this.drawn = false;
  }

  /** @param {"pen"|"spot"|"clear"} what the first two turn on and off; all off and gone */
  take(what) {
    if (what === "spot") this.light.hidden = !this.light.hidden;
    if (what === "pen") this.pen(!this.on);
    if (what === "clear") {
      this.light.hidden = true;
      this.pen(false);
      this.canvas.hidden = true;
    }
  }

  /** What was drawn stays when the pen is put down, and lets clicks through. */
  pen(on) {
    this.on = on;
    if (on && this.canvas.hidden) {
      this.canvas.hidden = false;
      this.clear();
    }
    set(this.canvas, { "data-on": String(on) });
  }

  clear() {
    const scale = devicePixelRatio || 1;
    Object.assign(this.canvas, { width: Math.round(innerWidth * scale), height: Math.round(innerHeight * scale) });
    this.paper = this.canvas.getContext("2d");
    this.paper.scale(scale, scale);
    Object.assign(this.paper, { lineWidth: WIDTH, lineCap: "round", lineJoin: "round", strokeStyle: getComputedStyle(this.canvas).color });
  }

  down(event) {
    this.canvas.setPointerCapture(event.pointerId);
    this.last = [event.clientX, event.clientY];
    this.draw(event);
  }

  draw({ clientX, clientY }) {
    if (!this.last) return;
    this.paper.beginPath();
    this.paper.moveTo(...this.last);
    this.paper.lineTo(clientX, clientY);
    this.paper.stroke();
    this.last = [clientX, clientY];
  }

  destroy() {
    removeEventListener("pointermove", this.follow);
    removeEventListener("resize", this.fit);
  }
}
