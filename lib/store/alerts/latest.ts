import type { TimespanName } from '../../datasets/timespan.js'
import type { Queryable } from '../../postgres/database.js'

/** An incident, as it is told of in a line. */
export interface Alert {
  alertId: number
  kind: string
  severity: 'info' | 'warning' | 'critical'
  summary: string
  /** What it is about; null: everything. */
  dataset: string | null
  symbol: string | null
  timespan: TimespanName | null
  provider: string | null
  /** Those it is about where they are several, as far as they are named. */
  symbols: readonly string[]
  /** Minutes since the oldest of it was due; null: it is about no date. */
  lagMinutes: number | null
  openedAt: Date
  acknowledgedAt: Date | null
  /** Null: it is open. */
  clearedAt: Date | null
}

/** What of a row an {@link Alert} is made of. */
const ALERT_COLUMNS = `
  alert_id as "alertId", kind, severity, summary, dataset, symbol, timespan, provider, array(select jsonb_array_elements_text(details -> 'symbols')) as symbols, (details ->> 'lagMinutes')::integer as "lagMinutes",
  opened_at as "openedAt", acknowledged_at as "acknowledgedAt", cleared_at as "clearedAt"`

/** Incidents that are open, the latest of all, and the latest about each of the symbols, or about several, that there ever was; the newest first of those that are open, and of the others. With how many are open. News is none. */
export async function latestAlerts(db: Queryable, symbols: readonly string[]): Promise<{ open: number; latest: Alert[] }> {
  const { rows } = await db.query<Alert>(`
    select ${ALERT_COLUMNS}
    from alerts
    where alert_id in (
      select alert_id from alerts where severity <> 'info' and cleared_at is null
      union all select max(alert_id) from alerts where severity <> 'info'
      union all select max(alert_id) from alerts where severity <> 'info' and (symbol is null or symbol = any ($1)) group by dataset, symbol, timespan, provider)
    order by cleared_at is not null, alert_id desc`, [symbols])
  return { open: rows.filter(({ clearedAt }) => clearedAt === null).length, latest: rows }
}
