import { createWriteStream, readFileSync } from 'node:fs'
import path from 'node:path'
import { Readable } from 'node:stream'
import { createGzip } from 'node:zlib'
import { pipeline } from 'node:stream/promises'
import t from 'tap'
import { keepsCoverage } from '../../helpers/coverage.js'
import { freshDatabase } from '../../helpers/database.js'
import { FIXTURES, fileSource, loadDates, registerSymbols, storedBars, symbolsOf } from '../../helpers/load.js'

interface Odd {
  file: string
  date: string
  read?: number
  unknown?: string[]
  duplicates?: number
  rejects?: Record<string, string>
  stored?: string[]
  error?: string
}

const ODD = path.join(FIXTURES, 'odd')
const cases = JSON.parse(readFileSync(path.join(ODD, 'expected.json'), 'utf8')) as Odd[]
const everything = { maxRejected: 100, maxRemoved: 100 }
const HEADER = 'ticker,volume,open,close,high,low,window_start,transactions\n'
const ROW = 'AAPL,1,10,10,10,10,1735794000000000000,1\n'

const { pool } = await freshDatabase(t)
await registerSymbols(pool, symbolsOf(path.join(ODD, 'universe.csv')))
keepsCoverage(t, pool)
t.beforeEach(async () => {
  await pool.query('truncate ohlcv_daily, coverage, days, lineage, rejected_rows, unknown_symbols, bar_revisions, attempts')
})

for (const odd of cases) {
  await t.test(`${odd.file} ${odd.error === undefined ? 'is loaded exactly, or its rows are rejected with a reason' : `fails its date with ${odd.error}`}`, async (t) => {
    const { days: [day] } = await loadDates(pool, fileSource(path.join(ODD, odd.file), odd.date), odd.date, odd.date, { thresholds: everything, includeClosed: true })
    if (odd.error !== undefined) {
      t.match(day, { outcome: 'source_failed', code: odd.error, counts: null })
      t.ok(day!.message, day!.message!)
      t.same((await pool.query('select from ohlcv_daily')).rowCount, 0, 'nothing is written')
      return
    }
    const { rows: rejects } = await pool.query<{ line: number; reason: string }>('select line, reason from rejected_rows order by line')
    const { rows: unknown } = await pool.query<{ symbol: string }>('select symbol from unknown_symbols order by symbol')
    t.equal(day!.outcome, 'loaded', day!.message ?? '')
    t.equal(day!.counts!.read, odd.read, 'rows read')
    t.equal(day!.counts!.duplicates, odd.duplicates ?? 0, 'duplicates')
    t.same(Object.fromEntries(rejects.map(({ line, reason }) => [line, reason])), odd.rejects ?? {})
    t.equal(day!.counts!.unknown, odd.unknown?.length ?? 0, 'rows of unknown symbols')
    t.same(unknown.map(({ symbol }) => symbol), [...new Set(odd.unknown)].sort())
    t.same(await storedBars(pool, odd.date), [...odd.stored!].sort((a, b) => (a.split(',')[0]! < b.split(',')[0]! ? -1 : 1)))
  })
}

await t.test('a line of five megabytes fails the date with its number, and does not fill the memory', async (t) => {
  const file = path.join(t.testdir({}), 'long.csv')
  await pipeline(Readable.from([HEADER, ROW, `AAPL,${'1'.repeat(5_000_000)}`, '\n', ROW]), createWriteStream(file))
  const { days: [day] } = await loadDates(pool, fileSource(file, '2025-01-02'), '2025-01-02')
  t.match(day, { outcome: 'source_failed', code: 'SOURCE_LINE_TOO_LONG', message: /^line 3 is longer than 65536 bytes/ })
})

await t.test('the rejected row is kept as it came, byte for byte, cut at 4 KB', async (t) => {
  const file = path.join(t.testdir({}), 'bytes.csv')
  const odd = Buffer.from([0xff, 0x00, 0x1b, 0x80, 0x2c, 0x31])
  const long = `AAPL,${'9'.repeat(6000)}`
  await pipeline(Readable.from([HEADER, ROW, odd, '\r\n', long, '\n']), createWriteStream(file))
  await loadDates(pool, fileSource(file, '2025-01-02'), '2025-01-02', '2025-01-02', { thresholds: everything })
  const { rows } = await pool.query<{ line: number; raw: Buffer }>('select line, raw from rejected_rows order by line')
  t.same(rows, [{ line: 3, raw: odd }, { line: 4, raw: Buffer.from(long.slice(0, 4096)) }])
})

await t.test('no more rejects are kept than the limit, but all are counted', async (t) => {
  const file = path.join(t.testdir({}), 'rejects.csv')
  await pipeline(Readable.from([HEADER, ROW, ...Array.from({ length: 50 }, () => 'x\n')]), createWriteStream(file))
  const { days: [day] } = await loadDates(pool, fileSource(file, '2025-01-02'), '2025-01-02', '2025-01-02', {
    thresholds: everything, limits: { maxLineBytes: 65_536, maxFileBytes: 1e9, maxFileLines: 1e6, maxRejectedRows: 7 },
  })
  t.equal(day!.counts!.rejected, 50)
  t.equal((await pool.query('select from rejected_rows')).rowCount, 7)
})

await t.test('a file of more lines than the limit fails its date, blank ones counted', async (t) => {
  const file = path.join(t.testdir({ 'blank.csv': `${HEADER}${ROW}${'\n'.repeat(5000)}` }), 'blank.csv')
  const limits = { maxLineBytes: 65_536, maxFileBytes: 1e9, maxRejectedRows: 10 }
  const load = async (maxFileLines: number) => (await loadDates(pool, fileSource(file, '2025-01-02'), '2025-01-02', '2025-01-02', { limits: { ...limits, maxFileLines } })).days[0]
  t.match(await load(5001), { outcome: 'source_failed', code: 'SOURCE_TOO_MANY_LINES', message: /^line 5002 is one more than the 5001 lines.*OHLCV_MAX_FILE_LINES/ })
  t.match(await load(5002), { outcome: 'loaded', rows: 1 })
})

await t.test('a file whose first 100,000 rows are all rejected is not read further', async (t) => {
  const load = async (rows: string) => {
    const file = path.join(t.testdir({ 'junk.csv': HEADER + rows }), 'junk.csv')
    return (await loadDates(pool, fileSource(file, '2025-01-02'), '2025-01-02', '2025-01-02', { thresholds: everything })).days[0]
  }
  t.match(await load(`${'x\n'.repeat(100_000)}${ROW}`), { outcome: 'source_failed', code: 'SOURCE_NO_VALID_ROW', message: 'none of the first 100000 rows is valid; line 2: field_count' })
  t.match(await load(`${'x\n'.repeat(99_999)}${ROW}x\n`), { outcome: 'loaded', rows: 1, counts: { rejected: 100_000 } })
})

await t.test('a gzip bomb ends the date at the limit', async (t) => {
  const file = path.join(t.testdir({}), 'bomb.csv.gz')
  const zeros = function* () {
    yield HEADER
    for (let i = 0; i < 200; i++) yield ROW.replace('AAPL', 'NOBODY').repeat(1000)
  }
  await pipeline(Readable.from(zeros()), createGzip(), createWriteStream(file))
  const { days: [day] } = await loadDates(pool, fileSource(file, '2025-01-02'), '2025-01-02', '2025-01-02', {
    limits: { maxLineBytes: 65_536, maxFileBytes: 1_000_000, maxFileLines: 1e6, maxRejectedRows: 10 },
  })
  t.match(day, { outcome: 'source_failed', code: 'SOURCE_TOO_LARGE' })
})
