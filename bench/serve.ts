import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { addDays, type IsoDate } from '../lib/domain/dates.js'
import type { Data } from './data.js'
import { minuteFile } from './large.js'
import { ohlcv } from './measure.js'
import { latencyTable, openLoop, percentile, type OpenLoopResult } from './open-loop.js'
import { freshOurs, OURS, sample, settle, universeDates, type Samples } from './scenarios.js'
import type { Server } from './server.js'
import { webVitals } from './vitals.js'

const RATE = 50
/** Hydrates alone and beside requests, in pairs. */
const PAIRS = 3
/** The part of all dates that one of them loads. */
const PART = 1 / 30
/** About the sessions of 90 days. */
const MINUTE_SESSIONS = 63
const MINUTE_SYMBOLS = 100
const MINUTE_ROWS = 40_000
const LINEAGE_DAYS = 90
const WATCHED = 10
/** Longer than any start. */
const START_MS = 30_000

/** A service that runs. */
interface Service {
  origin: string
  /** The most memory it has held so far. */
  peakMegabytes(): number
  close(): Promise<void>
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** Starts the built program's service; resolves when it answers. */
async function startServe(server: Server, watch: readonly string[], samples: Samples): Promise<Service> {
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  const begun = performance.now()
  const child = spawn(process.execPath, ['dist/bin/ohlcv.js', 'serve', '--port', String(port), '--quiet'], {
    env: { ...server.env(OURS), OHLCV_WATCH: watch.join(','), OHLCV_RATE_LIMIT: '1000000', OHLCV_VENDORS_EVERY: '0' }, stdio: ['ignore', 'ignore', 'inherit'],
  })
  while (!(await fetch(`${origin}/health`).then(({ ok }) => ok, () => false))) {
    if (child.exitCode !== null || performance.now() - begun > START_MS) throw new Error('the service did not start')
    await delay(5)
  }
  sample(samples, 'start until it answers (ms)', performance.now() - begun)
  return {
    origin,
    peakMegabytes: () => Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024,
    async close() {
      child.kill('SIGTERM')
      if (child.exitCode === null) await once(child, 'exit')
    },
  }
}

/** What there is to ask about. */
interface Subject {
  symbols: string[]
  /** Those with minutes. */
  minuteSymbols: string[]
  dates: IsoDate[]
  lastMinute: IsoDate
}

/** What is asked, by kind. What is asked first has never been asked before, as long as the paths last. */
function pathsOf({ symbols, minuteSymbols, dates, lastMinute }: Subject): Record<string, string[]> {
  const api = (path: string) => `/api/v1${path}`
  const lineage = (asset: string, end: IsoDate) => api(`/lineage?asset=${encodeURIComponent(asset)}&interval=minute&start=${addDays(end, 1 - LINEAGE_DAYS)}&end=${end}`)
  const detail = (asset: string) => api(`/assets/${encodeURIComponent(asset)}`)
  const days = `start=${dates.at(-252) ?? dates[0]!}&end=${dates.at(-1)!}&limit=1000`
  const ends = Array.from({ length: LINEAGE_DAYS / 2 }, (_, back) => addDays(lastMinute, -back))
  const [symbol, minuteSymbol, date] = [symbols[0]!, minuteSymbols[0]!, dates.at(-1)!]
  return {
    page: ['/'], summary: [api('/status/summary')], days: [api(`/status/days?${days}`)], csv: [api(`/status/days?${days}&format=csv`)],
    'lineage, first': ends.flatMap((end) => minuteSymbols.slice(1).map((asset) => lineage(asset, end))), 'lineage, again': [lineage(minuteSymbol, lastMinute)],
    'date, first': dates.slice(0, -1).toReversed().map((date) => api(`/status/days/${date}`)), 'date, again': [api(`/status/days/${date}`)],
    'asset, first': symbols.slice(1).map(detail), 'asset, again': [detail(symbol)],
  }
}

function keep(kinds: OpenLoopResult['kinds'], when: string, samples: Samples): void {
  for (const [kind, { latencies }] of Object.entries(kinds)) sample(samples, `${kind}${when}: p95 (ms)`, percentile(latencies, 95))
}

/** Loads the database: all dates but those that are hydrated later, and the minutes of some securities. */
async function prepare(server: Server, cache: string, data: Data, seed: number, rows: number): Promise<{ later: IsoDate[][]; loaded: IsoDate[]; minutes: IsoDate[] }> {
  const { root, dates } = data
  const part = Math.max(Math.round(dates.length * PART), 2)
  const loaded = dates.slice(0, -2 * PAIRS * part)
  const later = Array.from({ length: 2 * PAIRS }, (_, index) => dates.slice(loaded.length + index * part, loaded.length + (index + 1) * part))
  const minutes = loaded.slice(-MINUTE_SESSIONS)
  await freshOurs(server, root, universeDates(data))
  await ohlcv(['load', '--source', root, '--start', loaded[0]!, '--end', loaded.at(-1)!], server.env(OURS))
  let source = ''
  for (const date of minutes) source = await minuteFile(cache, date, Math.min(MINUTE_ROWS, rows * 180), Math.min(MINUTE_SYMBOLS, rows), seed)
  await ohlcv(['load', '--dataset', 'minute', '--source', source, '--start', minutes[0]!, '--end', minutes.at(-1)!], server.env(OURS))
  await vacuum(server)
  return { later, loaded, minutes }
}

/** What a server does by itself some minutes after bars were written: that it may begin with it at any moment is no part of what is measured. */
async function vacuum(server: Server): Promise<void> {
  const client = await server.connect(OURS)
  await client.query('vacuum analyze')
  await client.end()
  await settle(server)
}

async function subjectOf(server: Server, dates: IsoDate[], lastMinute: IsoDate): Promise<Subject> {
  const client = await server.connect(OURS)
  const { rows } = await client.query<{ symbol: string; has_minutes: boolean }>(`
    select t.symbol, exists (select from ohlcv_minute m where m.symbol_id = t.symbol_id) as has_minutes
    from tickers t where exists (select from ohlcv_daily d where d.symbol_id = t.symbol_id) order by md5(t.symbol)`)
  await client.end()
  return { symbols: rows.map(({ symbol }) => symbol), minuteSymbols: rows.filter((row) => row.has_minutes).map(({ symbol }) => symbol), dates, lastMinute }
}

/** Hydrates alone and beside requests in turn, and what the requests beside them came to. */
async function hydrates(server: Server, origin: string, { root }: Data, rows: number, later: readonly IsoDate[][], paths: Record<string, string[]>, samples: Samples, said: (text: string) => void): Promise<OpenLoopResult['kinds']> {
  const beside: OpenLoopResult['kinds'] = {}
  const hydrate = async (dates: IsoDate[], name: string) => {
    const { seconds } = await ohlcv(['load', '--source', root, '--start', dates[0]!, '--end', dates.at(-1)!], server.env(OURS))
    sample(samples, name, (rows * dates.length) / seconds)
    said(`  ${name}: ${Math.round((rows * dates.length) / seconds).toLocaleString('en-US')}`)
  }
  for (const [index, dates] of later.entries()) {
    // Alone, beside, beside, alone: what grows from one to the next favours neither.
    if (index % 4 === 0 || index % 4 === 3) await hydrate(dates, 'hydrate alone (rows/s)')
    else {
      const { result } = await openLoop({ origin, rate: RATE, paths }, () => hydrate(dates, 'hydrate beside requests (rows/s)'))
      for (const [kind, { latencies, errors }] of Object.entries(result.kinds)) {
        beside[kind] ??= { latencies: [], errors: [] }
        beside[kind].latencies.push(...latencies)
        beside[kind].errors.push(...errors)
      }
    }
    await settle(server)
  }
  return beside
}

/**
 * The status service on a full database: requests at a steady rate, beside a hydrate and alone, and the page in a browser.
 * @returns the latencies, and what travels for the page, as tables
 */
export async function statusService(
  server: Server, cache: string, data: Data, { rows, seed, seconds }: { rows: number; seed: number; seconds: number }, samples: Samples, said: (text: string) => void,
): Promise<string> {
  const { later, loaded, minutes } = await prepare(server, cache, data, seed, rows)
  const subject = await subjectOf(server, loaded, minutes.at(-1)!)
  const watch = [...subject.minuteSymbols.slice(0, WATCHED / 2), ...subject.symbols.slice(0, WATCHED / 2)]
  said('  loaded')
  let service = await startServe(server, watch, samples)
  try {
    const beside = await hydrates(server, service.origin, data, rows, later, pathsOf(subject), samples, said)
    await service.close()
    await vacuum(server)
    // Anew, so that nothing has been asked before.
    service = await startServe(server, watch, samples)
    for (const path of ['/', '/api/v1/status/summary']) {
      const begun = performance.now()
      await (await fetch(`${service.origin}${path}`)).arrayBuffer()
      sample(samples, `${path === '/' ? 'page' : 'summary'}, first after the start (ms)`, performance.now() - begun)
    }
    const paths = pathsOf({ ...subject, dates: data.dates })
    const { result: { kinds, late } } = await openLoop({ origin: service.origin, rate: RATE, paths }, () => delay(seconds * 1000))
    const vitals = await webVitals(service.origin, watch[0]!, samples, said)
    sample(samples, 'service, peak memory (MB)', service.peakMegabytes())
    keep(kinds, '', samples)
    keep(beside, ', beside a hydrate', samples)
    sample(samples, 'requests sent after their moment: p99 (ms)', percentile(late, 99))
    const failed = [...Object.values(kinds), ...Object.values(beside)].flatMap(({ errors }) => errors)
    sample(samples, 'requests that failed', failed.length)
    if (failed.length > 0) said(`  failed: ${failed.length} requests, for instance\n    ${failed.slice(0, 5).join('\n    ')}`)
    return [latencyTable({ alone: kinds, 'beside a hydrate': beside }), ...(vitals === undefined ? [] : [vitals])].join('\n\n')
  } finally {
    await service.close()
  }
}
