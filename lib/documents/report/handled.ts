import type { Report } from '../../routines/report/report.js'
import { isChecked, isDue } from './completeness.js'
import { ofNothing, section, share, tableOf, type Goal } from './figures.js'
import { closedOf } from './gaps.js'
import type { Section } from './parts.js'

/** Issues of a kind by what has become of them. */
interface Issues {
  kind: string
  resolved: number
  explained: number
  /** Shown for a person to look at. */
  flagged: number
  /** None of these. */
  neither: number
}

const GOAL: Goal = { over: 9900 }
const HANDLED = {
  name: 'issues_handled', label: 'Issues resolved or flagged',
  definition: 'Issues are findings, missing bars, dates that are not as loaded, duplicate rows, and each session that was not checked as one more. Handled are those that are resolved (gaps and dates: by an entry in the remediation log since the last report), explained (missing bars: no source has them), or flagged: shown as open by this report and the lists behind it.',
}

function issuesOf({ findings, consistency, completeness, mended, gaps }: Report): Issues[] {
  const sum = (state: 'open' | 'explained' | 'resolved'): number => findings.counts.reduce((total, count) => total + count[state], 0)
  const ended = (kind: string, state: string): number => mended.counts.filter((count) => count.kind === kind && count.state === state).reduce((total, { entries }) => total + entries, 0)
  return [
    { kind: 'findings', resolved: sum('resolved'), explained: sum('explained'), flagged: sum('open'), neither: 0 },
    { kind: 'missing bars', resolved: ended('gap', 'resolved'), explained: gaps === null ? 0 : closedOf(gaps), flagged: gaps === null ? 0 : (gaps.lacking ?? 0) - closedOf(gaps), neither: 0 },
    { kind: 'dates that were not as loaded', resolved: ended('checksum_mismatch', 'resolved'), explained: 0, flagged: new Set(consistency?.findings.map(({ date }) => date)).size, neither: 0 },
    { kind: 'duplicate rows', resolved: completeness.left.duplicates, explained: 0, flagged: 0, neither: 0 },
    { kind: 'sessions not checked', resolved: 0, explained: 0, flagged: 0, neither: completeness.days.filter((day) => isDue(day) && !isChecked(day)).length },
  ]
}

/** How many issues were resolved by themselves, or are shown. */
export function handledSection(report: Report): Section {
  const issues = issuesOf(report)
  const sum = (of: (one: Issues) => number): number => issues.reduce((total, one) => total + of(one), 0)
  const neither = sum((one) => one.neither)
  const all = sum(({ resolved, explained, flagged }) => resolved + explained + flagged) + neither
  return section('handled', 'Issues resolved or flagged', {
    figures: [all === 0 ? ofNothing(HANDLED, GOAL, 'no issues') : share(HANDLED, all - neither, all, GOAL, '')],
    tables: [tableOf('issues', 'By kind', issues, [
      ['kind', 'issues', ({ kind }) => kind], ['resolved', 'resolved', ({ resolved }) => resolved, 'right'], ['explained', 'explained', ({ explained }) => explained, 'right'],
      ['flagged', 'flagged', ({ flagged }) => flagged, 'right'], ['neither', 'neither', (one) => one.neither, 'right'],
    ])],
    notes: report.consistency === null ? ['What is missing, and whether dates are as loaded, was not checked: a quick report leaves it out.'] : [],
  })
}
