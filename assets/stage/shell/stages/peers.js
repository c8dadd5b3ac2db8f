// Stages that keep step: two runs compared at the same moment (header.follow), moved by a bar or by a stage that leads.
import { visitOf } from "../../widgets/visit.js";

const mounted = new Set(); // all stages of the document

export const register = (stage) => void mounted.add(stage);
export const unregister = (stage) => void mounted.delete(stage);

export const stages = () => [...mounted];

/** The stages beside this one that walk with it. */
export function peersOf(stage) {
  const { page } = stage.header;
  const walks = ({ header }) => header.follow || header.bar || header.leads; // a bar that has opened a link of its own is none any more
  if (!walks(stage)) return [];
  return [...mounted].filter((other) => other !== stage && other.trace?.header.page === page && walks(other));
}

/** The bar that moves a stage of this header; undefined where none has come. */
export const barOf = ({ page, follow }) => (follow ? [...mounted].find(({ trace }) => trace?.header.bar && trace.header.page === page) : undefined);

/** Stages in the order in which they stand on a page: side by side, or below one another. */
export function byPosition(some) {
  const places = new Map(some.map((stage) => [stage, stage.element.getBoundingClientRect()]));
  const [at, other] = [(stage) => places.get(stage).left, (stage) => places.get(stage).top];
  return [...some].sort((one, two) => at(one) - at(two) || other(one) - other(two));
}

/**
 * Brings those that walk together to one place after one of them was given a run or a place. A stage follows only one
 * of the same visit of the page: another still stands where the visit before ended, or is about to be removed.
 */
export function syncPeers(stage) {
  const peers = peersOf(stage);
  if (!stage.header.follow) {
    for (const peer of peers) syncTo(peer, stage, 0);
    return;
  }
  const here = peers.filter(({ element, position }) => element.isConnected && visitOf(position.nonce) === visitOf(stage.position.nonce));
  const leader = here.find(({ header }) => !header.follow) ?? here[0];
  if (leader) syncTo(stage, leader, 0);
}

/** The step of a stage at which another one stands; of two that read one sequence from either end, the step that reads the same. */
export const matchingStep = (stage, { header, player: { step } }) => (Boolean(stage.header.mirrored) === Boolean(header.mirrored) ? step : stage.header.steps - 1 - step);

/** Takes a stage to where another one stands. */
export function syncTo(stage, leader, motion) {
  const { phase, unit } = leader.player;
  stage.player.pause();
  stage.transport.state();
  if (!stage.player.moveTo({ step: matchingStep(stage, leader), phase, unit })) return;
  stage.concealment.hold();
  stage.changed();
  stage.paintSoon(motion);
}
