import { createHash } from 'node:crypto'
import type pg from 'pg'
import type { KeptAnswers } from '../../lib/transport/answers/answers.js'

/** A request for a test, as a fetch leaves it behind. */
export interface TestFetch {
  job?: string
  provider?: string
  /** Null: all symbols of a date. */
  symbol?: string | null
  symbolId?: number
  timespan?: string
  start?: string
  end?: string
  status?: string
  code?: string
  message?: string
  bars?: number
  pulledAt?: string
  /** Its answer, page by page. */
  bodies?: readonly (string | Buffer)[]
}

/** Keeps the bodies of an answer and writes its request down; returns its number. */
export async function keepFetch(pool: pg.Pool, answers: KeptAnswers, fetch: TestFetch): Promise<number> {
  const { job = 'test', provider = 'massive', symbol = 'SPY', timespan = 'day', start = '2025-01-06', status = 'stored', pulledAt = '2025-02-01T12:00:00Z', bars = 0 } = fetch
  const bodies = (fetch.bodies ?? []).map((body) => Buffer.from(body as string))
  const pages: string[] = []
  for (const body of bodies) pages.push(await answers.put(provider, new Date(pulledAt), body))
  const rawHash = bodies.length === 0 ? null : createHash('sha256').update(Buffer.concat(bodies)).digest('hex')
  await pool.query(`insert into jobs (job_id, kind, request) values ($1, 'fetch', '{"exchange": "XNYS"}') on conflict do nothing`, [job])
  const { rows } = await pool.query<{ fetch_id: number }>(`
    insert into fetches (job_id, provider, symbol, symbol_id, timespan, start_date, end_date, status, code, message, tries, bars, inserted, pages, raw_hash, bytes, rules_version,
      identity_seq, pulled_at, duration_ms)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1, $11, $11, $12, $13, $14, 1, 0, $15, 250)
    returning fetch_id`,
  [
    job, provider, symbol, fetch.symbolId ?? null, timespan, start, fetch.end ?? start, status, fetch.code ?? null, fetch.message ?? null, bars, pages, rawHash,
    bodies.reduce((sum, { length }) => sum + length, 0), pulledAt,
  ])
  return rows[0]!.fetch_id
}
