import type pg from 'pg'
import { DAY_AGGS } from '../../datasets/day.js'
import type { IsoDate } from '../../domain/dates.js'
import { attentionOf, type Attention } from '../../features/status/attention.js'
import { dayReport, type DayReport } from '../../features/status/day-report.js'
import type { SurveyOptions } from '../../features/status/survey.js'
import { inSnapshot } from '../../postgres/transactions.js'
import { openFindings } from '../../store/quality/findings-list.js'
import { ledgerOfDays } from '../../store/service/ledger-of-days.js'

/** Everything about one date. */
export interface DateDetail {
  report: DayReport
  /** How often its file was tried. */
  attempts: number
  attention: readonly Attention[]
  /** Null of bars that are not judged. */
  openFindings: number | null
}

/** Everything about one date, as of one moment. */
export async function dateDetail(pool: pg.Pool, date: IsoDate, options: Omit<SurveyOptions, 'range'>): Promise<DateDetail> {
  const { dataset } = options
  const range = { start: date, end: date }
  const [report, ledger, findings] = await inSnapshot(pool, (client) => Promise.all([
    dayReport(client, date, options), ledgerOfDays(client, dataset.name, range), dataset === DAY_AGGS ? openFindings(client, range) : null,
  ]))
  return { report, attempts: ledger.get(date)?.attempts ?? 0, attention: attentionOf(report.status ? [report.status] : [], dataset), openFindings: findings }
}
