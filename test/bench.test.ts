import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'
import { gunzipSync } from 'node:zlib'
import { dayFiles } from '../bench/data.js'
import { expertScript, expertSetup } from '../bench/expert.js'
import { minuteFile } from '../bench/large.js'
import { spread } from '../bench/measure.js'
import { latencyTable, openLoop, percentile } from '../bench/open-loop.js'
import { LOAD_GOALS, makeReport, markdown, renderInto } from '../bench/report.js'
import { freshDatabase } from './helpers/database.js'
import { directorySource, loadDates, registerSymbols } from './helpers/load.js'

const SIZE = { sessions: 3, rows: 150, seed: 7 }
const textOf = (file: string): string => gunzipSync(readFileSync(file)).toString()
const hasPsql = spawnSync('sh', ['-c', 'command -v psql && command -v zcat']).status === 0

await t.test('made-up day files are the same for the same seed, and others for another', async (t) => {
  t.testdir()
  const made = async (folder: string, size = SIZE) => dayFiles(path.join(t.testdirName, folder), size, () => {})
  const [first, again, other] = [await made('first'), await made('again'), await made('other', { ...SIZE, seed: 8 })]
  t.same(first.files.map(textOf), again.files.map(textOf))
  t.same(first.dates, ['2026-08-27', '2026-08-28', '2026-08-31'], 'sessions, the weekend left out')
  t.not(textOf(other.files[0]!), textOf(first.files[0]!))
})

await t.test('the program and the expert\'s script store the same bars', { skip: hasPsql ? false : 'no psql here' }, async (t) => {
  const data = await dayFiles(t.testdir(), SIZE, () => {})
  const symbols = [...new Set(data.files.flatMap((file) => textOf(file).trim().split('\n').slice(1).map((line) => line.split(',')[0]!)))]
  const [ours, experts] = [await freshDatabase(t), await freshDatabase(t)]
  await registerSymbols(ours.pool, symbols)
  await loadDates(ours.pool, directorySource(data.root), data.dates[0]!, data.dates.at(-1))
  await experts.pool.query('create schema expert')
  execFileSync('psql', ['--no-psqlrc', '--quiet', '--set', 'ON_ERROR_STOP=1', experts.url], {
    input: `set search_path = expert;\n${expertSetup(data.files)}${expertScript(data)}`, env: { PATH: process.env['PATH'] },
  })
  const bars = (table: string) => `select concat_ws('|', symbol, time, open, high, low, close, volume) as bar
    from (select symbol_id, time, trim_scale(open) as open, trim_scale(high) as high, trim_scale(low) as low, trim_scale(close) as close, trim_scale(volume) as volume from ${table}) o
    join ${table.replace('ohlcv_daily', 'tickers')} using (symbol_id) order by 1`
  const stored = (await ours.pool.query(bars('ohlcv_daily'))).rows
  t.ok(stored.length > 400)
  t.same(stored, (await experts.pool.query(bars('expert.ohlcv_daily'))).rows)
})

await t.test('a made-up minute file has about as many rows as asked for', async (t) => {
  const { dates: [date] } = await dayFiles(t.testdir(), { ...SIZE, sessions: 1 }, () => {})
  const root = await minuteFile(t.testdirName, date!, 3000, 20, 7)
  const lines = textOf(path.join(root, `minute_aggs_v1/2026/08/${date}.csv.gz`)).trim().split('\n')
  t.ok(lines.length > 2500 && lines.length < 3500, `${lines.length} lines`)
})

await t.test('a report judges each goal by medians and finds its place in the document', async (t) => {
  t.match(spread([3, 1, 2]), { median: 2, min: 1, max: 3 })
  t.equal(spread([1, 2]).median, 1.5)
  const head = { command: 'make bench', machine: 'a machine', subject: '2 sessions', runs: 3 }
  const report = makeReport(head, LOAD_GOALS, new Map([['hydrate', [3, 9, 4]], ['expert\'s script', [20, 10, 10]]]))
  t.match(report.goals[0], { value: 0.4, holds: true })
  t.match(report.goals[1], { value: null, holds: null })
  const file = path.join(t.testdir(), 'document.md')
  writeFileSync(file, 'before\n<!-- bench begin -->\nold\n<!-- bench end -->\nafter\n')
  renderInto(file, 'bench', markdown(report))
  const document = readFileSync(file, 'utf8')
  t.match(document, /^before\n<!-- bench begin -->\n`make bench`[^]*\| first hydrate[^|]*\| 0\.400 \| at most 0\.4 \| holds \|[^]*<!-- bench end -->\nafter\n$/)
  t.throws(() => renderInto(file, 'other', ''), /no place for the results/)
})

await t.test('requests are sent at their moments, however long answers take: a stop of the service makes all of them late, and what is no answer is an error', async (t) => {
  let asked = 0
  let stopped: Promise<void> | undefined
  const server = createServer((request, response) => {
    asked++
    // From the tenth request on nothing is answered for a while.
    if (asked === 10) stopped = delay(300)
    void Promise.resolve(stopped).then(() => (request.url === '/bad' ? response.writeHead(500).end('no') : response.end(request.url === '/empty' ? '' : 'well')))
  }).listen(0, '127.0.0.1')
  t.teardown(() => server.close())
  await new Promise((resolve) => server.once('listening', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const { result } = await openLoop({ origin, rate: 100, paths: { well: ['/a', '/b'], bad: ['/bad'], empty: ['/empty'] } }, () => delay(700))
  const { well, bad, empty } = result.kinds
  const all = [well, bad, empty].flatMap((kind) => kind!.latencies)
  t.equal(all.length, asked)
  t.ok(asked > 60, `${asked} requests`)
  t.ok(all.filter((latency) => latency > 100).length > 10, 'about 20 were to be sent in the first 200 ms of the stop')
  t.same([well!.errors.length, bad!.errors.length, empty!.errors.length], [0, bad!.latencies.length, empty!.latencies.length])
  t.match([bad!.errors[0], empty!.errors[0]], ['/bad: 500 no', '/empty: nothing in it'])
})

await t.test('a percentile is the value that so many percent are not above', async (t) => {
  const values = Array.from({ length: 20 }, (_, index) => 20 - index)
  t.same([50, 95, 99, 100].map((percent) => percentile(values, percent)), [10, 19, 20, 20])
  t.equal(latencyTable({ alone: { page: { latencies: values, errors: ['/: 500'] } } }).split('\n').at(-1), '| alone | page | 20 | 10.0 | 19.0 | 20.0 | 20.0 | 1 |')
})
