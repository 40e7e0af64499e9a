import type { TimespanName } from '../../datasets/timespan.js'
import type { Queryable } from '../../postgres/database.js'

/** An incident. */
export interface Alert {
  alertId: number
  severity: 'warning' | 'critical'
  summary: string
  /** What it is about; null: everything. */
  dataset: string | null
  symbol: string | null
  timespan: TimespanName | null
  provider: string | null
  openedAt: Date
  /** Null: it is open. */
  clearedAt: Date | null
}

/** The latest incident about each thing there ever was one about, the newest first; with how many are open. */
export async function latestAlerts(db: Queryable): Promise<{ open: number; latest: Alert[] }> {
  const { rows } = await db.query<Alert & { open: number }>(`
    select alert_id as "alertId", severity, summary, dataset, symbol, timespan, provider, opened_at as "openedAt", cleared_at as "clearedAt",
           (select count(*) from alerts where cleared_at is null) as open
    from (select distinct on (dataset, symbol, timespan, provider) * from alerts order by dataset, symbol, timespan, provider, alert_id desc) latest
    order by alert_id desc`)
  return { open: rows[0]?.open ?? 0, latest: rows.map(({ open: _, ...alert }) => alert) }
}
