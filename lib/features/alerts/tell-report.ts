import { beginTransaction } from '../../postgres/transactions.js'
import { deliveryOf, makeDue } from '../../store/alerts/deliveries.js'
import { isNoticeThere } from '../../store/alerts/notices.js'
import { commitOnce } from '../runs/commit-once.js'
import type { Runtime } from '../runs/runtime.js'
import type { Channel } from './channel.js'
import { deliver } from './deliver.js'
import { writeNotice } from './write-notice.js'

/** A report that is to be told, as a document. */
export type ToldReport = Readonly<Record<string, unknown>> & { readonly start: string; readonly end: string }

/** What became of a report that was to be told: sent now, or before; to be tried again by whoever sends next; or given up. */
export interface TellingOfReport {
  state: 'sent' | 'sent_before' | 'waiting' | 'given_up'
  /** How the other side took it; null: not now. */
  answer: string | null
  /** How the last try failed. */
  code: string | null
}

/** Has a channel tell a report of dates, once: it is written down, and sent after it. One that could not be sent so far is tried again at once: somebody asks for it. */
export async function tellReport(runtime: Runtime, report: ToldReport, channel: Channel): Promise<TellingOfReport> {
  const { db, signal, now } = runtime
  const dedupKey = `report ${report.start} ${report.end}`
  const request = { event: 'report' as const, incidents: [], report, dedupKey }
  await commitOnce(runtime, { begin: (client) => beginTransaction(client), before: 'alerts-before-commit', after: 'alerts-after-commit' }, async (client) => {
    const written = await writeNotice(client, request, [channel], now())
    return written && { result: written, isThere: (other) => isNoticeThere(other, written.messageId) }
  })
  await db.run(signal, (client) => makeDue(client, dedupKey, channel.name, now()))
  const delivered = await deliver(runtime, [channel])
  const { noticeId, isSent, isGivenUp, code } = await db.run(signal, (client) => deliveryOf(client, dedupKey, channel.name))
  const answer = delivered.find((one) => one.noticeId === noticeId)?.answer ?? null
  return { state: isSent ? (answer === null ? 'sent_before' : 'sent') : isGivenUp ? 'given_up' : 'waiting', answer, code }
}
