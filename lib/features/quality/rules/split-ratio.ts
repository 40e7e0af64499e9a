import { steps, tradesLittle } from './causes.js'
import { roughly, told } from './figures.js'
import { reversedStep } from './reversal.js'
import type { BarRule, Thresholds, Window } from './rule.js'

/** How far the open may be from the price that the split alone would make, as a share of the step: 5 percent for 2:1, 17 for 1:10. */
const NEAR = 0.07
/** From this ratio on a step is hardly anything else, so that a price may go on by a factor of two on its first day. */
const LARGE = 4
/** Prices below it step by such ratios with a few cents. */
const LEAST_PRICE = 1
/** The ratios that splits have, all but a few. */
const USUAL = [5 / 4, 4 / 3, 3 / 2, 2, 5 / 2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 20, 25, 30, 40, 50, 75, 100, 150, 200, 250, 500, 1000]

/** The usual ratio that is nearest to this one; both are above 1. */
function nearest(ratio: number): number {
  const away = (usual: number) => Math.abs(Math.log(usual / ratio))
  return USUAL.reduce((best, next) => (away(next) < away(best) ? next : best))
}

/** The new shares for an old one of the split that makes nearest to this of a price. */
function sharesFor(ratio: number): number {
  return ratio < 1 ? nearest(1 / ratio) : 1 / nearest(ratio)
}

/** Whether the volume is about that of before, in the new shares: the usual one, or that of the session before. Large reverse splits draw traders. */
function hasItsVolume(window: Window, shares: number, splitVolume: number): boolean {
  const { at, length, volume } = window
  const bases = [window.usualVolume() ?? 0, volume[at - 1]!].filter((base) => base > 0).map((base) => base * shares)
  const traded = volume.slice(at, length).filter((shares) => shares > 0).sort()
  if (bases.length === 0 || traded.length === 0) return true
  const since = Math.min(volume[at]! || Infinity, traded[traded.length >> 1]!)
  const most = splitVolume * Math.max(1, 1 / shares / 2)
  return bases.some((base) => (shares < 1 ? since : volume[at]!) <= most * base && since * most >= base)
}

/** The new shares for an old one where the judged bar looks like the first after a split; 0 where it does not. */
function splitShares(window: Window, thresholds: Thresholds): number {
  const { at, open, close } = window
  const before = close[at - 1]!
  const shares = sharesFor(open[at]! / before)
  const size = Math.max(shares, 1 / shares)
  const [opened, closed] = [open[at]!, close[at]!].map((price) => Math.abs(Math.log((price * shares) / before)))
  const near = NEAR * Math.log(size)
  if (opened! > near || closed! > (size >= LARGE ? Math.log(2) : size < 2 ? near : 2 * near)) return 0
  if (size < LARGE && (before < LEAST_PRICE || tradesLittle(window, thresholds))) return 0
  if (reversedStep(window, at) !== 0 || reversedStep(window, at - 1) !== 0) return 0
  return hasItsVolume(window, shares, thresholds['splitVolume']!) ? shares : 0
}

/** Whether price and volume look as they do on the first session after a split. */
export const isSplitLike = (window: Window, thresholds: Thresholds): boolean => splitShares(window, thresholds) !== 0

/** Steps that splits make. */
export const SPLIT_RATIO: BarRule = {
  kind: 'bar',
  name: 'split_ratio',
  weight: 0,
  meaning: 'the price steps by the ratio of a split (2:1, 3:2, 1:10, ...) with the volume to match, and stays: a split, or a split that is missing',
  advice: 'fetch the splits of the symbol (ohlcv actions fetch): one on that date explains it',
  thresholds: ['largeMove', 'splitVolume', 'thinVolume'],
  judge(window, thresholds) {
    if (!steps(window, thresholds['largeMove']!)) return undefined
    const { at, open, close } = window
    const shares = splitShares(window, thresholds)
    if (shares === 0) return undefined
    return { cause: null, details: { close_before: told(close[at - 1]!), open: told(open[at]!), close: told(close[at]!), split: shares > 1 ? `${roughly(shares)}:1` : `1:${roughly(1 / shares)}` } }
  },
}
