import t from 'tap'
import { closeRun, openRun } from '../../lib/store/runs/runs.js'
import { freshDatabase } from '../helpers/database.js'
import { startService } from '../helpers/service.js'

const { pool } = await freshDatabase(t)
const { url } = await startService(t, { pool })

await t.test('the latest runs are told, the newest first, without what they were started with', async (t) => {
  for (const command of ['load', 'sync']) {
    const runId = await openRun(pool, command, { source: '/secret/place' }, '1.2.3')
    await closeRun(pool, runId, { status: 'succeeded', exitCode: 0, totals: null, message: 'read /secret/place' })
  }
  const answer = await fetch(`${url}/api/v1/ingestion/runs?limit=1`)
  const text = await answer.text()
  t.equal(answer.status, 200)
  t.notMatch(text, 'secret')
  t.match(JSON.parse(text), { schema: 'ohlcv.service-runs/1', runs: [{ command: 'sync', status: 'succeeded' }] })
  t.equal((JSON.parse(text) as { runs: unknown[] }).runs.length, 1)
})
