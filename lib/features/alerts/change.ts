import type { Draft, Incident } from './incident.js'

/** What becomes of an incident at a look: it is new, found again, back, no longer found, or over. */
export const CHANGE_STEPS = ['opened', 'found', 'reopened', 'gone', 'cleared'] as const
export type ChangeStep = (typeof CHANGE_STEPS)[number]

/** An incident as it is after a look. */
export interface Change {
  incident: Draft
  step: ChangeStep
  /** What people are to be told of it; null: nothing. */
  tell: 'opened' | 'escalated' | 'reopened' | 'cleared' | null
}

/** What follows from a look. */
export interface Evaluation {
  changes: readonly Change[]
  /** The incidents that people are to be reminded of, in one notice; none: nobody is. */
  reminded: readonly Incident[]
}
