import { DAY_AGGS } from '../../../datasets/day.js'
import type { AssetSituation, Situation } from '../situation.js'
import type { Trouble } from '../trouble.js'
import { named } from './words.js'

/** Scores to two digits, and never rounded up to the limit that they are below. */
const score = (value: number): string => (Math.floor(value * 100) / 100).toFixed(2)

function ofDates(found: Situation['qualityDates'], minimum: number): Trouble {
  const dates = found.map(({ date }) => date)
  const worst = found.reduce((least, each) => (each.score < least.score ? each : least))
  return {
    kind: 'quality', severity: 'warning', topic: `quality ${DAY_AGGS.name}`, parts: dates, dataset: DAY_AGGS.name, symbol: null, timespan: 'day', provider: null,
    summary: dates.length === 1
      ? `The quality of ${worst.date} is ${score(worst.score)}, below ${minimum}.`
      : `The quality of ${named(dates)} is below ${minimum}, at worst ${score(worst.score)} on ${worst.date}.`,
    hint: `see which rules fail with: ohlcv quality --date ${worst.date}; load what its file says again: ohlcv load --date ${worst.date} --force`,
    details: { dates, found: `${score(worst.score)}, at least ${minimum} wanted` },
    only: (parts) => ofDates(found.filter(({ date }) => parts.includes(date)), minimum),
  }
}

function ofAsset({ symbol, quality, provider }: AssetSituation, minimum: number): Trouble {
  return {
    kind: 'quality', severity: 'warning', topic: `quality ${symbol}`, parts: [''], dataset: DAY_AGGS.name, symbol, timespan: 'day', provider,
    summary: `The quality of the latest days of ${symbol} is ${score(quality ?? 0)}, below ${minimum}.`,
    hint: `see which rules fail with: ohlcv quality findings --symbols ${symbol}; ask files and providers for what is lacking: ohlcv gaps --symbols ${symbol} --fill`,
    details: { symbols: [symbol], symbolCount: 1, found: `${score(quality ?? 0)}, at least ${minimum} wanted` },
  }
}

/** Dates, and watched securities, whose score is below the limit; a date with a bad score explains those of its securities. */
export function quality({ qualityDates, assets, thresholds: { minQuality } }: Situation): Trouble[] {
  const dates = qualityDates.filter(({ score }) => score < minQuality)
  if (dates.length > 0) return [ofDates(dates, minQuality)]
  return assets.filter(({ timespan, quality }) => timespan === 'day' && quality !== null && quality < minQuality).map((asset) => ofAsset(asset, minQuality))
}
