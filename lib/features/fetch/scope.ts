import type { Timespan } from '../../datasets/timespan.js'
import type { BarProvider } from '../../providers/bar-provider.js'
import type { FetchedScope } from '../../store/fetches/merge.js'

/** What decides how a provider's bars are merged. @param authority every provider, the one that is trusted most first */
export function scopeOf({ name, stores, basis }: Pick<BarProvider, 'name' | 'stores' | 'basis'>, timespan: Timespan, authority: readonly string[]): FetchedScope {
  return { timespan, provider: name, authority, stores: stores.includes(timespan.name), basis }
}
