import * as v from 'valibot'
import { FINDINGS_QUERY, SERVICE_FINDINGS, serviceFindingsDocument } from '../../documents/service/findings.js'
import { QUALITY_QUERY, SERVICE_QUALITY, serviceQualityDocument } from '../../documents/service/quality.js'
import { date } from '../../documents/fields.js'
import type { IsoDate } from '../../domain/dates.js'
import { findingCounts, findingPage } from '../../store/quality/findings-list.js'
import { marketPage, marketTotal, securityPage, securityTotal } from '../../store/quality/score-pages.js'
import { securityNamed } from '../../store/universe/security-named.js'
import { symbolIdOf } from '../framework/asset.js'
import { AFTER_ID, pageOf, readCursor } from '../framework/cursor.js'
import { defineRoute } from '../framework/route.js'
import { windowOf } from '../framework/window.js'

const AFTER_DATE = v.tuple([date])
const SCORE_FIELDS = ['date', 'score', 'bars', 'expected', 'lost'] as const
const FINDING_FIELDS = ['finding_id', 'rule', 'asset', 'symbol_id', 'start', 'end', 'provider', 'state', 'cause', 'reason', 'found_at', 'changed_at'] as const

export const quality = defineRoute({
  method: 'GET',
  path: '/quality',
  tag: 'data',
  summary: 'How good dates are, or the dates of one security, as they were checked last; the latest first',
  query: QUALITY_QUERY,
  problems: { 404: 'the universe has no such symbol' },
  document: SERVICE_QUALITY,
  csv: ({ scores }) => [
    [...SCORE_FIELDS, 'failed', 'checked_at'],
    ...scores.map((score) => [...SCORE_FIELDS.map((field) => score[field]), Object.entries(score.failed).map(([rule, bars]) => `${rule} ${bars}`).join(' '), score.checked_at]),
  ],
  async answer({ query: { asset, limit, cursor, ...given } }, { pool }) {
    const window = windowOf(given)
    const before = (readCursor(AFTER_DATE, cursor)?.[0] ?? null) as IsoDate | null
    const named = asset === undefined ? null : await securityNamed(pool, asset, null)
    const id = named?.security.symbolId
    const total = id === undefined ? await marketTotal(pool, window) : await securityTotal(pool, id, window)
    const page = id === undefined ? await marketPage(pool, window, before, limit + 1) : await securityPage(pool, id, window, before, limit + 1)
    const { rows, next } = pageOf(page, limit, (last) => [last.date])
    return serviceQualityDocument(named, total, rows, next)
  },
})

export const findings = defineRoute({
  method: 'GET',
  path: '/quality/findings',
  tag: 'data',
  summary: 'What rules have found, the latest first',
  query: FINDINGS_QUERY,
  problems: { 404: 'the universe has no such symbol' },
  document: SERVICE_FINDINGS,
  csv: ({ findings: told }) => [[...FINDING_FIELDS, 'details'], ...told.map((finding) => [...FINDING_FIELDS.map((field) => finding[field]), JSON.stringify(finding.details)])],
  async answer({ query: { asset, rule = null, state, limit, cursor, ...window } }, { pool }) {
    const symbolId = await symbolIdOf(pool, asset)
    const filter = { ids: null, states: state === 'all' ? null : [state], rule, symbolIds: symbolId === null ? null : [symbolId], ...windowOf(window) }
    const [before = null] = readCursor(AFTER_ID, cursor) ?? []
    const { rows, next } = pageOf(await findingPage(pool, filter, before, limit + 1), limit, ({ findingId }) => [findingId])
    return serviceFindingsDocument(await findingCounts(pool, filter), rows, next)
  },
})
