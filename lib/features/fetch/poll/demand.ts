import { UsageError } from '../../../domain/errors.js'
import type { ProviderLimits } from '../../../providers/limits.js'
import type { PollRequest } from './request.js'

/** Seconds of a regular session, and of a day from the first trade to the last. */
const SESSION = 6.5 * 3600
const EXTENDED = 16 * 3600
/** No month has more sessions. */
const MOST_SESSIONS = 23

/** A limit that a poll does not keep to. */
interface Exceeded {
  period: 'second' | 'minute' | 'day' | 'month'
  limit: number
  needed: number
}

/** Requests for each symbol in a session: a tick's, and those of the first and the last one. */
function ticksOf(every: number, extended: boolean): number {
  return Math.ceil((extended ? EXTENDED : SESSION) / every) + 2
}

/** The first limit of which a poll needs more than there is. A tick has until the next one, so that a second has its share of it. */
function exceeded({ symbols, every, extended, once }: PollRequest, { perSecond, perMinute, perDay, perMonth }: ProviderLimits): Exceeded | undefined {
  const a = symbols.length
  const day = a * ticksOf(every, extended)
  const limits: [Exceeded['period'], number | null, number][] = [
    ['second', perSecond, Math.ceil(a / every)],
    ['minute', perMinute, Math.ceil((a * 60) / every)],
    ['day', perDay, day],
    ['month', perMonth, once ? day : day * MOST_SESSIONS],
  ]
  for (const [period, limit, needed] of limits) if (limit !== null && needed > limit) return { period, limit, needed }
  return undefined
}

/** The shortest interval within the limits; undefined where there is none. */
function shortest(request: PollRequest, limits: ProviderLimits): number | undefined {
  for (let every = request.every + 1; every <= 3600; every++) if (!exceeded({ ...request, every }, limits)) return every
  return undefined
}

/** Demands that a provider's limits allow as many requests as a poll makes. @throws UsageError POLL_TOO_OFTEN */
export function requireWithinLimits(request: PollRequest, limits: ProviderLimits): void {
  const over = exceeded(request, limits)
  if (over === undefined) return
  const { symbols, every } = request
  const interval = shortest(request, limits)
  const figure = (count: number): string => count.toLocaleString('en-US')
  throw new UsageError(
    'POLL_TOO_OFTEN',
    `${figure(symbols.length)} ${symbols.length === 1 ? 'symbol' : 'symbols'} every ${every} s take ${figure(over.needed)} requests a ${over.period}, and ${limits.name} may be asked ${figure(over.limit)} times`,
    { hint: `${interval === undefined ? 'poll fewer symbols' : `poll every ${interval} s, or fewer symbols`}; or raise the limit in providers.yaml if the plan has a higher one` },
  )
}
