import type { Difference } from '../db/merge.js'
import { SourceError } from '../domain/errors.js'
import type { Tally } from '../domain/tally.js'

/** From which shares, in percent, a version of a file is refused whole. */
export interface Thresholds {
  maxRejected: number
  maxRemoved: number
}

const percent = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(1)} %`

/** Why this version of a file is not to be trusted with the date, if so: it would reject or remove too much. */
export function refusal({ counts, rejects }: Tally, { removed, stored }: Difference, { maxRejected, maxRemoved }: Thresholds): SourceError | undefined {
  const hint = 'look at the file; if it is right, load it with --accept'
  if (counts.rejected * 100 > maxRejected * counts.read) {
    const examples = rejects.slice(0, 3).map(({ line, reason }) => `line ${line}: ${reason}`).join(', ')
    return new SourceError(
      'TOO_MANY_REJECTED',
      `${counts.rejected} of ${counts.read} rows (${percent(counts.rejected, counts.read)}) would be rejected, more than ${maxRejected} % (${examples})`,
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
  return undefined
}
