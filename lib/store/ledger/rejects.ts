import type pg from 'pg'
import type { IsoDate } from '../../domain/dates.js'
import type { Reject, RejectReason } from '../../domain/reject.js'
import type { Queryable } from '../../postgres/database.js'

/** Replaces the rejects of a date. */
export async function replaceRejects(client: pg.ClientBase, dataset: string, date: IsoDate, loadId: number, rejects: readonly Reject[]): Promise<void> {
  await client.query('delete from rejected_rows where dataset = $1 and date = $2', [dataset, date])
  if (rejects.length === 0) return
  await client.query(
    `insert into rejected_rows (dataset, date, load_id, line, reason, field, symbol, raw)
     select $1::text, $2::date, $3::bigint, * from unnest($4::bigint[], $5::text[], $6::text[], $7::text[], $8::bytea[])`,
    [
      dataset, date, loadId,
      rejects.map(({ line }) => line),
      rejects.map(({ reason }) => reason),
      rejects.map(({ field }) => field),
      rejects.map(({ symbol }) => symbol),
      rejects.map(({ raw }) => raw),
    ],
  )
}

/** Which rejects: null means any. */
export interface RejectFilter {
  dataset: string
  start: IsoDate | null
  end: IsoDate | null
  reason: RejectReason | null
  symbol: string | null
}

/** How many rows of a date were kept out for one reason. */
export interface RejectCount {
  date: IsoDate
  reason: RejectReason
  rows: number
  /** One of the symbols. */
  example: string | null
}

/** A row kept out of the table. */
export interface RejectedRow {
  date: IsoDate
  line: number
  reason: RejectReason
  field: string | null
  symbol: string | null
  raw: Buffer
  loadId: number
}

function values({ dataset, start, end, reason, symbol }: RejectFilter): (string | null)[] {
  return [dataset, start, end, reason, symbol]
}

/** Rejected rows by date and reason, the latest date first. */
export async function rejectCounts(db: Queryable, filter: RejectFilter): Promise<RejectCount[]> {
  const { rows } = await db.query<RejectCount>(`
    select date, reason, count(*) as rows, min(symbol) as example
    from rejected_rows
    where dataset = $1 and date between coalesce($2::date, '-infinity') and coalesce($3::date, 'infinity')
      and ($4::text is null or reason = $4) and ($5::text is null or symbol = $5)
    group by date, reason
    order by date desc, rows desc, reason`, values(filter))
  return rows
}

/** Rejected rows by date and line, the latest date first; those that come after the one given. */
export async function rejectedRows(db: Queryable, filter: RejectFilter, limit: number | null, after: Pick<RejectedRow, 'date' | 'line'> | null = null): Promise<RejectedRow[]> {
  const { rows } = await db.query<RejectedRow>(`
    select date, line, reason, field, symbol, raw, load_id as "loadId"
    from rejected_rows
    where dataset = $1 and date between coalesce($2::date, '-infinity') and coalesce($3::date, 'infinity')
      and ($4::text is null or reason = $4) and ($5::text is null or symbol = $5)
      and ($7::date is null or date <= $7 and (date < $7 or line > $8))
    order by date desc, line
    limit $6`, [...values(filter), limit, after?.date, after?.line])
  return rows
}
