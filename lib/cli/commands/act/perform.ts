import { createCalendar } from '../../../calendar/calendar.js'
import { DEFAULT_EXCHANGE } from '../../../calendar/exchanges.js'
import type { DocumentType } from '../../../documents/document.js'
import { newJobId } from '../../../features/fetch/job.js'
import { readFetchRequest } from '../../../features/fetch/request.js'
import type { Runtime } from '../../../features/runs/runtime.js'
import { planBackfill, type Backfill } from '../../../routines/acting/backfill.js'
import type { Wanted } from '../../../routines/acting/request.js'
import { listOverrides } from '../../../store/calendar/overrides.js'
import type { Context, Result } from '../../framework/command.js'
import { acknowledgeRequested } from '../alerts/acknowledge.js'
import { muteRequested } from '../alerts/mute.js'
import { testRequested } from '../alerts/test.js'
import { fetchRequested } from '../fetch/fetch.js'
import { loadRequested } from '../load/load.js'
import { sourceOfSettings, withSettings } from '../load/request.js'
import { explanationRequested } from '../quality/explain.js'
import { symbolsSyncOf } from '../sync/request.js'
import { symbolsRequested } from '../sync/sync.js'

/** What a backfill comes to, here and now. @throws UsageError DATES_BACKWARDS */
async function planned(request: Extract<Wanted, { action: 'backfill' }>['request'], { db, now }: Runtime, { settings: { publishedAt, missingAfter } }: Context): Promise<Backfill> {
  const calendar = createCalendar(DEFAULT_EXCHANGE, await listOverrides(db.pool, DEFAULT_EXCHANGE.code))
  return planBackfill(request, { calendar, publication: { publishedAt, missingAfter }, now: now() })
}

/** Does what is asked for as the command of the same would; settings say where day files come from and what it may cost. @throws UsageError */
export async function perform(wanted: Wanted, requestedBy: string, runtime: Runtime, context: Context): Promise<Result<DocumentType>> {
  if (wanted.action === 'explain') return explanationRequested({ ...wanted.request, by: requestedBy }, context)
  if (wanted.action === 'acknowledge') return acknowledgeRequested({ ...wanted.request, by: requestedBy }, context)
  if (wanted.action === 'mute') return muteRequested({ alertId: wanted.request.alert, kind: null, dataset: null, symbol: null, provider: null, until: new Date(wanted.request.until), reason: wanted.request.reason, mutedBy: requestedBy }, context)
  if (wanted.action === 'test_alerts') return testRequested(context)
  const { settings, now } = context
  const { action, request } = wanted.action === 'backfill' ? await planned(wanted.request, runtime, context) : wanted
  if (action === 'load') return loadRequested(withSettings({ ...request, source: sourceOfSettings(settings) }, settings), context)
  if (action === 'sync') return symbolsRequested(symbolsSyncOf(request, settings), context)
  return fetchRequested({ job: { id: newJobId('fetch', now()), isNew: true }, request: readFetchRequest({ ...request, lanes: settings.fetchLanes }) }, runtime, context)
}
