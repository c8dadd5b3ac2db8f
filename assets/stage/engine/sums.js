// What the cells have in common: rows of products, all arrays flat and row by row. No DOM here.

/** One row of M·v, v standing from `at`. */
export function product(M, row, v, at, width) {
  let sum = 0;
  for (let k = 0; k < width; k++) sum += M[row * width + k] * v[at + k];
  return sum;
}

/** One row of W x + U h₋₁ + b. */
export const affine = ({ W, U, b, x, inputs, outputs: P }, row, t, h, last) =>
  product(W, row, x, t * inputs, inputs) + product(U, row, h, last * P, P) + b[row];
