// The browser's storage, and a check of what lies in it. No DOM here.

/** localStorage; null where it is denied. */
export function browserStorage() {
  try {
    return globalThis.localStorage;
  } catch {
    return null;
  }
}

/** Whether a value read from JSON is an object, neither null nor a list. */
export const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
