import type { Pool } from 'pg'
import t, { type Test } from 'tap'
import { bars } from '../../../lib/cli/commands/bars.js'
import { freshDatabase } from '../../helpers/database.js'
import { storeFetched } from '../../helpers/fetched.js'
import { runCommand } from '../../helpers/run-command.js'
import { insertDay, insertRun, insertSymbols, type TestBar } from '../../helpers/stored-days.js'

const dates = ['2022-06-07', '2022-06-08', '2022-06-09', '2022-06-10']

/** One security renamed from FB to META, another that took FB years before, and one without bars. */
async function market(t: Test): Promise<Pool> {
  const { pool } = await freshDatabase(t)
  await insertSymbols(pool, [[1, 'FB', '[2012-05-18,2022-06-09)'], [1, 'META', '[2022-06-09,)'], [2, 'FB', '(,2005-01-01)'], [3, 'EMPTY']])
  const runId = await insertRun(pool)
  for (const [i, date] of dates.entries()) {
    await insertDay(pool, date, { runId, bars: [[1, '190.5', '1442048636.45', '0.0001', `19${i}.250`, '33278552.153126']] })
  }
  await insertDay(pool, '2004-03-01', { runId, bars: [[2, '1', '2', '1', '2', '0']] satisfies TestBar[] })
  return pool
}

await t.test('a security is followed through its rename, with the symbol of each date', async (t) => {
  const pool = await market(t)
  const { text, json, csv, exitCode } = await runCommand(bars, ['bars', 'META'], { pool })
  t.equal(exitCode, 0)
  t.match(text, 'META  (formerly FB until 2022-06-08)')
  t.same((json['bars'] as { date: string; symbol: string }[]).map(({ date, symbol }) => [date, symbol]),
    [['2022-06-07', 'FB'], ['2022-06-08', 'FB'], ['2022-06-09', 'META'], ['2022-06-10', 'META']])
  t.equal(csv?.split('\n')[1], '2022-06-07,FB,190.5,1442048636.45,0.0001,190.25,33278552.153126,,')
})

await t.test('values are exact text: no digit lost, no zero added', async (t) => {
  const pool = await market(t)
  const { text, json } = await runCommand(bars, ['bars', 'META', '--limit', '1'], { pool })
  t.match((json['bars'] as unknown[])[0], {
    date: '2022-06-10', open: '190.5', high: '1442048636.45', low: '0.0001', close: '193.25', volume: '33278552.153126', transactions: null,
  })
  t.match(text, '1,442,048,636.45')
  t.match(text, '33,278,552.153126')
})

await t.test('the latest bars come by default, a range when asked for', async (t) => {
  const pool = await market(t)
  const shown = async (...flags: string[]): Promise<string[]> => {
    const { json } = await runCommand(bars, ['bars', 'META', ...flags], { pool })
    return (json['bars'] as { date: string }[]).map(({ date }) => date)
  }
  t.same(await shown('--limit', '2'), dates.slice(2))
  t.same(await shown('--start', '2022-06-08', '--end', '2022-06-09'), dates.slice(1, 3))
  t.same(await shown('--end', '2022-06-08'), dates.slice(0, 2))
})

await t.test('a symbol that named several securities means the latest, and says how to see the other', async (t) => {
  const pool = await market(t)
  const { text } = await runCommand(bars, ['bars', 'FB'], { pool })
  t.match(text, 'META  (formerly FB until 2022-06-08)')
  t.match(text, 'FB until 2004-12-31 named another security: add --on 2004-12-31 to see it')
  const { json } = await runCommand(bars, ['bars', 'FB', '--on', '2004-12-31'], { pool })
  t.same((json['bars'] as { date: string }[]).map(({ date }) => date), ['2004-03-01'])
  await t.rejects(runCommand(bars, ['bars', 'FB', '--on', '2010-01-04'], { pool }), {
    code: 'SYMBOL_NOT_ON_DATE', hint: 'it did from 2012-05-18 until 2022-06-08, and until 2004-12-31',
  })
})

await t.test('an unknown symbol brings those like it', async (t) => {
  const pool = await market(t)
  for (const near of ['META1', 'MTEA', 'meta', 'MTA', 'NETA']) {
    await t.rejects(runCommand(bars, ['bars', near], { pool }), { code: 'SYMBOL_UNKNOWN', hint: /did you mean META/ }, near)
  }
  await t.rejects(runCommand(bars, ['bars', '100%_'], { pool }), { code: 'SYMBOL_UNKNOWN', hint: /ohlcv universe list/ })
})

await t.test('a known security without bars says so and is no error', async (t) => {
  const pool = await market(t)
  const { text, exitCode, json } = await runCommand(bars, ['bars', 'EMPTY'], { pool })
  t.equal(text, 'EMPTY\nNo bars are stored for it.')
  t.equal(exitCode, 0)
  t.same(json['bars'], [])
})

await t.test('wrong dates and limits are usage errors', async (t) => {
  const pool = await market(t)
  await t.rejects(runCommand(bars, ['bars', 'META', '--start', '2022-02-30'], { pool }), { code: 'DATE_INVALID' })
  await t.rejects(runCommand(bars, ['bars', 'META', '--start', '2022-06-02', '--end', '2022-06-01'], { pool }), { code: 'DATES_BACKWARDS' })
  await t.rejects(runCommand(bars, ['bars', 'META', '--limit', '0'], { pool }), { code: 'LIMIT_INVALID' })
  await t.rejects(runCommand(bars, ['bars', 'META', '--limit', 'ten'], { pool }), { code: 'LIMIT_INVALID' })
})

await t.test('a fill is told from a file\'s bar, by whose it is and by no load', async (t) => {
  const pool = await market(t)
  t.notMatch((await runCommand(bars, ['bars', 'META'], { pool })).text, 'filled by')
  await storeFetched(pool, { requests: [{ symbol: 'META', start: '2022-06-13', bars: ['1,2022-06-13,7'] }] })
  const { text, json, csv } = await runCommand(bars, ['bars', 'META', '--limit', '2'], { pool })
  t.match(json['bars'], [{ date: '2022-06-10', load_id: Number, filled_by: null }, { date: '2022-06-13', close: '7', load_id: null, filled_by: 'massive' }])
  t.match(text, /filled by\n(.*\n)*2022-06-13 .* massive$/)
  t.match(csv, /\n2022-06-13,META,7,7,7,7,100,1,massive\n$/)
})

await t.test('prices are adjusted where that is asked for, by what was known on a date', async (t) => {
  const { pool } = await freshDatabase(t)
  await insertSymbols(pool, [[1, 'OLD', '(,2020-08-31)'], [1, 'AAPL', '[2020-08-31,)']])
  const runId = await insertRun(pool)
  // As AAPL was traded around its split of four for one, with a dividend of one percent before it that there was not.
  for (const [date, close, volume] of [['2020-08-26', '506.09', '40755600'], ['2020-08-27', '500', '38888100'], ['2020-08-28', '499.23', '46907500'], ['2020-08-31', '129.04', '225702700']] as const) {
    await insertDay(pool, date, { runId, bars: [[1, close, close, close, close, volume]] })
  }
  await pool.query(`insert into splits values (1, '2020-08-31', 'massive', 1, 4, true, '2020-08-31', 'AAPL', 'x', now())`)
  await pool.query(`insert into dividends values (1, '2020-08-28', 'massive', 'special', 5, 'USD', null, null, null, '2020-08-28', 'OLD', 'x', now())`)
  const closes = async (...flags: string[]): Promise<string[]> => {
    const { json } = await runCommand(bars, ['bars', 'AAPL', ...flags], { pool })
    return (json['bars'] as { date: string; close: string; volume: string }[]).map(({ date, close, volume }) => `${date} ${close} ${volume}`)
  }
  t.same(await closes('--adjusted', 'split'), ['2020-08-26 126.5225 163022400', '2020-08-27 125 155552400', '2020-08-28 124.8075 187630000', '2020-08-31 129.04 225702700'])
  // 5 of 500 is a hundredth: 506.09 x 0.99 / 4 = 125.257275, 500 x 0.99 / 4 = 123.75.
  t.same(await closes('--adjusted', 'total'), ['2020-08-26 125.257275 163022400', '2020-08-27 123.75 155552400', '2020-08-28 124.8075 187630000', '2020-08-31 129.04 225702700'])
  t.same(await closes('--adjusted', 'total', '--as-of', '2020-08-28', '--limit', '2'), ['2020-08-27 495 38888100', '2020-08-28 499.23 46907500'])
  t.same(await closes('--adjusted', 'split', '--end', '2020-08-26'), ['2020-08-26 126.5225 163022400'], 'also by what came after the dates that are shown')
  t.same(await closes('--adjusted', 'split', '--start', '2021-01-01'), [])
  const { text, json, csv } = await runCommand(bars, ['bars', 'AAPL', '--adjusted', 'total', '--as-of', '2020-09-30'], { pool })
  t.match(json, { basis: 'total', as_of: '2020-09-30', bars: [{ symbol: 'OLD', load_id: 1, filled_by: null }, {}, {}, { symbol: 'AAPL', load_id: 4 }] })
  t.match(text, 'AAPL  (formerly OLD until 2020-08-30)  adjusted for splits and dividends, as known on 2020-09-30\n')
  t.equal(csv?.split('\n')[1], '2020-08-26,OLD,125.257275,125.257275,125.257275,125.257275,163022400,,')
  t.match((await runCommand(bars, ['bars', 'AAPL'], { pool })).json, { basis: 'none', as_of: null, bars: [{ close: '506.09' }] })
  await t.rejects(closes('--as-of', '2020-09-30'), { code: 'AS_OF_UNADJUSTED' })
  await t.rejects(closes('--adjusted', 'dividends'))
})
