import { REMEDIATION_QUERY, SERVICE_REMEDIATION, serviceRemediationDocument } from '../../documents/service/remediation.js'
import { remediationCounts, remediationPage, type RemediationFilter } from '../../store/quality/remediations.js'
import { symbolIdOf } from '../framework/asset.js'
import { AFTER_ID, pageOf, readCursor } from '../framework/cursor.js'
import { defineRoute } from '../framework/route.js'
import { windowOf } from '../framework/window.js'

const FIELDS = [
  'remediation_id', 'ended_at', 'began_at', 'kind', 'interval', 'asset', 'symbol_id', 'start', 'end', 'provider', 'action', 'state', 'occurrences', 'run_id', 'command', 'what', 'done', 'change', 'ending',
] as const

export const remediation = defineRoute({
  method: 'GET',
  path: '/status/remediation',
  tag: 'status',
  summary: 'What was wrong with the data and what was done about it, the latest first',
  query: REMEDIATION_QUERY,
  document: SERVICE_REMEDIATION,
  csv: ({ remediations }) => [[...FIELDS], ...remediations.map((entry) => FIELDS.map((field) => entry[field]))],
  async answer({ query: { asset, interval = null, kind = null, state = null, limit, cursor, ...window } }, { pool }) {
    const filter: RemediationFilter = { symbolId: await symbolIdOf(pool, asset), timespan: interval, kind, state, ...windowOf(window), since: null, runId: null }
    const [before = null] = readCursor(AFTER_ID, cursor) ?? []
    const { rows, next } = pageOf(await remediationPage(pool, filter, before, limit + 1), limit, ({ remediationId }) => [remediationId])
    return serviceRemediationDocument(await remediationCounts(pool, filter), rows, next)
  },
})
