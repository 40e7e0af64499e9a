// Measures the program against the script an expert would write: `make bench`. What it takes from the environment:
//   DATABASE_URL  the server; without it an embedded one
//   BENCH_YEARS   years of 252 sessions, 1 unless told        BENCH_RUNS  runs of each scenario, 3
//   BENCH_ROWS    rows a date, 11000                           BENCH_DIR   where made data is kept
//   BENCH_SYMBOLS symbols that are fetched, 500                BENCH_SECONDS of requests to the service, 60
//   BENCH_ONLY    names of scenarios, separated by commas      BENCH_DOC   0: leave docs/PERFORMANCE.md as it is
import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { dayFiles, type Data } from './data.js'
import { fetchBackfill } from './fetch.js'
import { largeDayFile, minuteFile } from './large.js'
import { largeChecks } from './quality-large.js'
import { plantedDefects } from './quality.js'
import { CHECK_GOALS, FETCH_GOALS, LOAD_GOALS, machine, makeReport, markdown, QUALITY_GOALS, renderInto, SERVE_GOALS } from './report.js'
import {
  EXPERTS, expertHydrate, freshOurs, hydrateAndAgain, hydrateFromS3, nightly, oneFile, OURS, reads, sample, universeDates, type Samples,
} from './scenarios.js'
import { statusService } from './serve.js'
import { openServer, type Server } from './server.js'

const SEED = 1
const SESSIONS_A_YEAR = 252
const WARM_UP_SESSIONS = 10
const NIGHTS = 5
const READS = 21
const MINUTE_ROWS = 2_000_000
const LARGE_BYTES = 2 * 1024 ** 3
/** From so many years on the large day file is made and read as well. */
const LARGE_FROM_YEARS = 20
/** What is measured on day files; the rest is fetched by REST. */
const ON_FILES = ['expert', 'hydrate', 's3', 'nightly', 'reads', 'minute', 'large']

const number = (name: string, fallback: number): number => Number(process.env[name] || fallback)
const years = number('BENCH_YEARS', 1)
const runs = number('BENCH_RUNS', 3)
const rows = number('BENCH_ROWS', 11_000)
const symbols = number('BENCH_SYMBOLS', 500)
const seconds = number('BENCH_SECONDS', 60)
const cache = path.resolve(process.env['BENCH_DIR'] || path.join(os.tmpdir(), 'ohlcv-bench'))
const only = process.env['BENCH_ONLY']?.split(',')
const said = (text: string) => process.stderr.write(`${text}\n`)
const chosen = (name: string): boolean => only === undefined || only.includes(name)

/** Whether the expert's tools are here. */
function hasPsql(): boolean {
  if (spawnSync('sh', ['-c', 'command -v psql && command -v zcat']).status === 0) return true
  said('no psql (or zcat) on this machine: the expert\'s script is not measured. Debian: apt install postgresql-client')
  return false
}

/** The last sessions of some data. */
const lastOf = ({ root, dates, files }: Data, count: number): Data => ({ root, dates: dates.slice(-count), files: files.slice(-count) })

async function rounds(server: Server, data: Data, samples: Samples): Promise<void> {
  const withExpert = chosen('expert') && hasPsql()
  for (let run = 0; run <= runs; run++) {
    const warmUp = run === 0
    const part = warmUp ? lastOf(data, WARM_UP_SESSIONS) : data
    const into: Samples = warmUp ? new Map() : samples
    said(warmUp ? 'warm-up' : `run ${run} of ${runs}`)
    if (withExpert) {
      const { seconds } = await expertHydrate(server, part)
      sample(into, 'expert\'s script', seconds)
      said(`  the expert's script: ${seconds.toFixed(1)} s`)
    }
    if (chosen('hydrate')) {
      await hydrateAndAgain(server, part, into)
      said(`  first hydrate: ${into.get('hydrate')?.at(-1)?.toFixed(1)} s`)
    }
    if (chosen('s3')) {
      await hydrateFromS3(server, part, into)
      said(`  through slow S3: ${into.get('hydrate from slow S3')?.at(-1)?.toFixed(1)} s`)
    }
  }
  for (const seconds of samples.get('hydrate') ?? []) sample(samples, 'hydrate (rows/s)', (rows * data.dates.length) / seconds)
}

async function largeFiles(server: Server, data: Data, samples: Samples): Promise<void> {
  const date = data.dates.at(-1)!
  if (chosen('minute')) {
    const source = await minuteFile(cache, date, Math.min(MINUTE_ROWS, rows * 180), rows, SEED)
    for (let run = 0; run < runs; run++) {
      await freshOurs(server, source, [date], 'minute')
      await oneFile(server, source, date, 'minute', 'minute file', samples)
    }
  }
  if (chosen('large') && (years >= LARGE_FROM_YEARS || only)) {
    const source = await largeDayFile(cache, date, LARGE_BYTES, rows, SEED)
    await freshOurs(server, data.root, universeDates(data))
    await oneFile(server, source, date, 'day', '2 GB day file', samples)
  }
}

/** The figures given, in words as typed. */
function command(): string {
  const given = ['BENCH_YEARS', 'BENCH_ROWS', 'BENCH_RUNS', 'BENCH_SYMBOLS', 'BENCH_SECONDS', 'BENCH_ONLY'].flatMap((name) => (process.env[name] ? [`${name}=${process.env[name]}`] : []))
  return ['make bench', ...given].join(' ')
}

/** What is measured, and where it stands. */
interface Part {
  subject: string
  goals: typeof LOAD_GOALS
  /** How often it was measured, where it is not as often as was asked for. */
  runs?: number
  /** Of the JSON file. */
  file: string
  /** Of the marks in the document; without it what was measured is only printed. */
  place?: string
}

/** Prints and keeps what was measured, be it all or what there was before something failed. */
function tell(server: Server, { subject, goals, file, place, runs: times = runs }: Part, samples: Samples, tables = ''): void {
  const report = makeReport({ command: command(), machine: machine(server.describe), subject, runs: times }, goals, samples)
  const text = `${markdown(report)}${tables === '' ? '' : `\n${tables}\n`}`
  writeFileSync(path.join(cache, file), `${JSON.stringify(report, null, 2)}\n`)
  if (place !== undefined && process.env['BENCH_DOC'] !== '0') renderInto('docs/PERFORMANCE.md', place, text)
  process.stdout.write(text)
}

async function onFiles(server: Server): Promise<void> {
  const data = await dayFiles(cache, { sessions: Math.round(years * SESSIONS_A_YEAR), rows, seed: SEED }, (made) => said(`  ${made} day files made`))
  const subject = `${data.dates.length} sessions of about ${rows.toLocaleString('en-US')} rows`
  const samples: Samples = new Map()
  try {
    await rounds(server, data, samples)
    if (chosen('nightly')) {
      said('a date into an empty and a full table')
      await nightly(server, data, Math.min(NIGHTS, data.dates.length - 1), samples)
      if (chosen('reads')) await reads(server, data, READS, samples)
    }
    await largeFiles(server, data, samples)
  } finally {
    tell(server, { subject, goals: LOAD_GOALS, file: 'results.json', place: years >= LARGE_FROM_YEARS ? 'bench 20 years' : 'bench' }, samples)
  }
}

async function byRest(server: Server): Promise<void> {
  const samples: Samples = new Map()
  try {
    await fetchBackfill(server, cache, { symbols, runs, seed: SEED }, samples, said)
  } finally {
    tell(server, { subject: `${symbols} symbols over five years of days, each answer 50 ms late`, goals: FETCH_GOALS, file: 'results-fetch.json', place: 'bench fetch' }, samples)
  }
}

async function quality(server: Server): Promise<void> {
  const samples: Samples = new Map()
  try {
    await plantedDefects(server, cache, SEED, samples, said)
  } finally {
    tell(server, { subject: 'a made-up market with a thousand planted defects', goals: QUALITY_GOALS, runs: 1, file: 'results-quality.json', place: 'bench quality' }, samples)
  }
}

async function checks(server: Server): Promise<void> {
  const data = await dayFiles(cache, { sessions: Math.round(years * SESSIONS_A_YEAR), rows, seed: SEED }, (made) => said(`  ${made} day files made`))
  const samples: Samples = new Map()
  try {
    said('checks of quality')
    await largeChecks(server, cache, data, samples, said)
  } finally {
    tell(server, { subject: `${data.dates.length} sessions of about ${rows.toLocaleString('en-US')} rows`, goals: CHECK_GOALS, runs: 1, file: 'results-checks.json', place: 'bench checks' }, samples)
  }
}

async function service(server: Server): Promise<void> {
  const data = await dayFiles(cache, { sessions: Math.round(years * SESSIONS_A_YEAR), rows, seed: SEED }, (made) => said(`  ${made} day files made`))
  const samples: Samples = new Map()
  let tables = ''
  try {
    said('the status service')
    tables = await statusService(server, cache, data, { rows, seed: SEED, seconds }, samples, said)
  } finally {
    tell(server, { subject: `${data.dates.length} sessions of about ${rows.toLocaleString('en-US')} rows`, goals: SERVE_GOALS, runs: 1, file: 'results-serve.json' }, samples, tables)
  }
}

async function main(): Promise<void> {
  mkdirSync(cache, { recursive: true })
  const server = await openServer(path.join(cache, 'server'))
  try {
    if (ON_FILES.some(chosen)) await onFiles(server)
    if (chosen('fetch')) await byRest(server)
    if (chosen('quality')) await quality(server)
    if (chosen('quality') && process.env['BENCH_YEARS']) await checks(server)
    if (chosen('serve')) await service(server)
  } finally {
    await server.drop(OURS)
    await server.drop(EXPERTS)
    await server.close()
  }
}

await main()
