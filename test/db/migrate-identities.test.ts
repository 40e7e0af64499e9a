import { readFileSync } from 'node:fs'
import path from 'node:path'
import type pg from 'pg'
import t from 'tap'
import { verify } from '../../lib/commands/verify.js'
import { migrate, readMigrations } from '../../lib/db/migrate.js'
import { readFacts } from '../../lib/db/universe-facts.js'
import { MINUTE_AGGS } from '../../lib/domain/dataset.js'
import { isoDate } from '../../lib/domain/dates.js'
import { chainsOf, contradictionIn } from '../../lib/universe/chains.js'
import { renameSymbol, type Rename } from '../../lib/universe/rename.js'
import { PACKAGE_ROOT } from '../../lib/version.js'
import { emptyDatabase } from '../helpers/database.js'
import { ACCEPTED, directorySource, loadDates } from '../helpers/load.js'
import { runCommand } from '../helpers/run-command.js'

// Before version 6 of the schema the ranges were all that was kept about symbols.

const OLD = path.join(PACKAGE_ROOT, 'test/fixtures/schema-5')
const VERSION_5 = readMigrations().slice(0, 5)
const source = directorySource(path.join(OLD, 'us_stocks_sip'))

/** One range: who it belongs to, what it says, and whether it is a guess. */
interface Said { id: string | number; key: string; assumed: boolean }

/** Ranges by content, securities numbered in the order in which they come. */
function partition(ranges: readonly Said[]): string[] {
  const sorted = ranges.toSorted((a, b) => (a.key < b.key ? -1 : 1))
  const ids = [...new Set(sorted.map(({ id }) => id))]
  return sorted.map(({ id, key, assumed }) => `${key} ${ids.indexOf(id)}${assumed ? ' assumed' : ''}`)
}

async function storedRanges(pool: pg.Pool): Promise<Said[]> {
  const { rows } = await pool.query<Said>(
    `select symbol_id as id, concat_ws(' ', symbol, coalesce(lower(valid)::text, '-'), coalesce(upper(valid)::text, '-')) as key, assumed from ticker_symbols`)
  return rows
}

async function rangesOfFacts(pool: pg.Pool): Promise<Said[]> {
  const chains = chainsOf(await readFacts(pool))
  return chains.flatMap((chain, id) => chain.map(({ symbol, from, to, assumed }) => ({ id, key: `${symbol} ${from ?? '-'} ${to ?? '-'}`, assumed })))
}

async function linesOf(pool: pg.Pool, sql: string): Promise<string[]> {
  const { rows } = await pool.query<{ line: string }>(`select s::text as line from (${sql}) s order by 1`)
  return rows.map(({ line }) => line)
}

await t.test('a database of version 5 is migrated without a bar less or a symbol other', async (t) => {
  const { pool } = await emptyDatabase(t)
  await migrate(pool, VERSION_5)
  await pool.query(readFileSync(path.join(OLD, 'database.sql'), 'utf8'))
  const kept = ['ohlcv_daily', 'ohlcv_minute', 'bar_revisions', 'rejected_rows', 'unknown_symbols', 'lineage', 'attempts', 'universe_changes', 'tickers', 'ticker_symbols']
  const everything = async () => Object.fromEntries(await Promise.all(kept.map(async (table) => [table, await linesOf(pool, `select * from ${table}`)] as const)))
  const before = await everything()
  t.equal(before['ohlcv_daily']!.length, 52)
  await migrate(pool)
  t.same(await everything(), before)

  const facts = await readFacts(pool)
  t.equal(contradictionIn(facts), undefined, 'the facts can all be')
  t.same(partition(await rangesOfFacts(pool)), partition(await storedRanges(pool)), 'and give the ranges that are there')

  const { exitCode, json } = await runCommand(verify, ['verify'], { pool })
  t.equal(exitCode, 3)
  const findings = json['findings'] as { kind: string; date: string }[]
  t.same(findings.filter(({ kind }) => kind === 'changed').map(({ date }) => date), ['2025-01-10'], 'the date that was tampered with is still found, no other')

  const { days } = await loadDates(pool, source, '2025-01-06', '2025-01-13', { thresholds: { maxRejected: 50, maxRemoved: 5 } })
  t.match(days, [
    { date: '2025-01-06', outcome: 'unchanged' }, { date: '2025-01-07', outcome: 'unchanged' },
    { date: '2025-01-08', outcome: 'loaded', counts: { unchanged: 10, inserted: 1 } }, { date: '2025-01-09', outcome: 'holiday' },
    { date: '2025-01-10', outcome: 'loaded', counts: { unchanged: 9, updated: 1 } }, { date: '2025-01-13', outcome: 'unchanged' },
  ], 'what was not as loaded is mended, and a symbol that had become known is read')
  t.match((await loadDates(pool, source, '2025-01-13', '2025-01-13', { dataset: MINUTE_AGGS })).days, [{ outcome: 'unchanged' }])

  const rename = (oldSymbol: string, newSymbol: string, on: string, reused = false): Rename => ({ oldSymbol, newSymbol, on: isoDate(on), reused })
  for (const told of [rename('FB', 'META', '2025-01-08'), rename('C1', 'C2', '2025-01-07'), rename('GOOCV', 'GOOG', '2025-01-10'), rename('SWA', 'SWB', '2025-01-10')]) {
    t.same(await renameSymbol(pool, told, ACCEPTED), { change: undefined, otherSince: null }, `${told.oldSymbol} became ${told.newSymbol} is known`)
  }
  const bars = () => linesOf(pool, 'select 0 as minute, time::text, symbol_id from ohlcv_daily union all select 1, time::text, symbol_id from ohlcv_minute')
  const barsBefore = await bars()
  t.match(await renameSymbol(pool, rename('SOLE', 'ONLY', '2025-01-13', true), ACCEPTED), { change: { barsMoved: 2, barsRemoved: 0, dates: 2 } })
  const barsAfter = await bars()
  t.equal(barsBefore.filter((bar) => !barsAfter.includes(bar)).length, 2, 'the next rename moves what it should and nothing else')
  t.match((await loadDates(pool, source, '2025-01-06', '2025-01-13')).days.filter(({ outcome }) => outcome !== 'holiday'), Array.from({ length: 5 }, () => ({ outcome: 'unchanged' })))
})
