import { UsageError } from '../../../domain/errors.js'
import { isSymbol } from '../../../domain/symbol.js'
import type { BarProvider } from '../../../providers/bar-provider.js'
import { BAR_PROVIDERS } from '../../../providers/bar-providers.js'
import type { ProviderLimits } from '../../../providers/limits.js'
import { providerNamed } from '../resolve.js'
import { requireWithinLimits } from './demand.js'
import type { PollRequest } from './request.js'

/** What a request comes to. */
export interface ResolvedPoll {
  request: PollRequest
  provider: BarProvider
}

/**
 * Looks up what a request means, before anything is asked for.
 * @param limitsOf the limits of a provider, by its name
 * @throws UsageError PROVIDER_UNKNOWN, PROVIDER_NO_MINUTES, POLL_SYMBOL, POLL_TOO_OFTEN
 */
export function resolvePoll(request: PollRequest, limitsOf: (name: string) => ProviderLimits): ResolvedPoll {
  const provider = providerNamed(request.provider)
  if (!provider.stores.includes('minute')) {
    const others = BAR_PROVIDERS.filter(({ stores }) => stores.includes('minute')).map(({ name }) => name)
    throw new UsageError('PROVIDER_NO_MINUTES', `${provider.name} gives no minute bars that may be stored`, { hint: `choose one of ${others.join(', ')}` })
  }
  const wrong = request.symbols.find((symbol) => !isSymbol(symbol) || /^\.+$/.test(symbol) || provider.symbol(symbol) === null)
  if (wrong !== undefined) throw new UsageError('POLL_SYMBOL', `${JSON.stringify(wrong.slice(0, 40))} is no symbol that ${provider.name} has a name for`)
  requireWithinLimits(request, limitsOf(provider.name))
  return { request, provider }
}
