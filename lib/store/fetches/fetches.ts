import type { TimespanName } from '../../datasets/timespan.js'
import type { DateRange, IsoDate } from '../../domain/dates.js'
import type { Queryable } from '../../postgres/database.js'

/** How a fetch can end: its bars stored; nothing new in them; no bars; an answer that was refused; no answer. */
export const FETCH_STATUSES = ['stored', 'unchanged', 'empty', 'rejected', 'failed'] as const
export type FetchStatus = (typeof FETCH_STATUSES)[number]

/** What was read: the answer of a request, or a file that was imported. */
export const ANSWER_FORMS = ['answer', 'file'] as const
export type AnswerForm = (typeof ANSWER_FORMS)[number]

/** What became of the bars of an answer: `bars` is their sum. */
export interface FetchCounts {
  bars: number
  inserted: number
  updated: number
  unchanged: number
  heldBack: number
  rejected: number
  unknown: number
  duplicates: number
}

export const NO_FETCH_COUNTS: Readonly<FetchCounts> = { bars: 0, inserted: 0, updated: 0, unchanged: 0, heldBack: 0, rejected: 0, unknown: 0, duplicates: 0 }

/** One request with its pages, as it goes into `fetches`. */
export interface Fetch {
  jobId: string
  provider: string
  form: AnswerForm
  /** Null: every symbol of a date. */
  symbol: string | null
  symbolId: number | null
  timespan: TimespanName
  start: IsoDate
  end: IsoDate
  status: FetchStatus
  code: string | null
  message: string | null
  tries: number
  counts: FetchCounts
  /** SHA-256 of each kept body, in order. */
  pages: readonly string[]
  rawHash: string | null
  barsHash: string | null
  bytes: number
  rulesVersion: number
  identitySeq: number
  pulledAt: Date
  durationMs: number
}

/** Writes fetches down; returns their ids, in order. */
export async function insertFetches(db: Queryable, fetches: readonly Fetch[]): Promise<number[]> {
  if (fetches.length === 0) return []
  const rows = fetches.map((fetch) => ({
    job_id: fetch.jobId, provider: fetch.provider, form: fetch.form, symbol: fetch.symbol, symbol_id: fetch.symbolId, timespan: fetch.timespan,
    start_date: fetch.start, end_date: fetch.end, status: fetch.status, code: fetch.code, message: fetch.message, tries: fetch.tries,
    bars: fetch.counts.bars, inserted: fetch.counts.inserted, updated: fetch.counts.updated, unchanged: fetch.counts.unchanged, held_back: fetch.counts.heldBack,
    rejected: fetch.counts.rejected, unknown: fetch.counts.unknown, duplicates: fetch.counts.duplicates, pages: fetch.pages, raw_hash: fetch.rawHash,
    bars_hash: fetch.barsHash, bytes: fetch.bytes, rules_version: fetch.rulesVersion, identity_seq: fetch.identitySeq, pulled_at: fetch.pulledAt, duration_ms: fetch.durationMs,
  }))
  const columns = Object.keys(rows[0]!).join(', ')
  const { rows: inserted } = await db.query<{ fetch_id: number }>(`
    insert into fetches (${columns})
    select ${columns} from jsonb_populate_recordset(null::fetches, $1::jsonb) with ordinality as fetched order by ordinality
    returning fetch_id`, [JSON.stringify(rows)])
  return inserted.map(({ fetch_id }) => fetch_id)
}

/** A fetch that others are held against. */
export interface LatestFetch extends Pick<Fetch, 'symbol' | 'start' | 'end' | 'barsHash' | 'rulesVersion' | 'identitySeq'> {
  /** Whether its bars were taken back; what an older one gave may then be gone as well. */
  withdrawn: boolean
}

/** Answers that could have bars of some symbols (null: of any) on some of these dates. */
export interface AnswersAbout extends DateRange {
  provider: string
  symbols: readonly string[] | null
  timespan: TimespanName
}

/** The latest of these answers, for one of the symbols or for all symbols. */
export async function latestFetch(db: Queryable, { provider, symbols, timespan, start, end }: AnswersAbout): Promise<LatestFetch | undefined> {
  const { rows } = await db.query<LatestFetch>(`
    select symbol, start_date as start, end_date as end, bars_hash as "barsHash", rules_version as "rulesVersion", identity_seq as "identitySeq", withdrawn_at is not null as withdrawn
    from fetches
    where ($2::text[] is null or symbol = any ($2) or symbol is null) and timespan = $3 and provider = $1 and start_date <= $5 and end_date >= $4
      and status in ('stored', 'unchanged')
    order by fetch_id desc
    limit 1`, [provider, symbols, timespan, start, end])
  return rows[0]
}
