import type { IdentifiedBar, RawBar, ValidBar } from '../../lib/domain/bar.js'
import { Tally } from '../../lib/domain/tally.js'

type Numbers = Partial<Record<'open' | 'high' | 'low' | 'close' | 'volume' | 'transactions', string | null>>

/** A bar that has been through the stages, with numbers of its own where the test wants them different. */
export function barOf(symbolId: number, numbers: Numbers = {}, more: Partial<Pick<RawBar, 'line' | 'slot'>> = {}): ValidBar {
  const bar = { line: 2, symbol: `S${symbolId}`, slot: 0, open: '10', high: '12', low: '9.5', close: '11', volume: '100', transactions: '3', symbolId, ...numbers, ...more }
  return bar as unknown as ValidBar
}

/** A bar whose symbol has not been looked up. */
export function rawBar(symbol: string): RawBar {
  const { symbolId: _, ...bar } = barOf(0) as IdentifiedBar
  return { ...bar, symbol }
}

/** A tally that has a raw text for every line. */
export function tallyOf(): Tally {
  const tally = new Tally(100)
  tally.from({ raw: (line) => Buffer.from(`line ${line}`) })
  return tally
}
