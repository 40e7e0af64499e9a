import { spawnSync } from 'node:child_process'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { securities } from './data.js'
import { ohlcv, sequential, type Cost } from './measure.js'
import { Random } from './random.js'
import { mostASecond, serveRest, steadyRate, type RestProcess } from './rest.js'
import { EXPERTS, OURS, sample, settle, type Samples } from './scenarios.js'
import type { Server } from './server.js'

const START = '2021-01-19'
const END = '2026-01-19'
const LATENCY_MS = 50
const WARM_UP_SYMBOLS = 20
const PER_SECOND = 20

/** What the sequential script writes to. */
const TABLE = `
create table ohlcv_daily (
  symbol text not null, date date not null, open numeric not null, high numeric not null, low numeric not null, close numeric not null,
  volume bigint not null, created_at timestamptz not null default now(), primary key (symbol, date))`

/** Files of one measuring: symbols, limits, and a home that each fetch begins anew. */
interface Files {
  symbols: string
  home: string
  /** Providers.yaml that stands in nobody's way, and one of so many requests a second. */
  unlimited: string
  limited: string
}

const limits = (more = ''): string => `providers:\n  massive:\n    priority: 1\n    tier: primary\n${more}`

async function makeFiles(cache: string, symbols: readonly string[]): Promise<Files> {
  const folder = path.join(cache, 'fetch')
  const at = (name: string) => path.join(folder, name)
  await mkdir(folder, { recursive: true })
  const files = { symbols: at('symbols.csv'), home: at('home'), unlimited: at('unlimited.yaml'), limited: at('limited.yaml') }
  await writeFile(files.symbols, `symbol\n${symbols.join('\n')}\n`)
  await writeFile(files.unlimited, limits())
  await writeFile(files.limited, limits(`    per_second: ${PER_SECOND}\n`))
  return files
}

/** A python3 that has what the script imports. */
function python(): string | undefined {
  return ['python3', '/usr/bin/python3'].find((name) => spawnSync(name, ['-c', 'import psycopg2, requests']).status === 0)
}

/** A new database with the securities, of whom nobody has to be asked who they are. */
async function fresh(server: Server, { symbols, home }: Files): Promise<void> {
  await server.fresh(OURS)
  await rm(home, { recursive: true, force: true })
  await ohlcv(['db', 'up'], server.env(OURS))
  await ohlcv(['universe', 'import', symbols], server.env(OURS))
  const client = await server.connect(OURS)
  await client.query('update tickers set last_updated = now()')
  await client.end()
  await settle(server)
}

interface Fetching {
  server: Server
  rest: RestProcess
  files: Files
  samples: Samples
}

/** One fetch of everything; `limitsFile` undefined: within the limits that are shipped. */
async function fetchAll({ server, rest, files, samples }: Fetching, name: string, limitsFile: string | undefined): Promise<Cost & { bars: number }> {
  await rest.log()
  const env = { ...server.env(OURS), ...rest.env, OHLCV_HOME: files.home, ...(limitsFile !== undefined && { OHLCV_PROVIDERS: limitsFile }) }
  const cost = await ohlcv(['fetch', '--file', files.symbols, '--timespan', 'day', '--start', START, '--end', END, '--json'], env)
  sample(samples, name, cost.seconds)
  return { ...cost, bars: (JSON.parse(cost.stdout) as { totals: { bars: number } }).totals.bars }
}

async function script(fetching: Fetching, command: string): Promise<number> {
  const { server, rest, files, samples } = fetching
  await server.fresh(EXPERTS)
  const client = await server.connect(EXPERTS)
  await client.query(TABLE)
  await client.end()
  await settle(server)
  const { seconds, stdout } = await sequential(command, [files.symbols, START, END], { ...server.env(EXPERTS), ...rest.env })
  sample(samples, 'sequential script', seconds)
  return Number(stdout)
}

async function round(fetching: Fetching, command: string | undefined, said: (text: string) => void): Promise<void> {
  const { server, rest, files, samples } = fetching
  const last = (name: string): string => `  ${name}: ${samples.get(name)!.at(-1)!.toFixed(1)}`
  const bars = command === undefined ? undefined : await script(fetching, command)
  if (bars !== undefined) said(last('sequential script'))
  await fresh(server, files)
  const first = await fetchAll(fetching, 'fetch', files.unlimited)
  if (bars !== undefined && bars !== first.bars) throw new Error(`the script stored ${bars} bars, and ohlcv ${first.bars}`)
  sample(samples, 'fetch, processor time of node', first.cpuSeconds)
  sample(samples, 'fetch, processor time of the answering server', (await rest.log()).cpuSeconds)
  sample(samples, 'fetch, peak memory (MB)', first.peakMegabytes)
  sample(samples, 'fetch (bars/s)', first.bars / first.seconds)
  said(last('fetch'))
  await fetchAll(fetching, 'fetch, again', files.unlimited)
  said(last('fetch, again'))
  sample(samples, 'replay of the kept answers', (await ohlcv(['fetches', 'replay', '--json'], { ...server.env(OURS), OHLCV_HOME: files.home })).seconds)
  said(last('replay of the kept answers'))
  await fresh(server, files)
  await fetchAll(fetching, 'fetch within the shipped limits', undefined)
  said(last('fetch within the shipped limits'))
  await fresh(server, files)
  await fetchAll(fetching, `fetch with ${PER_SECOND} requests a second`, files.limited)
  const log = await rest.log()
  sample(samples, `requests a second of ${PER_SECOND}`, steadyRate(log))
  sample(samples, `most requests in a second of ${PER_SECOND}`, mostASecond(log))
  said(last(`requests a second of ${PER_SECOND}`))
}

/** Five years of daily bars of each symbol by REST, against a straightforward script, in alternation after a warm-up. */
export async function fetchBackfill(server: Server, cache: string, size: { symbols: number; runs: number; seed: number }, samples: Samples, said: (text: string) => void): Promise<void> {
  const command = python()
  if (command === undefined) said('no python3 with requests and psycopg2 on this machine: the sequential script is not measured. Debian: apt install python3-requests python3-psycopg2')
  const symbols = securities(size.symbols, new Random(size.seed)).map(({ ticker }) => ticker)
  const rest = await serveRest({ symbols, start: START, end: END, latencyMs: LATENCY_MS })
  try {
    for (let run = 0; run <= size.runs; run++) {
      const warmUp = run === 0
      said(warmUp ? 'fetches: warm-up' : `fetches: run ${run} of ${size.runs}`)
      const files = await makeFiles(cache, warmUp ? symbols.slice(0, WARM_UP_SYMBOLS) : symbols)
      await round({ server, rest, files, samples: warmUp ? new Map() : samples }, command, warmUp ? () => {} : said)
    }
  } finally {
    await rest.close()
  }
}
