/** So many bytes are made room for at first: a universe of some thousand securities. */
const FIRST_BYTES = 1024

/** A set of securities by their numbers, a bit each: thousands of them, told and kept in a kilobyte or two. */
export class SecuritySet {
  #bytes: Uint8Array

  /** @param bytes bit n of byte m is security 8 m + n, as PostgreSQL's `get_bit` counts them */
  constructor(bytes: Uint8Array = new Uint8Array(FIRST_BYTES)) {
    this.#bytes = bytes
  }

  add(symbolId: number): void {
    const at = symbolId >>> 3
    if (at >= this.#bytes.length) {
      const grown = new Uint8Array(Math.max(2 * this.#bytes.length, at + 1))
      grown.set(this.#bytes)
      this.#bytes = grown
    }
    this.#bytes[at]! |= 1 << (symbolId & 7)
  }

  delete(symbolId: number): void {
    const at = symbolId >>> 3
    if (at < this.#bytes.length) this.#bytes[at]! &= ~(1 << (symbolId & 7))
  }

  has(symbolId: number): boolean {
    return ((this.#bytes[symbolId >>> 3] ?? 0) & (1 << (symbolId & 7))) !== 0
  }

  /** The securities, in order. */
  * [Symbol.iterator](): Generator<number> {
    for (const [at, byte] of this.#bytes.entries()) for (let bit = 0; byte >>> bit !== 0; bit++) if ((byte >>> bit) & 1) yield at * 8 + bit
  }

  /** As it was given to the constructor, without bytes of none at the end. */
  toBytes(): Buffer {
    return Buffer.from(this.#bytes.subarray(0, this.#bytes.findLastIndex((byte) => byte !== 0) + 1))
  }
}
