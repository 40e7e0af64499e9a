import { barsIn, countedIn, faultOf, type Attempt } from '../attempt.js'
import { isShort } from '../../runs/expected.js'
import type { Unit } from '../plan.js'
import type { FetchRun } from '../run.js'
import { isPoor, qualityOf } from './quality.js'

/** What is made of an attempt. */
export interface Verdict {
  /** Whether nobody else need be asked. */
  isGood: boolean
  /** In a few words. */
  what: string
}

/** Whether an attempt is all that a unit needs: it came, has most of what the calendar lets expect, and is of good quality. Which minutes there should be nobody knows. */
export function verdictOf(run: FetchRun, unit: Unit, attempt: Attempt): Verdict {
  const fault = faultOf(attempt)
  if (fault !== null) return { isGood: false, what: fault.code }
  const bars = barsIn(unit, attempt)
  const counted = countedIn(run, unit, attempt)
  const expected = unit.timespan.name === 'minute' || counted === null ? null : unit.expected
  const what = expected === null ? `${bars} bars` : `${counted} of ${expected} expected bars`
  if (bars === 0 && unit.expected !== 0) return { isGood: false, what: 'no bars' }
  if (expected !== null && isShort(counted ?? 0, expected)) return { isGood: false, what }
  const readers = attempt.answers.map(({ reader }) => reader)
  const quality = qualityOf({
    rows: readers.reduce((sum, { tally }) => sum + tally.counts.read, 0), reasons: readers.map(({ tally }) => tally.reasons),
    coverage: expected === null ? null : { expected, counted: counted ?? 0 },
  })
  return isPoor(quality) ? { isGood: false, what: `${what} of quality ${quality.toFixed(2)}` } : { isGood: true, what }
}
