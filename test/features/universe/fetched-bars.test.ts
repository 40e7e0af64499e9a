import t from 'tap'
import { isoDate } from '../../../lib/domain/dates.js'
import { DAY_AGGS } from '../../../lib/datasets/day.js'
import { MINUTE_AGGS } from '../../../lib/datasets/minute.js'
import type { TimespanName } from '../../../lib/datasets/timespan.js'
import { TIMESPANS, timespanNamed } from '../../../lib/datasets/timespans.js'
import { undated, type Listing } from '../../../lib/formats/listing.js'
import { importListings } from '../../../lib/features/universe/import.js'
import { renameSymbol } from '../../../lib/features/universe/rename.js'
import { ensurePartitions } from '../../../lib/store/bars/partitions.js'
import { columnsOf } from '../../../lib/store/fetches/columns.js'
import { keepsCoverage } from '../../helpers/coverage.js'
import { empty, freshDatabase } from '../../helpers/database.js'
import { storeFetched } from '../../helpers/fetched.js'
import { ACCEPTED, directorySource, loadDates, putDayFile, registerSymbols, runtimeOf } from '../../helpers/load.js'

const { pool } = await freshDatabase(t)
keepsCoverage(t, pool)
for (const dataset of [DAY_AGGS, MINUTE_AGGS]) await ensurePartitions(pool, dataset, isoDate('2025-01-01'), isoDate('2025-03-31'))

const rename = (oldSymbol: string, newSymbol: string, on: string, reused = false) =>
  renameSymbol(runtimeOf(pool), { oldSymbol, newSymbol, on: isoDate(on), reused, ...ACCEPTED })
const importRows = (...rows: Listing[]) => importListings(runtimeOf(pool), { listings: { rows, testIssues: 0 }, cause: 'import', ...ACCEPTED })

/** Which security a symbol names on a date. */
async function securityOn(symbol: string, date: string): Promise<number> {
  const { rows } = await pool.query<{ id: number }>('select symbol_id as id from ticker_symbols where symbol = $1 and valid @> $2::date', [symbol, date])
  return rows[0]!.id
}

/** Stores one bar of a request for a symbol. */
async function fetched(timespan: TimespanName, symbol: string | null, bar: string, start: string, end = start): Promise<number> {
  return (await storeFetched(pool, { timespan, requests: [{ symbol, start, end, bars: [bar] }] })).fetchIds[0]!
}

/** The fetched bars of a timespan as `symbol_id time close fetch_id`. */
async function stored(timespan: TimespanName): Promise<string[]> {
  const { table, ofDates } = timespanNamed(timespan)
  const { rows } = await pool.query<{ bar: string }>(`
    select concat_ws(' ', symbol_id, to_char(time, 'MM-DD${ofDates ? '' : '"T"HH24:MI'}'), close, fetch_id) as bar from ${table} where fetch_id is not null`)
  return rows.map(({ bar }) => bar).sort()
}

await t.test('what is moved of a fetched bar is all that its table has', async (t) => {
  for (const timespan of TIMESPANS) {
    const { rows } = await pool.query<{ name: string }>(`select attname as name from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped`, [timespan.table])
    t.same(['symbol_id', 'time', ...columnsOf(timespan)].sort(), rows.map(({ name }) => name).sort(), timespan.name)
  }
})

await t.test('bars of every timespan move with the dates on which their symbol names another security', async (t) => {
  await empty(pool)
  await registerSymbols(pool, ['OLD', 'NEW'])
  const [a, b] = [await securityOn('OLD', '2025-01-08'), await securityOn('NEW', '2025-01-08')]
  const bars: Record<TimespanName, [string, string]> = {
    // The second of each is of the date of the rename on, in New York.
    hour: ['2025-01-09T04:00Z', '2025-01-09T05:00Z'], minute: ['2025-01-09T04:59Z', '2025-01-09T05:00Z'], day: ['2025-01-08', '2025-01-09'],
    week: ['2024-12-29', '2025-01-12'], month: ['2024-12-01', '2025-02-01'],
  }
  const expected = new Map<TimespanName, string[]>()
  for (const { name } of TIMESPANS) {
    const ids: number[] = []
    for (const [place, time] of bars[name].entries()) ids.push(await fetched(name, 'NEW', `${b},${time},${10 + place}`, '2024-12-30', '2025-02-28'))
    const text = (place: number) => `${bars[name][place]!.slice(5, 16).replace('Z', '')} ${10 + place} ${ids[place]}`
    expected.set(name, [`${a} ${text(1)}`, `${b} ${text(0)}`].sort())
  }
  const { change } = await rename('OLD', 'NEW', '2025-01-09')
  t.match(change, { barsMoved: 0, fetchedMoved: 5, fetchedRemoved: 0, dates: 0 })
  for (const { name } of TIMESPANS) t.same(await stored(name), expected.get(name), name)
  t.same((await pool.query('select distinct filled_by, load_id from ohlcv_daily')).rows, [{ filled_by: 'massive', load_id: 0 }])
})

await t.test('a week or month that began before its symbol\'s first date goes where the symbol goes on that date', async (t) => {
  await empty(pool)
  await registerSymbols(pool, ['OLD', 'NEW'])
  const [a, b] = [await securityOn('OLD', '2025-01-08'), await securityOn('NEW', '2025-01-08')]
  // Of NEW from the Thursday on, in the week of the Sunday before.
  const week = await fetched('week', 'NEW', `${b},2025-01-05,10`, '2025-01-09', '2025-01-10')
  const month = await fetched('month', 'NEW', `${b},2025-01-01,10`, '2025-01-08', '2025-01-10')
  await rename('OLD', 'NEW', '2025-01-09')
  t.same(await stored('week'), [`${a} 01-05 10 ${week}`])
  t.same(await stored('month'), [`${b} 01-01 10 ${month}`])
})

await t.test('bars of a grouped answer, which names no symbol, go by their date', async (t) => {
  await empty(pool)
  await registerSymbols(pool, ['OLD', 'NEW'])
  const [a, b] = [await securityOn('OLD', '2025-01-08'), await securityOn('NEW', '2025-01-08')]
  for (const date of ['2025-01-08', '2025-01-09']) await fetched('day', null, `${b},${date},10`, date)
  await rename('OLD', 'NEW', '2025-01-09')
  t.same(await stored('day'), [`${a} 01-09 10 2`, `${b} 01-08 10 1`].sort())
})

await t.test('two symbols that exchange their securities exchange their fills', async (t) => {
  await empty(pool)
  await registerSymbols(pool, ['GOOG', 'GOOGL', 'GOOCV'])
  const [a, b, c] = [await securityOn('GOOG', '2025-01-08'), await securityOn('GOOGL', '2025-01-08'), await securityOn('GOOCV', '2025-01-08')]
  for (const [id, symbol] of [[a, 'GOOG'], [b, 'GOOGL']] as const) await fetched('day', symbol, `${id},2025-01-09,${id}`, '2025-01-09')
  await fetched('day', 'GOOCV', `${c},2025-01-08,${c}`, '2025-01-08')
  await rename('GOOG', 'GOOGL', '2025-01-09', true)
  await rename('GOOCV', 'GOOG', '2025-01-09')
  t.same(await stored('day'), [`${a} 01-09 ${b} 2`, `${c} 01-08 ${c} 3`, `${c} 01-09 ${a} 1`].sort())
})

await t.test('fills of a symbol that names nothing any more are taken out, their values kept; fetched bars of other lengths are taken out', async (t) => {
  await empty(pool)
  await registerSymbols(pool, ['GONE'])
  const id = await securityOn('GONE', '2025-01-08')
  for (const date of ['2025-01-08', '2025-01-09']) await fetched('day', 'GONE', `${id},${date},10`, date)
  await fetched('hour', 'GONE', `${id},2025-01-09T15:00Z,10`, '2025-01-09')
  await fetched('minute', 'GONE', `${id},2025-01-09T15:00Z,10`, '2025-01-09')
  const { change } = await importRows({ ...undated(2, 'GONE', {}), to: isoDate('2025-01-09') })
  t.match(change, { barsRemoved: 0, fetchedRemoved: 3, dates: 0, refusal: undefined })
  t.same([await stored('day'), await stored('hour'), await stored('minute')], [[`${id} 01-08 10 1`], [], []])
  t.same((await pool.query(`
    select dataset, date, to_char(time, 'HH24:MI') as time, cause, old_close, old_filled_by, old_load_id, new_close from bar_revisions order by dataset`)).rows, [
    { dataset: 'day_aggs', date: '2025-01-09', time: null, cause: 'identity', old_close: '10', old_filled_by: 'massive', old_load_id: null, new_close: null },
    { dataset: 'minute_aggs', date: '2025-01-09', time: '15:00', cause: 'identity', old_close: '10', old_filled_by: 'massive', old_load_id: null, new_close: null },
  ])
})

await t.test('a fill refuses no identity change: a file\'s bar takes its place, and of two fetched bars the later one stays', async (t) => {
  await empty(pool)
  await registerSymbols(pool, ['OLD', 'NEW'])
  const [a, b] = [await securityOn('OLD', '2025-01-08'), await securityOn('NEW', '2025-01-08')]
  const root = t.testdir({})
  putDayFile(root, '2025-01-10', ['NEW,20,20,20,20,1,1'])
  await loadDates(pool, directorySource(root), '2025-01-10', '2025-01-10', { selected: new Set(['NEW']) })
  // Where bars of OLD stand now, those of NEW are to go; nobody has a right to these.
  await fetched('day', 'ELSE', `${a},2025-01-10,1`, '2025-01-10')
  await fetched('day', 'ELSE', `${a},2025-01-13,2`, '2025-01-13')
  const later = await fetched('day', 'NEW', `${b},2025-01-13,3`, '2025-01-13')
  await fetched('day', 'NEW', `${b},2025-01-14,4`, '2025-01-14')
  const last = await fetched('day', 'ELSE', `${a},2025-01-14,5`, '2025-01-14')
  t.match((await rename('OLD', 'NEW', '2025-01-10')).change, { barsMoved: 1 })
  const { rows } = await pool.query(`select to_char(time, 'MM-DD') as date, close, filled_by as by, fetch_id as fetch, load_id as load from ohlcv_daily where symbol_id = $1 order by 1`, [a])
  t.same(rows, [
    { date: '01-10', close: '20', by: null, fetch: null, load: 1 }, { date: '01-13', close: '3', by: 'massive', fetch: later, load: 0 }, { date: '01-14', close: '5', by: 'massive', fetch: last, load: 0 },
  ])
  t.equal((await pool.query('select from ohlcv_daily where symbol_id = $1', [b])).rowCount, 0)
})

await t.test('fills do not count where it is asked what an identity change may do, or what the ledger says', async (t) => {
  await empty(pool)
  await registerSymbols(pool, ['A', 'B', 'C'])
  const root = t.testdir({})
  putDayFile(root, '2025-01-08', ['A,1,1,1,1,1,1', 'B,1,1,1,1,1,1', 'C,1,1,1,1,1,1'])
  await loadDates(pool, directorySource(root), '2025-01-08')
  const id = await securityOn('A', '2025-01-09')
  await fetched('day', 'A', `${id},2025-01-09,10`, '2025-01-09')
  const { change } = await renameSymbol(runtimeOf(pool), { oldSymbol: 'A', newSymbol: 'Z', on: isoDate('2025-01-09'), reused: false, dryRun: false, accept: false, maxRemoved: 0 })
  t.match(change, { barsMoved: 0, fetchedRemoved: 1, refusal: undefined }, 'A is not said to trade on')
  const { rows: [day] } = await pool.query(`select row_count, dropped, stale, (row_count, hash_sum, rehash_sum) = (select row_count, hash_sum, rehash_sum from ohlcv_daily_checksum(date)) as same from days`)
  t.same(day, { row_count: 3, dropped: 0, stale: false, same: true })
  t.equal((await pool.query('select from unknown_symbols')).rowCount, 0)
})
