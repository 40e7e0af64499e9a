import type { RepeatedBar, ValidBar } from '../domain/bar.js'
import { SourceError } from '../domain/errors.js'
import type { Tally } from '../domain/tally.js'
import { none, type Stage } from '../domain/stage.js'
import type { Windows } from '../datasets/window.js'

/** More repeated rows than this are no slip of the vendor. They are kept in memory until their first is staged. */
const MAX_REPEATS = 10_000

/** Bytes kept together: a security's day is some bits of them, its minutes a fifth. */
const PAGE_BYTES = 1024
const PAGE_BITS = PAGE_BYTES * 8

/** Which windows of which securities have been seen: a bit each, since a minute file has millions. */
class Seen {
  readonly #pages = new Map<number, Uint8Array>()

  constructor(private readonly slots: number) {}

  /** Marks the window; whether it was marked before. */
  mark(symbolId: number, slot: number): boolean {
    const place = symbolId * this.slots + slot
    const number = Math.floor(place / PAGE_BITS)
    let page = this.#pages.get(number)
    if (page === undefined) this.#pages.set(number, (page = new Uint8Array(PAGE_BYTES)))
    const at = place - number * PAGE_BITS
    const bit = 1 << (at & 7)
    const before = page[at >>> 3]!
    page[at >>> 3] = before | bit
    return (before & bit) !== 0
  }
}

/**
 * Lets the first bar of each security and window through and sets later ones aside: whether they are equal to it is found
 * out where the first one is, in staging.
 * @throws SourceError SOURCE_TOO_MANY_REPEATS
 */
export function once(windows: Pick<Windows, 'slots' | 'time'>, repeats: RepeatedBar[], tally: Tally): Stage<ValidBar, ValidBar> {
  const seen = new Seen(windows.slots)
  return (bar) => {
    if (!seen.mark(bar.symbolId, bar.slot)) return bar
    if (repeats.length >= MAX_REPEATS) {
      throw new SourceError('SOURCE_TOO_MANY_REPEATS', `line ${bar.line}: more than ${MAX_REPEATS} rows repeat a security that the file already had`)
    }
    repeats.push({ bar, time: windows.time(bar.slot), raw: tally.raw(bar.line) })
    return none
  }
}
