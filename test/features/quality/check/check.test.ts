import t from 'tap'
import { check } from '../../../helpers/quality.js'
import { freshDatabase } from '../../../helpers/database.js'
import { insertDay, insertRun, insertSymbols, type TestBar } from '../../../helpers/stored-days.js'

const bar = (symbolId: number, close = '10', volume = '1000'): TestBar => [symbolId, close, close, close, close, volume, 5]

/** Sessions of November and December 2016: the 24th is Thanksgiving. */
const DAYS = ['2016-11-21', '2016-11-22', '2016-11-23', '2016-11-25', '2016-11-28', '2016-11-29', '2016-11-30', '2016-12-01', '2016-12-02', '2016-12-05', '2016-12-06', '2016-12-07', '2016-12-08', '2016-12-09']

void t.test('a check', async (t) => {
  const { pool } = await freshDatabase(t)
  await insertSymbols(pool, [[1, 'AAA'], [2, 'BBB'], [3, 'CCC']])
  const runId = await insertRun(pool)
  for (const date of DAYS) await insertDay(pool, date, { runId, bars: [bar(1), ...(date === '2016-12-08' ? [] : [bar(2, date === '2016-12-06' ? '-10' : '10')])] })
  const result = await check(pool)
  t.match(result, { dates: 14, bars: 27, found: 1, explained: 0, resolved: 0, interrupted: false })
  t.match(await check(pool), { runId: null, dates: 0 })
})
