import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import { DAY_AGGS } from '../../../lib/datasets/day.js'
import { isoDate } from '../../../lib/domain/dates.js'
import { ensurePartitions } from '../../../lib/store/bars/partitions.js'
import { empty, freshDatabase } from '../../helpers/database.js'
import { storeFetched, type FetchedUnit } from '../../helpers/fetched.js'

const { pool } = await freshDatabase(t)
await ensurePartitions(pool, DAY_AGGS, isoDate('2025-01-01'), isoDate('2025-12-31'))

const of = (bars: readonly string[], more: Partial<FetchedUnit> = {}): FetchedUnit => ({ requests: [{ symbol: 'A', start: '2025-01-02', end: '2025-01-10', bars }], ...more })
const YAHOO = { provider: 'other', basis: 'split' } as const
const STOOQ = { provider: 'third', basis: 'total', stores: false } as const

const lines = async (sql: string) => (await pool.query<{ line: string }>(`select concat_ws(' ', ${sql}`)).rows.map(({ line }) => line)
/** What is held beside, as `symbol_id timespan date provider basis close fetch`. */
const beside = () => lines(`symbol_id, timespan, to_char(time, 'MM-DD'), provider, basis, close, case when partial then 'partial' end, fetch_id) as line
  from provider_bars order by symbol_id, timespan, time, provider, basis`)
const daily = () => lines(`symbol_id, to_char(time, 'MM-DD'), close, filled_by, fetch_id) as line from ohlcv_daily order by symbol_id, time`)

await t.test('what each provider gives is held beside that of the others, on its basis, and only the unadjusted goes to the table', async (t) => {
  await empty(pool)
  t.same((await storeFetched(pool, of(['1,2025-01-02,10']))).counts, [{ inserted: 1, updated: 0, unchanged: 0, heldBack: 0 }])
  t.same((await storeFetched(pool, of(['1,2025-01-02,5,100,,10', '1,2025-01-03,5.5,100,,11', '1,2025-01-06,6'], YAHOO))).counts, [{ inserted: 1, updated: 0, unchanged: 0, heldBack: 2 }],
    'held back: where one trusted more has spoken, and one that is known adjusted only')
  t.same((await storeFetched(pool, of(['1,2025-01-02,4', '1,2025-01-03,4.5'], STOOQ))).counts, [{ inserted: 2, updated: 0, unchanged: 0, heldBack: 0 }], 'of what is only held beside that is counted')
  t.same(await daily(), ['1 01-02 10 massive 1', '1 01-03 11 other 2'])
  t.same(await beside(), [
    '1 day 01-02 massive none 10 1', '1 day 01-02 other none 10 2', '1 day 01-02 other split 5 2', '1 day 01-02 third total 4 3',
    '1 day 01-03 other none 11 2', '1 day 01-03 other split 5.5 2', '1 day 01-03 third total 4.5 3', '1 day 01-06 other split 6 2',
  ])
})

await t.test('a newer answer of the provider takes the place of what it gave, writes nothing that is equal, and one that lacks a bar takes none away', async (t) => {
  await empty(pool)
  await storeFetched(pool, of(['1,2025-01-02,4', '1,2025-01-03,4.5', '1,2025-01-06,5'], STOOQ))
  const places = () => lines(`time, ctid, xmin) as line from provider_bars order by time`)
  const [first, , third] = await places()
  t.same((await storeFetched(pool, of(['1,2025-01-02,4.0', '1,2025-01-03,4.6'], STOOQ))).counts, [{ inserted: 0, updated: 1, unchanged: 1, heldBack: 0 }])
  t.same(await beside(), ['1 day 01-02 third total 4 1', '1 day 01-03 third total 4.6 2', '1 day 01-06 third total 5 1'])
  t.match(await places(), [first, String, third])
  await storeFetched(pool, of(['1,2025-01-02,5,100,,10'], YAHOO))
  await storeFetched(pool, of(['1,2025-01-02,6'], YAHOO))
  t.match((await beside()).slice(0, 2), ['1 day 01-02 other none 10 3', '1 day 01-02 other split 6 4'], 'what is not known unadjusted any more leaves what it was known to be')
})

await t.test('a partial bar is held beside with its mark, and takes it off when it is whole', async (t) => {
  await empty(pool)
  t.match((await storeFetched(pool, of(['1,2025-01-02,5,100,p,10'], YAHOO))).counts, [{ inserted: 0, heldBack: 1 }])
  t.same([await daily(), await beside()], [[], ['1 day 01-02 other none 10 partial 1', '1 day 01-02 other split 5 partial 1']])
  t.match((await storeFetched(pool, of(['1,2025-01-02,5,100,,10'], YAHOO))).counts, [{ inserted: 1 }])
  t.same([await daily(), await beside()], [['1 01-02 10 other 2'], ['1 day 01-02 other none 10 2', '1 day 01-02 other split 5 2']])
})

await t.test('bars of weeks and months are held beside too, those of hours and minutes are not', async (t) => {
  await empty(pool)
  for (const [timespan, time] of [['week', '2025-01-05'], ['month', '2025-01-01'], ['hour', '2025-01-02T15:00Z']] as const) await storeFetched(pool, of([`1,${time},10`], { timespan }))
  t.match((await storeFetched(pool, of(['1,2025-01-05,9'], { timespan: 'week', ...STOOQ }))).counts, [{ inserted: 1 }])
  t.same(await beside(), ['1 month 01-01 massive none 10 2', '1 week 01-05 massive none 10 1', '1 week 01-05 third total 9 4'])
  t.same(await lines('time, close) as line from ohlcv_weekly'), ['2025-01-05 10'])
})

await t.test('of two requests of a unit that have a bar the later one gives it, and each bar is counted once', async (t) => {
  await empty(pool)
  const requests = [['1,2025-01-02,5,100,,10', '1,2025-01-03,6,100,,12', '1,2025-01-06,7'], ['1,2025-01-03,6', '1,2025-01-06,7,100,,14', '1,2025-01-07,8']].map((bars) => ({ symbol: 'A', start: '2025-01-02', end: '2025-01-10', bars }))
  t.same((await storeFetched(pool, { ...YAHOO, requests })).counts, [{ inserted: 2, updated: 0, unchanged: 0, heldBack: 0 }, { inserted: 1, updated: 0, unchanged: 0, heldBack: 2 }])
  t.same(await daily(), ['1 01-02 10 other 1', '1 01-03 12 other 1', '1 01-06 14 other 2'])
  t.same((await beside()).filter((bar) => bar.includes('split')), ['1 day 01-02 other split 5 1', '1 day 01-03 other split 6 2', '1 day 01-06 other split 7 2', '1 day 01-07 other split 8 2'])
})

for (const timespan of ['day', 'week'] as const) {
  await t.test(`of two jobs that merge a ${timespan} of a symbol at once the one with the later number counts, whoever began`, async (t) => {
    await empty(pool)
    await pool.query(`insert into jobs (job_id, kind, request) values ('test', 'fetch', '{}')`)
    const begun: string[] = []
    let release = () => {}
    const held = new Promise<void>((resolve) => (release = resolve))
    const first = storeFetched(pool, of(['1,2025-01-05,10', '1,2025-01-12,10'], { timespan, beforeCommit: () => (begun.push('first'), held) }))
    while (begun.length === 0) await delay(5)
    // Another symbol of the security, and an answer that is what is stored before the first has ended.
    const second = storeFetched(pool, { timespan, requests: [{ symbol: 'B', start: '2025-01-02', bars: ['1,2025-01-12,11', '1,2025-01-05,11'] }], beforeCommit: async () => void begun.push('second') })
    const waiting = `select from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())`
    while ((await pool.query(waiting)).rowCount === 0) await delay(5)
    t.same(begun, ['first'])
    release()
    t.match(await Promise.all([first, second]), [{ fetchIds: [1], counts: [{ inserted: 2 }] }, { fetchIds: [2], counts: [{ updated: 2 }] }])
    t.same(await beside(), [`1 ${timespan} 01-05 massive none 11 2`, `1 ${timespan} 01-12 massive none 11 2`])
  })
}
