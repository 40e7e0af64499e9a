import { UsageError } from '../../../domain/errors.js'
import type { BarProvider } from '../../../providers/bar-provider.js'
import { TIERS, type ProviderLimits } from '../../../providers/limits.js'
import { settingOf } from '../../runs/asking/key.js'
import type { ResolvedFetch } from '../resolve.js'

/** A provider that is not asked, and why. */
export interface LeftOut {
  provider: string
  why: string
}

/** A provider that may be asked. */
export interface Candidate {
  provider: BarProvider
  limits: ProviderLimits
}

/** Who may be asked, the first to be asked first. */
export interface Candidates {
  asked: readonly [Candidate, ...Candidate[]]
  leftOut: readonly LeftOut[]
}

/** Why a provider is left out of every choice; undefined where it is not. */
export function whyOut({ provider: { api: { key } }, limits: { enabled } }: Candidate, env: NodeJS.ProcessEnv): string | undefined {
  if (!enabled) return 'not enabled in providers.yaml'
  return key !== null && settingOf(env, key.env) === undefined ? `${key.env} is not set` : undefined
}

/** Left out, for a sentence. */
export function leftOutText(leftOut: readonly LeftOut[]): string {
  return leftOut.map(({ provider, why }) => `${provider} (${why})`).join(', ')
}

/**
 * Who may be asked for a fetch: the provider that it names, whatever else is said of it, or each that gives what is wanted, is enabled and has its key.
 * @param limits of every provider
 * @throws UsageError NO_PROVIDER
 */
export function candidatesOf({ request, providers }: Pick<ResolvedFetch, 'request' | 'providers'>, limits: readonly ProviderLimits[], env: NodeJS.ProcessEnv): Candidates {
  const inOrder = limits.toSorted((a, b) => TIERS.indexOf(a.tier) - TIERS.indexOf(b.tier) || a.priority - b.priority)
  const all = inOrder.flatMap((limits): Candidate[] => providers.filter(({ name }) => name === limits.name).map((provider) => ({ provider, limits })))
  const leftOut: LeftOut[] = request.provider !== null ? [] : all.flatMap((candidate) => {
    const why = whyOut(candidate, env)
    return why === undefined ? [] : [{ provider: candidate.provider.name, why }]
  })
  const [first, ...others] = all.filter(({ provider }) => !leftOut.some((out) => out.provider === provider.name))
  if (first === undefined) throw new UsageError('NO_PROVIDER', `no provider can be asked: ${leftOutText(leftOut)}`, { hint: 'see: ohlcv providers' })
  return { asked: [first, ...others], leftOut }
}
