import type { Report } from '../../routines/report/report.js'
import { counted, figure } from '../figures.js'
import { counting, notChecked, section, tableOf } from './figures.js'
import type { Section } from './parts.js'

type Findings = Report['findings']

/** The figures of a finding in one line. */
function detailsText(details: Findings['open'][number]['details']): string {
  return Object.entries(details).map(([name, value]) => `${name.replaceAll('_', ' ')} ${value ?? '-'}`).join(', ')
}

/** What the rules found, and what has come of it. */
export function anomaliesSection({ counts, causes, open }: Findings, isChecked: boolean, unchecked: number): Section {
  const sum = (of: (count: Findings['counts'][number]) => number): number => counts.reduce((total, count) => total + of(count), 0)
  const all = sum((count) => count.open)
  // Findings of before stand where nothing is checked as it is now.
  const found: typeof counting = (meaning, value) => (isChecked || counts.length > 0 ? counting(meaning, value) : notChecked(meaning, 'count', 'no session was'))
  const explained = (rule: string): string => causes.filter((cause) => cause.rule === rule).map(({ cause, count }) => `${cause.replace('_', ' ')} ${figure(count)}`).join(', ')
  return section('anomalies', 'Anomalies', {
    figures: [
      found({ name: 'findings_open', label: 'Open findings', definition: 'What a rule has found on the dates of the report and a person should look at.' }, all),
      found({ name: 'findings_explained', label: 'Explained findings', definition: 'What a split, a dividend, a halt, a listing, a move with its volume, or a person explains.' }, sum((count) => count.explained)),
      found({ name: 'findings_resolved', label: 'Resolved findings', definition: 'What is gone since the data changed.' }, sum((count) => count.resolved)),
    ],
    tables: [
      tableOf('by_rule', 'By rule', counts, [
        ['rule', 'rule', ({ rule }) => rule], ['open', 'open', (count) => count.open, 'right'], ['explained', 'explained', (count) => count.explained, 'right'],
        ['resolved', 'resolved', ({ resolved }) => resolved, 'right'], ['causes', 'explained by', ({ rule }) => explained(rule)],
      ]),
      tableOf('open', 'The worst open findings', open, [
        ['finding_id', 'id', ({ findingId }) => String(findingId)], ['symbol', 'symbol', ({ symbol }) => symbol ?? 'all'], ['start', 'from', ({ date }) => date], ['end', 'to', ({ lastDate }) => lastDate],
        ['rule', 'rule', ({ rule }) => rule], ['details', 'figures', ({ details }) => detailsText(details)],
      ], all),
    ],
    notes: unchecked === 0 ? [] : [`Not checked as they are now: ${counted(unchecked, 'session')}. What is wrong there is not among these.`],
  })
}
