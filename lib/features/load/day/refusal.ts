import type { Difference } from '../../../store/bars/merge.js'
import { SourceError } from '../../../domain/errors.js'
import type { Tally } from '../../../domain/tally.js'

/** From which shares, in percent, a version of a file is refused whole. */
export interface Thresholds {
  maxRejected: number
  maxRemoved: number
}

const percent = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(1)} %`

/**
 * Why this version of a file is not to be trusted with the date, if so: it would reject too much of what it has of known
 * securities, remove too many bars, or leave too few of the largest version there was: many small steps are a large one.
 * @param largest bars of the largest version accepted; 0 where nothing is to be measured against it
 */
export function refusal({ counts, rejects }: Tally, { removed, stored }: Difference, largest: number, { maxRejected, maxRemoved }: Thresholds): SourceError | undefined {
  const hint = 'look at the file; if it is right, load it with --accept'
  const known = counts.read - counts.unknown - counts.notSelected
  if (counts.rejected * 100 > maxRejected * known) {
    const examples = rejects.slice(0, 3).map(({ line, reason }) => `line ${line}: ${reason}`).join(', ')
    return new SourceError(
      'TOO_MANY_REJECTED',
      `${counts.rejected} of ${known} rows of known securities (${percent(counts.rejected, known)}) would be rejected, more than ${maxRejected} % (${examples})`,
      { hint },
    )
  }
  if (removed * 100 > maxRemoved * stored) {
    return new SourceError(
      'TOO_MANY_REMOVED',
      `${removed} of the date's ${stored} bars (${percent(removed, stored)}) would be removed, more than ${maxRemoved} %`,
      { hint },
    )
  }
  const lacking = largest - counts.staged
  if (lacking * 100 > maxRemoved * largest) {
    return new SourceError(
      'TOO_MANY_REMOVED',
      `${counts.staged} bars would be left of the ${largest} that the date has had, ${percent(lacking, largest)} fewer, more than ${maxRemoved} %`,
      { hint },
    )
  }
  return undefined
}
