import type { Logger } from 'pino'
import type { Rendered } from './rendered.js'
import type { Limits } from './site.js'

/**
 * An answer that is dear to make is made again after so many times what making it took, and within these milliseconds: while a load writes all the time, most of the machine is the load's.
 */
const REST = 50
const SHORTEST_REST = 4_000
const LONGEST_REST = 8_000

interface Kept<T> {
  answer: T
  /** What was known of the database when it was made. */
  version: string
  /** Until when it was known to be as the database has it. */
  currentAt: number
  madeAt: number
  /** How long it took. */
  took: number
  bytes: number
}

/** How an answer is made, and which it is. */
export interface Wanted<T = Rendered> {
  key: string
  version: string
  /** Whether it may be some seconds behind while it is made anew. */
  soon: boolean
  make: () => Promise<T>
}

/**
 * Answers that were made, for as long as nothing was written since; within a number of bytes, of which the ones go first that nobody asked for lately.
 * However many ask for the same at once, it is made once.
 */
export class KeptAnswers<T extends { size: number } = Rendered> {
  readonly #kept = new Map<string, Kept<T>>()
  readonly #flights = new Map<string, Promise<T>>()
  #bytes = 0

  constructor(readonly limits: Pick<Limits, 'kept' | 'behind'>, readonly log: Logger, readonly clock: () => number = () => performance.now()) {}

  /** Bytes of all that is kept. */
  get bytes(): number {
    return this.#bytes
  }

  async get(wanted: Wanted<T>): Promise<T> {
    const { key, version, soon } = wanted
    const kept = this.#touched(key)
    const now = this.clock()
    if (kept?.version === version) {
      kept.currentAt = now
      return kept.answer
    }
    if (!soon || !kept || now - kept.currentAt > this.limits.behind) return this.#flight(soon ? key : `${version} ${key}`, wanted)
    if (now - kept.madeAt >= Math.min(Math.max(REST * kept.took, SHORTEST_REST), LONGEST_REST)) this.#flight(key, wanted).catch((error: unknown) => this.log.error({ err: error }, 'an answer could not be made anew'))
    return kept.answer
  }

  /** An answer as it was when it was last made, however old. */
  last(key: string): T | undefined {
    return this.#touched(key)?.answer
  }

  /** What is kept by a key, from now on the latest that was asked for. */
  #touched(key: string): Kept<T> | undefined {
    const kept = this.#kept.get(key)
    if (kept) {
      this.#kept.delete(key)
      this.#kept.set(key, kept)
    }
    return kept
  }

  /** Makes an answer, unless that is under way. */
  async #flight(name: string, wanted: Wanted<T>): Promise<T> {
    const under = this.#flights.get(name) ?? this.#make(wanted).finally(() => this.#flights.delete(name))
    this.#flights.set(name, under)
    return under
  }

  async #make({ key, version, make }: Wanted<T>): Promise<T> {
    const began = this.clock()
    const answer = await make()
    const madeAt = this.clock()
    this.#keep(key, { answer, version, currentAt: began, madeAt, took: madeAt - began, bytes: answer.size + 2 * key.length + 512 })
    return answer
  }

  #keep(key: string, made: Kept<T>): void {
    this.#drop(key)
    // One answer does not drive out all others.
    if (made.bytes > this.limits.kept / 4) return
    this.#kept.set(key, made)
    this.#bytes += made.bytes
    for (const oldest of this.#kept.keys()) {
      if (this.#bytes <= this.limits.kept) break
      this.#drop(oldest)
    }
  }

  #drop(key: string): void {
    this.#bytes -= this.#kept.get(key)?.bytes ?? 0
    this.#kept.delete(key)
  }
}
