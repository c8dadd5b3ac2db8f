// A state as it stands still: its pictures and the numbers of its step, for paper and for the presenter's eyes. What is held
// back of it is not in them.
import { html, set } from "../../stage/core/dom.js";

const MOST_UNITS = 6; // of which the numbers have room; of more that one is listed at which the stage stands

/** The picture of a stage as it stands, with the stage's colours and apart from it. */
export function pictureOf(stage) {
  stage.paint(0);
  const { theme } = stage;
  const container = html("div", { class: "gs-stage gl-still", "data-ready": true, "data-theme": theme });
  container.style.cssText = stage.element.style.cssText;
  const area = (one) => one.clientWidth * one.clientHeight;
  const drawing = [...stage.picture.querySelectorAll("svg")].reduce((largest, one) => (area(one) > area(largest) ? one : largest));
  let copy = drawing.cloneNode(true);
  for (let around = drawing.parentElement; around !== stage.picture; around = around.parentElement) {
    const shell = around.cloneNode(false); // styles go by what is around it
    shell.append(copy);
    copy = shell;
  }
  container.append(copy);
  for (const one of container.querySelectorAll("[tabindex], [role=button]")) set(one, { tabindex: null, role: null });
  return container;
}

/** The numbers of a stage's step, a row a unit, beside other stages of one unit; what is not to be seen yet stands open, to be filled in by hand. */
export function numbersOf({ table, trace, player, header }) {
  const few = trace.units <= MOST_UNITS && !header.follow;
  const rows = [...table.element.querySelectorAll("tbody:last-child tr[data-signal]")];
  const units = few ? [...Array(trace.units).keys()] : [Math.min(player.unit, trace.units - 1)];
  const [corner, ...heads] = table.element.querySelector("tbody:last-child > tr").children;
  const symbol = (row) => html("th", { scope: "col" }, ...row.querySelector(".gs-symbol").cloneNode(true).childNodes);
  const value = (row, unit) => {
    const cell = row.querySelector(`[data-unit="${unit}"]`);
    return html("td", {}, cell?.dataset.value === undefined ? "" : cell.textContent);
  };
  const lines = units.map((unit) => html("tr", {}, html("th", { scope: "row" }, heads[unit].textContent), ...rows.map((row) => value(row, unit))));
  return html("table", { class: "gl-numbers", "data-beside": header.follow ?? null }, html("tr", {}, html("th", { scope: "col" }, corner.textContent), ...rows.map(symbol)), ...lines);
}
