import type { Instant } from './instant.js'
import type { About, AlertKind, Details, Severity } from './trouble.js'

/** What people are told of: an incident that began, became worse, came back or is over; those that are still open, once a day; a report; that a channel works. */
export const NOTICE_EVENTS = ['opened', 'escalated', 'reopened', 'cleared', 'reminder', 'report', 'test'] as const
export type NoticeEvent = (typeof NOTICE_EVENTS)[number]

/** An incident as a notice tells of it. Plain data, which is stored. */
export interface ToldIncident extends About {
  alertId: number
  kind: AlertKind
  severity: Severity
  summary: string
  hint: string | null
  details: Details
  openedAt: Instant
  clearedAt: Instant | null
}

/** What is in a notice. Plain data, which is stored when it is written and is the same at every try to send it. */
export interface NoticeContent {
  /** When it was looked. */
  at: Instant
  /** One, of a reminder all that are open, of a report or a test none. */
  incidents: readonly ToldIncident[]
  /** The document of a report (`ohlcv.report`), of other events null. */
  report: Readonly<Record<string, unknown>> | null
}

/** Something that is to be told. */
export interface Notice extends NoticeContent {
  noticeId: number
  event: NoticeEvent
  /** By which it is known however often it is sent: a UUID. */
  messageId: string
  /** Of the notice that it goes on from; null: it begins. */
  replyTo: string | null
}
