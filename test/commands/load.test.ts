import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import t from 'tap'
import { load as loadCommand } from '../../lib/commands/load.js'
import { UsageError } from '../../lib/domain/errors.js'
import { freshDatabase } from '../helpers/database.js'
import { FIXTURES, registerSymbols, symbolsOf } from '../helpers/load.js'
import { runProgram } from '../helpers/process.js'
import { runCommand } from '../helpers/run-command.js'

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
  error?: { code: string; message: string }
}

const { pool, url } = await freshDatabase(t)
const env = { DATABASE_URL: url }
const load = (line: string[], input: string | Buffer = '') => runProgram(t, ['load', ...line], env, { input })
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

await t.test('an override warns that it is one, and names what the universe lacks', async (t) => {
  const { code, stderr, stdout } = await load(['--source', SOURCE, '--date', '2026-02-23', '--symbols', 'AAPL, NOPE'])
  t.equal(code, 0)
  t.match(stderr, /"level":40.*"symbols":\["AAPL","NOPE"\].*not authoritative/)
  t.match(stderr, /"level":40.*the universe lacks NOPE/)
  t.match(stdout, /2026-02-23 +loaded +1,106 +1 /)
  t.same((await pool.query(`select from days where date = '2026-02-23'`)).rowCount, 0)
})

await t.test('the exit code is 3 when a date is missing and 4 when one is only not published yet', async (t) => {
  t.match(await loadJson(['--source', SOURCE, '--date', '2026-03-10']), { exit_code: 3, dates: [{ outcome: 'missing' }] })
  t.match(await loadJson(['--source', SOURCE, '--date', '2036-12-01']), { exit_code: 4, dates: [{ outcome: 'not_published' }] })
})

await t.test('what the command line gets wrong is said in one sentence, exit 2, and nothing is tried', async (t) => {
  const attempts = (await pool.query('select from attempts')).rowCount
  const from = (source: string | undefined) => ({ source })
  const cases: [string[], string | undefined, RegExp][] = [
    [[], SOURCE, /^which dates\?$/],
    [['--start', '2026-03-02', '--end', '2026-03-01'], SOURCE, /^the range runs backwards: --start 2026-03-02 is after --end 2026-03-01$/],
    [['--start', '2024-02-30', '--end', '2026-03-01'], SOURCE, /^--start: "2024-02-30" is not a date/],
    [['--start', '2024-02-03'], SOURCE, /^--start needs --end$/],
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
