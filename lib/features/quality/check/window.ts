import { SESSIONS_AFTER, SESSIONS_BEFORE, type Window } from '../rules/rule.js'
import { SPAN, type History } from './histories.js'

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

  /** Makes it that of a security's bar of a session; whether there is such a bar. */
  moveTo(history: History, session: number): boolean {
    let length = 0
    let at = -1
    for (let index = Math.max(history.count - SPAN, 0); index < history.count; index++) {
      const place = index % SPAN
      const its = history.session[place]!
      if (its < session - SESSIONS_BEFORE || its > session + SESSIONS_AFTER) continue
      if (its === session) at = length
      this.session[length] = its
      this.open[length] = history.open[place]!
      this.high[length] = history.high[place]!
      this.low[length] = history.low[place]!
      this.close[length] = history.close[place]!
      this.volume[length] = history.volume[place]!
      length++
    }
    this.at = at
    this.length = length
    this.#volatility = this.#usualVolume = undefined
    return at >= 0
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
