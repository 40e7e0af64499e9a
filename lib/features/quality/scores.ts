import { createCalendar } from '../../calendar/calendar.js'
import { rangeOf } from '../../calendar/chosen-dates.js'
import { DEFAULT_EXCHANGE } from '../../calendar/exchanges.js'
import type { DateRange, IsoDate } from '../../domain/dates.js'
import { UsageError } from '../../domain/errors.js'
import { listOverrides } from '../../store/calendar/overrides.js'
import { findingCounts, type FindingCount } from '../../store/quality/findings-list.js'
import { listMarks } from '../../store/quality/marks.js'
import { barScores, dateScores, failureCounts, type BarScore, type JudgedDates } from '../../store/quality/scores.js'
import { securityScores, type SecurityScores } from '../../store/quality/security-scores.js'
import { listSecurities } from '../../store/universe/list.js'
import { requireType } from '../../store/universe/require-type.js'
import { securitiesCalled } from '../../store/universe/securities-called.js'
import type { Runtime } from '../runs/runtime.js'
import { readCheckRequest } from './check/request.js'
import { survey } from './check/survey.js'
import type { ScoresRequest } from './request.js'
import { RULES } from './rules/rules.js'
import { unloadedStretches } from './unloaded.js'

/** How good securities and dates are, as they were checked last. */
export interface Scores extends SecurityScores {
  range: DateRange
  minimum: string
  /** The dates of the whole market. */
  market: JudgedDates
  /** Dates with bars that were not judged since they came or changed. These count for nothing. */
  notJudged: IsoDate[]
  /** Dates that are scored as they were judged last, though their bars, those around them or the rules are others by now. */
  changed: IsoDate[]
  /** Sessions that are not loaded though their files are due. */
  notLoaded: DateRange[]
  /** Whether any date was loaded from a day file; without, all bars come from providers. */
  hasFiles: boolean
  /** Scores below 1 of the securities that were chosen; null where all were. */
  bars: { scores: BarScore[]; total: number } | null
  /** How many bars fail which rule. */
  failures: { rule: string; bars: number }[]
  /** Open findings of the range and, where they were chosen, of the securities. */
  open: FindingCount[]
}

/** The securities that are meant; null: all. @throws UsageError SYMBOL_UNKNOWN, TYPE_UNKNOWN, SYMBOLS_AND_TYPE */
async function chosen({ db: { pool } }: Runtime, { symbols, type }: Pick<ScoresRequest, 'symbols' | 'type'>, range: DateRange): Promise<number[] | null> {
  if (symbols !== 'all' && type !== null) throw new UsageError('SYMBOLS_AND_TYPE', 'securities were chosen by their symbols and by their type', { hint: 'give one of them' })
  if (symbols !== 'all') return securitiesCalled(pool, symbols, range)
  if (type === null) return null
  const ofType = await listSecurities(pool, { activeOnly: false, type, search: null })
  if (ofType.length === 0) await requireType(pool, type)
  return ofType.map(({ symbolId }) => symbolId)
}

/** The dates that scores are asked of. @throws UsageError when the calendar does not know them */
export async function scoredRange({ db: { pool }, now }: Runtime, { dates }: Pick<ScoresRequest, 'dates'>): Promise<DateRange> {
  return rangeOf(dates, createCalendar(DEFAULT_EXCHANGE, await listOverrides(pool, DEFAULT_EXCHANGE.code)), now())
}

/**
 * The scores of securities and dates over a range, the worst first. Reads what checks have stored and checks nothing by itself.
 * @throws UsageError when the calendar does not know the dates, or the universe a symbol or type
 */
export async function scoresOf(runtime: Runtime, request: ScoresRequest): Promise<Scores> {
  const { db: { pool }, now } = runtime
  const { limit, publication: { published_at: publishedAt, missing_after: missingAfter } } = request
  const minimum = String(request.minimum)
  const range = await scoredRange(runtime, request)
  const symbolIds = await chosen(runtime, request, range)
  const calendar = createCalendar(DEFAULT_EXCHANGE, await listOverrides(pool, DEFAULT_EXCHANGE.code))
  const { dates, targets } = await survey(pool, readCheckRequest({ ...range, thresholds: request.thresholds }), RULES)
  const judged = new Set((await listMarks(pool)).flatMap((mark) => (mark.judged ? [mark.date] : [])))
  const notJudged = dates.flatMap(({ date }) => (date < range.start || date > range.end || judged.has(date) ? [] : [date]))
  const stretches = unloadedStretches(dates, range, { calendar, publication: { publishedAt, missingAfter }, now: now() })
  const securities = await securityScores(pool, { range, symbolIds, stretches, notJudged, minimum, limit })
  return {
    ...securities, range, minimum, notJudged, changed: targets.flatMap(({ date }) => (judged.has(date) ? [date] : [])),
    market: await dateScores(pool, range, minimum, limit),
    notLoaded: stretches.map(({ dates }) => ({ start: dates[0]!, end: dates.at(-1)! })),
    hasFiles: dates.some(({ isLoaded }) => isLoaded),
    bars: symbolIds && await barScores(pool, range, symbolIds, limit),
    failures: await failureCounts(pool, range, symbolIds),
    open: await findingCounts(pool, { ids: null, states: ['open'], rule: null, symbolIds, ...range }),
  }
}
