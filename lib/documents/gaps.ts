import * as v from 'valibot'
import type { DateRange } from '../domain/dates.js'
import type { Gap, Gaps } from '../features/gaps/gap.js'
import { GAP_REASONS, type GapReason } from '../features/gaps/reasons.js'
import { datasetOption } from './commands.js'
import { defineDocument, type DocumentOf } from './document.js'
import { count, date, id, percent } from './fields.js'
import { fillData, fillFields, type FillGiven } from './gaps-fill.js'

/** `ohlcv gaps`: expected bars that are not there. */
export const GAPS = defineDocument('ohlcv.gaps/1', v.strictObject({
  dataset: v.string(),
  start: date,
  end: date,
  /** Those of the range whose bars should be there by now. */
  sessions: count,
  /** Bars that are there and bars that should be, and the latter; null of a dataset whose bars are not counted. */
  expected: v.nullable(count),
  lacking: v.nullable(count),
  /** The latter in percent of the former, and above which of it there are too many. */
  share: v.nullable(percent),
  goal: percent,
  /** Those of most bars first. */
  reasons: v.array(v.strictObject({ reason: v.picklist(GAP_REASONS), bars: count, securities: count })),
  /** Dates without a day file, told as such. */
  dates: v.array(v.strictObject({ start: date, end: date, sessions: count, lacking: v.nullable(count), closed: count, bars: count, command: v.string() })),
  /** Those of most sessions first; those on which no bar was to be expected last. */
  gaps: v.array(v.strictObject({
    symbol: v.string(), symbol_id: id, start: date, end: date, sessions: count, reason: v.picklist(GAP_REASONS),
    /** What a renamed security may be called since. */
    names: v.array(v.string()),
    /** What to do; null where there is nothing. */
    command: v.nullable(v.string()),
  })),
  /** What filling has done, or would do; the rest is then what is left. Null where nothing was to be filled. */
  fill: v.nullable(fillFields),
}))

/** What to do about a gap, as a command; null where there is nothing to do. */
function commandOf({ symbol, start, end, reason, names }: Gap): string | null {
  const range = `--start ${start} --end ${end}`
  switch (reason) {
    case 'not_loaded':
    case 'absent':
    case 'halted': return `ohlcv gaps --fill ${range}`
    case 'lost':
    case 'unknown_symbol': return `ohlcv load ${range}`
    case 'rejected': return `ohlcv rejects ${range} --symbol ${symbol}`
    case 'renamed': return names.length === 1 ? `ohlcv universe rename ${symbol} ${names[0]} --on ${start}` : `ohlcv status --date ${start}`
    case 'no_source':
    case 'not_listed_yet':
    case 'delisted':
    case 'thin':
  }
  return null
}

/** The lacking bars in percent of those expected; null where they are not counted. */
export function gapShare({ expected, lacking }: Pick<Gaps, 'expected' | 'lacking'>): number | null {
  return expected === null || lacking === null ? null : expected === 0 ? 0 : (100 * lacking) / expected
}

/** What gives the bars of dates without a day file: these, or the providers where there never was one. */
function loading(dataset: string, { start, end, lacking }: DateRange & { lacking: number | null }, hasFiles: boolean): string {
  const range = `--start ${start} --end ${end}`
  return hasFiles || !lacking ? `ohlcv load${datasetOption(dataset)} ${range} --only unloaded` : `ohlcv gaps --fill ${range}`
}

/** What a document of gaps is made of. */
export interface GapsGiven {
  dataset: string
  gaps: Gaps
  /** Only gaps of this reason. */
  reason: GapReason | null
  goal: number
  fill: FillGiven | null
}

/** Texts of which each is kept once: years of a whole market may have a million gaps on a few thousand ranges of dates. */
function onceEach(): (text: string | null) => string | null {
  const known = new Map<string, string>()
  return (text) => {
    if (text === null) return null
    const same = known.get(text)
    if (same === undefined) known.set(text, text)
    return same ?? text
  }
}

/** The document of gaps. */
export function gapsDocument({ dataset, gaps: found, reason, goal, fill }: GapsGiven): DocumentOf<typeof GAPS> {
  const { range, sessions, expected, lacking, reasons, dates, hasFiles, gaps } = found
  const isWanted = (of: GapReason) => reason === null || of === reason
  const [once, none]: [ReturnType<typeof onceEach>, string[]] = [onceEach(), []]
  return {
    dataset, ...range, sessions: sessions.length, expected, lacking, share: gapShare(found), goal,
    reasons: reasons.filter((counted) => isWanted(counted.reason)),
    dates: isWanted('not_loaded') ? dates.map((each) => ({ ...each, command: loading(dataset, each, hasFiles) })) : [],
    gaps: gaps.filter((gap) => isWanted(gap.reason)).map((gap) => ({
      symbol: gap.symbol, symbol_id: gap.symbolId, start: gap.start, end: gap.end, sessions: gap.sessions, reason: gap.reason, names: gap.names.length === 0 ? none : [...gap.names],
      command: once(commandOf(gap)),
    })),
    fill: fill && fillData(fill),
  }
}
