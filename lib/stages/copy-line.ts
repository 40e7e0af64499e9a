import type { ValidBar } from '../domain/bar.js'
import type { Tally } from '../domain/tally.js'
import type { Stage } from '../domain/stage.js'
import type { Windows } from '../datasets/window.js'

/** Bar to a line of COPY's text format, its fields those of `STAGED_COLUMNS`. Nothing here needs escaping: it is digits, points, a sign and times. */
export function copyLine(windows: Windows, tally: Tally): Stage<ValidBar, string> {
  return (bar) => {
    const { symbolId, slot, open, high, low, close, volume, transactions } = bar
    tally.staged(symbolId)
    return `${symbolId}\t${windows.time(slot) ?? '\\N'}\t${open}\t${high}\t${low}\t${close}\t${volume}\t${transactions ?? '\\N'}\n`
  }
}
