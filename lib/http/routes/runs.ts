import * as v from 'valibot'
import { SERVICE_RUNS, serviceRunsDocument } from '../../documents/service/runs.js'
import { latestRuns } from '../../store/runs/runs.js'
import { defineRoute } from '../framework/route.js'

export const runs = defineRoute({
  method: 'GET',
  path: '/ingestion/runs',
  tag: 'ingestion',
  summary: 'The latest runs, the newest first',
  query: v.strictObject({ limit: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1000)), 100) }),
  document: SERVICE_RUNS,
  async answer({ query }, { pool }) {
    return serviceRunsDocument(await latestRuns(pool, null, query.limit))
  },
})
