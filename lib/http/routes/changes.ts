import * as v from 'valibot'
import type { TimespanName } from '../../datasets/timespan.js'
import { timespanNamed } from '../../datasets/timespans.js'
import { REJECTS_QUERY, SERVICE_REJECTS, serviceRejectsDocument } from '../../documents/service/rejects.js'
import { REVISIONS_QUERY, SERVICE_REVISIONS, serviceRevisionsDocument } from '../../documents/service/revisions.js'
import { count, date } from '../../documents/fields.js'
import type { IsoDate } from '../../domain/dates.js'
import { rejectedRows } from '../../store/ledger/rejects.js'
import { REVISED_FIELDS, revisionPage } from '../../store/ledger/revisions.js'
import { symbolIdOf } from '../framework/asset.js'
import { AFTER_ID, pageOf, readCursor } from '../framework/cursor.js'
import { defineRoute } from '../framework/route.js'
import { windowOf } from '../framework/window.js'

const AFTER_LINE = v.tuple([date, count])
const REVISION_FIELDS = ['revision_id', 'date', 'time', 'asset', 'symbol_id', 'cause', 'kind'] as const
const REJECT_FIELDS = ['date', 'line', 'reason', 'field', 'asset', 'load_id'] as const

/** The kind of file that has bars of the length. */
const datasetOf = (interval: TimespanName): string => timespanNamed(interval).fills!.name

export const revisions = defineRoute({
  method: 'GET',
  path: '/revisions',
  tag: 'data',
  summary: 'Bars that changed after they were first loaded, the latest change first',
  query: REVISIONS_QUERY,
  problems: { 404: 'the universe has no such symbol' },
  document: SERVICE_REVISIONS,
  csv: ({ revisions: told }) => [
    [...REVISION_FIELDS, ...REVISED_FIELDS.map((field) => `old_${field}`), ...REVISED_FIELDS.map((field) => `new_${field}`), 'old_filled_by', 'load_id', 'revised_at'],
    ...told.map((revision) => [
      ...REVISION_FIELDS.map((field) => revision[field]), ...REVISED_FIELDS.map((field) => revision.old[field]), ...REVISED_FIELDS.map((field) => revision.new[field]),
      revision.old.filled_by, revision.load_id, revision.revised_at,
    ]),
  ],
  async answer({ query: { asset, interval, cause = null, limit, cursor, ...window } }, { pool }) {
    const filter = { dataset: datasetOf(interval), ...windowOf(window), symbolId: await symbolIdOf(pool, asset), cause }
    const [before = null] = readCursor(AFTER_ID, cursor) ?? []
    const { rows, next } = pageOf(await revisionPage(pool, filter, before, limit + 1), limit, ({ revisionId }) => [revisionId])
    return serviceRevisionsDocument(rows, next)
  },
})

export const rejects = defineRoute({
  method: 'GET',
  path: '/rejects',
  tag: 'data',
  summary: 'Rows of day files that were kept out, the latest date first',
  query: REJECTS_QUERY,
  document: SERVICE_REJECTS,
  csv: ({ rejects: told }) => [[...REJECT_FIELDS], ...told.map((row) => REJECT_FIELDS.map((field) => row[field]))],
  async answer({ query: { asset = null, interval, reason = null, limit, cursor, ...window } }, { pool }) {
    const filter = { dataset: datasetOf(interval), ...windowOf(window), reason, symbol: asset }
    const place = readCursor(AFTER_LINE, cursor)
    const { rows, next } = pageOf(await rejectedRows(pool, filter, limit + 1, place && { date: place[0] as IsoDate, line: place[1] }), limit, ({ date: on, line }) => [on, line])
    return serviceRejectsDocument(rows, next)
  },
})
