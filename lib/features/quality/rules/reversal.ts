import type { Window } from './rule.js'

/** Of a step so much may remain for it to count as reversed. */
const REMAINS = 0.25
/** Bars further apart than so many sessions say nothing of a reversal. */
const NEAR = 3

/**
 * The log return to the bar at a place where the next bar takes it back; 0 where it does not, or where the bars around it do not say:
 * there is none, or none within three sessions.
 */
export function reversedStep({ length, session, close }: Window, at: number): number {
  if (at < 1 || at + 1 >= length || session[at]! - session[at - 1]! > NEAR || session[at + 1]! - session[at]! > NEAR) return 0
  const before = close[at - 1]!
  const step = Math.log(close[at]! / before)
  return Math.abs(Math.log(close[at + 1]! / before)) <= REMAINS * Math.abs(step) && Number.isFinite(step) ? step : 0
}
