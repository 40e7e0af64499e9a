import { none } from '../../lib/domain/stage.js'
import type { RawBar } from '../../lib/domain/bar.js'
import type { IsoDate } from '../../lib/domain/dates.js'
import { Tally } from '../../lib/domain/tally.js'
import type { Dataset } from '../../lib/datasets/dataset.js'
import { windowsOf } from '../../lib/datasets/window.js'
import { csvLines } from '../../lib/formats/csv.js'
import { filesOf, formatOn, type DayFileProvider } from '../../lib/providers/provider.js'

/** What the provider's format of the date makes of a file's text. */
export function readText(provider: DayFileProvider, dataset: Dataset, date: IsoDate, text: string): { bars: RawBar[]; symbols: (string | null)[]; tally: Tally } {
  const format = formatOn(filesOf(provider, dataset), date)
  const tally = new Tally(1000)
  const [barOf, symbolOf] = [format.bars(windowsOf(dataset, date, dataset.zone), tally), format.symbols()]
  const block = csvLines({ bytes: Buffer.from(text, 'latin1'), firstLine: 1 })
  tally.from(block)
  return {
    bars: block.lines.map(barOf).filter((bar) => bar !== none),
    symbols: block.lines.map(symbolOf).filter((symbol) => symbol !== none),
    tally,
  }
}
