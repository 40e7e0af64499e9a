import * as v from 'valibot'
import { BASES } from '../domain/basis.js'
import type { DateRange } from '../domain/dates.js'
import { DIFFERENCE_REASONS } from '../domain/difference.js'
import type { Comparison } from '../features/compare/comparison.js'
import type { ComparedBar, Difference } from '../store/compare/differences.js'
import type { ComparedHours } from '../store/compare/hours.js'
import { defineDocument, type DocumentOf } from './document.js'
import { count, date, decimal, id, instant, instantText } from './fields.js'

const bar = v.nullable(v.strictObject({ open: decimal, high: decimal, low: decimal, close: decimal, volume: decimal }))
const side = v.strictObject({
  /** A provider, or a table. */
  name: v.string(),
  basis: v.picklist(BASES),
})

const counts = {
  /** Bars that both sides have, and those that one of them has. */
  both: count,
  only: count,
  only_against: count,
  /** Of both, those that are the provider's own fills. */
  own_fills: count,
  /** Of both, those whose closes are no more than 0.01 % apart, and those whose closes are more than 1 % apart. */
  within: count,
  over_1_percent: count,
  /** Of both, those whose volumes are more than 1 % or 10 % apart: a warning, whatever the cause. */
  volume_over_1_percent: count,
  volume_over_10_percent: count,
  /** Bars that differ by their likely reason; only reasons that there are. */
  reasons: v.record(v.string(), count),
}

/** `ohlcv compare`: bars of two sides, how many agree, and the worst differences. */
export const COMPARE = defineDocument('ohlcv.compare/1', v.strictObject({
  start: date,
  end: date,
  comparisons: v.array(v.strictObject({
    timespan: v.string(),
    /** What is judged. */
    of: side,
    /** What it is held against, brought to its basis where that is a table. */
    against: side,
    total: v.strictObject(counts),
    /** The worst first. */
    symbols: v.array(v.strictObject({ symbol: v.string(), symbol_id: id, ...counts })),
    /** The worst first; those of one reason one after the other are one. */
    differences: v.array(v.strictObject({
      symbol: v.string(),
      symbol_id: id,
      start: date,
      end: date,
      bars: count,
      reason: v.picklist(DIFFERENCE_REASONS),
      /** Which side is missing, stale or provisional; null where that is not told. */
      side: v.nullable(v.picklist(['of', 'against'])),
      /** Whether a split or dividend has its ex-date then. */
      ex_date: v.boolean(),
      /** The price that is apart: the close, or else the one that is most; and by how many percent, to four decimals. Null where there is one bar only. */
      price: v.nullable(v.picklist(['open', 'high', 'low', 'close'])),
      percent: v.nullable(decimal),
      /** The time of the values: the worst of them. */
      time: date,
      of: bar,
      /** As compared; to six decimals where it was adjusted. */
      against: bar,
    })),
  })),
  /** Days held against the hours of their regular session; null where none are held or they were not asked for. */
  hours: v.nullable(v.strictObject({
    days: count,
    /** How many of them an hour went beyond, and the worst of these. */
    days_beyond: count,
    beyond: v.array(v.strictObject({
      symbol: v.string(), symbol_id: id, date, kind: v.picklist(['high_below_hour', 'low_above_hour']), hour: instant, day_value: decimal, hour_value: decimal, percent: v.nullable(decimal),
    })),
  })),
}))

type Fields = DocumentOf<typeof COMPARE>
type Counted = Comparison['securities'][number]
const SIDES = { mine: 'of', theirs: 'against' } as const

function countsOf({ both, onlyMine, onlyTheirs, own, within, over1, volumeOver1, volumeOver10, reasons }: Omit<Counted, 'symbol' | 'symbolId'>): Fields['comparisons'][number]['total'] {
  return {
    both, only: onlyMine, only_against: onlyTheirs, own_fills: own, within, over_1_percent: over1, volume_over_1_percent: volumeOver1, volume_over_10_percent: volumeOver10,
    reasons: { ...reasons },
  }
}

function totalOf(securities: readonly Counted[]): Fields['comparisons'][number]['total'] {
  const sum = (of: (security: Counted) => number): number => securities.reduce((total, security) => total + of(security), 0)
  return countsOf({
    both: sum(({ both }) => both), onlyMine: sum(({ onlyMine }) => onlyMine), onlyTheirs: sum(({ onlyTheirs }) => onlyTheirs), own: sum(({ own }) => own),
    within: sum(({ within }) => within), over1: sum(({ over1 }) => over1), volumeOver1: sum(({ volumeOver1 }) => volumeOver1), volumeOver10: sum(({ volumeOver10 }) => volumeOver10),
    reasons: Object.fromEntries(DIFFERENCE_REASONS.map((reason) => [reason, sum(({ reasons }) => reasons[reason] ?? 0)]).filter(([, found]) => found !== 0)) as Counted['reasons'],
  })
}

const barOf = (compared: ComparedBar | null): ComparedBar | null => compared && { ...compared }

function differenceOf({ symbol, symbolId, start, end, bars, reason, side: of, exDate, price, percent, time, mine, theirs }: Difference): Fields['comparisons'][number]['differences'][number] {
  return { symbol, symbol_id: symbolId, start, end, bars, reason, side: of && SIDES[of], ex_date: exDate, price, percent, time, of: barOf(mine), against: barOf(theirs) }
}

/** The document of a comparison. */
export function compareDocument({ start, end }: DateRange, comparisons: readonly Comparison[], hours: ComparedHours | null, limit: number): Fields {
  return {
    start, end,
    comparisons: comparisons.map(({ timespan, mine, theirs, securities, differences }) => ({
      timespan, of: { ...mine }, against: { ...theirs }, total: totalOf(securities),
      symbols: securities.map(({ symbol, symbolId, ...counted }) => ({ symbol, symbol_id: symbolId, ...countsOf(counted) })), differences: differences.map(differenceOf),
    })),
    hours: hours && {
      days: hours.days, days_beyond: new Set(hours.beyond.map(({ symbolId, date: day }) => `${symbolId} ${day}`)).size,
      beyond: hours.beyond.slice(0, limit).map(({ symbol, symbolId, date: day, kind, hour, dayValue, hourValue, percent }) => ({
        symbol, symbol_id: symbolId, date: day, kind, hour: instantText(hour), day_value: dayValue, hour_value: hourValue, percent,
      })),
    },
  }
}
