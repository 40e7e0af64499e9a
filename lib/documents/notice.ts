import * as v from 'valibot'
import { NOTICE_EVENTS, type Notice, type ToldIncident } from '../features/alerts/notice.js'
import { SEVERITIES } from '../features/alerts/trouble.js'
import { defineDocument, type DocumentOf } from './document.js'
import { instant } from './fields.js'
import { incident, type NoticeIncident } from './notice/fields.js'
import { titleOf } from './notice/title.js'
import { vendorState } from './service/parts.js'

/** What people are told: the body of a webhook, and what mails are made of. */
export const NOTICE = defineDocument('ohlcv.notice/1', v.strictObject({
  /** The same at every try to send it. */
  message_id: v.pipe(v.string(), v.uuid()),
  /** That of the notice it goes on from; null: it begins. */
  reply_to: v.nullable(v.pipe(v.string(), v.uuid())),
  event: v.picklist(NOTICE_EVENTS),
  /** When it was written. */
  at: instant,
  /** In a line. */
  title: v.string(),
  /** One; of a reminder all that are open, the worst first; of a test none. */
  incidents: v.array(incident),
  /** Where the status page is; null where that is not known. */
  link: v.nullable(v.string()),
}))

export type NoticeFields = DocumentOf<typeof NOTICE>

const VENDOR_STATUS: readonly string[] = vendorState.options

function linkTo(statusUrl: string | undefined, alertId: number): string | null {
  if (statusUrl === undefined) return null
  const url = new URL(statusUrl)
  url.searchParams.set('alert', String(alertId))
  return url.href
}

function incidentFields({ alertId, kind, severity, summary, hint, dataset, symbol, timespan, provider, details, openedAt, clearedAt }: ToldIncident, statusUrl: string | undefined): NoticeIncident {
  const { lagMinutes, dates = [], symbols = [], symbolCount = symbols.length, vendorState: status, runId, runAt, code, found, unwatched = false } = details
  return {
    alert_id: alertId, kind, severity, summary, hint, dataset, asset: symbol, interval: timespan, provider, opened_at: openedAt, cleared_at: clearedAt, unwatched,
    lag_minutes: lagMinutes ?? null, dates: [...dates], assets: [...symbols], asset_count: symbolCount,
    vendor_status: VENDOR_STATUS.includes(status ?? '') ? (status as NoticeIncident['vendor_status']) : null,
    run_id: runId ?? null, run_at: runAt ?? null, code: code ?? null, found: found ?? null, link: linkTo(statusUrl, alertId),
  }
}

/** The document of a notice. `statusUrl`: where people find the status page. */
export function noticeDocument({ messageId, replyTo, event, at, incidents }: Notice, statusUrl: string | undefined): NoticeFields {
  const told = incidents.map((one) => incidentFields(one, statusUrl)).toSorted((a, b) => SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity))
  return { message_id: messageId, reply_to: replyTo, event, at, title: titleOf(event, told), incidents: told, link: statusUrl ?? null }
}
