import t from 'tap'
import { DATASETS } from '../../lib/datasets/datasets.js'
import { TIMESPANS } from '../../lib/datasets/timespans.js'
import { isoDate } from '../../lib/domain/dates.js'
import { LOCKS, tryLockDemo } from '../../lib/postgres/locks.js'
import { freshDatabase } from '../helpers/database.js'
import { isPartitioned } from '../helpers/engine.js'

const { pool } = await freshDatabase(t)
const partitioned = await isPartitioned(pool)
const FIRST_AND_LAST = ['1970-01-01', '2036-12-31'].map(isoDate)

await t.test('no two locks have one key', async (t) => {
  const { date, fills, fetched, run: _run, action: _action, quota, ...single } = LOCKS
  const keys = [...Object.values(single), ...TIMESPANS.map((timespan) => fetched(timespan)), ...DATASETS.flatMap((dataset) => [fills(dataset), ...FIRST_AND_LAST.map((day) => date(dataset, day))])].map(([space, key]) => `${space} ${key}`)
  t.same(keys, [...new Set(keys)])
  t.notOk(keys.some((key) => key.startsWith(`${quota} `)), 'that of quotas has any second key')
})

await t.test('a run\'s key is another for each id, also beyond 32 bits', async (t) => {
  const halves = (runId: number) => [BigInt(LOCKS.run(runId)) >> 32n, BigInt(LOCKS.run(runId)) & 0xffffffffn].map(Number)
  t.same(halves(1), [LOCKS.partitions[0], 1])
  t.same(halves(2 ** 32 + 5), [LOCKS.partitions[0] + 1, 5])
})

await t.test('an action\'s key is no run\'s', async (t) => {
  t.ok(BigInt(LOCKS.action(1)) >> 32n < BigInt(LOCKS.run(1)) >> 32n)
  t.not(LOCKS.action(1), LOCKS.action(2))
})

await t.test('of two demos that begin at once one is shown', async (t) => {
  const [one, other] = [await pool.connect(), await pool.connect()]
  t.equal((await Promise.all([one, other].map(tryLockDemo))).filter((locked) => locked).length, 1)
  one.release(true)
  other.release(true)
})

await t.test('who makes partitions waits for the lock of that name', { skip: !partitioned && 'hypertables need no partitions' }, async (t) => {
  const [holder, other] = [await pool.connect(), await pool.connect()]
  await holder.query('select pg_advisory_lock($1, $2)', [...LOCKS.partitions])
  await other.query(`set lock_timeout = '50ms'`)
  const make = () => other.query(`select ohlcv_daily_ensure_partitions('2024-01-02', '2024-01-02') as made`)
  await t.rejects(make(), { code: '55P03' })
  await holder.query('select pg_advisory_unlock($1, $2)', [...LOCKS.partitions])
  t.match((await make()).rows, [{ made: 1 }])
  holder.release(true)
  other.release(true)
})
