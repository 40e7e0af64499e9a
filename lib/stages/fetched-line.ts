import type { Periods } from '../datasets/timespan.js'
import type { BarValues, Remarks, ValidBar } from '../domain/bar.js'
import type { Basis } from '../domain/basis.js'
import type { Stage } from '../domain/stage.js'
import type { Tally } from '../domain/tally.js'
import { isValid } from './validate.js'

/** What a fetched bar is marked with. */
export interface LineMarks {
  /** Whether the window touches the regular session. */
  regular(slot: number): boolean
  /** Whether it was not over when the bar was asked for, or not for long enough to be final. */
  partial(slot: number): boolean
}

/**
 * Bar to a line of COPY's text format, its fields those of `FETCHED_COLUMNS`; of an adjusted bar that is known unadjusted too, to two of them, one a basis. What is
 * no bar unadjusted is left out of that. Nothing here needs escaping: it is digits, points, a sign, times and letters.
 * @param request which of its unit's requests the bar came by, from 0
 * @param basis what the bars are adjusted for that do not say it
 */
export function fetchedLine(request: number, basis: Basis, periods: Pick<Periods, 'time'>, marks: LineMarks, tally: Tally): Stage<ValidBar & Remarks, string> {
  const lineOf = ({ symbolId, slot, transactions, provisional }: ValidBar & Remarks, { open, high, low, close, volume }: BarValues, basis: Basis): string => {
    const [regular, partial] = [marks.regular(slot), provisional === true || marks.partial(slot)].map((mark) => (mark ? 't' : 'f'))
    return `${request}\t${symbolId}\t${periods.time(slot)}\t${open}\t${high}\t${low}\t${close}\t${volume}\t${transactions ?? '\\N'}\t${regular}\t${partial}\t${basis}\n`
  }
  return (bar) => {
    tally.counts.staged++
    const given = lineOf(bar, bar, bar.basis ?? basis)
    const { unadjusted } = bar
    return unadjusted === undefined || !isValid(bar, unadjusted) ? given : given + lineOf(bar, unadjusted, 'none')
  }
}
