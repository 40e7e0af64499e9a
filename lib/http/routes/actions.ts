import * as v from 'valibot'
import { DATASETS } from '../../datasets/datasets.js'
import { ACT } from '../../documents/act.js'
import { SERVICE_ACTION, SERVICE_ACTIONS, SERVICE_PREVIEW, serviceActionDocument, serviceActionsDocument, servicePreviewDocument } from '../../documents/service/actions.js'
import { fileInterval, windowAsked } from '../../documents/service/asked.js'
import { paging } from '../../documents/service/paging.js'
import { backfillRange } from '../../routines/acting/backfill.js'
import { previewLoad } from '../../routines/acting/preview.js'
import { ACTION, BACKFILL, readAction } from '../../routines/acting/request.js'
import { progressOf } from '../../store/runs/progress.js'
import { latestActions, securitiesOf, type Action } from '../../store/service/actions.js'
import { KEYED, PROBLEMS, take, TAKEN_ON } from '../framework/acting.js'
import { AFTER_ID, pageOf, readCursor } from '../framework/cursor.js'
import { Problem } from '../framework/problem.js'
import { defineRoute } from '../framework/route.js'
import { windowOf } from '../framework/window.js'

const ID = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(Number.MAX_SAFE_INTEGER))
const FROM_FILES = 'Day files come from the source that is set; how much is done at once, and what a file may reject or remove, are settings as well.'

export const backfill = defineRoute({
  method: 'POST', path: '/ingestion/backfill', tag: 'ingestion', access: 'admin', status: 202,
  summary: 'Bring a window of dates up to what its sources have',
  description: `Without \`assets\`, bars of a \`day\` or \`minute\` are loaded from day files, for every security: as \`ohlcv load\` does it, so dates that are complete cost almost nothing. With \`assets\`, bars of a \`day\`
come from providers and are checked, as \`ohlcv sync --symbol\` does it; they fill only dates on which no day file has spoken. All else (\`hour\`, \`week\`, \`month\`, and \`minute\` with \`assets\`) is fetched from
providers as \`ohlcv fetch\` does it, of every active security where no \`assets\` are named; of hours never more than two sessions. Without \`end\` the window ends with the latest session whose file is due; without
\`start\` it has 90 days of minutes or hours, or three years. ${TAKEN_ON} ${FROM_FILES}`.replaceAll('\n', ' '),
  body: v.strictObject(BACKFILL.entries),
  headers: KEYED,
  example: { body: { interval: 'day', start: '2026-11-02', end: '2026-11-06' }, headers: { 'idempotency-key': '0b0e5c1e-backfill' } },
  problems: PROBLEMS,
  document: ACT,
  async answer(asked, site) {
    const { calendar, publication, now } = site
    const wanted = readAction({ action: 'backfill', request: asked.body })
    // That it runs backwards is told now, not to who looks for what became of it.
    backfillRange(asked.body, { calendar: await calendar(), publication, now: now() })
    return take(wanted, asked, site)
  },
})

export const action = defineRoute({
  method: 'POST', path: '/actions', tag: 'ingestion', access: 'admin', status: 202,
  summary: 'Have something done: load, fetch, backfill, explain findings, or see to alerts',
  description: `\`load\` reads day files of \`dates\` ({start, end} or the last {sessions}), as \`ohlcv load\` does; \`only\` narrows them: \`incomplete\` is what is not loaded, stale or failed. \`fetch\` asks providers for \`symbols\`
(a list, or \`all\`, of one \`type\` such as ETF where it says so) over \`dates\` ({start, end}, the last {days} or {years}), as \`ohlcv fetch\` does. \`backfill\` is that of \`POST /ingestion/backfill\`. \`explain\` says by a
\`reason\` why the findings \`ids\` are no fault, in the name of the token; null takes it back. \`acknowledge\`, \`mute\` and \`test_alerts\` are those of \`/alerts\`, with the number of the \`alert\` beside the fields of these. ${TAKEN_ON} ${FROM_FILES}`.replaceAll('\n', ' '),
  body: v.strictObject(ACTION.entries),
  headers: KEYED,
  example: { body: { action: 'load', request: { dates: { start: '2026-11-02', end: '2026-11-06' }, only: 'incomplete' } }, headers: { 'idempotency-key': '0b0e5c1e-load' } },
  problems: PROBLEMS,
  document: ACT,
  answer: (asked, site) => take(readAction(asked.body), asked, site),
})

export const actions = defineRoute({
  method: 'GET', path: '/actions', tag: 'ingestion', access: 'admin', cache: false,
  summary: 'What people had done, the newest first',
  query: v.strictObject(paging),
  document: SERVICE_ACTIONS,
  async answer({ query: { limit, cursor } }, { pool }) {
    const [before = null] = readCursor(AFTER_ID, cursor) ?? []
    const { rows, next } = pageOf(await latestActions(pool, { before, limit: limit + 1 }), limit, ({ actionId }) => [actionId])
    return serviceActionsDocument(rows, await progressOf(pool, runsOf(rows)), next)
  },
})

const runsOf = (found: readonly Action[]): number[] => found.flatMap(({ runs }) => runs.map(({ runId }) => runId))

export const oneAction = defineRoute({
  method: 'GET', path: '/actions/{id}', tag: 'ingestion', access: 'admin', cache: false,
  summary: 'What has become of an action: its state, its runs and how far they have come',
  params: v.strictObject({ id: ID }),
  example: { params: { id: 1 } },
  problems: { 404: 'There is no such action' },
  document: SERVICE_ACTION,
  async answer({ params: { id } }, { pool }) {
    const [found] = await latestActions(pool, { actionId: id, limit: 1 })
    if (!found) throw new Problem(404, 'ACTION_UNKNOWN', `there is no action ${id}`)
    return serviceActionDocument(found, await progressOf(pool, runsOf([found])), await securitiesOf(pool, id))
  },
})

export const preview = defineRoute({
  method: 'GET', path: '/actions/preview', tag: 'ingestion',
  summary: 'Which dates a load would read',
  description: 'From the ledger and the calendar: nothing is asked of the source, so whether the files of loaded dates have changed is not known. Without `start` and `end` the window is that of a backfill.',
  query: v.strictObject({
    interval: fileInterval,
    ...windowAsked,
    only: v.optional(v.picklist(['unloaded', 'failed', 'incomplete'])),
  }),
  document: SERVICE_PREVIEW,
  async answer({ query: { interval, only = null, ...window } }, { pool, calendar, publication, now }) {
    const context = { calendar: await calendar(), publication, now: now() }
    const request = { dataset: DATASETS.find((dataset) => dataset.window === interval)!, range: backfillRange({ interval, ...windowOf(window) }, context), only }
    return servicePreviewDocument(request, await previewLoad(pool, request, context))
  },
})
