import type { IsoDate } from '../../domain/dates.js'
import type { DryRun } from '../../features/fetch/dry-run.js'
import type { FetchResult } from '../../features/fetch/fetch.js'
import { NO_DAILY_DATA } from '../../features/fetch/findings.js'
import { readFetchRequest, type FetchRequest } from '../../features/fetch/request.js'
import type { Runtime } from '../../features/runs/runtime.js'
import { symbolsWithoutBars } from '../../store/bars/standing.js'
import { askProviders, KEY_NAMES, keyedProviders, planAsking, type AskingPorts } from '../ask-providers.js'
import type { ResolvedSync } from './resolve.js'
import type { SyncedSession } from './sessions.js'
import { LeftOut } from './steps.js'

/** What came of asking providers, or what it would take. */
export type Asked = { asked: FetchResult } | { planned: DryRun }

/** Sessions without a day file that stands. One that another process is loading at the moment will have one. */
export function withoutFile(sessions: readonly SyncedSession[]): IsoDate[] {
  return sessions.filter(({ isLoaded, outcome }) => !isLoaded && outcome !== 'loaded' && outcome !== 'locked').map(({ date }) => date)
}

/** All symbols of a date by one request where a provider has such answers, else the symbols that lack a bar. */
async function requestFor({ db, signal }: Runtime, { request }: ResolvedSync, dates: readonly IsoDate[], ports: AskingPorts): Promise<FetchRequest | LeftOut> {
  const keyed = keyedProviders(ports)
  const common = { dates: { start: dates[0]!, end: dates.at(-1)! }, exchange: request.exchange, dry_run: request.dry_run, lanes: request.lanes }
  if (keyed.some(({ grouped }) => grouped !== null)) return readFetchRequest({ ...common, grouped: true })
  if (keyed.length === 0) return new LeftOut(`no provider with a key is configured: none of ${KEY_NAMES.join(', ')} is set`)
  const symbols = await db.run(signal, (client) => symbolsWithoutBars(client, dates))
  return symbols.length === 0 ? new LeftOut('every active security has its bars') : readFetchRequest({ ...common, symbols, timespans: ['day'] })
}

/** Asks providers for the sessions that have no day file; what they give are fills, which the file replaces when it comes. */
export async function askForTheRest(runtime: Runtime, sync: ResolvedSync, sessions: readonly SyncedSession[], ports: AskingPorts): Promise<Asked | LeftOut> {
  const dates = withoutFile(sessions)
  if (dates.length === 0) return new LeftOut('no session is without its day file')
  if (!sync.request.fetch) return new LeftOut('providers are not to be asked')
  const request = await requestFor(runtime, sync, dates, ports)
  if (request instanceof LeftOut) return request
  return sync.request.dry_run ? { planned: await planAsking(runtime, request, ports) } : { asked: await askProviders(runtime, request, ports) }
}

/** The sessions for which those who were asked had an answer, each whole. Symbols that did not trade are none the less answered for. */
export function answeredFor(asked: Asked | null, dates: readonly IsoDate[]): ReadonlySet<IsoDate> {
  if (asked === null || !('asked' in asked)) return new Set()
  const { symbols, parameters: { grouped }, notReached, stopped } = asked.asked
  if (grouped) return new Set(dates.filter((date) => symbols.some(({ symbol, error }) => symbol === date && error === null)))
  const isWhole = stopped === null && notReached === 0 && symbols.every(({ error }) => error === null || error.code === NO_DAILY_DATA.code)
  return new Set(isWhole ? dates : [])
}
