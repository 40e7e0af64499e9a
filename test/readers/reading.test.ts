import { readFileSync } from 'node:fs'
import path from 'node:path'
import type pg from 'pg'
import t from 'tap'
import { universe } from '../../lib/cli/commands/universe/group.js'
import { PACKAGE_ROOT } from '../../lib/domain/version.js'
import { freshDatabase } from '../helpers/database.js'
import { FIXTURES, fixtureSource, loadDates } from '../helpers/load.js'
import { runCommand } from '../helpers/run-command.js'

const BLOCKS = [...readFileSync(path.join(PACKAGE_ROOT, 'docs/READING.md'), 'utf8').matchAll(/^```sql\n([^]*?)^```/gm)].map(([, sql = '']) => sql)

const { pool } = await freshDatabase(t)
await runCommand(universe, ['universe', 'import', path.join(FIXTURES, 'universe.csv')], { pool })
await loadDates(pool, fixtureSource(), '2026-02-20', '2026-02-25')
await runCommand(universe, ['universe', 'rename', 'OLDN', 'NEWN', '--on', '2026-02-23'], { pool })
await loadDates(pool, fixtureSource(), '2026-02-20', '2026-02-25')
// What is fetched, a bar that changed, and a table of before.
await pool.query(`
  insert into ohlcv_hourly select symbol_id, '2026-02-24 15:00Z', 250, 251, 249, 250.5, 1000, 10, true, false, 1 from tickers where symbol = 'AAPL';
  insert into bar_revisions (dataset, date, symbol_id, cause, old_close, new_close) values ('day_aggs', '2026-02-24', 1, 'vendor', 1, 2);
  create table ohlcv (symbol text)`)

/** What a script's statements answer, in a transaction that is not kept. */
async function run(client: pg.PoolClient, sql: string): Promise<pg.QueryResult[]> {
  await client.query('begin')
  try {
    if (!sql.startsWith('-- As the owner')) await client.query('set local role ohlcv_reader')
    return [await client.query(sql)].flat()
  } finally {
    await client.query('rollback; reset search_path; reset role')
  }
}

await t.test('every query that the read contract shows runs as a reader and finds something', async (t) => {
  const client = await pool.connect()
  t.teardown(() => client.release(true))
  t.ok(BLOCKS.length > 10)
  for (const block of BLOCKS) {
    const results = await run(client, block).catch((error: unknown) => t.fail((error as Error).message, { block }))
    if (!Array.isArray(results)) continue
    t.ok(results.every(({ command, rowCount }) => command !== 'SELECT' || rowCount! > 0), block.slice(0, 60))
  }
})

await t.test('a renamed security is one series, and its symbol that of the date', async (t) => {
  const client = await pool.connect()
  t.teardown(() => client.release(true))
  const series = BLOCKS.find((block) => block.includes('NEWN'))!
  t.same((await run(client, series))[0]!.rows.map(({ time, symbol }: { time: string; symbol: string }) => `${time} ${symbol}`), [
    '2026-02-20 OLDN', '2026-02-23 NEWN', '2026-02-24 NEWN', '2026-02-25 NEWN',
  ])
})

await t.test('the columns that it names are there', async (t) => {
  const { rows } = await pool.query<{ name: string }>(`
    select attname as name from pg_attribute where attrelid in (select oid from pg_class where relname in ('ohlcv_daily', 'ohlcv_hourly')) and attnum > 0`)
  const there = new Set(rows.map(({ name }) => name))
  const [, section = ''] = readFileSync(path.join(PACKAGE_ROOT, 'docs/READING.md'), 'utf8').split('## Columns of a bar')
  const named = section.split('\n## ')[0]!.split('\n').filter((line) => line.startsWith('| `')).flatMap((line) => [...line.split('|')[1]!.matchAll(/`(\w+)`/g)].map(([, name]) => name!))
  t.ok(named.length >= 12)
  t.same(named.filter((name) => !there.has(name)), [])
})
