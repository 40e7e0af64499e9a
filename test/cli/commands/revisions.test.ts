import type { Pool } from 'pg'
import t, { type Test } from 'tap'
import { revisions } from '../../../lib/cli/commands/revisions.js'
import { freshDatabase } from '../../helpers/database.js'
import { runCommand } from '../../helpers/run-command.js'
import { insertDay, insertRun, insertSymbols } from '../../helpers/stored-days.js'

/** A close and volume that the vendor changed, a bar that went, one that a repair brought back, and many older ones. */
async function revised(t: Test): Promise<Pool> {
  const { pool } = await freshDatabase(t)
  await insertSymbols(pool, [[1, 'FB', '(,2022-06-09)'], [1, 'META', '[2022-06-09,)'], [2, 'ABC']])
  const loadId = await insertDay(pool, '2022-06-08', { bars: 2, runId: await insertRun(pool) })
  await pool.query(
    `insert into bar_revisions (dataset, date, symbol_id, cause, old_open, old_high, old_low, old_close, old_volume, old_transactions,
       new_open, new_high, new_low, new_close, new_volume, new_transactions, old_load_id, new_load_id, revised_at)
     values ('day_aggs', '2022-06-08', 1, 'vendor', 10, 12, 9, 11.50, 1000, 5, 10, 12, 9, 11.25, 1200.5, null, 0, $1, '2022-06-10T09:00:00Z'),
            ('day_aggs', '2022-06-08', 2, 'vendor', 10, 12, 9, 11, 1000, 5, null, null, null, null, null, null, 0, $1, '2022-06-10T09:00:00Z'),
            ('day_aggs', '2022-06-09', 1, 'repair', null, null, null, null, null, null, 10, 12, 9, 11, 1000, 5, null, null, '2022-06-11T09:00:00Z')`, [loadId])
  await pool.query(
    `insert into bar_revisions (dataset, date, symbol_id, cause, old_open, old_close, new_open, new_close)
     select 'day_aggs', '2015-06-08', 1000 + n, 'vendor', 1, 1, 2, 1 from generate_series(1, 3103) n`)
  return pool
}

await t.test('a summary says who changed how many bars of which date', async (t) => {
  const pool = await revised(t)
  const { text, json } = await runCommand(revisions, ['revisions'], { pool })
  t.match(text, '2015-06-08: the vendor changed 3,103 bars')
  t.match(text, "2022-06-09: a repair of changes made behind the loader's back added 1 bar (2022-06-11 09:00:00Z)")
  t.match(text, /2022-06-08: the vendor changed 1 bar, removed 1 bar \(2022-06-10 09:00:00Z, load \d+ of us_stocks_sip\/day_aggs_v1\/2022-06-08\.csv\.gz\)/)
  t.match(json['summary'], [
    { date: '2022-06-09', cause: 'repair', added: 1, changed: 0, removed: 0 },
    { date: '2022-06-08', cause: 'vendor', added: 0, changed: 1, removed: 1 },
    { date: '2015-06-08', cause: 'vendor', changed: 3103 },
  ])
  t.match(text, '20 of 3,106 revisions')
  t.equal((json['revisions'] as unknown[]).length, 20)
})

await t.test('only the changed fields are shown, old to new, with the symbol of that date', async (t) => {
  const pool = await revised(t)
  const { text, json, csv } = await runCommand(revisions, ['revisions', '--date', '2022-06-08'], { pool })
  t.match(text, /FB\s+vendor\s+close 11\.5 -> 11\.25, volume 1,000 -> 1,200\.5, transactions 5 -> -/)
  t.match(text, /ABC\s+vendor\s+removed \(close 11\)/)
  t.match(json['revisions'], [
    { symbol: 'ABC', kind: 'removed', new: { close: null } },
    { symbol: 'FB', kind: 'changed', changed: ['close', 'volume', 'transactions'], old: { close: '11.5', transactions: '5' }, new: { close: '11.25', volume: '1200.5' } },
  ])
  t.match(csv?.split('\n')[2], /^2022-06-08,,FB,1,vendor,changed,10,10,12,12,9,9,11\.5,11\.25,1000,1200\.5,5,,\d+,us_stocks_sip/)
})

await t.test('a symbol means its security, over renames', async (t) => {
  const pool = await revised(t)
  const { json } = await runCommand(revisions, ['revisions', '--symbol', 'META'], { pool })
  t.same((json['revisions'] as { date: string; symbol: string }[]).map(({ date, symbol }) => [date, symbol]), [['2022-06-09', 'META'], ['2022-06-08', 'FB']])
  await t.rejects(runCommand(revisions, ['revisions', '--symbol', 'MET'], { pool }), { code: 'SYMBOL_UNKNOWN', hint: /META/ })
})

await t.test('no change is said plainly', async (t) => {
  const pool = await revised(t)
  t.equal((await runCommand(revisions, ['revisions', '--start', '2023-01-01'], { pool })).text, 'No bar has changed from 2023-01-01.')
})

await t.test('it is said that a file\'s bar took the place of a fill', async (t) => {
  const pool = await revised(t)
  await pool.query(`update bar_revisions set old_filled_by = 'massive', old_load_id = null where date = '2022-06-08'`)
  const { text, json, csv } = await runCommand(revisions, ['revisions', '--date', '2022-06-08'], { pool })
  t.match(text, '2022-06-08: the vendor changed 1 bar, removed 1 bar, 2 fills among them (')
  t.match(text, /FB\s+vendor\s+fill of massive: close 11\.5 -> 11\.25/)
  t.match(text, /ABC\s+vendor\s+fill of massive: removed \(close 11\)/)
  t.match(json['summary'], [{ changed: 1, removed: 1, fills: 2 }])
  t.match(json['revisions'], [{ old: { close: '11', filled_by: 'massive' } }, { old: { filled_by: 'massive' }, new: { close: '11.25' } }])
  t.match(csv?.split('\n')[2], /,massive$/)
})
