// What states are called that nobody has given a title: by what they show, and where several show the same by what tells them
// apart. No DOM here.

/** What of a state may tell it from others that show the same, in the order in which it is said. */
const PARTS = [
  ({ step }, _, t) => t("state.step", { step }),
  ({ phase }) => phase,
  ({ unit }, _, t) => (unit ? t("guess.unit", { unit }) : ""),
  (info, { hide }, t) => (hide === "all" ? t("state.hides.all") : hide ? t("state.hides", { symbol: symbolOf(info, hide) }) : ""),
  (info, { question }, t) => (question ? asks(question, info, t) : ""),
];

export const symbolOf = ({ signals = [], parts = [] }, name) => [...signals, ...parts].find(([one]) => one === name)?.[1] ?? name;

/** What a question asks, in words. */
export function asks({ kind, signal, step, steps = 1, stage = 1 }, info, t) {
  if (kind === "cell") return t("state.asks.cell", { step: step + steps - 1 });
  const [name, signals] = info?.stages?.[stage - 1] ?? ["", info?.signals ?? []];
  return t(name ? "state.asks.of" : "state.asks", { symbol: symbolOf({ signals }, signal), step, name });
}

/**
 * @param {object[]} states of a show  @param {(link: string) => ?object} infoOf what the app says of a link: {title, step, phase, unit, …}
 * @param {(key: string, values?: object) => string} t
 * @returns {Map<string, string>} by id; "" where nothing is known of a link
 */
export function titlesOf(states, infoOf, t) {
  const described = states.map((state) => {
    const info = infoOf(state.link);
    return { state, base: info?.title ?? "", parts: info?.title ? PARTS.map((part) => part(info, state, t)) : [] };
  });
  return new Map(
    described.map(({ state, base, parts }) => {
      const alike = described.filter((other) => other.base === base);
      const apart = parts.filter((part, k) => part && alike.some((other) => other.parts[k] !== part));
      return [state.id, [base, ...apart].join(" · ")];
    }),
  );
}
