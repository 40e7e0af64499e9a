import t from 'tap'
import { createCalendar } from '../../../lib/calendar/calendar.js'
import { DEFAULT_EXCHANGE } from '../../../lib/calendar/exchanges.js'
import { DAY_AGGS } from '../../../lib/datasets/day.js'
import { MINUTE_AGGS } from '../../../lib/datasets/minute.js'
import { isoDate } from '../../../lib/domain/dates.js'
import type { Gaps, GapsRequest } from '../../../lib/features/gaps/gap.js'
import { findGaps } from '../../../lib/features/gaps/gaps.js'
import { gaps as command } from '../../../lib/cli/commands/gaps/gaps.js'
import { freshDatabase } from '../../helpers/database.js'
import { directorySource, loadDates, manyBars, putDayFile, registerSymbols, runtimeOf } from '../../helpers/load.js'
import { runCommand } from '../../helpers/run-command.js'

// The last 11 sessions of 2024 and the 20 of January of 2025, with Christmas, New Year, a day of mourning and Martin Luther King Day between them.
const calendar = createCalendar(DEFAULT_EXCHANGE)
const sessions = calendar.sessions({ start: isoDate('2024-12-16'), end: isoDate('2025-01-31') }).map(({ date }) => date)
const MISSING = '2025-01-15'

/** On which sessions each symbol stands in the files. */
const TRADES: Readonly<Record<string, (date: string, place: number) => boolean>> = {
  DROP: (date) => date !== '2025-01-07' && date !== '2025-01-08',
  HALT: (date) => date < '2025-01-08' || date > '2025-01-22',
  DEAD: (date) => date < '2025-01-21',
  THIN: (_date, place) => place % 2 === 0,
  NEW: (date) => date >= '2025-01-21',
  FB: (date) => date < '2025-01-29',
  META: (date) => date >= '2025-01-29',
  LATE: () => true,
  BAD: () => true,
}

/** The day file: BAD's high is below its low on one date. */
function rows(date: string, place: number): string[] {
  const price = (symbol: string) => (symbol === 'BAD' && date === '2025-01-14' ? '10,9,11,10' : '10,11,9,10')
  return [...manyBars(30), ...Object.keys(TRADES).filter((symbol) => TRADES[symbol]!(date, place)).map((symbol) => `${symbol},${price(symbol)},100,1`)]
}

const { pool } = await freshDatabase(t)
const root = t.testdir({})
for (const [place, date] of sessions.entries()) if (date !== MISSING) putDayFile(root, date, rows(date, place))
await registerSymbols(pool, [...manyBars(30).map((bar) => bar.slice(0, 4)), ...Object.keys(TRADES).filter((symbol) => symbol !== 'META' && symbol !== 'LATE')])
await loadDates(pool, directorySource(root), sessions[0]!, '2025-01-31', { lanes: 3 })

const NOW = '2025-02-03T22:00:00Z'

async function find(wanted: Partial<Omit<GapsRequest, 'range'>> & { start?: string; end?: string; now?: string } = {}): Promise<Gaps> {
  const { start = '2025-01-02', end = '2025-01-31', now = NOW, ...request } = wanted
  return findGaps(runtimeOf(pool, { now: new Date(now) }), {
    dataset: DAY_AGGS, calendar, publication: { publishedAt: '11:00', missingAfter: 24 }, range: { start: isoDate(start), end: isoDate(end) }, symbolIds: null, usualPercent: 90, all: false, ...request,
  })
}

const told = ({ gaps }: Gaps): string[] => gaps.map(({ symbol, start, end, sessions, reason, names }) => [symbol, start, end, sessions, reason, ...names].join(' '))

await registerSymbols(pool, ['LATE'])

await t.test('each gap is told as what it is, the worst first, and holidays are none', async (t) => {
  const gaps = await find()
  t.same(told(gaps), [
    'LATE 2025-01-02 2025-01-31 19 unknown_symbol',
    'HALT 2025-01-08 2025-01-22 8 halted',
    'FB 2025-01-29 2025-01-31 3 renamed META',
    'DROP 2025-01-07 2025-01-08 2 absent',
    'BAD 2025-01-14 2025-01-14 1 rejected',
  ])
  t.same(gaps.dates, [{ start: MISSING, end: MISSING, sessions: 1, lacking: 33, closed: 0, bars: 0 }], 'the steady ones, DEAD, FB and BAD; HALT was halted, and DROP had 17 of the 19 bars before: less than nine in ten')
  t.same(gaps.reasons.map(({ reason, bars, securities }) => `${reason} ${bars} ${securities}`), ['not_loaded 33 33', 'unknown_symbol 19 1', 'halted 8 1', 'renamed 3 1', 'absent 2 1', 'rejected 1 1'])
})

await t.test('the share is of bars that are there and bars that should be', async (t) => {
  // 30 steady ones on 19 loaded sessions, DROP 17, HALT 11, DEAD 10, THIN 10, NEW 9, FB 16, BAD 18.
  t.match(await find(), { sessions: { length: 20 }, lacking: 66, expected: 30 * 19 + 17 + 11 + 10 + 10 + 9 + 16 + 18 + 66 })
})

await t.test('sessions on which nothing was to be expected are told where all are asked for', async (t) => {
  const gaps = await find({ all: true })
  t.same(told(gaps).slice(5), ['NEW 2025-01-02 2025-01-17 10 not_listed_yet', 'DEAD 2025-01-21 2025-01-31 9 delisted', 'THIN 2025-01-02 2025-01-30 9 thin'])
  t.match(gaps, { lacking: 66, expected: 727 })
})

await t.test('some securities are told as all of them would be, date by date where the file is missing', async (t) => {
  const { rows } = await pool.query<{ id: number }>(`select symbol_id as id from tickers where symbol in ('BAD', 'DROP', 'HALT') order by symbol`)
  const gaps = await find({ symbolIds: rows.map(({ id }) => id) })
  t.same(told(gaps), ['HALT 2025-01-08 2025-01-22 8 halted', 'DROP 2025-01-07 2025-01-08 2 absent', 'BAD 2025-01-14 2025-01-14 1 rejected', 'BAD 2025-01-15 2025-01-15 1 not_loaded'])
  t.same([gaps.dates, gaps.expected], [[], 17 + 11 + 18 + 12])
})

await t.test('what a gap is told as depends on what was before and comes after, not on the dates asked about', async (t) => {
  t.same(told(await find({ start: '2025-01-10', end: '2025-01-14' })), ['HALT 2025-01-10 2025-01-14 3 halted', 'LATE 2025-01-10 2025-01-14 3 unknown_symbol', 'BAD 2025-01-14 2025-01-14 1 rejected'])
  t.same(told(await find({ start: '2025-01-30', end: '2025-01-30' })), ['FB 2025-01-30 2025-01-30 1 renamed META', 'LATE 2025-01-30 2025-01-30 1 unknown_symbol'])
})

await t.test('a session is asked about when its file is due, and a holiday never', async (t) => {
  t.match(await find({ start: '2025-02-03', end: '2025-02-03', now: '2025-02-04T15:59:00Z' }), { sessions: [], lacking: 0, dates: [] })
  t.match(await find({ start: '2025-02-03', end: '2025-02-03', now: '2025-02-04T16:00:00Z' }), { sessions: ['2025-02-03'], lacking: 33, dates: [{ start: '2025-02-03', sessions: 1, lacking: 33 }] })
  t.match(await find({ start: '2025-01-09', end: '2025-01-09' }), { sessions: [], expected: 0, lacking: 0, gaps: [], dates: [] })
})

await t.test('the command tells it in words, as a document and as CSV, by reason and by symbol', async (t) => {
  const gaps = (...line: string[]) => runCommand(command, ['gaps', '--start', '2025-01-02', '--end', '2025-01-31', ...line], { pool, now: NOW })
  const { text, json, csv, exitCode } = await gaps()
  t.equal(exitCode, 3)
  t.match(text, /^2025-01-02 \.\. 2025-01-31, 20 sessions: 66 of 727 expected bars are not there, 9\.0 % \(goal: below 0\.1 %\)\n/)
  t.match(text, /^not_loaded +33 +33 +no day file of the date is loaded$/m)
  t.match(text, /^2025-01-15 +1 +0 +33 +ohlcv load --start 2025-01-15 --end 2025-01-15 --only unloaded$/m)
  t.match(text, /^FB +2025-01-29 \.\. 2025-01-31 +3 +renamed +META +ohlcv universe rename FB META --on 2025-01-29$/m)
  t.match(json, { expected: 727, lacking: 66, fill: null, gaps: { length: 5 } })
  t.equal(csv?.split('\n').length, 1 + 1 + 5 + 1, 'a header, a range of dates, the gaps, and the end of the last line')
  t.match(await gaps('--reason', 'rejected'), { json: { dates: [], reasons: [{ reason: 'rejected', bars: 1 }], gaps: [{ symbol: 'BAD', command: 'ohlcv rejects --start 2025-01-14 --end 2025-01-14 --symbol BAD' }] } })
  t.match(await gaps('--symbols', 'A000', '--start', '2025-01-02', '--end', '2025-01-14'), { exitCode: 0, text: '2025-01-02 .. 2025-01-14, 8 sessions: all 8 expected bars are there' })
  await t.rejects(gaps('--symbols', 'NOBODY'), { code: 'SYMBOL_UNKNOWN' })
  await t.rejects(gaps('--dry-run'), { code: 'FLAGS_CONFLICT' })
})

await t.test('bars that were deleted are told as lost', async (t) => {
  await pool.query(`delete from ohlcv_daily using tickers t where t.symbol = 'A000' and t.symbol_id = ohlcv_daily.symbol_id and time between '2025-01-21' and '2025-01-24'`)
  const gaps = await find()
  t.same(told(gaps).filter((line) => line.includes('lost')), ['A000 2025-01-21 2025-01-24 4 lost'])
  t.same(gaps.lost, ['2025-01-21', '2025-01-22', '2025-01-23', '2025-01-24'])
})

await t.test('of minutes there are dates only', async (t) => {
  t.match(await find({ dataset: MINUTE_AGGS }), { sessions: { length: 20 }, expected: null, lacking: null, gaps: [], dates: [{ start: '2025-01-02', end: '2025-01-31', sessions: 20, lacking: null }] })
})

await t.test('where no day file was ever loaded the providers are what gives bars', async (t) => {
  await pool.query('delete from days')
  const { text, json } = await runCommand(command, ['gaps', '--start', '2025-01-15', '--end', '2025-01-15'], { pool, now: NOW })
  t.match(json['dates'], [{ start: '2025-01-15', sessions: 1, bars: 0, command: 'ohlcv gaps --fill --start 2025-01-15 --end 2025-01-15' }])
  t.match(text, 'of 33 expected bars')
  await pool.query('delete from ohlcv_daily')
  t.equal((await runCommand(command, ['gaps', '--start', '2025-01-15', '--end', '2025-01-15'], { pool, now: NOW })).text.split('\n')[0],
    '2025-01-15, 1 session: no bar is expected, since none is stored on these dates or around them')
})
