import { createHash } from 'node:crypto'
import type { ListedSecurity } from '../../../store/bars/canonical.js'
import { slotsWithin, type Slots } from './slots.js'

/** So many gaps are told of a security. */
const MOST_GAPS = 100

/** Expected bars, one after the other, that are not there. */
export interface MissingBars {
  start: string
  end: string
  bars: number
}

/** What a security has of an interval's bars in a range. */
export interface AssetChecksum {
  symbolId: number
  symbol: string
  expected: number
  stored: number
  /** Of the expected ones, those that are not stored; of the stored ones, those that the calendar does not let expect. */
  missing: number
  unexpected: number
  /** Runs of missing ones: the first of them, and how many there are. */
  gaps: MissingBars[]
  gapCount: number
  /** Rows that were kept out since their bar was there. */
  duplicates: number
  /** Of the stored rows in the order of time, each in its canonical form. */
  sha256: string
}

/** What is counted of a security while its bars are read, a piece of the range after the other, each in the order of time. */
export class Tally {
  readonly #hash = createHash('sha256')
  readonly #gaps: MissingBars[] = []
  #gapCount = 0
  #last: { gap: MissingBars; place: number } | undefined
  #expected = 0
  #missing = 0
  #stored = 0

  constructor(readonly security: ListedSecurity) {}

  /** A stored row. @param line as it is hashed */
  add(line: Buffer): void {
    this.#hash.update(line)
    this.#stored++
  }

  /**
   * Ends a piece of the range.
   * @param seen of each of its slots whether its bar is stored
   * @param before how many slots the pieces before had
   */
  settle(slots: Slots, seen: Uint8Array, before: number): void {
    for (const dates of this.security.listed) {
      const [first, next] = slotsWithin(slots, dates)
      for (let slot = first; slot < next; slot++) {
        this.#expected++
        if (seen[slot] === 0) this.#miss(slots.times[slot]!, before + slot)
      }
    }
  }

  #miss(time: string, place: number): void {
    this.#missing++
    if (this.#last?.place === place - 1) {
      this.#last.gap.end = time
      this.#last.gap.bars++
    } else {
      this.#last = { gap: { start: time, end: time, bars: 1 }, place }
      this.#gapCount++
      if (this.#gaps.length < MOST_GAPS) this.#gaps.push(this.#last.gap)
    }
    this.#last.place = place
  }

  result(duplicates: number): AssetChecksum {
    const { symbolId, symbol } = this.security
    const [expected, missing, stored] = [this.#expected, this.#missing, this.#stored]
    return { symbolId, symbol, expected, stored, missing, unexpected: stored - (expected - missing), gaps: this.#gaps, gapCount: this.#gapCount, duplicates, sha256: this.#hash.digest('hex') }
  }
}
