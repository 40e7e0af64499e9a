import type { Gap, Gaps, UnloadedDates } from '../../features/gaps/gap.js'
import { NOT_EXPECTED } from '../../features/gaps/reasons.js'
import { counting, notChecked, section, share, tableOf, type Goal } from './figures.js'
import type { Section } from './parts.js'

const GOAL: Goal = { under: 10 }
const MOST = 10
const QUICK = 'a quick report leaves it out'
const MISSING = {
  name: 'bars_missing', label: 'Expected bars that are missing',
  definition: 'Pairs of a security and a session without a bar, of those that are expected: of securities that are listed and had a bar on nearly every session before, on sessions whose data is due; bars that are there are expected. Before a listing, after a delisting and of what seldom trades none is.',
}
const CLOSED = { name: 'bars_without_source', label: 'Of these, without a source', definition: 'Missing bars that no source had after several tries; they are asked for again after a month.' }

const words = (reason: string): string => reason.replaceAll('_', ' ')

/** What is missing, and why. */
export function gapsSection(gaps: Gaps | null, { start, end }: { start: string; end: string }): Section {
  if (gaps === null) return section('gaps', 'Gaps', { figures: [notChecked(MISSING, 'percent', QUICK, GOAL), notChecked(CLOSED, 'count', QUICK)] })
  const lacking = gaps.lacking ?? 0
  const expected = gaps.gaps.filter(({ reason }) => !NOT_EXPECTED.has(reason))
  return section('gaps', 'Gaps', {
    figures: [
      share(MISSING, lacking, gaps.expected ?? 0, GOAL, 'no bar is expected'),
      counting(CLOSED, closedOf(gaps)),
    ],
    tables: [
      tableOf('by_reason', 'By reason', gaps.reasons.filter(({ reason }) => !NOT_EXPECTED.has(reason)), [
        ['reason', 'likely reason', ({ reason }) => words(reason)], ['bars', 'bars', ({ bars }) => bars, 'right'], ['securities', 'securities', ({ securities }) => securities, 'right'],
      ]),
      tableOf<UnloadedDates>('dates', 'Dates without a day file', gaps.dates.slice(0, MOST), [
        ['start', 'from', (dates) => dates.start], ['end', 'to', (dates) => dates.end], ['sessions', 'sessions', ({ sessions }) => sessions, 'right'], ['missing', 'missing', (dates) => dates.lacking, 'right'],
        ['there', 'from providers', ({ bars }) => bars, 'right'],
      ], gaps.dates.length),
      tableOf<Gap>('longest', 'The longest', expected.slice(0, MOST), [
        ['symbol', 'symbol', ({ symbol }) => symbol], ['start', 'from', (gap) => gap.start], ['end', 'to', (gap) => gap.end], ['sessions', 'sessions', ({ sessions }) => sessions, 'right'],
        ['reason', 'likely reason', ({ reason, names }) => [words(reason), ...(names.length === 0 ? [] : [`to ${names.join(' or ')}`])].join(' ')],
      ], expected.length),
    ],
    notes: lacking === 0 ? [] : [`\`ohlcv gaps --start ${start} --end ${end}\` lists them, with --fill it asks the sources again.`],
  })
}

/** Missing bars that no source has. */
export function closedOf({ reasons, dates }: Pick<Gaps, 'reasons' | 'dates'>): number {
  return (reasons.find(({ reason }) => reason === 'no_source')?.bars ?? 0) + dates.reduce((sum, { closed }) => sum + closed, 0)
}
