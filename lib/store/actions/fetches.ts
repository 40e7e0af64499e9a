import type { DateRange } from '../../domain/dates.js'
import type { Queryable } from '../../postgres/database.js'

/** How asking a source about splits and dividends can end: told and stored; an answer that was refused; no answer. */
export const ACTION_STATUSES = ['stored', 'rejected', 'failed'] as const
export type ActionStatus = (typeof ACTION_STATUSES)[number]

/** A question to a source about one symbol, with its pages. */
export interface ActionFetch extends DateRange {
  runId: number
  source: string
  symbol: string
  status: ActionStatus
  code: string | null
  message: string | null
  tries: number
  splits: number
  dividends: number
  /** SHA-256 of each kept body, in order. */
  pages: readonly string[]
  pulledAt: Date
}

/** Writes down what sources were asked. */
export async function insertActionFetches(db: Queryable, fetches: readonly ActionFetch[]): Promise<void> {
  await db.query(`
    insert into action_fetches (run_id, source, symbol, start_date, end_date, status, code, message, tries, splits, dividends, pages, pulled_at)
    select run_id, source, symbol, start_date, end_date, status, code, message, tries, splits, dividends, pages, pulled_at
    from jsonb_populate_recordset(null::action_fetches, $1) with ordinality as asked
    order by ordinality`, [JSON.stringify(fetches.map(({ runId, start, end, pulledAt, ...fetch }) => ({ run_id: runId, start_date: start, end_date: end, pulled_at: pulledAt, ...fetch })))])
}

/** Whether this very question of a run is written down: after a connection broke while it was being committed. */
export async function isActionFetchThere(db: Queryable, { runId, source, symbol, start, pulledAt }: ActionFetch): Promise<boolean> {
  const { rows } = await db.query<{ there: boolean }>(`
    select exists (select from action_fetches where run_id = $1 and source = $2 and symbol = $3 and start_date = $4 and pulled_at = $5) as there`, [runId, source, symbol, start, pulledAt])
  return rows[0]!.there
}

/** Has the database know whose word counts most: that of the first, then of the second. Only what differs is written. */
export async function syncAuthority(db: Queryable, names: readonly string[]): Promise<void> {
  await db.query(`
    with wanted as (
      select provider, authority from unnest($1::text[]) with ordinality w (provider, authority)
    ), gone as (
      delete from provider_authority where provider <> all ($1)
    )
    insert into provider_authority as a (provider, authority) select provider, authority from wanted
    on conflict (provider) do update set authority = excluded.authority where a.authority <> excluded.authority`, [names])
}
