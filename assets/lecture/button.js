// The button of the lecture's list and windows.
import { html } from "../stage/core/dom.js";

export const button = (text, onclick, attributes = {}) => html("button", { type: "button", class: "gl-button", onclick, ...attributes }, text);
