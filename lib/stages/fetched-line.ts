import type { Periods } from '../datasets/timespan.js'
import type { ValidBar } from '../domain/bar.js'
import type { Stage } from '../domain/stage.js'
import type { Tally } from '../domain/tally.js'

/** What a fetched bar is marked with. */
export interface LineMarks {
  /** Whether the window touches the regular session. */
  regular(slot: number): boolean
  /** Whether it was not over when the bar was asked for. */
  partial(slot: number): boolean
}

/**
 * Bar to a line of COPY's text format, its fields those of `FETCHED_COLUMNS`. Nothing here needs escaping: it is digits, points, a sign, times and letters.
 * @param request which of its unit's requests the bar came by, from 0
 */
export function fetchedLine(request: number, periods: Pick<Periods, 'time'>, marks: LineMarks, tally: Tally): Stage<ValidBar, string> {
  return (bar) => {
    tally.counts.staged++
    const { symbolId, slot, open, high, low, close, volume, transactions } = bar
    const [regular, partial] = [marks.regular(slot), marks.partial(slot)].map((mark) => (mark ? 't' : 'f'))
    return `${request}\t${symbolId}\t${periods.time(slot)}\t${open}\t${high}\t${low}\t${close}\t${volume}\t${transactions ?? '\\N'}\t${regular}\t${partial}\n`
  }
}
