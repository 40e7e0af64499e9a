/** Why a server does not answer just now: it was asked too often (429), or it cannot (503). */
export type Refusal = 'rate_limited' | 'unavailable'

/** What the status of an answer says of that. */
export function refusalOfStatus(status: number | null | undefined): Refusal | undefined {
  return status === 429 ? 'rate_limited' : status === 503 ? 'unavailable' : undefined
}

/** How often a server refused in one way, and what came of it. */
export interface Refused {
  answers: number
  /** Questions that it has not answered in the end, and why the last of them was given up. */
  givenUp: number
  why: string | null
}

/** Counts what a server refuses. */
export class Refusals {
  #met = new Map<Refusal, Refused>()

  /** An answer that is none. */
  met(refusal: Refusal): void {
    this.#of(refusal).answers++
  }

  /** A question that is not asked again, the last answer to which was this one. */
  givenUp(refusal: Refusal, why: string): void {
    const refused = this.#of(refusal)
    refused.givenUp++
    refused.why = why
  }

  /** What was counted since it was last taken. */
  take(): [Refusal, Refused][] {
    const met = [...this.#met]
    this.#met = new Map()
    return met
  }

  #of(refusal: Refusal): Refused {
    const refused = this.#met.get(refusal) ?? { answers: 0, givenUp: 0, why: null }
    this.#met.set(refusal, refused)
    return refused
  }
}
