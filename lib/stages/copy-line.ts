import type { ValidBar } from '../domain/bar.js'
import type { Tally } from '../domain/tally.js'
import type { Stage } from './stage.js'

/** The columns of a staged bar, in the order of {@link copyLine}. */
export const COPY_COLUMNS = 'symbol_id, open, high, low, close, volume, transactions'

/** Bar to a line of COPY's text format. Nothing here needs escaping: it is digits, points and a sign. */
export function copyLine(tally: Tally): Stage<ValidBar, string> {
  return (bar) => {
    tally.counts.staged++
    return `${bar.symbolId}\t${bar.open}\t${bar.high}\t${bar.low}\t${bar.close}\t${bar.volume}\t${bar.transactions ?? '\\N'}\n`
  }
}
