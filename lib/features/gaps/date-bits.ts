import { dayNumber, type IsoDate } from '../../domain/dates.js'
import type { DateWord } from '../../store/quality/gaps.js'

const WORD = 32

/** A set of pairs of securities and dates, a bit each: 20,000 securities over 20 years take 20 MB. */
export class DateBits {
  readonly #first: number
  readonly #words: number
  readonly #rows = new Map<number, Int32Array>()

  /** @param base the first date it can hold @param last the last one */
  constructor(base: IsoDate, last: IsoDate) {
    this.#first = dayNumber(base)
    this.#words = Math.ceil((dayNumber(last) - this.#first + 1) / WORD)
  }

  /** The securities that have a pair, by id. */
  get securities(): number[] {
    return [...this.#rows.keys()].toSorted((a, b) => a - b)
  }

  /** Takes in 32 dates at once, counted from the base. */
  addWord({ symbolId, word, bits }: DateWord): void {
    this.#rowOf(symbolId)[word]! |= bits
  }

  /** @param day as {@link dayNumber} has it */
  add(symbolId: number, day: number): void {
    const at = day - this.#first
    this.#rowOf(symbolId)[at >>> 5]! |= 1 << (at & 31)
  }

  /** @param day as {@link dayNumber} has it */
  has(symbolId: number, day: number): boolean {
    const at = day - this.#first
    return (((this.#rows.get(symbolId)?.[at >>> 5] ?? 0) >>> (at & 31)) & 1) === 1
  }

  /** The same of a date. */
  hasOn(symbolId: number, date: IsoDate): boolean {
    return this.has(symbolId, dayNumber(date))
  }

  /** Which of the days the security has, 1 or 0 each. */
  of(symbolId: number, days: Int32Array): Uint8Array {
    const row = this.#rows.get(symbolId)
    const found = new Uint8Array(days.length)
    if (row === undefined) return found
    for (let place = 0; place < days.length; place++) {
      const at = days[place]! - this.#first
      found[place] = (row[at >>> 5]! >>> (at & 31)) & 1
    }
    return found
  }

  #rowOf(symbolId: number): Int32Array {
    const known = this.#rows.get(symbolId)
    if (known) return known
    const row = new Int32Array(this.#words)
    this.#rows.set(symbolId, row)
    return row
  }
}
