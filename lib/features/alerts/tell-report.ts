import { beginTransaction } from '../../postgres/transactions.js'
import { keyedDelivery, type KeyedDelivery } from '../../store/alerts/deliveries.js'
import { isNoticeThere } from '../../store/alerts/notices.js'
import { commitOnce } from '../runs/commit-once.js'
import type { Runtime } from '../runs/runtime.js'
import type { Channel } from './channel.js'
import { deliver } from './deliver.js'
import { writeNotice } from './write-notice.js'

/** A report that is to be told, as a document. */
export type ToldReport = Readonly<Record<string, unknown>> & { readonly start: string; readonly end: string }

/** What became of a report that was to be told. */
export interface TellingOfReport {
  /** What waits is tried again by whoever sends next. */
  delivery: KeyedDelivery
  /** How the other side took it now; null: it did before, or not at all. */
  answer: string | null
}

/** Has a channel tell a report of dates, once: it is written down unless one of them was before, and sent after it. */
export async function tellReport(runtime: Runtime, report: ToldReport, channel: Channel): Promise<TellingOfReport> {
  const dedupKey = `report ${report.start} ${report.end}`
  const request = { event: 'report' as const, incidents: [], report, dedupKey }
  await commitOnce(runtime, { begin: (client) => beginTransaction(client), before: 'alerts-before-commit', after: 'alerts-after-commit' }, async (client) => {
    const written = await writeNotice(client, request, [channel], runtime.now())
    return written && { result: written, isThere: (db) => isNoticeThere(db, written.messageId) }
  })
  const delivered = await deliver(runtime, [channel])
  const delivery = await runtime.db.run(runtime.signal, (client) => keyedDelivery(client, dedupKey, channel.name))
  return { delivery, answer: delivered.find(({ noticeId }) => noticeId === delivery.noticeId)?.answer ?? null }
}
