import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import type pg from 'pg'
import { fetchBars, type FetchResult } from '../../lib/features/fetch/fetch.js'
import type { ChosenJob } from '../../lib/features/fetch/job.js'
import { readFetchRequest } from '../../lib/features/fetch/request.js'
import { resolveFetch } from '../../lib/features/fetch/resolve.js'
import { openSource } from '../../lib/features/runs/asking/source.js'
import type { Runtime } from '../../lib/features/runs/runtime.js'
import { registerSecurity } from '../../lib/features/universe/register.js'
import { answersIn } from '../../lib/transport/answers/answers.js'
import { directoryFolder } from '../../lib/transport/answers/directory.js'
import { runtimeOf } from '../helpers/load.js'
import type { RestServer } from '../helpers/rest-server.js'

/** Everything that a sequence of fetches decides, by symbol instead of by id and without times, tries and what names a request. */
export async function fetchedState(pool: pg.Pool): Promise<Record<string, string[]>> {
  const lines = async (sql: string) => (await pool.query<{ line: string }>(`select line from (${sql}) s (line) order by line collate "C"`)).rows.map(({ line }) => line)
  const symbol = '(select symbol from ticker_symbols n where n.symbol_id = o.symbol_id and n.valid @> o.time::date)'
  const values = 'open, high, low, close, volume, transactions'
  return {
    daily: await lines(`select concat_ws('|', time, ${symbol}, ${values}, filled_by, load_id = 0, fetch_id is not null) from ohlcv_daily o`),
    minute: await lines(`select concat_ws('|', time, ${symbol}, ${values}, filled_by, load_id = 0, fetch_id is not null) from ohlcv_minute o`),
    hourly: await lines(`select concat_ws('|', time, ${symbol}, ${values}, regular, partial) from ohlcv_hourly o`),
    weekly: await lines(`select concat_ws('|', time, ${symbol}, ${values}, partial) from ohlcv_weekly o`),
    monthly: await lines(`select concat_ws('|', time, ${symbol}, ${values}, partial) from ohlcv_monthly o`),
    beside: await lines(`select concat_ws('|', timespan, time, ${symbol}, provider, basis, ${values}, partial) from provider_bars o`),
    fetches: await lines(`
      select concat_ws('|', job_id, provider, symbol, timespan, start_date, end_date, status, code, bars, inserted, updated, unchanged, held_back, rejected, unknown, duplicates,
                       cardinality(pages), bars_hash, bytes) from fetches where status <> 'failed'`),
    audit: await lines(`
      select concat_ws('|', job_id, symbol, timespan, part, provider, status, code, message, expected, counted, bars, inserted, updated, unchanged, filled, held_back)
      from ingestion_audit`),
    jobs: await lines(`select concat_ws('|', job_id, state, progress, request) from jobs`),
    symbols: await lines(`select concat_ws('|', symbol, valid, assumed) from ticker_symbols`),
    securities: await lines(`select concat_ws('|', name, exchange, last_updated is not null) from tickers`),
  }
}

/** Where a test's jobs keep their files. */
export class FetchHome {
  constructor(readonly folder: string) {}

  /** The lines of a job's audit, each proven to be whole; null where there is no file. */
  auditLines(job: string): unknown[] | null {
    const file = path.join(this.folder, 'audit', `backfill_${job}.jsonl`)
    if (!existsSync(file)) return null
    const text = readFileSync(file, 'utf8')
    if (text !== '' && !text.endsWith('\n')) throw new Error(`the last line of ${file} is not whole: ${text.slice(-100)}`)
    return text.split('\n').slice(0, -1).map((line) => JSON.parse(line) as unknown)
  }

  /** The SHA-256 of every kept answer, each proven to be whole by its name; files that were never finished are none. */
  keptAnswers(): Set<string> {
    const raw = path.join(this.folder, 'raw')
    if (!existsSync(raw)) return new Set()
    const files = readdirSync(raw, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile() && !entry.name.endsWith('.tmp'))
    return new Set(files.map(({ name, parentPath }) => {
      const sha256 = createHash('sha256').update(gunzipSync(readFileSync(path.join(parentPath, name)))).digest('hex')
      if (name !== `${sha256}.json.gz`) throw new Error(`${name} is not what its name says`)
      return sha256
    }))
  }
}

/** Whether a job's audit as a file is what the table has; and what the ledger names of answers that are not kept. */
export async function faultsOfFiles(pool: pg.Pool, home: FetchHome, job: string): Promise<string[]> {
  const { rows } = await pool.query<{ line: unknown }>(`select to_jsonb(a) - 'audit_id' as line from ingestion_audit a where job_id = $1 order by finished_at, audit_id`, [job])
  const same = JSON.stringify(home.auditLines(job)) === JSON.stringify(rows.map(({ line }) => line))
  const kept = home.keptAnswers()
  const named = await pool.query<{ page: string }>('select distinct unnest(pages) as page from fetches')
  return [...(same ? [] : ['the audit file differs from ingestion_audit']), ...named.rows.filter(({ page }) => !kept.has(page)).map(({ page }) => `the answer ${page} is not kept`)]
}

/** A secret in every way that somebody may have written it. */
function waysToWrite(secret: string): string[] {
  const bytes = Buffer.from(secret)
  const each = (write: (code: number) => string): string => [...bytes].map(write).join('')
  const escaped = (code: number) => code.toString(16).padStart(4, '0')
  return [
    secret, encodeURIComponent(secret), encodeURIComponent(secret).toLowerCase(), new URLSearchParams({ secret }).toString().slice('secret='.length), JSON.stringify(secret).slice(1, -1),
    secret.replaceAll('/', String.raw`\/`), each((code) => `\\u${escaped(code)}`), each((code) => `&#${code};`), each((code) => `%${code.toString(16)}`),
    bytes.toString('hex'), bytes.toString('base64').replace(/=+$/, ''), bytes.toString('base64url'), [...bytes].join(','),
  ]
}

/** Where a secret stands, in any way of writing it: in any row of any table, in any file below the folder, packed or not, or in what was said. */
export async function tracesOf(secret: string, pool: pg.Pool, { folder }: FetchHome, said: readonly string[]): Promise<string[]> {
  const written = waysToWrite(secret)
  const isIn = (text: string): boolean => written.some((way) => text.includes(way))
  const { rows: tables } = await pool.query<{ name: string }>(`
    select oid::regclass::text as name from pg_class
    where relnamespace in (select oid from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema') and relkind in ('r', 'p', 'v', 'm') and not relispartition`)
  const traces: string[] = []
  for (const { name } of tables) {
    const { rows } = await pool.query<{ found: boolean }>(`select exists (select from ${name} x where exists (select from unnest($1::text[]) way where position(way in x::text) > 0)) as found`, [written])
    if (rows[0]!.found) traces.push(name)
  }
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())) {
    const bytes = readFileSync(path.join(entry.parentPath, entry.name))
    const text = (entry.name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('latin1')
    if (isIn(text) || isIn(entry.name)) traces.push(path.join(entry.parentPath, entry.name))
  }
  return [...traces, ...said.filter(isIn)]
}

/** How often each URL was asked for. */
export function askedFor({ requests }: RestServer): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { url } of requests) counts.set(url, (counts.get(url) ?? 0) + 1)
  return counts
}

export interface FetchOptions extends Partial<Pick<Runtime, 'failpoint' | 'signal'>> {
  /** Seconds to wait for a database that takes no connection. */
  databaseWait?: number
  job?: ChosenJob
}

/** Fetches in this process as the command does; the job is `j` unless it is said. */
export async function fetchIn(pool: pg.Pool, home: FetchHome, server: RestServer, input: object, { job = { id: 'j', isNew: true }, ...options }: FetchOptions = {}): Promise<FetchResult> {
  const runtime = runtimeOf(pool, options)
  const { db, now, log } = runtime
  const resolved = await resolveFetch(runtime, readFetchRequest({ lanes: 1, provider: 'massive', ...input }))
  const provider = resolved.providers[0]!
  const limits = { name: provider.name, priority: 1, tier: 'primary' as const, enabled: true, perSecond: null, perMinute: null, perDay: null, perMonth: null }
  const source = openSource(provider, limits, db, { env: server.env, log, now, connections: 8 })
  try {
    return await fetchBars(runtime, resolved, job, {
      sources: [source], leftOut: [], answers: answersIn(directoryFolder(path.join(home.folder, 'raw'))), auditFolder: path.join(home.folder, 'audit'),
      register: (symbol, details) => registerSecurity(runtime, symbol, details),
      exitCodes: { ofResult: () => 0, ofError: () => 1 },
    })
  } finally {
    await source.client.close()
  }
}
