import { setTimeout as delay } from 'node:timers/promises'
import { pino } from 'pino'
import t from 'tap'
import { lastSummary } from '../../lib/http/summary.js'
import { warmUp } from '../../lib/http/warm-up.js'
import { createReaders } from '../../lib/postgres/readers.js'
import { inSnapshot } from '../../lib/postgres/transactions.js'
import { freshDatabase } from '../helpers/database.js'
import { startService, testSite } from '../helpers/service.js'
import { insertDay, insertRun, insertSymbols } from '../helpers/stored-days.js'

const { url: database, pool } = await freshDatabase(t)
const readers = (most: number) => {
  const made = createReaders({ connectionString: database }, pino({ enabled: false }), most)
  t.teardown(() => made.end())
  return made
}
const SYMBOLS = ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J']
await insertSymbols(pool, SYMBOLS.map((symbol, at) => [at + 1, symbol]))
await insertDay(pool, '2016-11-22', { bars: 10, runId: await insertRun(pool) })
const now = () => new Date('2016-11-23T22:00:00Z')

await t.test('a summary is there before anybody has asked, and a database that is away is no fault', async (t) => {
  const site = testSite({ pool, watch: ['A'], now })
  t.equal(lastSummary(site), undefined)
  await warmUp(site, new AbortController().signal)
  t.match(lastSummary(site), { assets: [{ asset: 'A', first: '2016-11-22' }] })
  const away = createReaders({ host: '127.0.0.1', port: 1 }, pino({ enabled: false }), 1)
  t.teardown(() => away.end())
  await t.resolves(warmUp(testSite({ pool: away, watch: ['A'] }), new AbortController().signal))
})

await t.test('ten details nobody has asked for, beside a look that does not end, leave connections to all others and are told when it has', async (t) => {
  const { url } = await startService(t, { pool: readers(2), details: readers(2), pulse: readers(1), watch: ['A'], now })
  const locker = await pool.connect()
  await locker.query('begin; lock table provider_bars in access exclusive mode')
  const asked = SYMBOLS.map((symbol) => fetch(`${url}/api/v1/assets/${symbol}`).then(({ status }) => status))
  await delay(100)
  const begun = performance.now()
  t.equal((await fetch(`${url}/api/v1/status/days`)).status, 200)
  t.ok(performance.now() - begun < 1000)
  await locker.query('rollback')
  locker.release()
  t.same(await Promise.all(asked), SYMBOLS.map(() => 200))
})

await t.test('what is asked at once in a snapshot is of one moment, whatever fails in it leaves a connection that can be used', async (t) => {
  const one = readers(1)
  const [before, after, [first, second]] = await inSnapshot(one, async (client) => {
    const count = async () => (await client.query<{ days: number }>('select count(*) as days from days')).rows[0]!.days
    const seen = await count()
    await insertDay(pool, '2016-11-23', { bars: 1, runId: await insertRun(pool) })
    return [seen, await count(), await Promise.all([client.query('select 1 as told'), client.query('select 2 as told')])]
  })
  t.same([before, after, first.rows, second.rows], [1, 1, [{ told: 1 }], [{ told: 2 }]])
  await t.rejects(inSnapshot(one, (client) => Promise.all([client.query({ name: 'a name', text: 'select 1 / $1::integer', values: [0] }), client.query({ name: 'another', text: 'select $1::integer as told', values: [3] })])), { code: '22012' })
  t.same((await one.query({ name: 'another', text: 'select $1::integer as told', values: [3] })).rows, [{ told: 3 }])
  t.equal(one.totalCount, 1, 'it is the same connection')
})
