import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Writable } from 'node:stream'
import type pg from 'pg'
import { pino } from 'pino'
import type { Test } from 'tap'
import * as v from 'valibot'
import { fetchProgress } from '../../lib/cli/commands/fetch/fetch-progress.js'
import { fetchText } from '../../lib/cli/commands/fetch/fetch-report.js'
import type { Context } from '../../lib/cli/framework/command.js'
import { FETCH, fetchDocument, fetchWarnings } from '../../lib/documents/fetch.js'
import type { Failpoints } from '../../lib/domain/failpoint.js'
import { replayAnswers } from '../../lib/features/fetch/answers/replay.js'
import { candidatesOf } from '../../lib/features/fetch/choice/candidates.js'
import { fetchBars, type FetchResult } from '../../lib/features/fetch/fetch.js'
import { newJobId, requestOfJob } from '../../lib/features/fetch/job.js'
import { readFetchRequest, type FetchRequestInput } from '../../lib/features/fetch/request.js'
import { resolveFetch } from '../../lib/features/fetch/resolve.js'
import { openSource } from '../../lib/features/runs/asking/source.js'
import type { Runtime } from '../../lib/features/runs/runtime.js'
import { registerSecurity } from '../../lib/features/universe/register.js'
import { BAR_PROVIDERS } from '../../lib/providers/bar-providers.js'
import { readLimits, type ProviderLimits } from '../../lib/providers/limits.js'
import { openAnswers } from '../../lib/transport/answers/answers.js'
import { freshDatabase } from './database.js'
import { runtimeOf } from './load.js'
import { NO_NETWORK } from './no-network.js'
import { startRestServer, type RestServer, type RestServerOptions } from './rest-server.js'

/** What a fetch of a test is asked for: what it does not say is of no matter to it. */
export type Wanted = Partial<FetchRequestInput> & { days?: number; start?: string; end?: string }

export interface FetchOptions {
  job?: string
  resume?: boolean
  env?: Record<string, string>
  failpoint?: Failpoints
  signal?: AbortSignal
  /** Where answers are kept. */
  raw?: string
  /** Of providers, by their names. */
  limits?: Readonly<Record<string, Partial<ProviderLimits>>>
}

/** What came of a fetch, in all its forms. */
export interface Fetched {
  result: FetchResult
  /** As `--json` prints it, held against its schema. */
  document: Record<string, unknown>
  text: string
  /** Messages of the log, in order. */
  log: string[]
  /** Milliseconds of each wait before a further try, none of which took any time. */
  waits: number[]
  /** Each unit as `symbol timespan status code fetched/expected inserted updated unchanged heldBack`. */
  units: string[]
}

/** A database, a provider and a folder, with a clock that stands still until it is set. */
export class FetchWorld {
  /** @param others of other providers, who are asked where none is named */
  constructor(
    readonly pool: pg.Pool, readonly url: string, readonly server: RestServer, readonly home: string, private readonly clock: { now: Date }, readonly others: readonly RestServer[] = [],
  ) {}

  set now(instant: string) {
    this.clock.now = new Date(instant)
  }

  /** The same world by another connection: that of another user. */
  by(pool: pg.Pool): FetchWorld {
    return new FetchWorld(pool, this.url, this.server, this.home, this.clock, this.others)
  }

  /** The runtime in which all of it is done. */
  runtime(options: Partial<Pick<Runtime, 'log' | 'failpoint' | 'signal'>> = {}): Runtime {
    return { ...runtimeOf(this.pool, options), now: () => this.clock.now }
  }

  /** Replays everything from the kept answers; how many bars that changes of each timespan. */
  async replay({ raw = path.join(this.home, 'raw'), env = {} }: Pick<FetchOptions, 'raw' | 'env'> = {}): Promise<Record<string, number>> {
    const answers = openAnswers(raw, env)
    try {
      const { timespans, failures } = await replayAnswers(this.runtime(), answers, { job: null, provider: null, symbols: null, grouped: true, timespans: null, range: null, dry_run: false })
      if (failures.length > 0) throw new Error(failures.map(({ message }) => message).join('; '))
      return Object.fromEntries(timespans.map(({ timespan, inserted, updated, removed, beside }) => [timespan, inserted + updated + removed + beside]))
    } finally {
      await answers.close()
    }
  }

  /** Fetches as the command does, but for waits, which take no time. */
  async fetch({ days, start, end, ...wanted }: Wanted, options: FetchOptions = {}): Promise<Fetched> {
    const log: string[] = []
    const waits: number[] = []
    const logger = pino({ level: 'trace' }, new Writable({ write: (chunk, _encoding, done) => {
      log.push((JSON.parse(String(chunk)) as { msg: string }).msg)
      done()
    } }))
    const { failpoint, signal } = options
    const runtime = this.runtime({ log: logger, ...(failpoint && { failpoint }), ...(signal && { signal }) })
    const { now } = runtime
    const job = { id: options.job ?? newJobId('fetch', now()), isNew: !options.resume }
    const dates = days === undefined ? { start: start!, end: end ?? null } : { days }
    const request = readFetchRequest(options.resume ? await requestOfJob(runtime, 'fetch', job.id) : { dates, lanes: 2, provider: this.server.dialect.provider, ...wanted })
    const resolved = await resolveFetch(runtime, request)
    const tools = { random: () => 0.5, delay: async (ms: number) => void waits.push(ms) }
    const env = { ...NO_NETWORK, ...Object.assign({}, ...[this.server, ...this.others].map((server) => server.env)), ...options.env }
    const { asked, leftOut } = candidatesOf(resolved, await this.#limits(options.limits), env)
    const [first, ...more] = asked.map(({ provider, limits }) => openSource(provider, limits, runtime.db, { env, log: logger, now, connections: 2, tools }))
    const sources = [first!, ...more] as const
    const answers = openAnswers(options.raw ?? path.join(this.home, 'raw'), options.env ?? {})
    try {
      const result = await fetchBars(runtime, resolved, job, {
        ...fetchProgress({ log: logger, interactive: false } as Context), sources, leftOut, answers, auditFolder: path.join(this.home, 'audit'),
        register: (symbol, details) => registerSecurity(runtime, symbol, details),
        exitCodes: { ofResult: () => 0, ofError: () => 1 },
      })
      const warnings = fetchWarnings(result)
      const document = JSON.parse(JSON.stringify(fetchDocument(result, '0.0.0', 1, warnings))) as Record<string, unknown>
      v.parse(FETCH.fields, document)
      return { result, document, text: fetchText(result, warnings, 1, Infinity), log, waits, units: result.symbols.flatMap(({ symbol, units }) => units.map((unit) => {
        const { timespan, part, status, code, expected, counted, counts: { inserted, updated, unchanged, heldBack } } = unit
        return [symbol, timespan, part, status, code ?? '', expected === null ? '' : `${counted}/${expected}`, inserted, updated, unchanged, heldBack].filter((text) => text !== '').join(' ')
      })) }
    } finally {
      await Promise.all(sources.map(({ client }) => client.close()))
      await answers.close()
    }
  }

  /** Each provider's place as shipped, without limits but those that are said; who has no server here is not enabled. */
  async #limits(changes: FetchOptions['limits'] = {}): Promise<ProviderLimits[]> {
    const there = new Set([this.server, ...this.others].map(({ dialect }) => dialect.provider))
    const none = { perSecond: null, perMinute: null, perDay: null, perMonth: null }
    return (await readLimits(undefined, BAR_PROVIDERS)).map((limits) => ({ ...limits, ...none, enabled: there.has(limits.name), ...changes[limits.name] }))
  }

  /** Rows as lines. */
  async lines(sql: string, values: unknown[] = []): Promise<string[]> {
    const { rows } = await this.pool.query<(string | number | boolean | null)[]>({ text: sql, values, rowMode: 'array' })
    return rows.map((row) => row.map((value) => (Array.isArray(value) ? value.join(',') : String(value ?? ''))).join('|'))
  }

  /** Every bar that is stored, and where it lies: nothing was written where this is as it was. */
  async bars(): Promise<string[]> {
    const tables = ['ohlcv_daily', 'ohlcv_minute', 'ohlcv_hourly', 'ohlcv_weekly', 'ohlcv_monthly']
    return (await Promise.all(tables.map((table) => this.lines(`select '${table}', tableoid, ctid, xmin, b::text from ${table} b order by b::text`)))).flat()
  }

  /** How many bars each table has. */
  async counts(): Promise<Record<string, number>> {
    const { rows } = await this.pool.query<Record<string, number>>(`
      select (select count(*)::int from ohlcv_hourly where regular) as hour, (select count(*)::int from ohlcv_daily) as day,
             (select count(*)::int from ohlcv_weekly) as week, (select count(*)::int from ohlcv_monthly) as month`)
    return rows[0]!
  }
}

/** A world whose clock stands at an instant. @param others providers beside the first, each with a server of the same market */
export async function fetchWorld(t: Test, now: string, { others = [], ...options }: RestServerOptions & { others?: readonly NonNullable<RestServerOptions['dialect']>[] } = {}): Promise<FetchWorld> {
  const clock = { now: new Date(now) }
  const { pool, url } = await freshDatabase(t)
  const server = await startRestServer({ now: () => clock.now, ...options })
  const besides = await Promise.all(others.map((dialect) => startRestServer({ now: () => clock.now, ...options, dialect })))
  t.teardown(() => Promise.all([server, ...besides].map((each) => each.close())))
  const home = mkdtempSync(path.join(tmpdir(), 'ohlcv-fetch-'))
  t.teardown(() => rmSync(home, { recursive: true, force: true }))
  return new FetchWorld(pool, url, server, home, clock, besides)
}
