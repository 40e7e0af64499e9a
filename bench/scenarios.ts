import type pg from 'pg'
import type { IsoDate } from '../lib/domain/dates.js'
import type { Data } from './data.js'
import { expertScript, expertSetup } from './expert.js'
import { ohlcv, psql, type Cost } from './measure.js'
import { serveS3 } from './s3.js'
import type { Server } from './server.js'

/** Databases of the harness, made and dropped by it. */
export const OURS = 'ohlcv_bench'
export const EXPERTS = 'ohlcv_bench_expert'
const YEARS_READ = 5

/** Measurements by name, in seconds unless the name says otherwise. */
export type Samples = Map<string, number[]>

export function sample(samples: Samples, name: string, value: number | null): void {
  if (value === null) return
  const values = samples.get(name)
  if (values) values.push(value)
  else samples.set(name, [value])
}

/** The range flags that cover these dates. */
const covering = (dates: IsoDate[]): string[] => ['--start', dates[0]!, '--end', dates.at(-1)!]

/** A new database with the schema and the universe of the dates given. */
export async function freshOurs(server: Server, source: string, dates: IsoDate[], dataset = 'day'): Promise<void> {
  await server.fresh(OURS)
  await ohlcv(['db', 'up'], server.env(OURS))
  await ohlcv(['universe', 'discover', '--source', source, ...covering(dates), ...(dataset === 'day' ? [] : ['--dataset', dataset])], server.env(OURS))
  await settle(server)
}

/** What earlier work left for later does not count against the next. */
export async function settle(server: Server): Promise<void> {
  const client = await server.connect('postgres')
  await client.query('checkpoint')
  await client.end()
}

async function load(server: Server, source: string, dates: IsoDate[], flags: string[] = [], env: NodeJS.ProcessEnv = {}): Promise<Cost> {
  return ohlcv(['load', '--source', source, ...covering(dates), ...flags], { ...server.env(OURS), ...env })
}

/** Dates whose files together name (nearly) every symbol. */
export const universeDates = ({ dates }: Data): IsoDate[] => dates.slice(-10)

/** The expert's script on the whole range. */
export async function expertHydrate(server: Server, data: Data): Promise<Cost> {
  await server.fresh(EXPERTS)
  await psql(expertSetup(data.files.slice(-10)), server.env(EXPERTS))
  await settle(server)
  return psql(expertScript(data), server.env(EXPERTS))
}

/** First hydrate of the range, then the same again in each of the ways that find nothing to do. */
export async function hydrateAndAgain(server: Server, data: Data, samples: Samples): Promise<void> {
  const { root, dates } = data
  await freshOurs(server, root, universeDates(data))
  const atFirst = await server.walBytes()
  const first = await load(server, root, dates)
  sample(samples, 'hydrate', first.seconds)
  sample(samples, 'hydrate, processor time of node', first.cpuSeconds)
  sample(samples, 'hydrate, peak memory (MB)', first.peakMegabytes)
  const before = await server.walBytes()
  sample(samples, 'hydrate, WAL (MB)', (before - atFirst) / 1e6)
  sample(samples, 'again, rows checked', (await load(server, root, dates)).seconds)
  sample(samples, 'again, WAL (MB)', (await server.walBytes() - before) / 1e6)
  sample(samples, 'again, ledger trusted', (await load(server, root, dates, ['--trust-ledger'])).seconds)
  sample(samples, 'start-up: one date, ledger trusted', (await load(server, root, dates.slice(-1), ['--trust-ledger'])).seconds)
  sample(samples, 'again, forced', (await load(server, root, dates, ['--force'])).seconds)
}

/** The same hydrate from S3, at full speed and as slow as the vendor. */
export async function hydrateFromS3(server: Server, data: Data, samples: Samples): Promise<void> {
  for (const [name, slow] of [['hydrate from S3', false], ['hydrate from slow S3', true]] as const) {
    await freshOurs(server, data.root, universeDates(data))
    const s3 = await serveS3(data.root, slow)
    try {
      const cost = await load(server, `s3://${s3.bucket}/`, data.dates, [], s3.env)
      sample(samples, name, cost.seconds)
      sample(samples, `${name}, peak memory (MB)`, cost.peakMegabytes)
    } finally {
      await s3.close()
    }
  }
  await againFromS3(server, data, samples)
}

async function againFromS3(server: Server, { root, dates }: Data, samples: Samples): Promise<void> {
  const s3 = await serveS3(root, false)
  const seconds = async (again: IsoDate[], flags: string[]) => (await load(server, `s3://${s3.bucket}/`, again, flags, s3.env)).seconds
  try {
    sample(samples, 'again from S3, rows checked', await seconds(dates, []))
    sample(samples, 'again from S3, ledger trusted', await seconds(dates, ['--trust-ledger']))
    sample(samples, 'start-up with S3: one date, ledger trusted', await seconds(dates.slice(-1), ['--trust-ledger']))
  } finally {
    await s3.close()
  }
}

/** Milliseconds the ledger says a date's last load took, start-up of the process not included. */
async function attemptMs(client: pg.Client, dataset: string, date: IsoDate): Promise<number> {
  const { rows } = await client.query<{ ms: number }>(
    `select extract(epoch from finished_at - started_at)::float8 * 1000 as ms from attempts where dataset = $1 and date = $2 order by attempt_id desc limit 1`,
    [dataset, date])
  return rows[0]!.ms
}

/** Each of the last dates into an empty table, then into the table that holds all before them. */
export async function nightly(server: Server, data: Data, nights: number, samples: Samples): Promise<void> {
  const last = data.dates.slice(-nights)
  const each = async (name: string, empty: boolean) => {
    const client = await server.connect(OURS)
    for (const date of last) {
      if (empty) await client.query('truncate ohlcv_daily, days, rejected_rows, unknown_symbols')
      await load(server, data.root, [date], ['--force'])
      sample(samples, name, await attemptMs(client, 'day_aggs', date))
    }
    await client.end()
  }
  await freshOurs(server, data.root, universeDates(data))
  await each('a date into an empty table (ms)', true)
  await freshOurs(server, data.root, universeDates(data))
  await load(server, data.root, data.dates.slice(0, -nights))
  await settle(server)
  await each('a date into the full table (ms)', false)
}

async function queryMs(client: pg.Client, sql: string, values: unknown[]): Promise<number> {
  const begun = performance.now()
  await client.query(sql, values)
  return performance.now() - begun
}

/** Reads from the table that {@link nightly} filled and from an unpartitioned copy of it, in alternation. */
export async function reads(server: Server, data: Data, times: number, samples: Samples): Promise<void> {
  const client = await server.connect(OURS)
  await client.query('create table flat (like ohlcv_daily including defaults)')
  await client.query('insert into flat select * from ohlcv_daily order by time, symbol_id')
  await client.query('alter table flat add primary key (symbol_id, time)')
  await client.query('vacuum analyze flat, ohlcv_daily')
  const { rows: symbols } = await client.query<{ id: number }>('select symbol_id as id from tickers order by md5(symbol) limit $1', [times])
  for (const [index, { id }] of symbols.entries()) {
    const until = data.dates.at(-1)!
    const date = data.dates[Math.floor((index / times) * data.dates.length)]!
    for (const [kind, table] of [['partitioned', 'ohlcv_daily'], ['unpartitioned', 'flat']] as const) {
      const bySymbol = `select * from ${table} where symbol_id = $1 and time > $2::date - interval '${YEARS_READ} years' order by time`
      // the first reading finds the pages, the second is measured
      await queryMs(client, bySymbol, [id, until])
      sample(samples, `one symbol, ${kind} (ms)`, await queryMs(client, bySymbol, [id, until]))
      sample(samples, `one date, ${kind} (ms)`, await queryMs(client, `select * from ${table} where time = $1`, [date]))
    }
  }
  await client.end()
}

/** One large file of a dataset: rows a second by the ledger's clock, and memory. */
export async function oneFile(server: Server, source: string, date: IsoDate, dataset: 'day' | 'minute', name: string, samples: Samples): Promise<void> {
  const cost = await load(server, source, [date], ['--dataset', dataset])
  const client = await server.connect(OURS)
  const ledger = dataset === 'day' ? 'day_aggs' : 'minute_aggs'
  const ms = await attemptMs(client, ledger, date)
  const { rows } = await client.query<{ read: number }>('select read from lineage where dataset = $1 and date = $2 order by load_id desc limit 1', [ledger, date])
  await client.end()
  sample(samples, `${name}, peak memory (MB)`, cost.peakMegabytes)
  sample(samples, `${name} (rows/s)`, (rows[0]!.read / ms) * 1000)
}
