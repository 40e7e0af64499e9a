import t from 'tap'
import { serverProcess } from '../../../lib/postgres/session.js'
import { closeDeadRuns, holdRun } from '../../../lib/store/runs/alive.js'
import { latestRuns } from '../../../lib/store/runs/runs.js'
import { freshDatabase } from '../../helpers/database.js'

const BEYOND_32_BITS = 2 ** 32 + 7

await t.test('a run lives as long as its session, whatever its id, and the list says what closing finds', async (t) => {
  const { pool } = await freshDatabase(t)
  const ids = [7, 8, BEYOND_32_BITS, BEYOND_32_BITS + 1]
  await pool.query(`insert into ingestion_runs (run_id, command, parameters, version) overriding system value select id, 'load', '{}', 'test' from unnest($1::bigint[]) id`, [ids])
  const said = async () => Object.fromEntries((await latestRuns(pool, null, 10)).map(({ runId, status }) => [runId, status]))
  const session = await pool.connect()
  await holdRun(session, 8)
  await holdRun(session, BEYOND_32_BITS)
  const expected = { 7: 'died', 8: 'running', [BEYOND_32_BITS]: 'running', [BEYOND_32_BITS + 1]: 'died' }
  t.same(await said(), expected)
  t.same((await closeDeadRuns(pool)).toSorted((a, b) => a - b), [7, BEYOND_32_BITS + 1])
  t.same(await said(), expected, 'and closing changes nothing of it')
  session.release(true)
  // The server may notice a moment later that the session has ended.
  await pool.query('select pg_terminate_backend($1, 5000)', [serverProcess(session)])
  t.same((await closeDeadRuns(pool)).toSorted((a, b) => a - b), [8, BEYOND_32_BITS])
})

await t.test('a run of another database is not this one\'s', async (t) => {
  const [{ pool }, { pool: other }] = [await freshDatabase(t), await freshDatabase(t)]
  const session = await other.connect()
  await holdRun(session, 1)
  t.same((await pool.query('select ohlcv_run_is_alive(1) as alive')).rows, [{ alive: false }])
  t.same((await other.query('select ohlcv_run_is_alive(1) as alive')).rows, [{ alive: true }])
  session.release(true)
})
