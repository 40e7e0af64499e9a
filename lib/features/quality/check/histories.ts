import { SESSIONS_AFTER, SESSIONS_BEFORE } from '../rules/rule.js'

/** Sessions that a history holds: those of a window. */
export const SPAN = SESSIONS_BEFORE + 1 + SESSIONS_AFTER

/** Where the rings of a history begin in its figures. */
export const [OPEN, HIGH, LOW, CLOSE, VOLUME] = [0, SPAN, 2 * SPAN, 3 * SPAN, 4 * SPAN] as const

/** Figures of a bar. */
const FIGURES = 5

/** Histories that are made at once: arrays of their own would take as much again. */
const LOT = 256

/** The last bars of a security, in rings: those of the last {@link SPAN} sessions at least. */
export class History {
  symbolId = 0
  /** How many bars it was given. */
  count = 0

  /** @param session the numbers of its sessions @param figures its opens, then its highs, lows, closes and volumes */
  constructor(readonly session: Int32Array, readonly figures: Float64Array) {}

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
  add(session: number, bar: Float64Array): void {
    const symbolId = bar[0]!
    const history = this.#byId.get(symbolId) ?? this.#begin(symbolId)
    const place = history.count % SPAN
    history.session[place] = session
    for (let figure = 0; figure < FIGURES; figure++) history.figures[figure * SPAN + place] = bar[figure + 1]!
    history.count++
  }

  #begin(symbolId: number): History {
    if (this.#free.length === 0) this.#makeLot()
    const history = this.#free.pop()!
    history.symbolId = symbolId
    history.count = 0
    this.#byId.set(symbolId, history)
    return history
  }

  #makeLot(): void {
    const [sessions, figures] = [new Int32Array(LOT * SPAN), new Float64Array(LOT * SPAN * FIGURES)]
    for (let index = 0; index < LOT; index++) {
      this.#free.push(new History(sessions.subarray(index * SPAN, (index + 1) * SPAN), figures.subarray(index * SPAN * FIGURES, (index + 1) * SPAN * FIGURES)))
    }
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
