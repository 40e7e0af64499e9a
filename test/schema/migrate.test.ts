import { readFileSync } from 'node:fs'
import path from 'node:path'
import type pg from 'pg'
import t from 'tap'
import { verify } from '../../lib/cli/commands/verify.js'
import { migrate, readMigrations } from '../../lib/postgres/migrations/migrate.js'
import { readFacts } from '../../lib/store/universe/facts.js'
import { listIncidents } from '../../lib/features/alerts/list.js'
import { MINUTE_AGGS } from '../../lib/datasets/minute.js'
import { addDays, isoDate } from '../../lib/domain/dates.js'
import { grouped } from '../../lib/domain/grouped.js'
import { chainsOf, contradictionIn } from '../../lib/features/universe/chains.js'
import { renameSymbol, type Rename } from '../../lib/features/universe/rename.js'
import { PACKAGE_ROOT } from '../../lib/domain/version.js'
import { Watch } from '../helpers/alerts.js'
import { columnsOf, contentOf, linesOf } from '../helpers/content.js'
import { coverageFaults } from '../helpers/coverage.js'
import { emptyDatabase } from '../helpers/database.js'
import { ACCEPTED, directorySource, loadDates, runtimeOf } from '../helpers/load.js'
import { check } from '../helpers/quality.js'
import { Random } from '../helpers/random.js'
import { runCommand } from '../helpers/run-command.js'
import { insertRun } from '../helpers/stored-days.js'
import { silent } from '../helpers/troubles.js'

// Before version 6 of the schema the ranges were all that was kept about symbols, and before version 18 of alerts what the page shows.

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

await t.test('a database of version 5 is migrated without a bar less or a symbol other', async (t) => {
  const { pool } = await emptyDatabase(t)
  await migrate(pool, VERSION_5)
  await pool.query(readFileSync(path.join(OLD, 'database.sql'), 'utf8'))
  const columns = await columnsOf(pool, ['ohlcv_daily', 'ohlcv_minute', 'bar_revisions', 'rejected_rows', 'unknown_symbols', 'lineage', 'attempts', 'universe_changes', 'tickers', 'ticker_symbols'])
  const before = await contentOf(pool, columns)
  t.equal(before['ohlcv_daily']!.length, 52)
  await migrate(pool, readMigrations().slice(0, 9))
  const checksums = () => linesOf(pool, 'select date, c.row_count, c.checksum from days, ohlcv_daily_checksum(date) c union all select date, c.row_count, c.checksum from days, ohlcv_minute_checksum(date) c')
  const beforeFills = await checksums()
  await migrate(pool)
  t.same(await contentOf(pool, columns), before)
  t.same(await checksums(), beforeFills, 'no bar is taken for a fill')
  t.same(await coverageFaults(pool), [], 'and it is known which securities have bars')
  t.match(await check(pool), { dates: (await pool.query('select distinct time from ohlcv_daily')).rowCount, bars: 52 }, 'bars from before there were scores are judged')

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
    t.same(await renameSymbol(runtimeOf(pool), { ...told, ...ACCEPTED }), { change: undefined, otherSince: null }, `${told.oldSymbol} became ${told.newSymbol} is known`)
  }
  const bars = () => linesOf(pool, 'select 0 as minute, time::text, symbol_id from ohlcv_daily union all select 1, time::text, symbol_id from ohlcv_minute')
  const barsBefore = await bars()
  t.match(await renameSymbol(runtimeOf(pool), { ...rename('SOLE', 'ONLY', '2025-01-13', true), ...ACCEPTED }), { change: { barsMoved: 2, barsRemoved: 0, dates: 2 } })
  const barsAfter = await bars()
  t.equal(barsBefore.filter((bar) => !barsAfter.includes(bar)).length, 2, 'the next rename moves what it should and nothing else')
  t.match((await loadDates(pool, source, '2025-01-06', '2025-01-13')).days.filter(({ outcome }) => outcome !== 'holiday'), Array.from({ length: 5 }, () => ({ outcome: 'unchanged' })))
})

const FIRST = isoDate('2020-01-01')

/** Ranges that could stand in a database: on each of some stretches of time a few symbols name different securities. */
function randomRanges(random: Random, universe: number): (Said & { symbol: string; valid: string })[] {
  const [symbols, securities, stretches] = [1 + random.below(4), 1 + random.below(4), 1 + random.below(5)]
  const open: { id: string; symbol: string; from: string; to: string; assumed: boolean }[] = []
  for (let stretch = 0; stretch < stretches; stretch++) {
    const from = stretch === 0 ? '' : addDays(FIRST, 10 * stretch)
    const to = stretch === stretches - 1 ? '' : addDays(FIRST, 10 * stretch + 10)
    const left = Array.from({ length: symbols }, (_, symbol) => `U${universe}S${symbol}`)
    for (let security = 0; security < securities; security++) {
      const last = open.findLast(({ id }) => id === `${universe} ${security}`)
      const stays = last?.to === from && stretch > 0 && left.includes(last.symbol) && random.chance(0.5)
      if (stays) {
        last.to = to
        left.splice(left.indexOf(last.symbol), 1)
      } else if (left.length > 0 && random.chance(0.7)) {
        // Who keeps its symbol has one range and not two.
        const free = last?.to === from && stretch > 0 ? left.filter((symbol) => symbol !== last.symbol) : left
        if (free.length === 0) continue
        const symbol = random.pick(free)
        left.splice(left.indexOf(symbol), 1)
        open.push({ id: `${universe} ${security}`, symbol, from, to, assumed: random.chance(0.5) })
      }
    }
  }
  return open.map(({ id, symbol, from, to, assumed }) => ({ id, symbol, assumed: assumed || (from === '' && to === ''), key: `${symbol} ${from || '-'} ${to || '-'}`, valid: `[${from},${to})` }))
}

/** Alerts as version 17 has them; what of them is there, in the columns that it has. */
async function oldAlerts(pool: pg.Pool): Promise<{ before: Record<string, string[]>; now: () => Promise<Record<string, string[]>> }> {
  await pool.query(`
    insert into alerts (cause, severity, dataset, symbol, timespan, provider, summary, opened_at, cleared_at) values
      ('provider massive', 'critical', null, null, null, 'massive', 'it does not answer', '2026-03-01T00:00:00Z', null),
      ('stale SPY', 'warning', 'day_aggs', 'SPY', 'day', null, 'it is late', '2026-02-01T00:00:00Z', '2026-02-02T00:00:00Z')`)
  const columns = await columnsOf(pool, ['alerts'])
  const now = () => contentOf(pool, columns)
  return { before: await now(), now }
}

await t.test('whatever ranges a database of version 5 has, the facts made of them give them again', async (t) => {
  const { pool } = await emptyDatabase(t)
  await migrate(pool, VERSION_5)
  const random = new Random(5)
  const ranges = Array.from({ length: 500 }, (_, universe) => randomRanges(random, universe)).flat()
  const ids = [...new Set(ranges.map(({ id }) => id))]
  await pool.query(`insert into tickers (symbol_id, symbol) select n, 'X' from generate_series(1, $1) n`, [ids.length])
  await pool.query(
    `insert into ticker_symbols (symbol_id, symbol, valid, assumed) select * from unnest($1::integer[], $2::text[], $3::daterange[], $4::boolean[])`,
    [ranges.map(({ id }) => ids.indexOf(id) + 1), ranges.map(({ symbol }) => symbol), ranges.map(({ valid }) => valid), ranges.map(({ assumed }) => assumed)])
  const before = await storedRanges(pool)
  await migrate(pool, readMigrations().slice(0, 17))
  const alerts = await oldAlerts(pool)
  await migrate(pool)
  t.same(await storedRanges(pool), before)
  const byUniverse = (said: readonly Said[]) => grouped(said.map((range) => ({ ...range, assumed: false })), ({ key }) => [key.slice(0, key.indexOf('S'))])
  const [was, is] = [byUniverse(before), byUniverse(await rangesOfFacts(pool))]
  const wrong = [...was].filter(([universe, said]) => JSON.stringify(partition(said)) !== JSON.stringify(partition(is.get(universe) ?? [])))
  t.same(wrong.slice(0, 3).map(([universe, said]) => ({ was: partition(said), is: partition(is.get(universe) ?? []) })), [])
  t.equal(contradictionIn(await readFacts(pool)), undefined)

  await t.test('and keeps the alerts it had at version 17, and goes on with those that are open', async (t) => {
    t.same(await alerts.now(), alerts.before)
    t.match(await listIncidents(pool, {}, { before: null, limit: 10 }), [
      { cause: 'stale SPY', topic: 'stale SPY', kind: 'stale', parts: [''], details: {}, seenAt: new Date('2026-02-02T00:00:00Z'), goodSince: null, flaps: 0, acknowledgedAt: null, note: null },
      { cause: 'provider massive', topic: 'provider massive', kind: 'provider', parts: [''], seenAt: new Date('2026-03-01T00:00:00Z') },
    ])
    const watch = new Watch(pool)
    t.same(await watch.at(0, silent('massive')), ['opened provider massive'], 'nobody had been told')
    await watch.at(10)
    t.same(await watch.at(20), ['cleared provider massive'])
    t.match(await listIncidents(pool, { state: 'cleared' }, { before: null, limit: 10 }), [{ alertId: 2 }, { alertId: 1 }], 'it is the same incident')
  })
})

await t.test('a rename that was told again with an earlier date left two ranges that touch; they are one', async (t) => {
  const { pool } = await emptyDatabase(t)
  await migrate(pool, VERSION_5)
  await pool.query(`
    insert into tickers (symbol_id, symbol) values (1, 'NEW');
    insert into ticker_symbols (symbol_id, symbol, valid, assumed) values (1, 'OLD', '(,2020-01-06)', true), (1, 'NEW', '[2020-01-06,2020-01-07)', false), (1, 'NEW', '[2020-01-07,)', false)`)
  await migrate(pool)
  t.same((await rangesOfFacts(pool)).map(({ key }) => key), ['OLD - 2020-01-06', 'NEW 2020-01-06 -'])
})

await t.test('which securities have bars of files is found out of a database of version 18: of whole files, of selected symbols and of minutes, but of no fills', async (t) => {
  const { pool } = await emptyDatabase(t)
  await migrate(pool, readMigrations().slice(0, 18))
  const runId = await insertRun(pool)
  const loaded: [string, string, string[] | null][] = [
    ['day_aggs', '2025-01-06', null], ['day_aggs', '2025-01-06', ['A']], ['day_aggs', '2025-01-07', ['A']], ['day_aggs', '2025-01-08', null],
    ['minute_aggs', '2025-03-09', null], ['minute_aggs', '2025-03-10', null], ['minute_aggs', '2025-11-02', ['A']],
  ]
  for (const [dataset, date, symbols] of loaded) {
    await pool.query(
      `insert into lineage (dataset, date, run_id, provider, object_key, source_identity, size_bytes, sha256, pulled_at, read, staged, inserted, updated, unchanged, removed, rejected, unknown,
         not_selected, duplicates, rules_version, identity_seq, authoritative, symbols)
       values ($1, $2, $3, 'massive', 'k', 'etag:1', 1, 'x', now(), 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, $4::text[] is null, $4)`, [dataset, date, runId, symbols])
  }
  // The 8th had bars whose symbols name nothing any more, the 10th has fills alone. Minutes are the last and the first of their New York dates where the clocks change.
  await pool.query(`
    select ohlcv_daily_ensure_partitions('2025-01-06', '2025-01-10'), ohlcv_minute_ensure_partitions('2025-03-01', '2025-11-30');
    insert into ohlcv_daily select id, date, 1, 1, 1, 1, 1, 1, 1 from (values (1, date '2025-01-06'), (9, '2025-01-06'), (20, '2025-01-06'), (3, '2025-01-07')) b (id, date);
    insert into ohlcv_daily select id, date, 1, 1, 1, 1, 1, 1, 0, 'massive', 1 from (values (5, date '2025-01-07'), (1, '2025-01-10')) b (id, date);
    insert into ohlcv_minute select id, time, 1, 1, 1, 1, 1, 1, 1
    from (values (1, timestamptz '2025-03-10T03:59Z'), (8, '2025-03-10T04:00Z'), (8, '2025-03-10T04:01Z'), (2, '2025-11-03T04:59Z')) b (id, time);
    insert into ohlcv_minute values (7, '2025-03-10T14:00Z', 1, 1, 1, 1, 1, 1, 0, 'massive', 1)`)
  t.same(await migrate(pool), ['0019_coverage.sql'])
  t.same(await linesOf(pool, `select dataset, date, encode(securities, 'hex') from coverage`), [
    // Bits 1, 9 and 20; 3; 1; 8; 2: the least of a byte is its first.
    '(day_aggs,2025-01-06,020210)', '(day_aggs,2025-01-07,08)', '(minute_aggs,2025-03-09,02)', '(minute_aggs,2025-03-10,0001)', '(minute_aggs,2025-11-02,04)',
  ])
  t.same(await coverageFaults(pool), [])
})
