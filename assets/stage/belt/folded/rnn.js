// The plain RNN's chosen unit on a phone.

import { svg } from "../../core/dom.js";
import { Curve, fromH, fromX, symbols } from "../lanes/rnn.js";
import { Token, tokenRoom } from "../parts/look.js";
import { closedBox } from "../parts/mixer.js";
import { addParcel, Chip, Operation } from "../parts/parts.js";
import { BOX, H, HALF, TRACK, createScene, caption } from "./base.js";

export function rnnFolded(host, trace, width) {
  const scene = createScene(host, trace, width);
  const names = symbols(host);
  const carry = scene.last;
  const before = 20 + HALF;
  const total = width - 6 - HALF;
  const sum = total - HALF - 24;
  const product = sum - 22 - HALF;
  const left = before + HALF + 16;
  const edge = product - HALF - 14;
  const middle = (left + edge) / 2;
  const [y, low, read] = [128, 190, 280];
  const token = tokenRoom(trace);
  const pitch = Math.max(3, Math.min(16, 80 / trace.inputs));
  const start = left;
  scene.text(start + 8, 36, host.symbol("x"), "gs-sign gs-start", "start");
  scene.add(new Token(scene, { x: start + 24 + token / 2, y: 31, width: token }));
  const chips = start + 24 + token + 8;
  for (let column = 0; column < trace.inputs; column++)
    scene.add(
      new Chip(scene, {
        signal: "x",
        unit: column,
        x: chips + (column + 0.5) * pitch,
        y: 31,
        width: pitch - (pitch > 5 ? 2 : 0.5),
        height: 20,
        from: 0,
      }),
    );
  const stripEnd = chips + trace.inputs * pitch + 8;
  scene.ground.append(
    scene.stage(svg("rect", { class: "gs-look-box", x: start, y: 16, width: stripEnd - start, height: 30, rx: 7 }), 0),
  );
  scene.wire(`M${middle} 46V${y - 24}`, 0);
  closedBox(scene, {
    x: middle,
    width: edge - left,
    top: y - 24,
    bottom: low + 22,
    from: 0,
    name: "U, W",
    note: "+ b",
  });
  caption(scene, before, y - 26, "", host.symbol("previous_hidden"), 0);
  caption(scene, product, y - 26, "", names.recurrent, 0);
  caption(scene, product, low + 30, "", names.input, 0);
  caption(scene, total, y - 26, host.t("belt.total"), "a", 0);
  const old = addParcel(scene, BOX, "previous_hidden", before, y, 0);
  scene.wire(`M${before + HALF} ${y}H${left}`, 0);
  scene.wire(`M${edge} ${y}H${product - HALF}`, 0);
  scene.wire(`M${edge} ${low}H${product - HALF}`, 0);
  addParcel(scene, BOX, "from_h", product, y, 0, { target: "hidden", read: fromH });
  addParcel(scene, BOX, "from_x", product, low, 0, { target: "hidden", read: fromX });
  scene.wire(`M${product + HALF} ${y}H${sum - 11}`, 0);
  scene.wire(`M${product + HALF} ${low}H${sum - 8}q8 0 8 -8V${y + 11}`, 0);
  scene.add(new Operation(scene, { x: sum, y, sign: "+", signal: "hidden", unit: null, from: 0 }));
  scene.wire(`M${sum + 11} ${y}H${total - HALF}`, 0);
  addParcel(scene, BOX, "pre.hidden", total, y, 0, { target: "hidden", animation: { act: 0, path: [[sum - total, 0]] } });
  const plot = total - 28;
  scene.wire(`M${total} ${y + H / 2}V${read - 42}`, 1);
  scene.add(
    new Curve(scene, {
      signal: "squash",
      target: "hidden",
      read: (run, t, unit) => run.at("hidden", t, unit),
      unit: null,
      x: plot,
      y: read,
      width: 112,
      height: 84,
      from: 1,
    }),
  );
  scene.wire(`M${plot - 56} ${read}H${before + 60 + HALF}`, 1);
  const hidden = before + 60;
  addParcel(scene, BOX, "hidden", hidden, read, 1, { now: [1, carry], animation: { act: 1, during: [0.6, 1], path: [[plot - hidden, 0]] } });
  caption(scene, hidden, read + 32, host.t("belt.memory.short"), host.symbol("hidden"), 1, [1, carry]);
  scene.wire(`M${hidden - HALF} ${read}H${TRACK}`, 1, { now: [1, carry], arrow: false });
  scene.wire(`M${TRACK} ${read}v26`, 1);
  scene.wires.append(scene.stage(svg("circle", { class: "gs-dot", cx: TRACK, cy: read, r: 2.6 }), 1));
  scene.stage(scene.text(TRACK, read + 41, host.t("belt.y"), "gs-sign"), 1);
  scene.wire(`M${TRACK} ${read}V${y + 8}q0 -8 8 -8H${before - HALF}`, 0, {
    now: [carry],
    className: "gs-return",
  });
  old.animation = {
    act: "carry",
    path: [
      [hidden - before, read - y],
      [TRACK - before, read - y],
      [TRACK - before, 0],
    ],
  };
  scene.size.height = read + 54;
  return scene;
}
