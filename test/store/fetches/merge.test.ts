import t from 'tap'
import type pg from 'pg'
import { DAY_AGGS } from '../../../lib/datasets/day.js'
import { MINUTE_AGGS } from '../../../lib/datasets/minute.js'
import { isoDate } from '../../../lib/domain/dates.js'
import { timespanNamed } from '../../../lib/datasets/timespans.js'
import type { TimespanName } from '../../../lib/datasets/timespan.js'
import { ensurePartitions } from '../../../lib/store/bars/partitions.js'
import { compareFetched, lockForFetched } from '../../../lib/store/fetches/merge.js'
import { differingFetched } from '../../../lib/store/fetches/staging.js'
import { empty, freshDatabase } from '../../helpers/database.js'
import { storeFetched, withFetched, type FetchedUnit } from '../../helpers/fetched.js'
import { directorySource, loadDates, manyBars, putDayFile, registerSymbols } from '../../helpers/load.js'

const { pool } = await freshDatabase(t)
const [first, last] = [isoDate('2025-01-01'), isoDate('2025-12-31')]
for (const dataset of [DAY_AGGS, MINUTE_AGGS]) await ensurePartitions(pool, dataset, first, last)

const fetched = (bars: readonly string[], more: Partial<FetchedUnit> = {}): FetchedUnit => ({ requests: [{ symbol: 'A', start: '2025-01-02', end: '2025-01-10', bars }], ...more })

/** What is stored as `symbol_id time close who fetch`, and the marks of the table. */
async function stored(timespan: TimespanName, db: pg.Pool = pool): Promise<string[]> {
  const { table, fills, ofDates } = timespanNamed(timespan)
  const marks = fills !== null ? `coalesce(filled_by, 'file'), load_id` : ofDates ? `partial` : `regular, partial`
  const { rows } = await db.query<{ bar: string }>(`select concat_ws(' ', symbol_id, to_char(time, 'MM-DD${ofDates ? '' : '"T"HH24:MI'}'), close, ${marks}, fetch_id) as bar from ${table} order by symbol_id, time`)
  return rows.map(({ bar }) => bar)
}

await t.test('bars of a date without a file are stored as fills, equal ones are left, others updated', async (t) => {
  await empty(pool)
  t.same((await storeFetched(pool, fetched(['1,2025-01-02,10', '1,2025-01-03,11']))).counts, [{ inserted: 2, updated: 0, unchanged: 0, heldBack: 0 }])
  t.same((await storeFetched(pool, fetched(['1,2025-01-03,11.0', '1,2025-01-02,12', '1,2025-01-06,13']))).counts, [{ inserted: 1, updated: 1, unchanged: 1, heldBack: 0 }])
  t.same(await stored('day'), ['1 01-02 12 massive 0 2', '1 01-03 11 massive 0 1', '1 01-06 13 massive 0 2'])
})

await t.test('an answer that lacks a bar takes nothing away', async (t) => {
  await empty(pool)
  await storeFetched(pool, fetched(['1,2025-01-02,10', '1,2025-01-03,11']))
  await storeFetched(pool, fetched(['1,2025-01-03,11']))
  await storeFetched(pool, fetched([]))
  t.same(await stored('day'), ['1 01-02 10 massive 0 1', '1 01-03 11 massive 0 1'])
})

await t.test('a fill gives way to a provider trusted as much or more, and to none trusted less', async (t) => {
  await empty(pool)
  await storeFetched(pool, fetched(['1,2025-01-02,10'], { provider: 'other' }))
  t.match((await storeFetched(pool, fetched(['1,2025-01-02,11'], { provider: 'third' }))).counts, [{ updated: 0, heldBack: 1 }])
  t.same(await stored('day'), ['1 01-02 10 other 0 1'])
  t.match((await storeFetched(pool, fetched(['1,2025-01-02,10'], { provider: 'massive' }))).counts, [{ updated: 1 }], 'also where the values are the same: who gave them is told')
  t.same(await stored('day'), ['1 01-02 10 massive 0 3'])
  await pool.query(`update ohlcv_daily set filled_by = 'gone'`)
  t.match((await storeFetched(pool, fetched(['1,2025-01-02,12'], { provider: 'third' }))).counts, [{ updated: 1 }], 'one that is no longer known is trusted least')
})

await t.test('where a file has spoken nothing is filled: on its date, and where a load of selected symbols left a bar', async (t) => {
  await empty(pool)
  await registerSymbols(pool, manyBars(3).map((bar) => bar.split(',')[0]!))
  const root = t.testdir({})
  putDayFile(root, '2025-01-02', manyBars(2))
  putDayFile(root, '2025-01-03', manyBars(2))
  await loadDates(pool, directorySource(root), '2025-01-02')
  await loadDates(pool, directorySource(root), '2025-01-03', '2025-01-03', { selected: new Set(['A000']) })
  const before = await stored('day')
  t.same((await storeFetched(pool, fetched(['1,2025-01-02,9', '3,2025-01-02,9', '1,2025-01-03,9', '3,2025-01-03,9', '3,2025-01-06,9']))).counts, [{ inserted: 2, updated: 0, unchanged: 0, heldBack: 3 }])
  t.same(await stored('day'), [...before, '3 01-03 9 massive 0 1', '3 01-06 9 massive 0 1'])
})

await t.test('a bar whose session was not over is held back, and one of an hour, week or month is stored with its mark', async (t) => {
  await empty(pool)
  t.match((await storeFetched(pool, fetched(['1,2025-01-02,10,100,p']))).counts, [{ inserted: 0, heldBack: 1 }])
  for (const [timespan, bars, marked] of [
    ['week', ['1,2025-01-05,10', '1,2025-01-12,10,100,p'], ['1 01-05 10 f', '1 01-12 10 t']],
    ['month', ['1,2025-01-01,10', '1,2025-02-01,10,100,p'], ['1 01-01 10 f', '1 02-01 10 t']],
    ['hour', ['1,2025-01-02T09:00Z,10,100,x', '1,2025-01-02T15:00Z,10,100,p'], ['1 01-02T09:00 10 f f', '1 01-02T15:00 10 t t']],
  ] as const) {
    const { fetchIds: [id], counts } = await storeFetched(pool, fetched(bars, { timespan }))
    t.match(counts, [{ inserted: 2 }])
    t.same(await stored(timespan), marked.map((bar) => `${bar} ${id}`))
    const again = await storeFetched(pool, fetched(bars.map((bar) => bar.replace(',p', '')), { timespan }))
    t.match(again.counts, [{ updated: 1, unchanged: 1 }], 'and without it when it is over')
    t.same(await stored(timespan), [`${marked[0]} ${id}`, `${marked[1].replace(/t$/, 'f')} ${again.fetchIds[0]}`])
  }
})

await t.test('minutes fill the dates of New York that have no file of minutes', async (t) => {
  await empty(pool)
  const lineage = `insert into ingestion_runs (command, parameters, version) values ('load', '{}', '1');
    insert into lineage (dataset, date, run_id, provider, object_key, source_identity, size_bytes, sha256, pulled_at, read, staged, inserted, updated, unchanged, removed, rejected, unknown, not_selected, duplicates, rules_version, identity_seq, authoritative)
    values ('minute_aggs', '2025-01-02', 1, 'massive', 'k', 'v', 1, 's', now(), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, true);
    insert into days (dataset, date, load_id, row_count) values ('minute_aggs', '2025-01-02', 1, 0)`
  await pool.query(lineage)
  const bars = ['1,2025-01-02T04:59Z,10', '1,2025-01-02T05:00Z,11', '1,2025-01-03T04:59Z,12', '1,2025-01-03T05:00Z,13']
  t.match((await storeFetched(pool, fetched(bars, { timespan: 'minute' }))).counts, [{ inserted: 2, heldBack: 2 }])
  t.same(await stored('minute'), ['1 01-02T04:59 10 massive 0 1', '1 01-03T05:00 13 massive 0 1'])
})

await t.test('of two requests of a unit that have a bar the later one gives it', async (t) => {
  await empty(pool)
  const unit: FetchedUnit = { timespan: 'week', requests: [
    { symbol: 'A', start: '2025-01-02', bars: ['1,2024-12-29,10', '1,2025-01-05,10'] },
    { symbol: 'B', start: '2025-01-08', bars: ['1,2025-01-05,11', '1,2025-01-12,11'] },
  ] }
  t.same((await storeFetched(pool, unit)).counts, [{ inserted: 1, updated: 0, unchanged: 0, heldBack: 0 }, { inserted: 2, updated: 0, unchanged: 0, heldBack: 0 }])
  t.same(await stored('week'), ['1 12-29 10 f 1', '1 01-05 11 f 2', '1 01-12 11 f 2'])
})

await t.test('a comparison writes nothing, and all of a date of many securities are found', async (t) => {
  await empty(pool)
  const bars = Array.from({ length: 300 }, (_, index) => `${index + 1},2025-03-31,${index + 1}`)
  const grouped: FetchedUnit = { requests: [{ symbol: null, start: '2025-03-31', bars }] }
  t.match((await storeFetched(pool, grouped)).counts, [{ inserted: 300 }])
  const counts = await withFetched(pool, { requests: [{ symbol: null, start: '2025-03-31', bars: [...bars.slice(1), '1,2025-03-31,7', '400,2025-03-31,7'] }] }, async (client, scope) => {
    t.equal(await lockForFetched(client, scope), 0)
    await client.query('set transaction read only')
    return compareFetched(client, scope)
  })
  t.same([...counts], [[0, { inserted: 1, updated: 1, unchanged: 299, heldBack: 0 }]])
})

await t.test('a repeated bar is held against the one of its own request', async (t) => {
  const unit: FetchedUnit = { timespan: 'hour', requests: ['10', '11'].map((price) => ({ symbol: 'A', start: '2025-01-02', bars: [`1,2025-01-02T15:00Z,${price}`] })) }
  await withFetched(pool, unit, async (client) => {
    const repeat = (line: number, price: string) => {
      const value = price as never
      return { bar: { line, symbol: 'A', symbolId: 1, slot: 0, open: value, high: value, low: value, close: value, volume: '100', transactions: '1' } as never, time: '2025-01-02T15:00:00Z', raw: Buffer.from('') }
    }
    t.same(await differingFetched(client, 0, 'none', [repeat(3, '10'), repeat(4, '11')]), new Set([4]))
    t.same(await differingFetched(client, 1, 'none', [repeat(3, '10'), repeat(4, '11')]), new Set([3]))
  })
})
