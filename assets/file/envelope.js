// What every message between a page and the stage in it begins with.

export const VERSION = 1;

/** A message of a type. */
export const message = (type, fields) => ({ gatescope: VERSION, type, ...fields });
