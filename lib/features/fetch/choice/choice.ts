import { sumOf } from '../../../domain/counts.js'
import { TIERS } from '../../../providers/limits.js'
import type { Rest } from '../../../store/fetches/rests.js'
import type { ProviderWork, WorkOfDay } from '../../../store/fetches/metrics.js'
import type { Source } from '../../runs/asking/source.js'
import { bestOf, standings, type DayFigures, type Standing } from './bandit.js'
import { NO_REST } from './breaker.js'
import type { LeftOut } from './candidates.js'

const NOTHING: Readonly<DayFigures> = { age: 0, requests: 0, succeeded: 0, expected: 0, counted: 0, latencyMs: 0 }

/** What the providers of a job are chosen by. */
export class Choice {
  readonly #before = new Map<string, DayFigures[]>()
  /** Of this job, as one day's. */
  readonly #added = new Map<string, DayFigures>()

  /**
   * @param leftOut who is asked for nothing at all
   * @param history what each did before the job
   * @param rests how those stand that failed of late, as read last
   */
  constructor(readonly leftOut: readonly LeftOut[], history: readonly WorkOfDay[], public rests: ReadonlyMap<string, Rest>) {
    for (const { provider, ...figures } of history) this.#before.set(provider, [...(this.#before.get(provider) ?? []), figures])
  }

  restOf({ provider }: Source): Rest {
    return this.rests.get(provider.name) ?? NO_REST
  }

  /** Counts what a source has just done. */
  add({ provider: { name } }: Source, work: ProviderWork): void {
    this.#added.set(name, sumOf(this.#added.get(name) ?? NOTHING, [{ age: 0, ...work }]))
  }

  /** The first to be asked of these: of the first tier that has one, whoever the bandit takes, the one of the lowest priority first where several are alike. */
  first(sources: readonly [Source, ...Source[]]): { source: Source; standing: Standing } {
    const tier = TIERS.find((tier) => sources.some(({ limits }) => limits.tier === tier))
    const arms = sources.filter(({ limits }) => limits.tier === tier).toSorted((a, b) => a.limits.priority - b.limits.priority)
    const standing = standings(arms.map(({ provider }) => this.#historyOf(provider.name)))
    const best = bestOf(standing)
    return { source: arms[best]!, standing: standing[best]! }
  }

  #historyOf(provider: string): DayFigures[] {
    const added = this.#added.get(provider)
    return [...(this.#before.get(provider) ?? []), ...(added === undefined ? [] : [added])]
  }
}
