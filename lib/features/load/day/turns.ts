import type { IsoDate } from '../../../domain/dates.js'

interface Waiting {
  date: IsoDate
  begin: () => void
}

/**
 * Who of several lanes may use the one thread next: the earliest date. Were they served in rotation they would all finish
 * reading at the same time, and then all wait for the server while nobody reads.
 */
export class Turns {
  readonly #waiting: Waiting[] = []

  /** Resolves when it is this date's turn for one piece of work that does not wait for anything. */
  async next(date: IsoDate): Promise<void> {
    const turn = new Promise<void>((begin) => this.#waiting.push({ date, begin }))
    if (this.#waiting.length === 1) setImmediate(() => this.#serve())
    return turn
  }

  // One at a time: between two of them what has arrived from the network is seen to.
  #serve(): void {
    const earliest = this.#waiting.reduce((a, b) => (b.date < a.date ? b : a))
    this.#waiting.splice(this.#waiting.indexOf(earliest), 1)
    if (this.#waiting.length > 0) setImmediate(() => this.#serve())
    earliest.begin()
  }
}
