import t from 'tap'
import { RULES } from '../../../../lib/features/quality/rules/rules.js'
import { thresholdsOf } from '../../../../lib/cli/framework/thresholds.js'
import { readSettings } from '../../../../lib/cli/framework/settings.js'
import { check } from '../../../helpers/quality.js'
import { freshDatabase } from '../../../helpers/database.js'
import { storeFetched } from '../../../helpers/fetched.js'
import { insertDay, insertRun, insertSymbols } from '../../../helpers/stored-days.js'

const { pool } = await freshDatabase(t)
const queries = RULES.filter(({ kind }) => kind === 'query')
const checked = () => check(pool, { rules: queries, thresholds: thresholdsOf(readSettings({}, {})) })
const findings = async () => (await pool.query<{ line: string }>(`select concat_ws(' ', rule, symbol, date, provider, state) as line from findings order by rule, date`)).rows.map(({ line }) => line)

await t.test('a check asks the rules that are statements again where something was fetched, and what is not found any more is resolved', async (t) => {
  await insertSymbols(pool, [[1, 'AAA'], [2, 'BBB', '(,2025-01-08)']])
  const runId = await insertRun(pool)
  for (const date of ['2025-01-06', '2025-01-07', '2025-01-08']) await insertDay(pool, date, { runId, bars: [[1, '10', '10', '10', '10', '100'], [2, '10', '10', '10', '10', '100']] })
  t.match(await checked(), { dates: 3, found: 1 })
  t.same(await findings(), ['outside_listing BBB 2025-01-01 open'], 'told by the name it had')
  t.match(await checked(), { runId: null }, 'nothing has changed')

  const given = (price: string) => storeFetched(pool, { provider: 'other', stores: false, requests: [{ symbol: 'AAA', start: '2025-01-07', end: '2025-01-08', bars: [`1,2025-01-07,${price}`] }] })
  await given('11')
  t.match(await checked(), { dates: 0, found: 1 }, 'no bar is judged again')
  await given('10')
  t.match(await checked(), { dates: 0, resolved: 1 })
  t.same(await findings(), ['outside_listing BBB 2025-01-01 open', 'provider_against_canonical AAA 2025-01-01 other resolved'])
  t.match(await checked(), { runId: null })
})
