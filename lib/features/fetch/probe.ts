import { timespanNamed } from '../../datasets/timespans.js'
import { addDays, isoDate } from '../../domain/dates.js'
import { SourceError } from '../../domain/errors.js'
import { Tally } from '../../domain/tally.js'
import type { BarProvider } from '../../providers/bar-provider.js'
import { AskFailure, ProviderClient, type ClientOptions, type Try } from '../runs/asking/client.js'

/** What may be wrong with a provider. */
export const PROBLEMS = ['key_refused', 'plan', 'limit', 'unreachable', 'format', 'refused'] as const
export type Problem = (typeof PROBLEMS)[number]

/** What one request to a provider came to. */
export interface Probed {
  provider: string
  symbol: string
  /** Null where all is well. */
  problem: Problem | null
  code: string | null
  message: string | null
  hint: string | null
  bars: number
  /** As it was sent; null where it was not. */
  tried: Try | null
}

/** The bars asked for are so many days old that each plan has them. */
const DAYS_AGO = { start: 14, end: 7 }

const PROBLEM_OF: Readonly<Record<string, Problem>> = {
  PROVIDER_KEY_REFUSED: 'key_refused',
  PROVIDER_NOT_ENTITLED: 'plan',
  RATE_LIMITED: 'limit',
  QUOTA_USED_UP: 'limit',
  PROVIDER_UNAVAILABLE: 'unreachable',
}

function problemOf(code: string): Problem {
  if (code.startsWith('HTTP_')) return 'unreachable'
  return PROBLEM_OF[code] ?? (code.startsWith('ANSWER_') ? 'format' : 'refused')
}

/** Asks a provider once, for a week of daily bars. @throws UsageError where it has no key, or settings that cannot be used */
export async function probe(provider: BarProvider, options: Omit<ClientOptions, 'connections'>, signal: AbortSignal): Promise<Probed> {
  const client = new ProviderClient({ ...provider, tries: 1 }, { ...options, connections: 1 })
  const tries: Try[] = []
  const probed = { provider: provider.name, symbol: provider.probe, problem: null, code: null, message: null, hint: null, bars: 0, tried: null }
  try {
    const bars = await barsOf(provider, client, options.now(), signal, (tried) => tries.push(tried))
    return { ...probed, bars, tried: tries[0] ?? null }
  } catch (error) {
    if (!(error instanceof SourceError)) throw error
    const [tried = null] = error instanceof AskFailure ? error.tries : tries
    return { ...probed, problem: problemOf(error.code), code: error.code, message: error.message, hint: error.hint ?? null, tried }
  } finally {
    await client.close()
  }
}

async function barsOf({ name, probe: symbol, bars }: BarProvider, client: ProviderClient, now: Date, signal: AbortSignal, onTry: (tried: Try) => void): Promise<number> {
  const today = isoDate(now.toISOString().slice(0, 10))
  const range = { start: addDays(today, -DAYS_AGO.start), end: addDays(today, -DAYS_AGO.end) }
  const { body } = await client.ask(bars.question(symbol, 'day', range, now), signal, onTry)
  const page = body && bars.read(body, symbol, { timespan: 'day', periods: timespanNamed('day').periods(range), tally: new Tally(0), firstRow: 1 })
  if (page && page.bars.length > 0) return page.bars.length
  throw new SourceError('ANSWER_EMPTY', `${name} has no bar of ${symbol} from ${range.start} to ${range.end}`, { hint: 'is its base URL the right one?' })
}
