import { DATASETS } from '../../datasets/datasets.js'
import type { DateRange } from '../../domain/dates.js'
import type { Report } from '../../routines/report/report.js'
import type { LeftRows } from '../../store/quality/report-days.js'
import { counting, notChecked, section, share, tableOf } from './figures.js'
import type { Section } from './parts.js'

/** What a kind of bars is called. */
export const datasetText = (name: string): string => DATASETS.find((dataset) => dataset.name === name)?.flag ?? name

const datesText = ({ start, end }: DateRange): string => (start === end ? start : `${start} to ${end}`)

/** From when on it was counted, in words. */
function sinceText({ before, range }: Pick<Report, 'before' | 'range'>): string {
  return before === null ? `There is no report of earlier dates: everything of ${datesText(range)} is told.` : `Since the report of ${datesText(before)}, made ${before.madeAt.toISOString()}.`
}

/** The bars that have changed. */
export function revisionsSection(report: Pick<Report, 'before' | 'range' | 'revisions'>): Section {
  const { counts, closes } = report.revisions
  const sum = (of: (count: (typeof counts)[number]) => number): number => counts.reduce((total, count) => total + of(count), 0)
  return section('revisions', 'Revisions since the last report', {
    figures: [
      counting({ name: 'bars_changed', label: 'Bars changed', definition: 'Stored bars that got other values: from a later version of their file, a repair, or a change of symbols.' }, sum(({ changed }) => changed)),
      counting({ name: 'bars_added', label: 'Bars added', definition: 'Bars that came to dates which were loaded already.' }, sum(({ added }) => added)),
      counting({ name: 'bars_removed', label: 'Bars removed', definition: 'Bars that were taken away from dates which were loaded already, or gave way as fills.' }, sum(({ removed }) => removed)),
    ],
    tables: [
      tableOf('by_cause', 'By cause', counts, [
        ['dataset', 'bars', ({ dataset }) => datasetText(dataset)], ['cause', 'cause', ({ cause }) => cause], ['dates', 'dates', ({ dates }) => dates, 'right'], ['changed', 'changed', ({ changed }) => changed, 'right'],
        ['added', 'added', ({ added }) => added, 'right'], ['removed', 'removed', ({ removed }) => removed, 'right'],
      ]),
      tableOf('closes', 'Closes that moved most', closes, [
        ['symbol', 'symbol', ({ symbol }) => symbol], ['date', 'date', ({ date }) => date], ['dataset', 'bars', ({ dataset }) => datasetText(dataset)], ['cause', 'cause', ({ cause }) => cause],
        ['old_close', 'was', ({ oldClose }) => oldClose, 'right'], ['new_close', 'is', ({ newClose }) => newClose, 'right'], ['percent', '% apart', ({ percent }) => percent, 'right'],
      ]),
    ],
    notes: [sinceText(report)],
  })
}

const DUPLICATES = {
  name: 'duplicate_rows', label: 'Duplicate rows',
  definition: 'Rows of the day files that the dates of the report stand at which repeat a security of the same file. The first is stored, the others are not.',
}

/** Rows that came twice. */
export function duplicatesSection({ dates, read, duplicates, worst }: LeftRows): Section {
  return section('duplicates', 'Duplicates', {
    figures: [dates === 0 ? notChecked(DUPLICATES, 'percent', 'no date is loaded') : share(DUPLICATES, duplicates, read, null, 'the files have no rows')],
    tables: [tableOf('dates', 'Dates with most of them', worst, [['date', 'date', ({ date }) => date], ['duplicates', 'duplicates', (day) => day.duplicates, 'right']])],
  })
}

/** What was mended. */
export function mendedSection(report: Pick<Report, 'before' | 'range' | 'mended'>): Section {
  const { counts, failed } = report.mended
  const ended = (state: string): number => counts.filter((count) => count.state === state).reduce((total, { entries }) => total + entries, 0)
  return section('mended', 'What was mended', {
    figures: [
      counting({ name: 'mended', label: 'Mended', definition: 'Entries of the remediation log since the last report that ended well.' }, ended('resolved')),
      counting({ name: 'mending_failed', label: 'Not mended', definition: 'Those that left things as they were.' }, ended('failed')),
      counting({ name: 'mending_closed', label: 'Closed', definition: 'Those that no source can mend.' }, ended('closed')),
    ],
    tables: [
      tableOf('by_kind', 'By kind', counts, [
        ['kind', 'what was wrong', ({ kind }) => kind.replace('_', ' ')], ['provider', 'provider', ({ provider }) => provider], ['action', 'what was done', ({ action }) => action.replace('_', ' ')],
        ['state', 'ended', ({ state }) => state], ['entries', 'entries', ({ entries }) => entries, 'right'], ['occurrences', 'occurrences', ({ occurrences }) => occurrences, 'right'],
      ]),
      tableOf('failed', 'Not mended', failed, [
        ['remediation_id', 'id', ({ remediationId }) => String(remediationId)], ['kind', 'what was wrong', ({ kind }) => kind.replace('_', ' ')], ['symbol', 'symbol', ({ symbol }) => symbol ?? 'all'],
        ['start', 'from', ({ start }) => start], ['end', 'to', ({ end }) => end], ['message', 'why', ({ provider, message }) => [provider, message].filter((part) => part !== null).join(': ')],
      ], ended('failed')),
    ],
    notes: [sinceText(report)],
  })
}
