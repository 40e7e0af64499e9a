import type { SteadyPool } from '../../../postgres/steady-pool.js'
import type { BarProvider } from '../../../providers/bar-provider.js'
import type { ProviderLimits } from '../../../providers/limits.js'
import { ProviderClient, type ClientOptions } from './client.js'
import type { Asked } from '../with-refusals.js'
import { quotaGate } from './gate.js'

/** A provider that may be asked. */
export interface Source {
  provider: BarProvider
  limits: ProviderLimits
  /** Opens no connection before the first question; whoever opened the source closes it. */
  client: ProviderClient
}

/** Who of sources is asked in a run. */
export function askedOf(sources: readonly Source[]): Asked[] {
  return sources.map(({ provider, client }) => ({ provider: provider.name, of: 'requests', refusals: client.refusals }))
}

/**
 * A provider that is asked within its limits, which hold for all processes that use the database together.
 * @throws UsageError where the environment lacks its key, or has settings that cannot be used
 */
export function openSource(provider: BarProvider, limits: ProviderLimits, db: SteadyPool, options: Omit<ClientOptions, 'gate'>): Source {
  return { provider, limits, client: new ProviderClient(provider, { ...options, gate: quotaGate(db, provider.name, limits) }) }
}
