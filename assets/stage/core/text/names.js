// What units and input columns are called. No DOM here.

/** A unit as the lesson names it, or its number from 1. */
export const unitName = (host, unit) => host.header.unit_names?.[unit] || String(unit + 1);

/** The same where it stands alone: "unit 3". */
export const unitTitle = (host, unit) => host.header.unit_names?.[unit] || host.t("inspector.unit", { n: unit + 1 });

/** What one of several runs is called: by the page, by its heading or its film, else by its cell. */
export const runTitle = ({ called, heading, film, description }) => called || heading || film?.title || description.name;

/** An input column by its name, or x₁, x₂ … where it has none. */
export const columnName = (header, column) => header.columns[column] || `x${subscript(column + 1)}`;

const subscript = (n) => [...String(n)].map((digit) => "₀₁₂₃₄₅₆₇₈₉"[digit]).join("");
