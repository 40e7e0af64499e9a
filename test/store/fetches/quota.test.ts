import t from 'tap'
import { giveBack, quotaUse, reserve, type QuotaLimits } from '../../../lib/store/fetches/quota.js'
import { empty, freshDatabase } from '../../helpers/database.js'

const { pool } = await freshDatabase(t)
const limits = (some: Partial<QuotaLimits>): QuotaLimits => ({ perSecond: null, perMinute: null, perDay: null, perMonth: null, ...some })
/** In tenths of a second: what the server itself takes is less. */
const waitsOf = async (some: Partial<QuotaLimits>, wanted: number, provider = 'p') => (await reserve(pool, provider, limits(some), wanted)).reserved.map(({ waitMs }) => Math.floor(waitMs / 100))

/** Lets so much time pass: what was reserved was reserved so much earlier. */
const pass = (interval: string) => pool.query('update provider_requests set reserved_for = reserved_for - $1::interval', [interval])

t.afterEach(() => empty(pool))

await t.test('requests within a limit wait for nothing, further ones until the window has passed and a little more', async (t) => {
  const waits = await waitsOf({ perSecond: 3 }, 8)
  t.same(waits, [0, 0, 0, 10, 10, 10, 20, 20])
  const [next] = await waitsOf({ perSecond: 3 }, 1)
  t.ok(next! > 10 && next! <= 20, `after those reserved before: ${next}`)
  t.same(await waitsOf({ perSecond: 3 }, 1, 'other'), [0], 'each provider has a limit of its own')
})

await t.test('a limit of a minute holds beside one of a second', async (t) => {
  t.same(await waitsOf({ perSecond: 2, perMinute: 5 }, 7), [0, 0, 10, 10, 20, 605, 605])
  await pass('70 seconds')
  t.same(await waitsOf({ perSecond: 2, perMinute: 5 }, 1), [0], 'and is renewed as time goes by')
})

await t.test('a limit of a day and of a month is told when it is used up, with when it is renewed', async (t) => {
  const { rows: [clock] } = await pool.query<{ tomorrow: Date; next: Date }>(`
    select (date_trunc('day', now() at time zone 'UTC') + interval '1 day') at time zone 'UTC' as tomorrow, (date_trunc('month', now() at time zone 'UTC') + interval '1 month') at time zone 'UTC' as next`)
  const first = await reserve(pool, 'p', limits({ perDay: 3, perMonth: 5 }), 4)
  t.equal(first.reserved.length, 3, 'what is left is reserved')
  t.same(first.usedUp, { period: 'day', used: 3, renewed: clock!.tomorrow })
  await pool.query(`update provider_quota set starts = starts - 1 where period = 'day'`)
  const second = await reserve(pool, 'p', limits({ perDay: 3, perMonth: 5 }), 4)
  t.equal(second.reserved.length, 2)
  t.same(second.usedUp, { period: 'month', used: 5, renewed: clock!.next })
  await pool.query(`update provider_quota set starts = (starts - interval '1 month')::date where period = 'month'`)
  t.equal((await reserve(pool, 'p', limits({ perMonth: 5 }), 1)).reserved.length, 1, 'a new month begins with none used')
})

await t.test('what is given back can be reserved again, once', async (t) => {
  const { reserved } = await reserve(pool, 'p', limits({ perMinute: 3, perDay: 3 }), 3)
  const ids = reserved.map(({ requestId }) => requestId)
  await giveBack(pool, 'p', ids.slice(1))
  await giveBack(pool, 'p', ids.slice(1))
  t.match((await quotaUse(pool)).get('p'), { minute: 1, day: 1, month: 1 })
  t.same(await waitsOf({ perMinute: 3, perDay: 3 }, 5), [0, 0])
})

await t.test('what is used is told by window, and old requests are forgotten', async (t) => {
  await waitsOf({}, 2)
  await pass('30 seconds')
  await waitsOf({ perSecond: 2 }, 3)
  await waitsOf({}, 1, 'other')
  t.same(await quotaUse(pool), new Map([['p', { second: 3, minute: 5, day: 5, month: 5 }], ['other', { second: 1, minute: 1, day: 1, month: 1 }]]))
  await pass('3 minutes')
  await waitsOf({}, 1)
  t.same((await pool.query(`select count(*) as kept from provider_requests where provider = 'p'`)).rows, [{ kept: 1 }])
  t.same((await quotaUse(pool)).get('p'), { second: 1, minute: 1, day: 6, month: 6 })
})

await t.test('a clock that was set back by more than a day does not stop everything until it has caught up', async (t) => {
  await waitsOf({ perMinute: 1 }, 1)
  await pass('-3 days')
  t.same(await waitsOf({ perMinute: 1 }, 1), [0])
})
