import { readSettings } from '../../../../lib/cli/framework/settings.js'
import { thresholdsOf } from '../../../../lib/cli/framework/thresholds.js'
import type { BarRule, Thresholds, Verdict, Window } from '../../../../lib/features/quality/rules/rule.js'

/** Open, high, low, close and volume; or a close and the volume, from which the others follow. */
export type TestBar = readonly [number, number, number, number, number] | readonly [number, number] | readonly [number]

/** The thresholds as they are without settings. */
export const DEFAULTS: Thresholds = thresholdsOf(readSettings({ config: undefined }, { OHLCV_CONFIG: undefined }))

const USUAL_VOLUME = 100_000

/** Bars of a price that goes one percent up and down in turns, up to 1 percent around the close, 100,000 shares a session. */
export const usual = (count: number, price = 100, volume = USUAL_VOLUME): TestBar[] => Array.from({ length: count }, (_, index) => [price * (index % 2 === 0 ? 1.01 : 1), volume])

function whole(bar: TestBar): readonly number[] {
  if (bar.length === 5) return bar
  const [close, volume = USUAL_VOLUME] = bar
  return [close, close * 1.01, close * 0.99, close, volume]
}

function middle(values: number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted.length < 10 ? null : (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2
}

/** A window of these bars, judged at a place in it. */
export function windowOf(bars: readonly TestBar[], at: number, { sessions = bars.map((_, index) => index), market = null }: { sessions?: number[]; market?: number | null } = {}): Window {
  const rows = bars.map(whole)
  const column = (cell: number): Float64Array => Float64Array.from(rows, (row) => row[cell]!)
  const [open, high, low, close, volume] = [column(0), column(1), column(2), column(3), column(4)]
  const returns = Array.from(close.subarray(1, Math.max(at, 1)), (price, index) => Math.abs(Math.log(price / close[index]!)))
  return {
    at, length: bars.length, session: Int32Array.from(sessions), open, high, low, close, volume,
    volatility: () => middle(returns),
    usualVolume: () => middle([...volume.subarray(0, at)]),
    market: () => market,
  }
}

/** What a rule says of the middle one: a bar after thirty usual ones, with those that follow it. */
export function judged(rule: BarRule, bar: TestBar, after: readonly TestBar[] = usual(5), { before = usual(30), ...more }: { before?: readonly TestBar[]; market?: number; sessions?: number[] } = {}): Verdict | undefined {
  return rule.judge(windowOf([...before, bar, ...after], before.length, more), DEFAULTS)
}

/** What rules say, in a word: a cause, `open`, or `-` for nothing. */
export const word = (verdict: Verdict | undefined): string => (verdict === undefined ? '-' : verdict.cause ?? 'open')
