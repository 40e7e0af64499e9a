import * as v from 'valibot'
import { id } from '../../documents/fields.js'
import { FAILURES_QUERY, SERVICE_FAILURES, serviceFailuresDocument } from '../../documents/service/failures.js'
import { FAILURE_KINDS, failurePage, failuresByKind } from '../../store/runs/failures.js'
import { successRate } from '../../store/runs/success-rate.js'
import { pageOf, readCursor } from '../framework/cursor.js'
import { defineRoute } from '../framework/route.js'

const DAY_MS = 86_400_000
const AFTER = v.tuple([v.pipe(v.string(), v.isoTimestamp()), v.picklist(FAILURE_KINDS), id])
const FIELDS = ['at', 'kind', 'failure_id', 'run_id', 'dataset', 'asset', 'interval', 'provider', 'start', 'end', 'state', 'code', 'retries'] as const

export const failures = defineRoute({
  method: 'GET',
  path: '/ingestion/failures',
  tag: 'ingestion',
  summary: 'Errors and retries of the last days, the latest first',
  query: FAILURES_QUERY,
  document: SERVICE_FAILURES,
  csv: ({ failures: told }) => [
    [...FIELDS, 'resolved'],
    ...told.map((failure) => [...FIELDS.map((field) => failure[field]), failure.resolved === null ? null : String(failure.resolved)]),
  ],
  async answer({ query: { days, kind, limit, cursor } }, { pool, now }) {
    const asked = { since: new Date(now().getTime() - days * DAY_MS), kinds: kind === undefined ? null : [kind] }
    const place = readCursor(AFTER, cursor)
    const after = place && { instant: place[0], kind: place[1], failureId: place[2] }
    const [counts, success] = await Promise.all([failuresByKind(pool, asked), successRate(pool, asked.since)])
    const { rows, next } = pageOf(await failurePage(pool, asked, after, limit + 1), limit, ({ instant, kind: of, failureId }) => [instant, of, failureId])
    return serviceFailuresDocument(asked.since, success, counts, rows, next)
  },
})
