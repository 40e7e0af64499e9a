import type { DocumentOf } from '../../../documents/document.js'
import { counted, figure, percentText } from '../../../documents/figures.js'
import type { GAPS } from '../../../documents/gaps.js'
import { grouped } from '../../../domain/grouped.js'
import { NOT_EXPECTED, type GapReason } from '../../../features/gaps/reasons.js'
import { table } from '../../terminal/table.js'

/** Gaps, and ranges of dates, that a terminal gets. */
const MOST_SHOWN = 20

/** Reasons for people. */
const REASONS: Record<GapReason, string> = {
  not_loaded: 'no day file of the date is loaded',
  lost: 'the file had it, and it is not stored any more',
  unknown_symbol: 'in the file, by a symbol unknown then',
  rejected: 'in the file, and kept out',
  renamed: 'probably renamed',
  absent: 'never in the file',
  halted: 'halted, or left out of the files for a while',
  no_source: 'no source has it',
  not_listed_yet: 'not listed yet',
  delisted: 'delisted, or not traded any more',
  thin: 'does not trade on every session',
}

type Told = DocumentOf<typeof GAPS>
type Range = { start: string; end: string }

const rangeText = ({ start, end }: Range): string => (start === end ? start : `${start} .. ${end}`)

/** A small share is told with more digits than others: the goal is one. */
function shareText(share: number): string {
  return share > 0 && share < 1 ? `${share < 0.0001 ? 'less than 0.0001' : share.toFixed(4)} %` : percentText(share)
}

function summary({ start, end, sessions, expected, lacking, share, goal }: Told): string {
  const over = `${rangeText({ start, end })}, ${counted(sessions, 'session')}`
  if (expected === null || lacking === null || share === null) return `${over}:`
  if (expected === 0) return `${over}: no bar is expected, since none is stored on these dates or around them`
  const whole = `${figure(lacking)} of ${counted(expected, 'expected bar')} ${lacking === 1 ? 'is' : 'are'} not there`
  return `${over}: ${lacking === 0 ? `all ${counted(expected, 'expected bar')} are there` : `${whole}, ${shareText(share)} (goal: below ${goal} %)`}`
}

function rest(shown: number, all: number, what: string): string[] {
  return all > shown ? [`${figure(all - shown)} more ${what}; --json or --csv lists all.`] : []
}

function fillLines(fill: NonNullable<Told['fill']>): string[] {
  const lines: string[] = []
  const verb = fill.dry_run ? 'would be asked' : 'were asked'
  if (fill.files === null) lines.push('Day files: no source is set (--source).')
  else if (fill.files.length === 0) lines.push('Day files: none to ask.')
  else if (fill.dry_run) lines.push(`Day files of ${fill.files.map(rangeText).join(', ')} ${verb}.`)
  else {
    const outcomes = grouped(fill.files, ({ outcome }) => [outcome])
    lines.push(`Day files ${verb}: ${[...outcomes].map(([outcome, files]) => `${figure(files.length)} ${outcome}`).join(', ')}.`)
  }
  if (fill.left_out !== null) lines.push(`Providers ${fill.dry_run ? 'would not be' : 'were not'} asked: ${fill.left_out}.`)
  else if (fill.asked.length === 0) lines.push('Providers: nothing to ask for.')
  else lines.push(`Providers ${verb}: ${fill.asked.map(({ symbols, ...range }) => `${symbols === null ? 'all symbols' : counted(symbols, 'symbol')} of ${rangeText(range)}`).join(', ')}.`)
  const mended = (title: string, all: NonNullable<Told['fill']>['filled']): void => {
    if (all.length === 0) return
    lines.push('', title, table([{ title: 'symbol' }, { title: 'dates' }, { title: 'sessions', align: 'right' }, { title: 'how', cut: true }],
      all.slice(0, MOST_SHOWN).map(({ symbol, sessions, message, ...range }) => [symbol ?? 'all', rangeText(range), sessions, message])), ...rest(MOST_SHOWN, all.length, 'of them'))
  }
  mended('Filled:', fill.filled)
  mended('In vain:', fill.in_vain.map(({ closed, message, ...each }) => ({ ...each, message: closed ? `${message}: closed for a month` : message })))
  if (fill.faults.length > 0) {
    lines.push('', 'Could not be asked:', ...fill.faults.slice(0, MOST_SHOWN).map(({ symbol, code, message, ...range }) => `  ${symbol ?? 'all'} ${rangeText(range)}: ${code}: ${message}`), ...rest(MOST_SHOWN, fill.faults.length, 'of them'))
  }
  return [...lines, '', fill.dry_run ? 'Lacking:' : 'What is left:']
}

/** Gaps for people. */
export function gapsText(told: Told, room: number): string {
  const { reasons, dates, gaps, fill } = told
  const lines = [...(fill === null ? [] : fillLines(fill)), summary(told)]
  if (reasons.length > 0) {
    lines.push('', table([{ title: 'reason' }, { title: 'bars', align: 'right' }, { title: 'securities', align: 'right' }, { title: 'what it means', cut: true, leaves: 1 }],
      reasons.map(({ reason, bars, securities }) => [reason, bars, securities, `${REASONS[reason]}${NOT_EXPECTED.has(reason) ? ' (not expected)' : ''}`]), room))
  }
  if (dates.length > 0) {
    lines.push('', table([{ title: 'dates without a file' }, { title: 'sessions', align: 'right' }, { title: 'bars', align: 'right' }, { title: 'lacking', align: 'right' }, { title: 'what to do', leaves: 1 }],
      dates.slice(0, MOST_SHOWN).map(({ sessions, bars, lacking, command, ...range }) => [rangeText(range), sessions, bars, lacking, command]), room), ...rest(MOST_SHOWN, dates.length, 'ranges of dates'))
  }
  if (gaps.length > 0) {
    lines.push('', table([{ title: 'symbol' }, { title: 'gap' }, { title: 'sessions', align: 'right' }, { title: 'reason' }, { title: 'now perhaps', leaves: 2 }, { title: 'what to do', leaves: 1 }],
      gaps.slice(0, MOST_SHOWN).map(({ symbol, sessions, reason, names, command, ...range }) => [symbol, rangeText(range), sessions, reason, names.join(' '), command]), room), ...rest(MOST_SHOWN, gaps.length, 'gaps'))
  }
  return lines.join('\n')
}
