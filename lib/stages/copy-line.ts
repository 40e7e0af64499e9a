import type { ValidBar } from '../domain/bar.js'
import type { Tally } from '../domain/tally.js'
import type { Stage } from './stage.js'
import type { Windows } from './window.js'

/** The columns of a staged bar, in the order of {@link copyLine}. */
export const COPY_COLUMNS = 'symbol_id, time, open, high, low, close, volume, transactions'

/** Bar to a line of COPY's text format. Nothing here needs escaping: it is digits, points, a sign and times. */
export function copyLine(windows: Windows, tally: Tally): Stage<ValidBar, string> {
  return (bar) => {
    tally.counts.staged++
    const { symbolId, open, high, low, close, volume, transactions } = bar
    return `${symbolId}\t${windows.time(bar) ?? '\\N'}\t${open}\t${high}\t${low}\t${close}\t${volume}\t${transactions ?? '\\N'}\n`
  }
}
