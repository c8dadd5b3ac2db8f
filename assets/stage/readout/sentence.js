// Which sentence a read-out says at a step of what is right there. No DOM here.

/**
 * @param {{asks: "class"|"number"|"next", targets: array}} info of a run's header: a target a step, null where none is known
 * @param {*} target of the step
 * @returns {string} the key of the sentence; of a sequence without any target it is not known what would be right, or where
 */
export function sentenceOf({ asks, targets }, target) {
  const [hasTarget, known] = [target !== null, targets.some((each) => each !== null)];
  if (asks === "number") return hasTarget ? "readout.number" : known ? "readout.number.unasked" : "readout.number.unknown";
  if (asks === "class") return hasTarget ? "readout.right" : known ? "readout.unasked" : "readout.unknown";
  return hasTarget ? "readout.next" : "readout.end";
}
