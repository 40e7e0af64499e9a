import { readdirSync } from 'node:fs'
import path from 'node:path'
import t, { type Test } from 'tap'
import { prune } from '../../../../lib/features/fetch/answers/prune.js'
import { holdRun } from '../../../../lib/store/runs/alive.js'
import { openAnswers } from '../../../../lib/transport/answers/answers.js'
import { empty, freshDatabase } from '../../../helpers/database.js'
import { keepFetch } from '../../../helpers/kept-fetches.js'
import { runtimeOf, type LoadOptions } from '../../../helpers/load.js'
import { insertRun } from '../../../helpers/stored-days.js'

const { pool } = await freshDatabase(t)
const NOW = new Date('2025-03-20T12:00:00Z')

/** Answers kept in a place of their own, and what is there of each month. */
async function place(t: Pick<Test, 'testdir'>) {
  await empty(pool)
  const raw = t.testdir({ massive: { 2025: { '01': {}, '02': {}, '03': {} } } })
  const answers = openAnswers(raw, {})
  return {
    answers,
    bodies: () => ['01', '02', '03'].map((month) => readdirSync(path.join(raw, 'massive/2025', month)).length),
    prune: (days: number | null, more: LoadOptions & { dryRun?: boolean; bars?: number } = {}) =>
      prune(runtimeOf(pool, { now: NOW, ...more }), answers, { answers_older_than: days, bars_older_than: more.bars ?? null, dry_run: more.dryRun ?? false }),
  }
}

const pruned = async () => (await pool.query<{ fetch_id: number }>('select fetch_id from fetches where pruned_at is not null order by 1')).rows.map(({ fetch_id }) => fetch_id)

await t.test('bodies of older requests go, the requests stay, and again there is nothing to do', async (t) => {
  const { answers, bodies, prune } = await place(t)
  await keepFetch(pool, answers, { pulledAt: '2025-01-10T12:00:00Z', bodies: ['a', 'b'] })
  await keepFetch(pool, answers, { pulledAt: '2025-02-10T12:00:00Z', bodies: ['c'] })
  await keepFetch(pool, answers, { pulledAt: '2025-01-11T12:00:00Z', status: 'failed' })
  await keepFetch(pool, answers, { pulledAt: '2025-03-10T12:00:00Z', bodies: ['d'] })
  t.match(await prune(20, { dryRun: true }), { before: new Date('2025-02-28T12:00:00Z'), fetches: 2, bodies: 3, shared: 0 })
  t.same([bodies(), await pruned()], [[2, 1, 1], []], 'nothing is touched by a dry run')
  t.match(await prune(20), { fetches: 2, bodies: 3, shared: 0, runningMonthLeft: false })
  t.same([bodies(), await pruned()], [[0, 0, 1], [1, 2]])
  t.match(await prune(20), { fetches: 0, bodies: 0 })
  t.equal((await pool.query('select from fetches')).rowCount, 4)
})

await t.test('a body that a younger answer shares stays until that goes too', async (t) => {
  const { answers, bodies, prune } = await place(t)
  await keepFetch(pool, answers, { pulledAt: '2025-02-10T12:00:00Z', bodies: ['same', 'older'] })
  await keepFetch(pool, answers, { pulledAt: '2025-02-20T12:00:00Z', bodies: ['same'] })
  await keepFetch(pool, answers, { pulledAt: '2025-03-19T12:00:00Z', bodies: ['same'] })
  t.match(await prune(30, { dryRun: true }), { fetches: 1, bodies: 1, shared: 1 })
  t.match(await prune(30), { fetches: 1, bodies: 1, shared: 1 })
  t.same(bodies(), [0, 1, 1])
  t.match(await prune(25), { fetches: 1, bodies: 1, shared: 0 }, 'that of March is another file')
  t.same(bodies(), [0, 0, 1])
})

await t.test('while a fetch is at work, those of this month are left: it may just have found one of them', async (t) => {
  const { answers, bodies, prune } = await place(t)
  await keepFetch(pool, answers, { pulledAt: '2025-02-10T12:00:00Z', bodies: ['a'] })
  await keepFetch(pool, answers, { pulledAt: '2025-03-10T12:00:00Z', bodies: ['b'] })
  const runId = await insertRun(pool, 'running')
  await pool.query(`update jobs set state = 'running', run_id = $1`, [runId])
  const client = await pool.connect()
  await holdRun(client, runId)
  t.match(await prune(1), { fetches: 1, bodies: 1, runningMonthLeft: true })
  t.same(bodies(), [0, 0, 1])
  // As the end of its session does, some time after the connection is gone.
  await client.query('select pg_advisory_unlock_all()')
  client.release(true)
  t.match(await prune(1), { fetches: 1, bodies: 1, runningMonthLeft: false }, 'a job whose run has died is not at work')
  t.same(bodies(), [0, 0, 0])
})

await t.test('no job begins to work while bodies are removed', async (t) => {
  const { answers, prune } = await place(t)
  await keepFetch(pool, answers, { pulledAt: '2025-03-10T12:00:00Z', bodies: ['a'] })
  let begun = false
  const whilePruning: boolean[] = []
  let beginning: Promise<unknown> | undefined
  await prune(1, { failpoint: async () => {
    beginning ??= pool.query(`insert into jobs (job_id, kind, request, state) values ('late', 'fetch', '{}', 'running')`).then(() => (begun = true))
    await pool.query('select pg_sleep(0.1)')
    whilePruning.push(begun)
  } })
  t.equal(whilePruning[0], false)
  await beginning
  t.equal(begun, true)
})

await t.test('a request that says its answer is kept has it, wherever a prune was killed, and the next one finishes', async (t) => {
  const { answers, bodies, prune } = await place(t)
  await keepFetch(pool, answers, { pulledAt: '2025-01-10T12:00:00Z', bodies: ['a', 'shared'] })
  await keepFetch(pool, answers, { pulledAt: '2025-01-20T12:00:00Z', bodies: ['shared'] })
  await t.rejects(prune(65, { failpoint: () => Promise.reject(new Error('killed')) }), { message: 'killed' })
  t.same([await pruned(), bodies()], [[1], [2, 0, 0]], 'marked, and still there')
  t.match(await prune(65), { fetches: 0 })
  t.same(bodies(), [1, 0, 0], 'but for what another needs')
})
