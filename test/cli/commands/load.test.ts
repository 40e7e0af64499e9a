import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, openSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import t from 'tap'
import { load as loadCommand } from '../../../lib/cli/commands/load/load.js'
import { UsageError } from '../../../lib/domain/errors.js'
import { PACKAGE_ROOT } from '../../../lib/domain/version.js'
import { freshDatabase } from '../../helpers/database.js'
import { FIXTURES, manyBars, putDayFile, registerSymbols, symbolsOf } from '../../helpers/load.js'
import { callProgram } from '../../helpers/call-program.js'
import { runCommand } from '../../helpers/run-command.js'

const SOURCE = path.join(FIXTURES, 'us_stocks_sip')
const FILE = path.join(SOURCE, 'day_aggs_v1/2026/03/2026-03-02.csv.gz')

interface LoadDocument {
  schema: string
  exit_code: number
  run: number | null
  parameters: Record<string, unknown>
  dates: { date: string; outcome: string; counts: Record<string, number> | null; rows: number | null; unknown_symbols: string[] }[]
  totals: Record<string, number>
  warnings: string[]
  error?: { code: string; message: string; hint: string | null }
}

const { pool, url } = await freshDatabase(t)
const env = { DATABASE_URL: url }
const load = (line: string[], input: string | Buffer = '') => callProgram(['load', ...line], env, { input })
const loadJson = async (line: string[], input: string | Buffer = '') => JSON.parse((await load([...line, '--json'], input)).stdout) as LoadDocument

await t.test('an empty universe is said to be empty, with what fills it', async (t) => {
  const { code, stdout, stderr } = await load(['--source', SOURCE, '--date', '2026-03-02'])
  t.equal(code, 2)
  t.equal(stdout, '')
  t.match(stderr, /^ohlcv: the universe is empty.*\n {2}import one with: ohlcv universe import FILE, or .*: ohlcv universe discover\n$/)
  t.same((await pool.query('select from attempts')).rowCount, 0, 'nothing was tried')
  await registerSymbols(pool, symbolsOf(path.join(FIXTURES, 'universe.csv')))
})

await t.test('a file through stdin is the same version gzipped or not, and the same as the file itself', async (t) => {
  const gzipped = readFileSync(FILE)
  const identity = `sha256:${createHash('sha256').update(gunzipSync(gzipped)).digest('hex')}`
  const first = await loadJson(['--file', '-', '--date', '2026-03-02'], gzipped)
  t.match(first, { schema: 'ohlcv.load/1', exit_code: 0, dates: [{ date: '2026-03-02', outcome: 'loaded', counts: { read: 1106, inserted: 1100 } }] })
  t.same((await pool.query('select source_identity from lineage')).rows, [{ source_identity: identity }])
  t.equal((await loadJson(['--file', '-', '--date', '2026-03-02'], gunzipSync(gzipped))).dates[0]!.outcome, 'unchanged')
  t.equal((await loadJson(['--file', FILE, '--date', '2026-03-02'])).dates[0]!.outcome, 'unchanged')
  t.equal((await loadJson(['--source', SOURCE, '--date', '2026-03-02'])).dates[0]!.outcome, 'unchanged')
  t.equal((await pool.query('select from lineage')).rowCount, 1)
})

await t.test('the table shows each date, the totals and what to know', async (t) => {
  const { code, stdout, stderr } = await load(['--source', SOURCE, '--start', '2026-02-13', '--end', '2026-02-17'])
  t.equal(code, 0)
  const lines = stdout.split('\n')
  t.match(lines[0], /^date +outcome +read +inserted +updated +unchanged +removed +rejected +unknown +rows$/)
  t.match(lines[1], /^2026-02-13 +loaded +1,105 +1,102 +0 +0 +0 +1 +2 +1,102$/)
  t.match(lines[2], /^2026-02-16 +holiday( +-){8} +Washington's Birthday$/)
  t.match(stdout, /\n3 dates: 2 loaded, 1 holiday; 2 weekend days\n2,222 rows read: 2,215 inserted, 0 updated, 0 unchanged, 0 removed, 2 rejected, 5 unknown\n/)
  t.match(stdout, /warning: 3 symbols \(5 rows\) not in the universe, skipped: ZBZX, ZTST, ZVZZT; once/)
  t.match(stdout, /warning: 2 rows rejected; see: ohlcv rejects --start 2026-02-13 --end 2026-02-17\n/)
  // 1,132 securities, 1,113 bars.
  t.match(stdout, /warning: 19 of 1,132 active securities have no row on 2026-02-17: (\S+, ){5}\.\.\.\n/)
  t.match(stderr, /"level":40.*19 of 1,132 active securities have no row on 2026-02-17/)
})

await t.test('on a terminal of 80 columns the table fits, and what leaves are counts that the totals have', async (t) => {
  const tableAt = async (room: number) => {
    const { text } = await runCommand(loadCommand, ['load', '--start', '2026-02-13', '--end', '2026-02-17', '--dry-run', '--force'], { pool, room, settings: { source: SOURCE } })
    return text.split('\n\n')[0]!.split('\n')
  }
  const [narrow, wide] = [await tableAt(80), await tableAt(Infinity)]
  t.ok(wide.some((line) => line.length > 80))
  t.same(narrow.filter((line) => line.length > 80), [])
  t.match(narrow[0], /^date +outcome +.*inserted.*rows$/)
  t.match(narrow[2], /^2026-02-16 +holiday.* Washington's Birthday$/)
})

await t.test('the document has every count, and its sums hold', async (t) => {
  const { parameters, dates, totals, run } = await loadJson(['--source', SOURCE, '--start', '2026-02-18', '--end', '2026-02-20', '--lanes', '3'])
  t.match(parameters, { start: '2026-02-18', end: '2026-02-20', source: SOURCE, dataset: 'day_aggs', lanes: 3, dry_run: false, symbols: null })
  t.equal(typeof run, 'number')
  for (const { counts } of dates) {
    t.equal(counts!['read'], counts!['staged']! + counts!['rejected']! + counts!['unknown']! + counts!['not_selected']! + counts!['duplicates']!)
    t.equal(counts!['staged'], counts!['inserted']! + counts!['updated']! + counts!['unchanged']!)
  }
  t.equal(totals['read'], dates.reduce((sum, { counts }) => sum + counts!['read']!, 0))
  t.same((await pool.query('select status, exit_code, totals->>\'read\' as read from ingestion_runs where run_id = $1', [run])).rows,
    [{ status: 'succeeded', exit_code: 0, read: String(totals['read']) }])
})

await t.test('an override warns that it is one', async (t) => {
  const { code, stderr, stdout } = await load(['--source', SOURCE, '--date', '2026-02-23', '--symbols', 'AAPL,'])
  t.equal(code, 0)
  t.match(stderr, /"level":40.*"symbols":\["AAPL"\].*not authoritative/)
  t.match(stdout, /2026-02-23 +loaded +1,106 +1 /)
  t.same((await pool.query(`select from days where date = '2026-02-23'`)).rowCount, 0)
})

await t.test('an override of symbols that the universe lacks loads nothing, and says which were probably meant', async (t) => {
  const before = (await pool.query('select from lineage')).rowCount
  const { code, stdout, stderr } = await load(['--source', SOURCE, '--date', '2026-02-24', '--symbols', 'AAPLL,AAPL,NOPE12'])
  t.same([code, stdout], [2, ''])
  t.match(stderr, /^ohlcv: the universe has no symbol "AAPLL", "NOPE12"\n {2}did you mean (.*, )?AAPL.*\? Symbols are case-sensitive\n$/m)
  t.match(await loadJson(['--source', SOURCE, '--date', '2026-02-24', '--symbols', 'all']), { exit_code: 2, error: { code: 'SYMBOLS_ALL', hint: /leave --symbols out/ } })
  t.equal((await pool.query('select from lineage')).rowCount, before)
})

await t.test('a file with another date in its name is refused, and so is one for a closed day', async (t) => {
  t.match(await loadJson(['--file', FILE, '--date', '2026-03-03']), {
    exit_code: 2, error: { code: 'FILE_OF_OTHER_DATE', message: '2026-03-02.csv.gz is by its name the file of 2026-03-02, and --date says 2026-03-03', hint: /--date 2026-03-02/ },
  })
  const folder = t.testdir({ '2026-02-31 2026-03-02 of 2026-03-07.csv': 'x', 'day.csv': 'x' })
  const named = (name: string, date: string) => loadJson(['--file', path.join(folder, name), '--date', date])
  t.match(await named('2026-02-31 2026-03-02 of 2026-03-07.csv', '2026-03-03'), { error: { message: /the file of 2026-03-02 or 2026-03-07, and/ } }, 'no date is no date')
  t.match(await named('2026-02-31 2026-03-02 of 2026-03-07.csv', '2026-03-02'), { exit_code: 3, dates: [{ outcome: 'source_failed' }] }, 'one of several')
  t.match(await named('day.csv', '2026-03-07'), { exit_code: 2, error: { code: 'FILE_ON_CLOSED_DAY', message: /closed on 2026-03-07 \(weekend\)/ } })
  t.match(await named('day.csv', '2026-02-16'), { exit_code: 2, error: { code: 'FILE_ON_CLOSED_DAY', message: /Washington's Birthday/ } })
})

await t.test('a file without a row of its date fails, and says what it may be', async (t) => {
  for (const [date, ...more] of [['2026-03-03'], ['2026-03-07', '--include-closed']] as const) {
    t.match(await loadJson(['--file', '-', '--date', date, ...more], readFileSync(FILE)), {
      exit_code: 3, dates: [{ date, outcome: 'source_failed', message: /none of the 1106 rows is valid; line 2: wrong_date; is it the file of another date\?$/ }],
    })
  }
})

await t.test('--start alone goes on to the latest session that has closed, and says so', async (t) => {
  const at = (now: string) => runCommand(loadCommand, ['load', '--start', '2026-03-05'], { pool, now, settings: { source: SOURCE } })
  t.match((await at('2026-03-10T12:00:00Z')).json, { parameters: { start: '2026-03-05', end: '2026-03-09' }, totals: { dates: 3 } })
  t.match((await at('2026-03-07T12:00:00Z')).json, { parameters: { start: '2026-03-05', end: '2026-03-06' } })
  await t.rejects(at('2026-03-05T12:00:00Z'), { code: 'DATES_BACKWARDS', message: /--start 2026-03-05 is after 2026-03-04, the latest session that has closed/ })
  const { stderr } = await load(['--source', SOURCE, '--start', '2026-11-01', '--dry-run'])
  t.match(stderr, /"level":30.*without --end: until 20\d\d-\d\d-\d\d, the latest session that has closed"/)
})

await t.test('--days loads a session that has come since, and leaves the others as they are', async (t) => {
  const { pool } = await freshDatabase(t)
  await registerSymbols(pool, ['A000', 'A001'])
  const source = t.testdir({})
  const days = async (now: string) => {
    const { json } = await runCommand(loadCommand, ['load', '--days', '3'], { pool, now, settings: { source } })
    return (json['dates'] as { date: string; outcome: string }[]).map(({ date, outcome }) => `${date} ${outcome}`)
  }
  for (const date of ['2025-01-06', '2025-01-07', '2025-01-08']) putDayFile(source, date, manyBars(2))
  t.same(await days('2025-01-09T02:00:00Z'), ['2025-01-06 loaded', '2025-01-07 loaded', '2025-01-08 loaded'])
  const loads = await pool.query('select date::text, load_id from days order by date')
  // The ninth was a day of mourning: the exchange was closed.
  putDayFile(source, '2025-01-10', manyBars(2, '11'))
  t.same(await days('2025-01-11T02:00:00Z'), ['2025-01-07 unchanged', '2025-01-08 unchanged', '2025-01-09 holiday', '2025-01-10 loaded'])
  t.same((await pool.query(`select date::text, load_id from days where date < '2025-01-10' order by date`)).rows, loads.rows)
  t.same((await pool.query('select date::text from lineage order by load_id desc limit 1')).rows, [{ date: '2025-01-10' }])
})

await t.test('a missing date is logged as a warning, one that is loaded is not', async (t) => {
  const { stderr } = await load(['--source', SOURCE, '--start', '2026-03-09', '--end', '2026-03-10'])
  const ended = stderr.split('\n').filter((line) => line.includes('date ended')).map((line) => JSON.parse(line) as { level: number; date: string; outcome: string })
  t.same(ended.map(({ level, date, outcome }) => `${date} ${outcome} ${level}`).sort(), ['2026-03-09 unchanged 30', '2026-03-10 missing 40'])
})

await t.test('a log that cannot be written ends no load', { skip: existsSync('/dev/full') ? false : 'no /dev/full here' }, async (t) => {
  const program = path.join(PACKAGE_ROOT, 'dist/bin/ohlcv.js')
  const { status, stdout } = spawnSync(process.execPath, [program, 'load', '--source', SOURCE, '--date', '2026-03-02', '--force'], {
    encoding: 'utf8', env: { PATH: process.env['PATH'] ?? '', ...env }, stdio: ['ignore', 'pipe', openSync('/dev/full', 'w')],
  })
  t.equal(status, 0)
  t.match(stdout, /^2026-03-02 +loaded/m)
})

await t.test('the exit code is 3 when a date is missing and 4 when one is only not published yet', async (t) => {
  t.match(await loadJson(['--source', SOURCE, '--date', '2026-03-10']), { exit_code: 3, dates: [{ outcome: 'missing' }] })
  t.match(await loadJson(['--source', SOURCE, '--date', '2036-12-01']), { exit_code: 4, dates: [{ outcome: 'not_published' }] })
})

await t.test('--only incomplete loads what was never loaded, failed or is stale, and leaves the rest alone', async (t) => {
  const { pool } = await freshDatabase(t)
  await registerSymbols(pool, ['A000', 'A001'])
  const source = t.testdir({})
  const incomplete = async (end: string) => {
    const { json, exitCode } = await runCommand(loadCommand, ['load', '--start', '2025-01-06', '--end', end, '--only', 'incomplete'], { pool, now: '2025-01-20T12:00:00Z', settings: { source } })
    return [exitCode, ...(json['dates'] as { date: string; outcome: string }[]).map(({ date, outcome }) => `${date} ${outcome}`)]
  }
  for (const date of ['2025-01-06', '2025-01-07']) putDayFile(source, date, manyBars(2))
  t.same(await incomplete('2025-01-08'), [3, '2025-01-06 loaded', '2025-01-07 loaded', '2025-01-08 missing'])
  // What has changed since is no matter of this: the file of the 6th is another one now.
  for (const date of ['2025-01-06', '2025-01-08']) putDayFile(source, date, manyBars(2, '11'))
  await pool.query(`update days set stale = true where date = '2025-01-07'`)
  t.same(await incomplete('2025-01-08'), [0, '2025-01-07 loaded', '2025-01-08 loaded'])
  t.same(await incomplete('2025-01-08'), [0])
  t.same(await incomplete('2025-01-10'), [3, '2025-01-10 missing'], 'the 9th was a day of mourning, to which nothing is missing')
})

await t.test('what the command line gets wrong is said in one sentence, exit 2, and nothing is tried', async (t) => {
  const attempts = (await pool.query('select from attempts')).rowCount
  const from = (source: string | undefined) => ({ source })
  const cases: [string[], string | undefined, RegExp][] = [
    [[], SOURCE, /^which dates\?$/],
    [['--start', '2026-03-02', '--end', '2026-03-01'], SOURCE, /^the range runs backwards: --start 2026-03-02 is after --end 2026-03-01$/],
    [['--start', '2024-02-30', '--end', '2026-03-01'], SOURCE, /^--start: "2024-02-30" is not a date/],
    [['--end', '2024-02-03'], SOURCE, /^--end needs --start$/],
    [['--days', '0'], SOURCE, /^--days must be a whole number from 1 to 99999, not "0"$/],
    [['--days', '3', '--date', '2026-03-02'], SOURCE, /^choose the dates in one way only$/],
    [['--start', '1980-01-02', '--end', '1980-01-03'], SOURCE, /^the calendar of XNYS knows 1990-01-01 to 2036-12-31 only$/],
    [['--days', '3'], undefined, /^no source of day files is set$/],
    [['--file', FILE], undefined, /^which dates\?$/],
    [['--file', FILE, '--start', '2026-03-02', '--end', '2026-03-02'], undefined, /^--file needs --date/],
    [['--days', '3'], path.join(FIXTURES, 'nowhere'), /^the source directory .*nowhere is not there$/],
    [['--days', '3', '--symbols', ' , '], SOURCE, /^--symbols names no symbol$/],
  ]
  for (const [line, source, said] of cases) {
    await t.rejects(runCommand(loadCommand, ['load', ...line], { pool, settings: from(source) }), { constructor: UsageError, message: said }, line.join(' '))
  }
  const { code, stdout, stderr } = await load(['--source', SOURCE, '--days', '3', '--lanes', '0'])
  t.same([code, stdout, stderr], [2, '', 'ohlcv: --lanes must be a whole number from 1 to 64, not "0"\n'])
  t.equal((await pool.query('select from attempts')).rowCount, attempts)
})

await t.test('failing, it still prints one valid document', async (t) => {
  t.match(await loadJson(['--days', '3']), { schema: 'ohlcv.load/1', exit_code: 2, error: { code: 'SOURCE_MISSING' } })
  t.match(JSON.parse((await load(['--nonsense', '--json'])).stdout), { schema: 'ohlcv.usage/1', exit_code: 2, error: { code: 'USAGE' } })
})
