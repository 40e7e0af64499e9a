import { TIMESPAN_NAMES, type TimespanName } from '../../../datasets/timespan.js'
import type { IsoDate } from '../../../domain/dates.js'
import type { AssetSituation, Situation } from '../situation.js'
import type { Trouble } from '../trouble.js'
import { staleAfterFor, staleAfterOfAsset } from './stale-after.js'
import { clockTime, lasting, minutesSince, named, ofSymbols } from './words.js'

/** A security's window that is told as late. */
interface LateBar {
  asset: AssetSituation
  date: IsoDate
  due: Date
}

/** Whether the file explains it that the security waits for: one that is told of no later than the security is. */
function isExplained({ datasets, thresholds }: Situation, asset: AssetSituation): boolean {
  const files = datasets.find(({ dataset }) => dataset === asset.dataset)
  return files !== undefined && staleAfterOfAsset(thresholds, asset) >= staleAfterFor(thresholds, files)
}

function lateBars(situation: Situation, timespan: TimespanName): LateBar[] {
  const { assets, thresholds, now } = situation
  return assets.filter((asset) => asset.timespan === timespan && !isExplained(situation, asset)).flatMap((asset) => {
    const staleAfter = staleAfterOfAsset(thresholds, asset)
    return asset.owed.filter(({ due }) => minutesSince(due, now) > staleAfter).map(({ date, due }) => ({ asset, date, due }))
  })
}

const NAMES: Readonly<Record<TimespanName, string>> = { hour: 'Hourly bars', day: 'Daily bars', week: 'Weekly bars', month: 'Monthly bars', minute: 'Minute bars' }

/** What to do about it. */
const hint = (symbols: readonly string[], timespan: TimespanName, start: IsoDate, end: IsoDate, dataset: string | null): string => (dataset === null
  ? `fetch them now: ohlcv fetch --symbols ${symbols.join(',')} --timespan ${timespan} --start ${start} --end ${end}; if nobody is to be told of them any more, take them out of OHLCV_WATCH`
  : `see whether the file is there, and load it: ohlcv load --start ${start} --end ${end}`)

function troubleOf(situation: Situation, timespan: TimespanName, late: readonly LateBar[]): Trouble {
  const { calendar, now, providers, lastRun } = situation
  const oldest = late.reduce((first, bar) => (bar.due < first.due ? bar : first))
  const symbols = [...new Set(late.map(({ asset }) => asset.symbol))]
  const dates = [...new Set(late.map(({ date }) => date))].sort()
  const assets = late.map(({ asset }) => asset)
  const only = <T>(values: readonly T[]): T | null => (new Set(values).size === 1 ? values[0]! : null)
  const provider = only(assets.map(({ provider }) => provider))
  const dataset = only(assets.map(({ dataset }) => dataset))
  const lag = minutesSince(oldest.due, now)
  return {
    kind: 'stale', severity: 'warning', topic: `bars ${timespan}`, parts: dates, dataset, symbol: only(symbols), timespan, provider,
    summary: `${NAMES[timespan]} of ${named(symbols)} of ${named(dates)} are late: ${dates.length === 1 ? '' : 'the oldest were '}due ${clockTime(oldest.due, calendar)}, ${lasting(lag)} ago.`,
    hint: hint(symbols, timespan, dates[0]!, dates.at(-1)!, dataset),
    details: {
      lagMinutes: lag, dates, ...ofSymbols(symbols), vendorState: providers.find((each) => each.provider === provider)?.state ?? 'unknown', ...(lastRun && { runId: lastRun.runId, runAt: lastRun.at.toISOString() }),
    },
    only: (parts) => troubleOf(situation, timespan, late.filter(({ date }) => parts.includes(date))),
  }
}

/** Bars of watched securities that are late although no file is, which would be told as such: those that are fetched only, and those with a threshold below that of their files. */
export function bars(situation: Situation): Trouble[] {
  return TIMESPAN_NAMES.flatMap((timespan) => {
    const late = lateBars(situation, timespan)
    return late.length === 0 ? [] : [troubleOf(situation, timespan, late)]
  })
}
