import { OhlcvError } from '../../domain/errors.js'
import type { SecurityDetails } from '../../providers/bar-provider.js'
import { addMetrics } from '../../store/fetches/metrics.js'
import { describedSince } from '../../store/universe/active.js'
import type { Runtime } from '../runs/runtime.js'
import { AskFailure, type Try } from '../runs/asking/client.js'
import type { ResolvedFetch } from './resolve.js'
import { leaveOut, type FetchRun } from './run.js'
import { workOf } from '../runs/asking/work.js'

const DAY_MS = 86_400_000
/** A provider is asked again who a security is after so many days. */
const DESCRIBED_FOR = 7

/** The symbols of a fetch whose securities a provider has not been asked about lately. */
export async function undescribed({ db, now }: Runtime, { providers, symbols, range }: ResolvedFetch): Promise<Set<string>> {
  if (providers.every(({ details }) => details === null)) return new Set()
  const described = await describedSince(db.pool, symbols, range.end, new Date(now().getTime() - DESCRIBED_FOR * DAY_MS))
  return new Set(symbols.filter((symbol) => !described.has(symbol)))
}

/** Who a security is, and how it was asked. */
export interface Description {
  /** Null where the provider knows nothing of it, or cannot be asked: nothing about that stops its bars. */
  details: SecurityDetails | null
  tries: Try[]
}

/** Asks who a security is, and has it registered. */
export async function describe({ db, signal, log }: Runtime, run: FetchRun, symbol: string): Promise<Description> {
  const source = run.sources.find((source) => source.provider.details !== null && !run.out.has(source))
  if (source === undefined) return { details: null, tries: [] }
  const { name, details } = source.provider
  const tries: Try[] = []
  let described: SecurityDetails | null = null
  try {
    const { body } = await source.client.ask(details!.question(symbol), signal, (tried) => tries.push(tried))
    const read = body && details!.read(body)
    if (read !== null) await run.register(symbol, read)
    described = read
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof OhlcvError)) throw error
    if (error instanceof AskFailure && error.stops) leaveOut(run, source, error)
    log.warn({ symbol, code: error.code }, `${symbol} could not be described: ${error.message}`)
  }
  if (tries.length > 0) await db.run(signal, (client) => addMetrics(client, name, workOf(tries, 0)))
  return { details: described, tries }
}
