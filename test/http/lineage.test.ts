import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'
import { DAY_AGGS } from '../../lib/datasets/day.js'
import { timespanNamed } from '../../lib/datasets/timespans.js'
import { isoDate } from '../../lib/domain/dates.js'
import type { DocumentOf } from '../../lib/documents/document.js'
import type { LINEAGE } from '../../lib/documents/service/lineage.js'
import { renameSymbol } from '../../lib/features/universe/rename.js'
import { barOrigins } from '../../lib/store/bars/origins.js'
import { ask } from '../helpers/contract.js'
import { freshDatabase } from '../helpers/database.js'
import { storeFetched } from '../helpers/fetched.js'
import { ACCEPTED, dayFilePath, directorySource, loadDates, manyBars, putDayFile, registerSymbols, runtimeOf } from '../helpers/load.js'
import { plansOf } from '../helpers/plans.js'
import { ADMIN_TOKEN, startService, TOKENS } from '../helpers/service.js'

type Lineage = DocumentOf<typeof LINEAGE>

const { pool } = await freshDatabase(t)
const { url } = await startService(t, { pool, tokens: TOKENS })
const root = t.testdir({})
await registerSymbols(pool, [...manyBars(50).map((bar) => bar.slice(0, 4)), 'OLD', 'STAYS'])
const idOf = async (symbol: string) => (await pool.query<{ symbol_id: number }>('select symbol_id from ticker_symbols where symbol = $1', [symbol])).rows[0]!.symbol_id
const [renamed, stays] = [await idOf('OLD'), await idOf('STAYS')]

const bar = (symbol: string, price: string) => `${symbol},${price},${price},${price},${price},100,1`
/** Publishes a version of a date's file; its SHA-256. */
function publish(date: string, ...bars: string[]): string {
  putDayFile(root, date, [...manyBars(50), ...bars])
  return createHash('sha256').update(readFileSync(path.join(root, dayFilePath(DAY_AGGS, date)))).digest('hex')
}
/** Loads a date; the number of the load. */
async function load(date: string, options: Parameters<typeof loadDates>[4] = {}): Promise<number> {
  const { days: [day] } = await loadDates(pool, directorySource(root), date, date, options)
  return day!.loadId!
}

// January 2025: the 9th was a day of mourning, the 11th and 12th a weekend. The file of the 15th lacks the one, which is called otherwise from the 16th on.
const sha: Record<string, string> = {}
const loads: Record<string, number> = {}
for (const date of ['2025-01-06', '2025-01-07', '2025-01-08', '2025-01-10']) {
  sha[date] = publish(date, bar('OLD', '10'), bar('STAYS', '20'))
  loads[date] = await load(date)
}
// The vendor restates one bar; somebody changes another behind the loader's back, which a load repairs.
sha['restated'] = publish('2025-01-07', bar('OLD', '11'), bar('STAYS', '20'))
loads['restated'] = await load('2025-01-07')
await pool.query(`update ohlcv_daily set close = 99 where symbol_id = $1 and time = '2025-01-08'`, [renamed])
loads['repaired'] = await load('2025-01-08', { force: true })
const { fetchIds: [fill] } = await storeFetched(pool, { provider: 'other', requests: [{ symbol: null, start: '2025-01-13', bars: [`${renamed},2025-01-13,12`, `${stays},2025-01-13,21`] }] })
sha['2025-01-14'] = publish('2025-01-14', bar('OLD', '13'), bar('STAYS', '22'))
loads['2025-01-14'] = await load('2025-01-14', { selected: new Set(['OLD']) })
await renameSymbol(runtimeOf(pool), { oldSymbol: 'OLD', newSymbol: 'NEW', on: isoDate('2025-01-16'), reused: false, ...ACCEPTED })
sha['2025-01-15'] = publish('2025-01-15', bar('STAYS', '23'))
sha['2025-01-16'] = publish('2025-01-16', bar('NEW', '14'), bar('STAYS', '24'))
for (const date of ['2025-01-15', '2025-01-16']) loads[date] = await load(date)
const { fetchIds: hours } = await storeFetched(pool, {
  timespan: 'hour', provider: 'other', requests: [
    { symbol: 'OLD', start: '2025-01-06', end: '2025-01-08', bars: ['06', '07', '08'].flatMap((day) => ['15', '16'].map((hour) => `${renamed},2025-01-${day}T${hour}:00:00Z,10`)) },
    { symbol: 'OLD', start: '2025-01-10', bars: [`${renamed},2025-01-10T15:00:00Z,10`] },
  ],
})
const { fetchIds: [weeks] } = await storeFetched(pool, { timespan: 'week', provider: 'other', requests: [{ symbol: 'OLD', start: '2024-12-29', end: '2025-01-25', bars: ['2024-12-29', '2025-01-05', '2025-01-19'].map((week) => `${renamed},${week},10`) }] })

const lineage = async (query: string, headers: Record<string, string> = {}) => (await ask(t, url, `/lineage?${query}`, { headers })).json as Lineage
/** Ranges in short: dates, kind, provider, and for each source its dates, bars, load or request. */
const short = ({ ranges }: Lineage) => ranges.map(({ start, end, kind, provider, dates, bars, sources }) =>
  [`${start}..${end} ${kind} ${provider} ${dates}/${bars}`, ...sources.map((source) => `${source.start}..${source.end} ${source.bars} ${source.load_id ?? '-'} ${source.fetch_id ?? '-'}`)])

await t.test('bars of files, of a restated and a repaired one, of a fill, a load of selected symbols and after a rename are told by what wrote them', async (t) => {
  const told = await lineage('asset=NEW&start=2025-01-01&end=2025-01-31')
  t.match(told, { asset: 'NEW', symbol_id: renamed, interval: 'day', start: '2025-01-01', end: '2025-01-31', bars: 7 })
  t.same(short(told), [
    ['2025-01-06..2025-01-10 file massive 4/4', `2025-01-06..2025-01-06 1 ${loads['2025-01-06']} -`, `2025-01-07..2025-01-07 1 ${loads['restated']} -`, `2025-01-08..2025-01-08 1 ${loads['repaired']} -`, `2025-01-10..2025-01-10 1 ${loads['2025-01-10']} -`],
    ['2025-01-13..2025-01-13 fill other 1/1', `2025-01-13..2025-01-13 1 - ${fill}`],
    ['2025-01-14..2025-01-14 selection massive 1/1', `2025-01-14..2025-01-14 1 ${loads['2025-01-14']} -`],
    ['2025-01-16..2025-01-16 file massive 1/1', `2025-01-16..2025-01-16 1 ${loads['2025-01-16']} -`],
  ])
  t.same(told.ranges.flatMap(({ sources }) => sources.map(({ sha256 }) => sha256)), ['2025-01-06', 'restated', '2025-01-08', '2025-01-10'].map((name) => sha[name]).concat([null!, sha['2025-01-14']!, sha['2025-01-16']!]))
  t.same(await lineage('asset=OLD&start=2025-01-01&end=2025-01-31'), told, 'by its former name as well')
})

await t.test('what a newer version leaves as it was still stands on the older one, and a closed day parts no sessions', async (t) => {
  t.same(short(await lineage('asset=STAYS&start=2025-01-07&end=2025-01-31')), [
    ['2025-01-07..2025-01-10 file massive 3/3', ...['2025-01-07', '2025-01-08', '2025-01-10'].map((date) => `${date}..${date} 1 ${loads[date]} -`)],
    ['2025-01-13..2025-01-13 fill other 1/1', `2025-01-13..2025-01-13 1 - ${fill}`],
    ['2025-01-15..2025-01-16 file massive 2/2', ...['2025-01-15', '2025-01-16'].map((date) => `${date}..${date} 1 ${loads[date]} -`)],
  ])
})

await t.test('each stored bar is told once, by the load or request that its row names', async (t) => {
  for (const symbolId of [renamed, stays]) {
    const told = await barOrigins(pool, timespanNamed('day'), symbolId, { start: isoDate('2025-01-01'), end: isoDate('2025-01-31') })
    const { rows } = await pool.query<{ date: string; bars: number; load_id: number | null; fetch_id: number | null }>(
      'select time as date, 1 as bars, case when filled_by is null then load_id end as load_id, fetch_id from ohlcv_daily where symbol_id = $1 order by time', [symbolId])
    t.same(told.map(({ date, bars, loadId, fetchId }) => ({ date, bars, load_id: loadId, fetch_id: fetchId })), rows)
  }
})

await t.test('bars that no load wrote are told by their dates, as of unknown origin', async (t) => {
  await pool.query(`insert into ohlcv_daily select symbol_id, new, open, high, low, close, volume, transactions, 0 from ohlcv_daily, unnest(array['2025-01-21', '2025-01-22']::date[]) new where symbol_id = $1 and time = '2025-01-16'`, [stays])
  t.same(short(await lineage('asset=STAYS&start=2025-01-16&end=2025-01-31')), [
    ['2025-01-16..2025-01-16 file massive 1/1', `2025-01-16..2025-01-16 1 ${loads['2025-01-16']} -`], ['2025-01-21..2025-01-22 unknown null 2/2', '2025-01-21..2025-01-22 2 - -'],
  ])
  await pool.query(`delete from ohlcv_daily where time > '2025-01-20'`)
})

await t.test('hours and weeks are told by their requests: dates one after the other that one request gave are one source', async (t) => {
  t.same(short(await lineage('asset=NEW&interval=hour&start=2025-01-01&end=2025-01-31')), [
    ['2025-01-06..2025-01-10 answer other 4/7', `2025-01-06..2025-01-08 6 - ${hours[0]}`, `2025-01-10..2025-01-10 1 - ${hours[1]}`],
  ])
  t.same(short(await lineage('asset=NEW&interval=week&start=2024-12-01&end=2025-01-31')), [
    ['2024-12-29..2025-01-05 answer other 2/2', `2024-12-29..2025-01-05 2 - ${weeks}`], ['2025-01-19..2025-01-19 answer other 1/1', `2025-01-19..2025-01-19 1 - ${weeks}`],
  ], 'a week without a bar parts them')
})

await t.test('keys of files are told to those only who hold a token', async (t) => {
  const keys = ({ ranges }: Lineage) => ranges.flatMap(({ sources }) => sources.map(({ object_key: key }) => key))
  const window = 'asset=STAYS&start=2025-01-15&end=2025-01-16'
  t.same(keys(await lineage(window)), [null, null])
  t.match(keys(await lineage(window, { authorization: `Bearer ${ADMIN_TOKEN}` })), ['2025-01-15', '2025-01-16'].map((date) => new RegExp(`${dayFilePath(DAY_AGGS, date)}$`)))
})

await t.test('a window without bars is an empty list, and a wrong one or an unknown symbol a problem that says so', async (t) => {
  t.match(await lineage('asset=NEW&start=2024-01-01&end=2024-01-31'), { bars: 0, ranges: [] })
  const problems: [string, number, string][] = [
    ['asset=NEW&start=2025-02-01&end=2025-01-01', 400, 'DATES_BACKWARDS'], ['asset=NEW&start=2025-02-30&end=2025-03-01', 400, 'DATE_INVALID'], ['asset=NEW&start=2025-01-01', 400, 'REQUEST_INVALID'],
    ['asset=NEW&start=2025-01-01&end=2025-01-31&interval=second', 400, 'REQUEST_INVALID'], ['asset=NOPE&start=2025-01-01&end=2025-01-31', 404, 'SYMBOL_UNKNOWN'],
    ['asset=NEW&interval=minute&start=2024-01-01&end=2025-01-01', 400, 'WINDOW_TOO_LONG'], ['asset=%00&start=2025-01-01&end=2025-01-31', 400, 'REQUEST_INVALID'],
  ]
  for (const [query, status, code] of problems) t.match((await ask(t, url, `/lineage?${query}`)).json, { status, code }, query)
  t.match(await lineage('asset=NEW&interval=minute&start=2024-01-01&end=2024-12-31'), { ranges: [] }, '366 days')
})

await t.test('sources are told a page at a time, each once, with the ranges they are of', async (t) => {
  const query = 'asset=NEW&start=2025-01-01&end=2025-01-31'
  const whole = await lineage(query)
  t.equal(whole.next_cursor, null)
  const pages: Lineage[] = []
  for (let cursor: string | null = ''; cursor !== null; cursor = pages.at(-1)!.next_cursor) pages.push(await lineage(`${query}&limit=3${cursor === '' ? '' : `&cursor=${cursor}`}`))
  t.same(pages.map(({ bars, ranges }) => [bars, ...ranges.map((range) => [range.start, range.dates, range.sources_total, range.sources.map(({ start }) => start)])]), [
    [7, ['2025-01-06', 4, 4, ['2025-01-06', '2025-01-07', '2025-01-08']]],
    [7, ['2025-01-06', 4, 4, ['2025-01-10']], ['2025-01-13', 1, 1, ['2025-01-13']], ['2025-01-14', 1, 1, ['2025-01-14']]],
    [7, ['2025-01-16', 1, 1, ['2025-01-16']]],
  ])
  t.same(pages.flatMap(({ ranges }) => ranges.flatMap(({ sources }) => sources)), whole.ranges.flatMap(({ sources }) => sources))
  t.match((await ask(t, url, `/lineage?${query}&cursor=IjIi`)).json, { status: 400, code: 'CURSOR_INVALID' })
})

await t.test('minutes of a date that a load of selected symbols and a provider gave are told apart, to the last one in New York', async (t) => {
  await pool.query(`select ohlcv_minute_ensure_partitions('2025-01-01', '2025-01-31')`)
  const { fetchIds: [filled] } = await storeFetched(pool, { timespan: 'minute', provider: 'other', requests: [{ symbol: 'STAYS', start: '2025-01-14', bars: ['2025-01-14T05:00:00Z', '2025-01-15T04:58:00Z'].map((time) => `${stays},${time},10`) }] })
  await pool.query(`insert into ohlcv_minute values ($1, '2025-01-15T04:59:00Z', 1, 1, 1, 1, 1, 1, $2), ($1, '2025-01-15T05:00:00Z', 1, 1, 1, 1, 1, 1, $3)`, [stays, loads['2025-01-14'], loads['2025-01-15']])
  t.same(short(await lineage('asset=STAYS&interval=minute&start=2025-01-14&end=2025-01-14')), [
    ['2025-01-14..2025-01-14 fill other 1/2', `2025-01-14..2025-01-14 2 - ${filled}`], ['2025-01-14..2025-01-14 selection massive 1/1', `2025-01-14..2025-01-14 1 ${loads['2025-01-14']} -`],
  ])
  await pool.query('truncate ohlcv_minute')
})

await t.test('minutes are found along the index of the one security, their loads by their keys, and no bar is sorted', async (t) => {
  await pool.query(`select ohlcv_minute_ensure_partitions('2025-02-01', '2025-03-31')`)
  await pool.query(`
    insert into ohlcv_minute (symbol_id, time, open, high, low, close, volume, load_id)
    select security, date + n * interval '1 minute' + interval '15 hours', 1, 1, 1, 1, 1, extract(doy from date)
    from generate_series(timestamptz '2025-02-03T00:00Z', '2025-03-28', '1 day') date, generate_series(1, 100) security, generate_series(1, 12) n`)
  await pool.query('analyze ohlcv_minute')
  const plans = await plansOf(pool, (explained) => barOrigins(explained, timespanNamed('minute'), 1, { start: isoDate('2025-02-03'), end: isoDate('2025-03-28') }))
  const [sort, sorted] = plans.flatMap((line, at) => (/(^|-> +)(Incremental )?Sort$/.test(line) ? at : []))
  t.equal(plans.filter((line) => /Scan (on|using) ohlcv_minute_2025m0[23]_pkey/.test(line)).length, 2)
  t.notMatch(plans.join('\n'), /Seq Scan/)
  t.equal(sort, 0, 'but the dates at the end')
  t.match(plans.slice(sorted).filter((line) => /Scan .*ohlcv_minute/.test(line)), [/2025m02_time_symbol_id_idx/, /2025m03_time_symbol_id_idx/], 'and fills, which have an index of their own')
})
