import { SESSIONS_AFTER, SESSIONS_BEFORE, type Window } from '../rules/rule.js'
import { CLOSE, HIGH, LOW, OPEN, SPAN, VOLUME, type History } from './histories.js'

/** Of so many values at least a median is taken. */
const LEAST = 10

/** The middle of the first values of an array, which it sorts; null with fewer than some. */
export function medianOf(values: Float64Array, count: number, least: number): number | null {
  if (count < least) return null
  const sorted = values.subarray(0, count).sort()
  return (sorted[(count - 1) >> 1]! + sorted[count >> 1]!) / 2
}

/** The window of one bar after the other. */
export class BarWindow implements Window {
  at = 0
  length = 0
  readonly session = new Int32Array(SPAN)
  readonly open = new Float64Array(SPAN)
  readonly high = new Float64Array(SPAN)
  readonly low = new Float64Array(SPAN)
  readonly close = new Float64Array(SPAN)
  readonly volume = new Float64Array(SPAN)
  readonly #scratch = new Float64Array(SPAN)
  #volatility: number | null | undefined
  #usualVolume: number | null | undefined

  /** @param market the median log return of all securities on the judged session, computed when asked */
  constructor(readonly market: () => number | null) {}

  /** Makes it that of a security's bar of a session; whether there is such a bar. Bars come in order, so that those of the window are together. */
  moveTo({ count, session: its, figures }: History, session: number): boolean {
    let from = Math.max(count - SPAN, 0)
    let to = count
    while (from < to && its[from % SPAN]! < session - SESSIONS_BEFORE) from++
    while (to > from && its[(to - 1) % SPAN]! > session + SESSIONS_AFTER) to--
    this.at = -1
    this.length = to - from
    for (let index = 0, place = from % SPAN; index < this.length; index++, place = place === SPAN - 1 ? 0 : place + 1) {
      this.session[index] = its[place]!
      if (its[place] === session) this.at = index
      this.open[index] = figures[OPEN + place]!
      this.high[index] = figures[HIGH + place]!
      this.low[index] = figures[LOW + place]!
      this.close[index] = figures[CLOSE + place]!
      this.volume[index] = figures[VOLUME + place]!
    }
    this.#volatility = this.#usualVolume = undefined
    return this.at >= 0
  }

  volatility(): number | null {
    return this.#volatility === undefined ? (this.#volatility = this.#medianReturn()) : this.#volatility
  }

  usualVolume(): number | null {
    if (this.#usualVolume === undefined) {
      for (let place = 0; place < this.at; place++) this.#scratch[place] = this.volume[place]!
      this.#usualVolume = medianOf(this.#scratch, this.at, LEAST)
    }
    return this.#usualVolume
  }

  #medianReturn(): number | null {
    let count = 0
    for (let place = 1; place < this.at; place++) {
      const size = Math.abs(Math.log(this.close[place]! / this.close[place - 1]!))
      // Closes that are not above 0 have none.
      if (size < Infinity) this.#scratch[count++] = size
    }
    return medianOf(this.#scratch, count, LEAST)
  }

  /** The values of the judged bar and the close before it, as text. */
  values(): string {
    const { at } = this
    return [at > 0 ? this.close[at - 1] : '-', this.open[at], this.high[at], this.low[at], this.close[at], this.volume[at]].join(' ')
  }
}
