import t from 'tap'
import { compareProvider } from '../../../lib/features/compare/provider.js'
import { readProviderComparison } from '../../../lib/features/compare/request.js'
import type { Difference } from '../../../lib/store/compare/differences.js'
import { isoDate } from '../../../lib/domain/dates.js'
import { empty, freshDatabase } from '../../helpers/database.js'
import { runtimeOf } from '../../helpers/load.js'
import { giveBars, type GivenBars } from '../../helpers/provider-bars.js'
import { insertDay, insertRun, insertSymbols, type TestBar } from '../../helpers/stored-days.js'

const { pool } = await freshDatabase(t)

/** The sessions of two weeks of January 2025: the 9th was a day of mourning. */
const DATES = ['2025-01-06', '2025-01-07', '2025-01-08', '2025-01-10', '2025-01-13', '2025-01-14', '2025-01-15', '2025-01-16', '2025-01-17'] as const
type Day = (typeof DATES)[number] | '2025-01-09' | '2025-01-20' | '2025-01-21'

/** What was traded: no two days are alike. */
const TRUTH: Readonly<Record<string, string>> = {
  '2025-01-06': '100,104,98,102', '2025-01-07': '102,106,101,105', '2025-01-08': '105,107,99,101', '2025-01-10': '101,103,95,96', '2025-01-13': '96,99,94,98',
  '2025-01-14': '98,112,97,110', '2025-01-15': '110,111,106,108', '2025-01-16': '108,115,107,114', '2025-01-17': '114,116,109,112',
}

interface Situation {
  /** Changes of what the provider says, `null` where it has no bar: open, high, low, close and no volume. */
  says?: Partial<Record<Day, string | null>>
  stored?: Partial<Record<Day, string | null>>
  given?: Partial<GivenBars>
  against?: string | null
  limit?: number
}

const withChanges = (changes: Partial<Record<Day, string | null>>): [string, string][] =>
  Object.entries({ ...TRUTH, ...changes }).flatMap(([date, bar]) => (bar === null || bar === undefined ? [] : [[date, bar] as [string, string]]))

/** Compares what a provider says of AAA with what is stored. */
async function compared({ says = {}, stored = {}, given = {}, against = null, limit = 20 }: Situation) {
  const runId = await insertRun(pool)
  for (const [date, bar] of withChanges(stored)) {
    await insertDay(pool, date, { runId, bars: [[1, ...bar.split(','), '1000'] as unknown as TestBar] })
  }
  await giveBars(pool, { provider: 'yahoo', basis: 'split', bars: withChanges(says).map(([date, bar]) => `1,${date},${bar},1000`), ...given })
  const request = readProviderComparison({ dates: { start: isoDate('2025-01-06'), end: isoDate('2025-01-21') }, provider: 'yahoo', against, limit })
  const { comparison: { securities: [security], differences, mine, theirs } } = await compareProvider(runtimeOf(pool), request)
  return { security: security!, differences, found: differences.map(lineOf), mine, theirs }
}

const lineOf = ({ start, end, bars, reason, side, price, percent }: Difference): string =>
  [start === end ? start : `${start}..${end}`, bars, reason, side, price, percent].filter((part) => part !== null).join(' ')

t.beforeEach(async () => {
  await empty(pool)
  await insertSymbols(pool, [[1, 'AAA']])
})

async function insertSplit(exDate: string, from: number, to: number, knownSince = exDate): Promise<void> {
  await pool.query(`
    insert into splits (symbol_id, ex_date, source, split_from, split_to, usual, known_since, symbol, answer, pulled_at) values (1, $1, 'massive', $2, $3, true, $4, 'AAA', '', now())`, [exDate, from, to, knownSince])
}

async function insertDividend(exDate: string, amount: string): Promise<void> {
  await pool.query(`
    insert into dividends (symbol_id, ex_date, source, kind, amount, known_since, symbol, answer, pulled_at) values (1, $1::date, 'massive', 'regular', $2, $1::date, 'AAA', '', now())`, [exDate, amount])
}

await t.test('what is alike to 0.01 % is no difference, and the limit is not over itself', async (t) => {
  const { security, found } = await compared({ says: { '2025-01-07': '102,106,101,105.0105', '2025-01-08': '105,107,99,100.9899' } })
  t.same(found, [])
  t.match(security, { both: 9, onlyMine: 0, onlyTheirs: 0, within: 9, over1: 0, own: 0, reasons: {} }, '105 * 1.0001 = 105.0105, 101 * 0.9999 = 100.9899')
  await empty(pool)
  await insertSymbols(pool, [[1, 'AAA']])
  const other = await compared({ says: { '2025-01-07': '102,106,101,105.010501' } })
  t.match(other.security, { both: 9, within: 8, reasons: { unexplained: 1 } })
  t.same(other.found, ['2025-01-07 1 unexplained close 0.0100'])
})

await t.test('a close apart without a reason is unexplained; of closes alike a high or low, or else an open is apart', async (t) => {
  const { security, found, differences } = await compared({ says: { '2025-01-07': '102,106,101,103.95', '2025-01-10': '101.5,109.18,95,96', '2025-01-15': '110.11,111,106,108', '2025-01-16': '108,115,53.5,114' } })
  t.same(found, ['2025-01-07 1 unexplained close 1.0000', '2025-01-16 1 high_low low 50.0000', '2025-01-10 1 high_low high 6.0000', '2025-01-15 1 open open 0.1000'], 'closes first, the worst first')
  t.match(security, { within: 8, over1: 0, reasons: { unexplained: 1, high_low: 2, open: 1 } }, 'one percent is not over one percent')
  t.match(differences[0], { symbol: 'AAA', exDate: false, mine: { close: '103.95', volume: '1000' }, theirs: { open: '102', high: '106', low: '101', close: '105' } })
})

await t.test('a side that lacks a session within what both have is missing it; before and after it is out of its range', async (t) => {
  const { security, found } = await compared({ says: { '2025-01-06': null, '2025-01-08': null, '2025-01-10': null }, stored: { '2025-01-16': null, '2025-01-17': null, '2025-01-14': null } })
  t.same(found, ['2025-01-08..2025-01-10 2 missing mine', '2025-01-14 1 missing theirs', '2025-01-16..2025-01-17 2 range theirs', '2025-01-06 1 range mine'], 'one after the other they are told as one')
  t.match(security, { both: 3, onlyMine: 3, onlyTheirs: 3, within: 3, reasons: { missing: 3, range: 3 } })
})

await t.test('a bar of a date on which the exchange was closed is told', async (t) => {
  const { found, security } = await compared({ says: { '2025-01-09': '101,102,100,101', '2025-01-20': '112,113,110,111', '2025-01-21': '1,1,1,1' }, stored: { '2025-01-21': '1,1,1,1' } })
  t.same(found, ['2025-01-09 1 closed mine', '2025-01-20 1 closed mine'], 'a day of mourning, and Martin Luther King\'s')
  t.match(security, { onlyMine: 2, within: 10 })
})

await t.test('a side that says again what it said of the session before, while the other moved, is stale', async (t) => {
  t.same((await compared({ says: { '2025-01-14': TRUTH['2025-01-13']! } })).found, ['2025-01-14 1 stale mine close 10.9091'])
  await empty(pool)
  await insertSymbols(pool, [[1, 'AAA']])
  t.same((await compared({ stored: { '2025-01-14': TRUTH['2025-01-13']!, '2025-01-15': TRUTH['2025-01-13']! } })).found, ['2025-01-14..2025-01-15 2 stale theirs close 12.2449'])
})

await t.test('a bar that is the other side\'s of the session before or after is of another session', async (t) => {
  const shifted = Object.fromEntries(DATES.slice(0, -1).map((date, index) => [date, TRUTH[DATES[index + 1]!]!]))
  const { found, security } = await compared({ says: { ...shifted, '2025-01-17': null } })
  t.same(security.reasons, { other_session: 8, range: 1 }, 'its days are each one too early')
  t.equal(found[0], '2025-01-13 1 other_session close 12.2449', '110 against 98')
})

await t.test('a provisional bar is told as such, and never the first', async (t) => {
  const { found, differences } = await compared({ given: { bars: [...withChanges({ '2025-01-17': null, '2025-01-07': '102,106,101,106' }).map(([date, bar]) => `1,${date},${bar},1000`), '1,2025-01-17,114,116,109,224,400,p'] } })
  t.same(found, ['2025-01-07 1 unexplained close 0.9524', '2025-01-17 1 provisional mine close 100.0000'])
  t.equal(differences[1]!.rank, 3)
})

await t.test('stored bars are brought to the provider\'s basis by what was known when it was asked', async (t) => {
  // A split of 2 for 1 on Tuesday the 14th: before it prices are twice as high.
  const doubled = Object.fromEntries(['2025-01-06', '2025-01-07', '2025-01-08', '2025-01-10', '2025-01-13'].map((date) => [date, TRUTH[date]!.split(',').map((price) => String(Number(price) * 2)).join(',')]))
  await insertSplit('2025-01-14', 1, 2, '2025-01-02')
  const whole = await compared({ stored: doubled })
  t.same(whole.found, [])
  t.match(whole.security, { both: 9, within: 9, volumeOver1: 5, volumeOver10: 5 }, 'volumes are brought to it as well: 1000 shares of before are 2000')
  t.same([whole.mine, whole.theirs], [{ name: 'yahoo', basis: 'split' }, { name: 'ohlcv_daily', basis: 'none' }])

  // Asked on the 13th in New York, the provider had the prices as they were traded.
  await empty(pool)
  await insertSymbols(pool, [[1, 'AAA']])
  await insertSplit('2025-01-14', 1, 2, '2025-01-02')
  const { security } = await compared({ stored: doubled, given: { pulled: '2025-01-14T04:30:00Z', bars: Object.entries(doubled).map(([date, bar]) => `1,${date},${bar},1000`) } })
  t.match(security, { both: 5, within: 5, volumeOver1: 0, reasons: { range: 4 } })
})

await t.test('dividends count for a provider that adjusts for them: of the last close before', async (t) => {
  // 2.45 of 98 is 2.5 %: on the 13th and before prices are 0.975 of what they were. A later one of 11.2 of 112 was not paid yet.
  const less = (date: string): string => TRUTH[date]!.split(',').map((price) => String((Number(price) * 975) / 1000)).join(',')
  await insertDividend('2025-01-14', '2.45')
  await insertDividend('2025-01-21', '11.2')
  const bars = DATES.map((date) => `1,${date},${date < '2025-01-14' ? less(date) : TRUTH[date]},1000`)
  await giveBars(pool, { provider: 'stooq', basis: 'total', pulled: '2025-01-18T12:00:00Z', bars })
  await compared({})
  const dates = { start: isoDate('2025-01-06'), end: isoDate('2025-01-21') }
  const stooq = await compareProvider(runtimeOf(pool), readProviderComparison({ dates, provider: 'stooq' }))
  t.match(stooq.comparison.securities, [{ both: 9, within: 9, reasons: {}, volumeOver1: 0 }], 'volumes are left alone by dividends')
  // As given: that the one is adjusted for a dividend and the other is not is known.
  const both = await compareProvider(runtimeOf(pool), readProviderComparison({ dates, provider: 'yahoo', against: 'stooq' }))
  t.same(both.comparison.differences.map(lineOf), ['2025-01-06..2025-01-13 5 adjusted close 2.5641'], '1 / 0.975')
  t.same([both.comparison.mine.basis, both.comparison.theirs.basis], ['split', 'total'])
  // Without knowing it, by one ratio on neighbouring days.
  await pool.query('delete from dividends')
  const unknown = await compareProvider(runtimeOf(pool), readProviderComparison({ dates, provider: 'stooq' }))
  t.same(unknown.comparison.differences.map(lineOf), ['2025-01-06..2025-01-13 5 adjusted close 2.5000'])
})

await t.test('a provider that is not on the basis it says it is on is told by what is known', async (t) => {
  // As traded, and not adjusted for the split of 3 for 1 on the 10th: one date is enough to tell.
  await insertSplit('2025-01-10', 1, 3)
  const { found } = await compared({ given: { bars: [`1,2025-01-08,${TRUTH['2025-01-08']},1000`, `1,2025-01-10,${TRUTH['2025-01-10']},1000`] } })
  t.match(found, ['2025-01-08 1 adjusted close 200.0000', /range/, /range/])
})

await t.test('one ratio on neighbouring days is another basis: of a small one all prices have to be in it', async (t) => {
  const times = (bar: string, factor: number): string => bar.split(',').map((price) => String((Number(price) * factor * 1000) / 1000)).join(',')
  // Closes that are 0.5 % higher on two days, the first of them with an open of its own; and two that are 2 % higher.
  const { found } = await compared({ says: {
    '2025-01-07': times(TRUTH['2025-01-07']!, 1.005), '2025-01-08': times(TRUTH['2025-01-08']!, 1.005).replace(/^[^,]+/, '105'),
    '2025-01-14': times(TRUTH['2025-01-14']!, 1.02), '2025-01-15': times(TRUTH['2025-01-15']!, 1.02).replace(/^[^,]+/, '110'),
  } })
  t.same(found, ['2025-01-14..2025-01-15 2 adjusted close 2.0000', '2025-01-07 1 adjusted close 0.5000', '2025-01-08 1 unexplained close 0.5000'])
})

await t.test('a day on which a split or dividend takes effect is marked, and never the first', async (t) => {
  await insertSplit('2025-01-14', 2, 3)
  await insertDividend('2025-01-17', '1')
  // What is stored of days before the split is for two thirds as many shares.
  const stored = Object.fromEntries(DATES.filter((date) => date < '2025-01-14').map((date) => [date, TRUTH[date]!.split(',').map((price) => `${Number(price) * 1.5}`).join(',')]))
  const { differences } = await compared({ stored, says: { '2025-01-14': '98,112,97,150', '2025-01-17': '114,116,109,200', '2025-01-16': '108,115,107,114.5' } })
  t.same(differences.map(({ start, exDate, percent }) => [start, exDate, percent]), [['2025-01-16', false, '0.4386'], ['2025-01-17', true, '78.5714'], ['2025-01-14', true, '36.3636']])
})

await t.test('a session\'s neighbours outside the dates asked for explain it too', async (t) => {
  await compared({ says: { '2025-01-14': TRUTH['2025-01-13']! } })
  const dates = { start: isoDate('2025-01-14'), end: isoDate('2025-01-14') }
  const { comparison: { differences, securities } } = await compareProvider(runtimeOf(pool), readProviderComparison({ dates, provider: 'yahoo' }))
  t.same(differences.map(lineOf), ['2025-01-14 1 stale mine close 10.9091'])
  t.match(securities, [{ both: 1, within: 0 }])
})

await t.test('as many differences as asked for are told, and all are counted', async (t) => {
  const apart = Object.fromEntries(DATES.map((date, index) => [date, TRUTH[date]!.split(',').with(3, `${Number(TRUTH[date]!.split(',')[3]) * (1.01 + index / 1000)}`).join(',')]))
  const { found, security } = await compared({ says: apart, limit: 2 })
  t.same(found, ['2025-01-17 1 unexplained close 1.8000', '2025-01-16 1 unexplained close 1.7000'])
  t.match(security, { reasons: { unexplained: 9 }, over1: 8 })
})
