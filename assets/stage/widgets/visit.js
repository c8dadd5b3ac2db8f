// The nonces of places: a place within a visit of a page has the visit's nonce before its own.

let places = 0; // that were chosen on a stage, over all stages: each has a nonce of its own

export const visitOf = (nonce) => nonce?.split("/")[0];

/** A nonce for a place within the visit to which another place belongs: going there is an entry of the history of its own. */
export const nonceWithin = (nonce) => `${visitOf(nonce)}/g${++places}`;

/** Whether a place was chosen so. */
export const isWithin = (nonce) => /\/g\d+$/.test(nonce);
