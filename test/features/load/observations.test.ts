import path from 'node:path'
import pg from 'pg'
import { pino } from 'pino'
import t from 'tap'
import { load as loadCommand } from '../../../lib/cli/commands/load/load.js'
import { absenceOn } from '../../../lib/store/bars/absence.js'
import { MINUTE_AGGS } from '../../../lib/datasets/minute.js'
import { isoDate } from '../../../lib/domain/dates.js'
import { resolveLoad } from '../../../lib/features/load/resolve.js'
import { observe } from '../../../lib/features/load/range/observations.js'
import { empty, freshDatabase } from '../../helpers/database.js'
import { directorySource, FIXTURES, loadDates, manyBars, putDayFile, registerSymbols, requestOf, runtimeOf, symbolsOf } from '../../helpers/load.js'
import { runCommand } from '../../helpers/run-command.js'

const { pool } = await freshDatabase(t)

/** Five sessions in a row. */
const DATES = ['2025-01-06', '2025-01-07', '2025-01-08', '2025-01-13', '2025-01-14'] as const
const [FIRST, SECOND, , , LAST] = DATES
const NOW = '2025-02-03T12:00:00Z'
const symbols = manyBars(20).map((bar) => bar.split(',')[0]!)

/** What a load warns about, and how it ends. */
async function loads(pool: pg.Pool, source: string, ...flags: string[]): Promise<{ exitCode: number; warnings: string[]; text: string }> {
  const { exitCode, json, text } = await runCommand(loadCommand, ['load', ...flags], { pool, now: NOW, settings: { source } })
  return { exitCode, warnings: json['warnings'] as string[], text }
}

await t.test('a file of fewer symbols than the universe', async (t) => {
  await empty(pool)
  const root = t.testdir({})
  await registerSymbols(pool, symbols)
  putDayFile(root, FIRST, [...manyBars(18), 'A018,500,500,500,500,100,1', 'A019,10,10,10,10,9000,1'])
  putDayFile(root, SECOND, manyBars(17))

  await t.test('is loaded whole: who lacks a row is warned about, the most traded on the session before first', async (t) => {
    await loads(pool, root, '--date', FIRST)
    const { exitCode, warnings, text } = await loads(pool, root, '--date', SECOND, '--accept')
    t.equal(exitCode, 0)
    t.same(warnings, [`3 of 20 active securities have no row on ${SECOND}: A019, A018, A017`])
    t.match(text, `warning: ${warnings[0]}`)
    t.same((await pool.query('select outcome from attempts where date = $1', [SECOND])).rows, [{ outcome: 'loaded' }])
  })

  await t.test('is warned about once a run, on the latest date of it, by symbol where nothing is loaded before', async (t) => {
    t.same((await loads(pool, root, '--start', FIRST, '--end', SECOND, '--force', '--accept')).warnings, [`3 of 20 active securities have no row on ${SECOND}: A019, A018, A017`])
    const { pool: other } = await freshDatabase(t)
    await registerSymbols(other, symbols)
    t.same((await loads(other, root, '--date', SECOND)).warnings, [`3 of 20 active securities have no row on ${SECOND}: A017, A018, A019`])
  })

  await t.test('is nothing to warn about where nothing was loaded, in a dry run and for selected symbols', async (t) => {
    t.same((await loads(pool, root, '--date', SECOND)).warnings, [], 'unchanged')
    t.same((await loads(pool, root, '--date', SECOND, '--force', '--dry-run')).warnings, [])
    t.same((await loads(pool, root, '--date', SECOND, '--force', '--symbols', 'A001,A002')).warnings, [])
  })

  await t.test('lacks only securities that are active and have a symbol on the date', async (t) => {
    await pool.query(`update tickers set active = false where symbol = 'A019'`)
    await pool.query(`update ticker_symbols set valid = daterange(null, $1::date), assumed = false where symbol = 'A018'`, [SECOND])
    t.same((await loads(pool, root, '--date', SECOND, '--force')).warnings, [`1 of 18 active securities have no row on ${SECOND}: A017`])
    t.same((await loads(pool, root, '--date', FIRST, '--force')).warnings, [], 'all have one on the date before')
  })
})

await t.test('of many without a row a few are named', async (t) => {
  await empty(pool)
  await registerSymbols(pool, symbolsOf(path.join(FIXTURES, 'universe.csv')))
  const root = t.testdir({})
  putDayFile(root, FIRST, symbolsOf(path.join(FIXTURES, 'universe.csv')).slice(0, 2).map((symbol) => `${symbol},1,1,1,1,1,1`))
  t.match((await loads(pool, root, '--date', FIRST)).warnings.at(-1), /^1,130 of 1,132 active securities have no row on 2025-01-06: (\S+, ){5}\.\.\.$/)
})

await t.test('minute bars are looked at by their New York date', async (t) => {
  await empty(pool)
  await registerSymbols(pool, ['LATE', 'QUIET', 'BIG', 'SMALL'])
  await pool.query('select ohlcv_minute_ensure_partitions($1, $2)', [FIRST, SECOND])
  await pool.query(`
    insert into ohlcv_minute (symbol_id, time, open, high, low, close, volume, transactions, load_id)
    select symbol_id, at::timestamptz, 1, 1, 1, 1, volume, 1, 1
    from tickers join (values ('SMALL', '2025-01-06 15:00Z', 3), ('BIG', '2025-01-06 15:00Z', 2), ('BIG', '2025-01-06 15:01Z', 2), ('LATE', '2025-01-08 00:59Z', 1)) v (symbol, at, volume) using (symbol)`)
  t.same(await absenceOn(pool, MINUTE_AGGS, isoDate(SECOND), isoDate(FIRST), 5), { active: 4, absent: 3, examples: ['BIG', 'SMALL', 'QUIET'] })
})

await t.test('a first file that is half is warned about as soon as there is something to hold it against, in whatever order', async (t) => {
  const root = t.testdir({})
  putDayFile(root, FIRST, manyBars(10))
  for (const date of DATES.slice(1)) putDayFile(root, date, manyBars(20))
  const warning = `${FIRST} is thin: 10 bars, where 20 are usual around it; look: ohlcv status --date ${FIRST}`

  await empty(pool)
  await registerSymbols(pool, symbols)
  const { exitCode, warnings } = await loads(pool, root, '--start', FIRST, '--end', LAST)
  t.same(warnings, [warning])
  t.equal(exitCode, 3, '2025-01-10 has no file; the warning has no part in it')
  const dates = await loads(pool, root, '--date', FIRST, '--force')
  t.equal(dates.exitCode, 0)
  t.same(dates.warnings[0], warning)

  await empty(pool)
  await registerSymbols(pool, symbols)
  for (const date of DATES.slice(1).toReversed()) t.same((await loads(pool, root, '--date', date)).warnings, [])
  t.same((await loads(pool, root, '--date', FIRST)).warnings[0], warning)
})

await t.test('of many thin dates a few are told, and where to see the others', async (t) => {
  await empty(pool)
  const root = t.testdir({})
  await registerSymbols(pool, symbols)
  const weekdays = Array.from({ length: 25 }, (_, i) => new Date(Date.UTC(2024, 0, 22 + i)).toISOString().slice(0, 10)).filter((date) => ![0, 6].includes(new Date(date).getUTCDay()))
  for (const [at, date] of weekdays.entries()) putDayFile(root, date, manyBars(at < 7 ? 10 : 20))
  const { warnings } = await loads(pool, root, '--start', weekdays[0]!, '--end', weekdays.at(-1)!)
  t.match(warnings[4], `${weekdays[4]} is thin: 10 bars`)
  t.equal(warnings[5], `2 more dates are thin; see: ohlcv status --start ${weekdays[5]} --end ${weekdays[6]}`)
})

await t.test('a database that is gone by then costs the warnings and nothing else', async (t) => {
  await empty(pool)
  const root = t.testdir({})
  await registerSymbols(pool, symbols)
  putDayFile(root, FIRST, manyBars(17))
  const { days } = await loadDates(pool, directorySource(root), FIRST)
  const lines: string[] = []
  const log = pino({ level: 'warn' }, { write: (line: string) => lines.push(line) })
  const load = await resolveLoad(runtimeOf(pool), requestOf(root, FIRST, FIRST), directorySource(root))
  const observed = (db: pg.Pool, signal = new AbortController().signal) => observe(runtimeOf(db, { log, signal, databaseWait: 0 }), load, { days })
  t.match(await observed(pool), { absence: { date: FIRST, active: 20, absent: 3 } })
  t.same(await observed(pool, AbortSignal.abort()), { thin: [], absence: null }, 'one that was stopped is not judged')
  t.same(lines, [])
  const gone = new pg.Pool({ host: '127.0.0.1', port: 1 })
  t.same(await observed(gone), { thin: [], absence: null })
  t.match(lines.at(-1), 'could not hold the loaded dates against those around them')
})
