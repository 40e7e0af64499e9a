import { dayNumber, type IsoDate } from '../../domain/dates.js'
import type { Gaps } from '../../features/gaps/gap.js'
import type { Completeness, ReportedDay } from '../../routines/report/completeness.js'
import { counted, figure } from '../figures.js'
import { counting, cutPercent, notChecked, section, share, shareText, tableOf, type Goal } from './figures.js'
import type { Chart, Figure, Point, Section } from './parts.js'

const MOST_POINTS = 31
const MOST_DATES = 15
const OVER_99: Goal = { over: 9900 }

/** Session whose data may be expected: its file is there or due, or it has bars. */
export const isDue = ({ state, hasBars }: Pick<ReportedDay, 'state' | 'hasBars'>): boolean => hasBars || state !== 'not_published'

/** Whether nothing is left to check of a session: that it has no bars is seen without. */
export const isChecked = ({ hasBars, judged }: ReportedDay): boolean => judged || !hasBars

const sum = (days: readonly ReportedDay[], of: (day: ReportedDay) => number | null): number => days.reduce((total, day) => total + (of(day) ?? 0), 0)

/** A mean of scores, cut after the fourth decimal; sums are exact to twelve decimals. */
function meanScore(days: readonly ReportedDay[]): { value: number; expected: number } {
  const expected = sum(days, (day) => day.expected)
  const lost = days.reduce((total, { lost: text }) => total + scaled(text ?? '0'), 0n)
  const left = BigInt(expected) * SCALE - lost
  return { value: expected === 0 ? 0 : Number((left * 10_000n) / (BigInt(expected) * SCALE)) / 10_000, expected }
}

const DECIMALS = 12
const SCALE = 10n ** BigInt(DECIMALS)

function scaled(decimal: string): bigint {
  const [whole = '0', fraction = ''] = decimal.split('.')
  return BigInt(whole + fraction.slice(0, DECIMALS).padEnd(DECIMALS, '0'))
}

const PAIRS = {
  name: 'pairs_present', label: 'Expected bars that are there',
  definition: 'Pairs of a security and a session that have a bar, of those that are expected to, on all sessions whose data is due: what is missing is told below, as gaps.',
}
const CHECKED = {
  name: 'sessions_checked', label: 'Sessions whose missing data is detected',
  definition: 'Sessions of which it is known by now what is missing: they were checked since their bars last changed, or are seen to have none.',
}

function scoreFigure(judged: readonly ReportedDay[]): Figure {
  const meaning = { name: 'mean_score', label: 'Mean score', definition: 'The mean of the scores of all expected bars of the checked sessions, from 0 to 1; a bar that is not there has 0.' }
  const { value, expected } = meanScore(judged)
  if (expected === 0) return notChecked(meaning, 'score', 'no session was')
  return { ...meaning, unit: 'score', value, part: null, whole: null, text: value.toFixed(4), goal: null, met: null }
}

/** A stretch of sessions that a chart shows as one. */
function pointOf(days: readonly ReportedDay[]): Point {
  const [first, last] = [days[0]!, days.at(-1)!]
  const label = first === last ? first.date : `${first.date} to ${last.date}`
  const judged = days.filter((day) => day.judged)
  const [bars, expected] = [sum(judged, (day) => day.bars), sum(judged, (day) => day.expected)]
  const empty = days.filter((day) => isDue(day) && !day.hasBars).length
  const notes = [...(empty > 0 ? [`${counted(empty, 'session')} without bars`] : []), ...(expected > 0 && judged.length + empty < days.length ? [`${figure(days.length - judged.length - empty)} not checked`] : [])]
  if (expected === 0) return { label, value: empty > 0 ? 0 : null, text: [...notes, ...(empty < days.length ? ['not checked'] : [])].join(', '), state: empty > 0 ? 'bad' : 'none' }
  const value = cutPercent(bars, expected)
  return { label, value, text: [shareText(bars, expected), ...notes].join(', '), state: empty > 0 || value < 95 ? 'bad' : value <= 99 ? 'poor' : 'good' }
}

/** Sessions one by one, or where these are many by week, month or year, so that they fit a chart. */
function stretches(days: readonly ReportedDay[]): ReportedDay[][] {
  const keys: ((date: IsoDate) => string)[] = [(date) => date, (date) => String(Math.floor((dayNumber(date) + 3) / 7)), (date) => date.slice(0, 7), (date) => date.slice(0, 4)]
  const grouped = keys.map((key) => {
    const groups = new Map<string, ReportedDay[]>()
    for (const day of days) groups.set(key(day.date), [...groups.get(key(day.date)) ?? [], day])
    return [...groups.values()]
  })
  return grouped.find((groups) => groups.length <= MOST_POINTS) ?? grouped.at(-1)!
}

function chartOf(days: readonly ReportedDay[]): Chart[] {
  return days.length < 2 ? [] : [{ name: 'coverage', title: 'Expected bars that are there, by session', points: stretches(days).map(pointOf) }]
}

function stateText({ state, thin, hasBars, judged }: ReportedDay): string {
  return [state.replace('_', ' '), ...(thin ? ['thin'] : []), ...(state !== 'loaded' && hasBars ? ['has bars'] : []), ...(hasBars && !judged ? ['not checked'] : [])].join(', ')
}

/** Whether nothing is missing of a session that was checked. */
const isWhole = ({ judged, bars, expected }: ReportedDay): boolean => judged && bars === expected

/** What is there of what is expected. */
export function completenessSection({ days, coverage, left, lowest }: Completeness, gaps: Gaps | null): Section {
  const due = days.filter(isDue)
  const judged = due.filter((day) => day.judged)
  const waiting = days.length - due.length
  const hasFiles = due.some(({ state }) => state === 'loaded')
  const odd = due.filter((day) => !day.hasBars || day.thin || (day.state !== 'loaded' && (hasFiles || !isWhole(day))))
  const unchecked = due.filter((day) => !isChecked(day))
  return section('completeness', 'Completeness', {
    figures: [
      share({ name: 'sessions_with_bars', label: 'Sessions with bars', definition: 'Sessions that have at least one daily bar, of those that have closed and whose file is there or due.' },
        due.filter(({ hasBars }) => hasBars).length, due.length, OVER_99, 'no session is due'),
      gaps === null ? notChecked(PAIRS, 'percent', 'a quick report leaves it out', OVER_99) : share(PAIRS, (gaps.expected ?? 0) - (gaps.lacking ?? 0), gaps.expected ?? 0, OVER_99, 'no bar is expected'),
      share(CHECKED, due.filter(isChecked).length, due.length, OVER_99, 'no session is due'),
      share({ name: 'securities_covered', label: 'Securities with over 99 % of their sessions', definition: 'Securities that have a bar on more than 99 % of the checked sessions on which one is expected.' },
        coverage.covered, coverage.securities, null, 'no session was'),
      scoreFigure(judged),
      counting({ name: 'rows_rejected', label: 'Rows rejected', definition: 'Rows of the day files that the dates stand at which broke a rule and are not stored.' }, left.rejected),
      counting({ name: 'rows_unknown', label: 'Rows of unknown symbols', definition: 'Rows of these files whose symbol names no known security on the date.' }, left.unknown),
    ],
    charts: chartOf(due),
    tables: [
      tableOf('sessions', 'Sessions to look at', odd.slice(0, MOST_DATES), [
        ['date', 'date', ({ date }) => date], ['state', 'state', stateText], ['bars', 'bars', ({ bars }) => bars, 'right'], ['expected', 'expected', ({ expected }) => expected, 'right'],
      ], odd.length),
      tableOf('worst_covered', 'Securities with the largest share of bars missing', coverage.worst, [
        ['symbol', 'symbol', ({ symbol }) => symbol], ['missing', 'missing', ({ missing }) => missing, 'right'], ['expected', 'expected', ({ expected }) => expected, 'right'],
      ], coverage.securities - coverage.covered),
      tableOf('lowest_scores', 'Securities that lose most by their scores', lowest, [
        ['symbol', 'symbol', ({ symbol }) => symbol], ['dates', 'dates', ({ dates }) => dates, 'right'], ['lost', 'lost', ({ lost }) => lost, 'right'], ['failed', 'rules', ({ failed }) => failed.join(', ')],
      ]),
    ],
    notes: [
      ...(waiting === 0 ? [] : [`${counted(waiting, 'session')} left out: the day file is not due yet.`]),
      ...(unchecked.length === 0 ? [] : [`Not checked as they are now: ${counted(unchecked.length, 'session')}; \`ohlcv quality --start ${unchecked[0]!.date} --end ${unchecked.at(-1)!.date}\` checks them.`]),
    ],
  })
}
