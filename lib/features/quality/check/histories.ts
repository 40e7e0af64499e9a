import { SESSIONS_AFTER, SESSIONS_BEFORE } from '../rules/rule.js'

/** Sessions that a history holds: those of a window. */
export const SPAN = SESSIONS_BEFORE + 1 + SESSIONS_AFTER

/** The last bars of a security, in rings: those of the last {@link SPAN} sessions at least. */
export class History {
  symbolId = 0
  /** How many bars it was given. */
  count = 0
  readonly session = new Int32Array(SPAN)
  readonly open = new Float64Array(SPAN)
  readonly high = new Float64Array(SPAN)
  readonly low = new Float64Array(SPAN)
  readonly close = new Float64Array(SPAN)
  readonly volume = new Float64Array(SPAN)

  /** The session of its last bar; minus one without any. */
  get last(): number {
    return this.count === 0 ? -1 : this.session[(this.count - 1) % SPAN]!
  }

  /** The place in the rings of its bar of a session; minus one when it has none. Looks from the latest bar back. */
  placeOf(session: number): number {
    const oldest = Math.max(this.count - SPAN, 0)
    for (let index = this.count - 1; index >= oldest; index--) {
      const place = index % SPAN
      if (this.session[place] === session) return place
      if (this.session[place]! < session) return -1
    }
    return -1
  }
}

/** The histories of the securities that have traded lately. */
export class Histories {
  readonly #byId = new Map<number, History>()
  readonly #free: History[] = []

  /** Adds a bar, given as symbol_id, open, high, low, close, volume. Sessions come in order. */
  add(session: number, bar: Float64Array): History {
    const symbolId = bar[0]!
    const history = this.#byId.get(symbolId) ?? this.#begin(symbolId)
    const place = history.count % SPAN
    history.session[place] = session
    history.open[place] = bar[1]!
    history.high[place] = bar[2]!
    history.low[place] = bar[3]!
    history.close[place] = bar[4]!
    history.volume[place] = bar[5]!
    history.count++
    return history
  }

  #begin(symbolId: number): History {
    const history = this.#free.pop() ?? new History()
    history.symbolId = symbolId
    history.count = 0
    this.#byId.set(symbolId, history)
    return history
  }

  get(symbolId: number): History | undefined {
    return this.#byId.get(symbolId)
  }

  values(): IterableIterator<History> {
    return this.#byId.values()
  }

  /** Forgets securities whose last bar is in no window from this session on any more. */
  forget(session: number): void {
    for (const history of this.#byId.values()) {
      if (history.last >= session - SPAN) continue
      this.#byId.delete(history.symbolId)
      this.#free.push(history)
    }
  }
}
