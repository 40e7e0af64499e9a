/** What people know of an incident. */
export interface Told {
  /** The first notice of it. */
  messageId: string
  /** The last one that was of it alone. */
  event: 'opened' | 'escalated' | 'reopened' | 'cleared'
  /** When the last one was written that named it. */
  at: Date
  /** Whether one of them called it critical. */
  wasCritical: boolean
}
