import t from 'tap'
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import { createCalendar } from '../lib/calendar/calendar.js'
import { DEFAULT_EXCHANGE } from '../lib/calendar/exchanges.js'
import { isoDate, type IsoDate } from '../lib/domain/dates.js'
import { wallTime } from '../lib/domain/zone.js'
import { PACKAGE_ROOT } from '../lib/domain/version.js'

const FIXTURES = path.join(PACKAGE_ROOT, 'fixtures')
const HEADER = 'ticker,volume,open,close,high,low,window_start,transactions'

function filesOf(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((name) => statSync(path.join(directory, name)).isFile()).sort()
}

function text(file: string): string {
  const bytes = readFileSync(file)
  return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()
}

const dayFiles = filesOf(path.join(FIXTURES, 'us_stocks_sip')).map((name) => ({ name, file: path.join(FIXTURES, 'us_stocks_sip', name), date: path.basename(name, '.csv.gz') }))
const universe = text(path.join(FIXTURES, 'universe.csv')).trimEnd().split('\n').slice(1).map((line) => line.split(',')[0]!)

await t.test('the script makes the same files again', async (t) => {
  const directory = t.testdir()
  const { status, stderr } = spawnSync(process.execPath, [path.join(FIXTURES, 'make-fixtures.js'), directory], { encoding: 'utf8' })
  t.equal(status, 0, stderr)
  t.same(filesOf(path.join(directory, 'us_stocks_sip')), dayFiles.map(({ name }) => name))
  for (const { name, file } of dayFiles) t.ok(text(path.join(directory, 'us_stocks_sip', name)) === text(file), name)
  t.equal(text(path.join(directory, 'universe.csv')), text(path.join(FIXTURES, 'universe.csv')))
})

await t.test('the files are the sessions of their range, more than ten, in the vendor\'s layout', async (t) => {
  const dates = dayFiles.map(({ date }) => isoDate(date))
  const calendar = createCalendar(DEFAULT_EXCHANGE)
  t.same(dates, calendar.sessions({ start: dates[0]!, end: dates.at(-1)! }).map(({ date }) => date))
  t.ok(dates.length > 10)
  for (const { name, date } of dayFiles) t.equal(name, `day_aggs_v1/${date.slice(0, 4)}/${date.slice(5, 7)}/${date}.csv.gz`)
})

await t.test('rows start at midnight in New York, but for those meant not to', async (t) => {
  const strays: string[] = []
  for (const { file, date } of dayFiles) {
    for (const line of text(file).trimEnd().split('\n').slice(1)) {
      const [symbol, , , , , , start = ''] = line.split(',')
      const wall = wallTime(new Date(Number(start.slice(0, -6))), 'America/New_York')
      if (wall.date !== (date as IsoDate) || wall.time !== '00:00:00') strays.push(`${date} ${symbol} ${wall.date} ${wall.time}`)
    }
  }
  t.same(strays, [
    '2026-02-18 AACT.WS.CL 2026-02-19 00:00:00', '2026-02-18 MRTpA.CL 2026-02-19 00:00:00', '2026-02-18 NE.WS.A 2026-02-19 00:00:00',
    '2026-02-20 SPY 2026-02-20 16:00:00',
  ])
})

await t.test('both volume formats, a thousand symbols and those that trip parsers are there', async (t) => {
  t.ok(universe.length > 1000)
  t.equal(new Set(universe).size, universe.length)
  for (const symbol of ['BCpC', 'BCPC', 'BRK.A', 'NA', 'NAN', 'TRUE', 'INF', 'ON', 'ABRpD', 'VST.WS.A', 'AACT.WS.CL']) t.ok(universe.includes(symbol), symbol)
  t.notOk(universe.includes('ZVZZT'))
  for (const { file, date } of dayFiles) {
    const [header, ...lines] = text(file).trimEnd().split('\n')
    t.equal(header, HEADER)
    const fractional = lines.filter((line) => /,\d+\.\d{6},/.test(line)).length
    t.ok(date < '2026-02-23' ? fractional === 0 : fractional > lines.length * 0.9, `${date} ${fractional}`)
  }
})

const gnuDate = spawnSync('date', ['-d', '2026-02-12', '+%F'], { encoding: 'utf8' }).stdout.trim() === '2026-02-12'
await t.test('the expected results come out the same when worked out again', { skip: gnuDate ? false : 'needs GNU date' }, async (t) => {
  const directory = t.testdir()
  const { status, stderr } = spawnSync(path.join(FIXTURES, 'expected.sh'), [directory], { encoding: 'utf8' })
  t.equal(status, 0, stderr)
  for (const name of ['dates.csv', 'rejects.csv', 'unknown.csv', 'bars.csv', 'checksums.csv']) t.equal(text(path.join(directory, name)), text(path.join(FIXTURES, 'expected', name)), name)
})

await t.test('every date of the expected results adds up', async (t) => {
  const rows = text(path.join(FIXTURES, 'expected/dates.csv')).trimEnd().split('\n').slice(1).map((line) => line.split(','))
  t.same(rows.map(([date]) => date), dayFiles.map(({ date }) => date))
  for (const [date = '', ...figures] of rows) {
    const [read = 0, unknown = 0, duplicates = 0, rejected = 0, staged = 0] = figures.slice(0, 5).map(Number)
    t.equal(read, unknown + duplicates + rejected + staged, date)
  }
})

interface OddFile {
  file: string
  date: string
  error?: string
  read?: number
  unknown?: string[]
  duplicates?: number
  rejects?: Record<string, string>
  stored?: string[]
}

await t.test('every odd file is described, and what must become of its rows adds up', async (t) => {
  const odd = path.join(FIXTURES, 'odd')
  const cases = JSON.parse(text(path.join(odd, 'expected.json'))) as OddFile[]
  const files = filesOf(odd).filter((name) => /\.csv(\.gz)?$/.test(name) && name !== 'universe.csv')
  t.same(cases.map(({ file }) => file).sort(), files)
  const described = new Set([...text(path.join(odd, 'README.md')).matchAll(/[\w-]+\.csv(?:\.gz)?/g)].map(([name]) => name))
  t.same(files.filter((file) => !described.has(file)), [], 'README.md says where each comes from')
  for (const { file, error, read, unknown = [], duplicates = 0, rejects = {}, stored = [] } of cases) {
    if (error === undefined) t.equal(read, unknown.length + duplicates + Object.keys(rejects).length + stored.length, file)
  }
})

await t.test('the fixtures stay small', async (t) => {
  const bytes = filesOf(FIXTURES).reduce((sum, name) => sum + statSync(path.join(FIXTURES, name)).size, 0)
  t.ok(bytes < 1_000_000, `${bytes} bytes`)
})
