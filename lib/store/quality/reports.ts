import type { DateRange, IsoDate } from '../../domain/dates.js'
import type { Queryable } from '../../postgres/database.js'

/** A validation report as it was made before. */
export interface KeptReport extends DateRange {
  reportId: number
  /** The latest of `bar_revisions` then. */
  lastRevision: number
  madeAt: Date
}

/**
 * The report that came before one that ends with this date: the first that was made of those with the latest end before it. So a
 * report that is made again counts from where it counted before, and none of other dates comes between.
 */
export async function reportBefore(db: Queryable, end: IsoDate): Promise<KeptReport | undefined> {
  const { rows } = await db.query<KeptReport>(`
    select report_id as "reportId", start_date as start, end_date as end, last_revision as "lastRevision", made_at as "madeAt"
    from validation_reports
    where end_date < $1
    order by end_date desc, report_id
    limit 1`, [end])
  return rows[0]
}

/** Keeps a report; returns its number. */
export async function keepReport(db: Queryable, { start, end }: DateRange, lastRevision: number, document: object): Promise<number> {
  const { rows } = await db.query<{ report_id: number }>(
    'insert into validation_reports (start_date, end_date, last_revision, document) values ($1, $2, $3, $4) returning report_id', [start, end, lastRevision, JSON.stringify(document)])
  return rows[0]!.report_id
}

/** Whether this session may keep a report, and the record of the run that makes it. */
export async function mayKeepReport(db: Queryable): Promise<boolean> {
  const { rows } = await db.query<{ may: boolean }>(`
    select has_table_privilege('validation_reports', 'insert') and has_table_privilege('ingestion_runs', 'insert, update')
           and not pg_is_in_recovery() and current_setting('transaction_read_only') = 'off' as may`)
  return rows[0]!.may
}
