import type pg from 'pg'
import type { Queryable } from '../../postgres/database.js'
import type { FetchStatus } from './fetches.js'

/** One sending of a request, as it is kept. */
export interface AuditedTry {
  at: Date
  status: number | null
  code: string | null
  waited_ms: number
  duration_ms: number
  bytes: number
}

/** What became of the bars of answers; `filled`: bars stored or changed as fills. */
export interface AuditCounts {
  bars: number
  inserted: number
  updated: number
  unchanged: number
  filled: number
  heldBack: number
}

/** How a symbol and timespan of a job ended. */
export interface AuditRecord extends AuditCounts {
  jobId: string
  symbol: string
  timespan: string
  /** The date of grouped bars, the month of minutes or the hour in which they are polled; else empty. */
  part: string
  provider: string
  status: FetchStatus
  code: string | null
  message: string | null
  /** Why this provider was asked. */
  reason: string | null
  tries: readonly AuditedTry[]
  expected: number | null
  counted: number | null
  rawHash: string | null
  /** From when on its provisional bars are final; null where none is provisional. */
  settlesAt: Date | null
  fetchIds: readonly number[]
  startedAt: Date
  finishedAt: Date
  /** Whether what it counts is more of the same: then it is added to what was counted before, and what was stored stays so. */
  adds?: true
}

const COUNTS = ['bars', 'inserted', 'updated', 'unchanged', 'filled', 'held_back'] as const

/** Writes down how a unit ended; where it was tried before in this job, the tries are added to those. */
export async function recordAudit(db: Queryable, record: AuditRecord): Promise<void> {
  await db.query(`
    insert into ingestion_audit (
      job_id, symbol, timespan, part, provider, status, code, message, reason, tries, expected, counted, bars, inserted, updated, unchanged, filled, held_back,
      raw_hash, settles_at, fetch_ids, started_at, finished_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)
    on conflict (job_id, symbol, timespan, part) do update
       set provider = excluded.provider, status = case when $24 and ingestion_audit.status = 'stored' then 'stored' else excluded.status end, code = excluded.code, message = excluded.message, reason = excluded.reason,
           tries = ingestion_audit.tries || excluded.tries, expected = excluded.expected, counted = excluded.counted,
           ${COUNTS.map((name) => `${name} = excluded.${name} + case when $24 then ingestion_audit.${name} else 0 end`).join(', ')},
           raw_hash = excluded.raw_hash, settles_at = excluded.settles_at, fetch_ids = ingestion_audit.fetch_ids || excluded.fetch_ids, finished_at = excluded.finished_at`,
  [
    record.jobId, record.symbol, record.timespan, record.part, record.provider, record.status, record.code, record.message, record.reason, JSON.stringify(record.tries),
    record.expected, record.counted, record.bars, record.inserted, record.updated, record.unchanged, record.filled, record.heldBack, record.rawHash, record.settlesAt, record.fetchIds,
    record.startedAt, record.finishedAt, record.adds === true,
  ])
}

/** What is told apart within a job. */
export type AuditKey = Pick<AuditRecord, 'symbol' | 'timespan' | 'part'>

/** The units of a job that need not be done again: also those with provisional bars, until these are final, but none whose bars only stand beside others. */
export async function finishedUnits(db: Queryable, jobId: string, now: Date): Promise<AuditKey[]> {
  const { rows } = await db.query<AuditKey>(`
    select symbol, timespan, part from ingestion_audit
    where job_id = $1 and (status in ('stored', 'unchanged') or (status = 'empty' and timespan <> 'day')) and (settles_at is null or settles_at > $2) and code is distinct from 'HELD_BESIDE'`, [jobId, now])
  return rows
}

/** Whether this very record is there: after a connection broke while it was being committed. */
export async function isRecorded(db: Queryable, { jobId, symbol, timespan, part, finishedAt }: AuditRecord): Promise<boolean> {
  const { rows } = await db.query<{ there: boolean }>(`
    select exists (select from ingestion_audit where job_id = $1 and symbol = $2 and timespan = $3 and part = $4 and finished_at = $5) as there`,
  [jobId, symbol, timespan, part, finishedAt])
  return rows[0]!.there
}

/** Lines that are read at once. */
const LINES_AT_ONCE = 1000

/** The records of a job as lines of JSON, in the order in which its units ended, as of one moment; some at a time, for there may be many. */
export async function* auditLines(client: pg.ClientBase, jobId: string): AsyncGenerator<string[]> {
  await client.query('begin read only')
  try {
    await client.query(`
      declare audit_lines no scroll cursor for
      select (to_jsonb(a) - 'audit_id')::text as line from ingestion_audit a where job_id = $1 order by finished_at, audit_id`, [jobId])
    for (;;) {
      const { rows } = await client.query<{ line: string }>(`fetch ${LINES_AT_ONCE} from audit_lines`)
      if (rows.length === 0) return
      yield rows.map(({ line }) => line)
    }
  } finally {
    await client.query('rollback')
  }
}

/** What a job has come to so far, by timespan. */
export interface AuditTotals extends AuditCounts {
  timespan: string
  units: number
  failed: number
}

export async function auditTotals(db: Queryable, jobId: string): Promise<AuditTotals[]> {
  const { rows } = await db.query<AuditTotals>(`
    select timespan, count(*) as units, count(*) filter (where status in ('failed', 'rejected')) as failed, sum(bars)::bigint as bars, sum(inserted)::bigint as inserted,
           sum(updated)::bigint as updated, sum(unchanged)::bigint as unchanged, sum(filled)::bigint as filled, sum(held_back)::bigint as "heldBack"
    from ingestion_audit where job_id = $1
    group by timespan
    order by array_position(array['hour', 'day', 'week', 'month', 'minute'], timespan)`, [jobId])
  return rows
}
