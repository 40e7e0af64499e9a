import { beginTransaction } from '../../postgres/transactions.js'
import { isNoticeThere } from '../../store/alerts/notices.js'
import { commitOnce } from '../runs/commit-once.js'
import type { Runtime } from '../runs/runtime.js'
import type { Channel } from './channel.js'
import { deliver, type Delivered } from './deliver.js'
import { writeNotice } from './write-notice.js'

/** A report that is to be told, as a document. */
export type ToldReport = Readonly<Record<string, unknown>> & { readonly start: string; readonly end: string }

/** What became of a report that was to be told. */
export interface TellingOfReport {
  /** Whether the report of these dates had been told before: then it was not written again. */
  isRepeated: boolean
  /** What was sent by its channel now, or could not be; what could not is tried again by whoever sends next. */
  delivered: Delivered | null
}

/** Has a channel tell a report of dates, once: it is written down, and sent after it. */
export async function tellReport(runtime: Runtime, report: ToldReport, channel: Channel): Promise<TellingOfReport> {
  const request = { event: 'report' as const, incidents: [], report, dedupKey: `report ${report.start} ${report.end}` }
  const notice = await commitOnce(runtime, { begin: (client) => beginTransaction(client), before: 'alerts-before-commit', after: 'alerts-after-commit' }, async (client) => {
    const written = await writeNotice(client, request, [channel], runtime.now())
    return written && { result: written, isThere: (db) => isNoticeThere(db, written.messageId) }
  })
  const delivered = await deliver(runtime, [channel])
  return { isRepeated: notice === undefined, delivered: delivered.find(({ noticeId }) => noticeId === notice?.noticeId) ?? null }
}
