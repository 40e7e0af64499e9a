import type { Report } from '../../routines/report/report.js'
import { isChecked, isDue } from './completeness.js'
import { section, share, tableOf } from './figures.js'
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

function issuesOf({ findings, consistency, completeness, mended }: Report): Issues[] {
  const sum = (state: 'open' | 'explained' | 'resolved'): number => findings.counts.reduce((total, count) => total + count[state], 0)
  const ended = (kind: string, state: string): number => mended.counts.filter((count) => count.kind === kind && count.state === state).reduce((total, { entries }) => total + entries, 0)
  return [
    { kind: 'findings', resolved: sum('resolved'), explained: sum('explained'), flagged: sum('open'), neither: 0 },
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
    figures: [share({
      name: 'issues_handled', label: 'Issues resolved or flagged',
      definition: 'Issues are findings, gaps, dates that are not as loaded, duplicate rows, and each session that was not checked as one more. Handled are those that are resolved or explained, and those that this report and the lists behind it show as open.',
    }, all - neither, all, { over: 9900 }, 'there are none')],
    tables: [tableOf('issues', 'By kind', issues, [
      ['kind', 'issues', ({ kind }) => kind], ['resolved', 'resolved', ({ resolved }) => resolved, 'right'], ['explained', 'explained', ({ explained }) => explained, 'right'],
      ['flagged', 'flagged', ({ flagged }) => flagged, 'right'], ['neither', 'neither', (one) => one.neither, 'right'],
    ])],
    notes: report.consistency === null ? ['Whether dates are as loaded was not checked: a quick report leaves it out.'] : [],
  })
}
