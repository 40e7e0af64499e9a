import { createCalendar, type Calendar } from '../../calendar/calendar.js'
import { exchangeNamed } from '../../calendar/exchanges.js'
import { lastSessions } from '../../calendar/publication.js'
import { addDays, type DateRange, type IsoDate } from '../../domain/dates.js'
import { UsageError } from '../../domain/errors.js'
import { requireSymbols } from '../../features/load/resolve.js'
import type { Runtime } from '../../features/runs/runtime.js'
import { listOverrides } from '../../store/calendar/overrides.js'
import { KEY_NAMES, keyedProviders, type AskingPorts } from '../ask-providers.js'
import type { SyncRequest } from './request.js'

/** What a sync comes to, here and now. */
export interface ResolvedSync {
  request: SyncRequest
  window: DateRange
  /** Its sessions, all of which have closed. */
  sessions: IsoDate[]
}

/** So many calendar days, the latest session that has closed the last of them. */
function windowOf(days: number, calendar: Calendar, now: Date): DateRange {
  const end = lastSessions(calendar, 1, now)[0]!.date
  return { start: addDays(end, 1 - days), end }
}

/** Looks up what a request means. @throws UsageError where nothing could be synced at all: an empty universe, neither day files nor a provider */
export async function resolveSync(runtime: Runtime, request: SyncRequest, asking: Pick<AskingPorts, 'env' | 'limits'>): Promise<ResolvedSync> {
  const { db, now } = runtime
  if (request.load === null && (!request.fetch || keyedProviders(asking).length === 0)) {
    throw new UsageError('SYNC_NO_SOURCE', 'there is nothing to sync from: no source of day files is set, and no provider with a key is to be asked', {
      hint: `give --source s3://bucket/prefix or a directory (or set OHLCV_SOURCE), or set one of ${KEY_NAMES.join(', ')}`,
    })
  }
  await requireSymbols(runtime)
  const exchange = exchangeNamed(request.exchange)!
  const calendar = createCalendar(exchange, await listOverrides(db.pool, exchange.code))
  const window = windowOf(request.days, calendar, now())
  return { request, window, sessions: calendar.sessions(window).map(({ date }) => date) }
}
