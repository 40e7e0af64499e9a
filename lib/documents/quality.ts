import * as v from 'valibot'
import { DAY_AGGS } from '../datasets/day.js'
import type { DateRange } from '../domain/dates.js'
import { RULES } from '../features/quality/rules/rules.js'
import type { Scores } from '../features/quality/scores.js'
import type { BarScore, DateScore } from '../store/quality/scores.js'
import type { SecurityScore } from '../store/quality/security-scores.js'
import { commandOf } from './commands.js'
import { defineDocument, type DocumentOf } from './document.js'
import { count, date, decimal, id, instantOrNull, instant } from './fields.js'

/** From 0 to 1, cut after six digits. */
const score = decimal
/** How many bars fail which rule. */
const failed = v.record(v.string(), count)

/** `ohlcv quality`: how good securities and dates are, the worst first, why, and what to do. */
export const QUALITY = defineDocument('ohlcv.quality/1', v.strictObject({
  start: date,
  end: date,
  /** Below it a security or date is named. */
  minimum: decimal,
  /** Of all that was asked for: (expected - lost) / expected. Null: nothing was expected. */
  score: v.nullable(score),
  securities: count,
  /** Sessions of securities: those with a bar, those on which one was expected and is absent, those that are not loaded, and the sum of these. */
  bars: count,
  absent: count,
  not_loaded: count,
  expected: count,
  /** The sum of what the scores of these lack to 1, exactly. */
  lost: decimal,
  below_minimum: v.strictObject({ symbols: count, dates: count }),
  checked: v.strictObject({
    /** Dates whose bars were judged, and those with bars that were not: these count for nothing. */
    dates: count,
    not_judged: v.array(date),
    /** Dates scored as they were judged last, though their bars, those around them or the rules are others by now. */
    changed: v.array(date),
    /** When the one that was checked longest ago was, and the one that was last. */
    first_at: v.nullable(instant),
    last_at: v.nullable(instant),
    /** Why nothing was checked now; null where it was. */
    skipped: v.nullable(v.picklist(['asked', 'read_only'])),
  }),
  /** Sessions that are not loaded though their files are due, and the command that loads them or, where all bars come from providers, asks these. */
  unloaded: v.array(v.strictObject({ start: date, end: date, command: v.string() })),
  /** The worst first; null where dates were asked for. */
  symbols: v.nullable(v.array(v.strictObject({
    symbol: v.string(), symbol_id: id, score, bars: count, absent: count, not_loaded: count, expected: count, lost: decimal, below_minimum: v.boolean(), failed,
    /** Open findings. */
    open: count,
  }))),
  /** Of the whole market, the worst first; null where securities were chosen or asked for. */
  dates: v.nullable(v.array(v.strictObject({ date, score, bars: count, expected: count, lost: decimal, below_minimum: v.boolean(), failed }))),
  /** Scores below 1 of the securities that were chosen, by security and date, and how many there are. */
  days: v.nullable(v.strictObject({
    total: count,
    scores: v.array(v.strictObject({ symbol: v.string(), symbol_id: id, date, score, lost: decimal, failed: v.array(v.strictObject({ rule: v.string(), weight: count })) })),
  })),
  /** The rules that bars fail or that have open findings, those that cost most first; and what to do. */
  rules: v.array(v.strictObject({ rule: v.string(), weight: count, bars: count, open: count, meaning: v.string(), advice: v.string(), command: v.string() })),
}))

type Fields = DocumentOf<typeof QUALITY>

/** What is told of, besides the scores themselves. */
export interface QualityView {
  /** Null: securities and dates. */
  by: 'symbol' | 'date' | null
  skipped: Fields['checked']['skipped']
  /** The symbols that were chosen, as they were written; null: all. */
  symbols: readonly string[] | null
}

const weights: ReadonlyMap<string, number> = new Map(RULES.map(({ name, weight }) => [name, weight]))

function symbolOf({ symbol, symbolId, score: left, bars, absent, notLoaded, expected, lost, below, failed: failures, open }: SecurityScore): NonNullable<Fields['symbols']>[number] {
  return { symbol, symbol_id: symbolId, score: left, bars, absent, not_loaded: notLoaded, expected, lost, below_minimum: below, failed: failures, open }
}

function dateOf({ date: day, score: left, bars, expected, lost, below, failed: failures }: DateScore): NonNullable<Fields['dates']>[number] {
  return { date: day, score: left, bars, expected, lost, below_minimum: below, failed: failures }
}

function barOf({ symbol, symbolId, date: day, score: left, lost, failed: rules }: BarScore): NonNullable<Fields['days']>['scores'][number] {
  return { symbol, symbol_id: symbolId, date: day, score: left, lost, failed: rules.map((rule) => ({ rule, weight: weights.get(rule) ?? 0 })) }
}

function rulesOf({ range: { start, end }, failures, open }: Scores, { symbols }: QualityView): Fields['rules'] {
  const dates = `--start ${start} --end ${end}${symbols === null ? '' : ` --symbols ${symbols.join(',')}`}`
  return RULES.flatMap(({ name, weight, meaning, advice }) => {
    const bars = failures.find(({ rule }) => rule === name)?.bars ?? 0
    const findings = open.find(({ rule }) => rule === name)?.findings ?? 0
    if (bars + findings === 0) return []
    const command = name === 'absent' ? `ohlcv gaps ${dates}` : `ohlcv quality findings --rule ${name} ${dates}`
    return [{ rule: name, weight, bars, open: findings, meaning, advice, command }]
  }).sort((a, b) => b.weight * b.bars - a.weight * a.bars || b.open - a.open)
}

function loading({ start, end }: DateRange, hasFiles: boolean): Fields['unloaded'][number] {
  return { start, end, command: hasFiles ? commandOf({ action: 'load', dataset: DAY_AGGS.name, start, end, only: 'unloaded' }) : `ohlcv gaps --fill --start ${start} --end ${end}` }
}

/** The document of scores. */
export function qualityDocument(scores: Scores, view: QualityView): Fields {
  const { range, minimum, securities, total, market, notJudged, changed, notLoaded, bars } = scores
  const isMarket = bars === null
  return {
    start: range.start, end: range.end, minimum, score: total.score, securities: total.securities, bars: total.bars, absent: total.absent, not_loaded: total.notLoaded,
    expected: total.expected, lost: total.lost, below_minimum: { symbols: total.below, dates: isMarket ? market.below : 0 },
    checked: { dates: market.judged, not_judged: notJudged, changed, first_at: instantOrNull(market.firstCheckedAt), last_at: instantOrNull(market.lastCheckedAt), skipped: view.skipped },
    unloaded: notLoaded.map((dates) => loading(dates, scores.hasFiles)),
    symbols: view.by === 'date' && isMarket ? null : securities.map(symbolOf),
    dates: view.by !== 'symbol' && isMarket ? market.dates.map(dateOf) : null,
    days: view.by !== 'symbol' && bars !== null ? { total: bars.total, scores: bars.scores.map(barOf) } : null,
    rules: rulesOf(scores, view),
  }
}
