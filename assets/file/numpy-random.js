// Numbers as NumPy's default generator draws them: PCG64, XSL-RR 128/64. No DOM here.

const MULTIPLIER = 0x2360ed051fc65da44385df649fccf645n;
const WHOLE = (1n << 128n) - 1n;
const HALF = (1n << 64n) - 1n;

export class NumpyRandom {
  /** @param {{state: string, inc: string}} began hexadecimal, as bit_generator.state has both */
  constructor({ state, inc }) {
    [this.state, this.inc] = [state, inc].map((digits) => BigInt(`0x${digits}`));
  }

  /** From 0 to 1: the upper 53 bits of a number of 64. */
  next() {
    this.state = (this.state * MULTIPLIER + this.inc) & WHOLE;
    const folded = (this.state >> 64n) ^ (this.state & HALF);
    const turn = this.state >> 122n;
    const bits = ((folded >> turn) | (folded << (64n - turn))) & HALF;
    return Number(bits >> 11n) / 2 ** 53;
  }

  /** As many numbers between −bound and bound. @returns {Float64Array} */
  uniform(count, bound) {
    return Float64Array.from({ length: count }, () => -bound + 2 * bound * this.next());
  }
}
