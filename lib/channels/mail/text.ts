import type { DocumentOf } from '../../documents/document.js'
import { counted, figure } from '../../documents/figures.js'
import type { NoticeFields } from '../../documents/notice.js'
import { factsOf } from '../../documents/notice/facts.js'
import type { NoticeIncident } from '../../documents/notice/fields.js'
import { choicesOf, introOf, stepsOf } from '../../documents/notice/words.js'
import type { REPORT } from '../../documents/report.js'
import type { Figure } from '../../documents/report/parts.js'
import { reportTitle } from '../../html/report.js'

type Report = DocumentOf<typeof REPORT>

/** Columns that all readers have. */
const WIDTH = 72
const LABEL = 10
const INDENT = '  '

/** What comes from elsewhere, without what moves a cursor or turns text around. */
const printed = (text: string): string => text.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu, ' ')

/** Words on lines that are no wider than a mail. */
function wrapped(text: string, indent = ''): string {
  const lines: string[] = []
  for (const word of printed(text).split(' ').filter((each) => each !== '')) {
    const last = lines.at(-1)
    if (last === undefined || indent.length + last.length + 1 + word.length > WIDTH) lines.push(word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines.join(`\n${indent}`)
}

/** What to do: each step with its command on a line of its own, to be copied. */
function hintText(hint: string): string {
  const steps = stepsOf(hint).map(({ text, command }) => `- ${wrapped(text, INDENT)}${command === null ? '' : `:\n    ${printed(command)}`}`)
  return ['What to do:', ...steps].join('\n')
}

function row(label: string, text: string): string {
  const indent = INDENT + ' '.repeat(LABEL)
  return INDENT + label.padEnd(LABEL) + wrapped(text, indent)
}

/** What is told of each of several. */
const SHORT = new Set(['Incident', 'Since', 'Lag', 'Vendor'])

function incidentText(incident: NoticeIncident, place: number, all: readonly NoticeIncident[]): string {
  const { summary, hint, cleared_at: cleared, link } = incident
  const isOnly = all.length === 1
  const facts = factsOf(incident).filter(({ label }) => isOnly || SHORT.has(label))
  return [
    wrapped(isOnly ? summary : `${place + 1}. ${summary}`),
    ...(hint === null || cleared !== null ? [] : [hintText(hint)]),
    facts.map(({ label, text }) => row(label, text)).join('\n'),
    ...(link === null ? [] : [INDENT + link]),
  ].join('\n\n')
}

function choicesText(incidents: readonly NoticeIncident[]): string[] {
  const choices = choicesOf(incidents)
  const width = Math.max(0, ...choices.map(({ text }) => text.length)) + 3
  return choices.length === 0 ? [] : [['-- ', ...choices.map(({ text, command }) => `${`${text}:`.padEnd(width)}${command}`)].join('\n')]
}

/** A notice as text. */
export function noticeText({ event, incidents, link }: NoticeFields): string {
  const intro = introOf(event, incidents)
  const parts = [
    ...(intro === null ? [] : [wrapped(intro)]), incidents.map(incidentText).join('\n\n\n'),
    ...(incidents.length === 1 || link === null ? [] : [link]), ...choicesText(incidents),
  ]
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`
}

/** What is missed is what a reader has to see. */
const rank = ({ met }: Figure): number => (met === false ? 0 : met === null ? 1 : 2)
const STANDING = ['MISSED', 'NOT CHECKED', 'met'] as const

/** The goals of a validation report as text; the page has the rest. */
export function reportText(report: Report, link: string | undefined): string {
  const { goals, sections } = report
  const aimed = sections.flatMap(({ figures }) => figures).filter(({ goal }) => goal !== null).toSorted((a, b) => rank(a) - rank(b))
  const goalText = (one: Figure): string => `${INDENT}${STANDING[rank(one)]!.padEnd(13)}${wrapped(`${one.label}: ${one.text}; goal ${one.goal}`, ' '.repeat(15))}`
  const parts = [
    reportTitle(report), `${counted(goals.met, 'goal')} met, ${figure(goals.missed)} missed, ${figure(goals.not_checked)} not checked.`, aimed.map(goalText).join('\n'),
    wrapped(`Figures, tables and what to do about them are in the HTML part of this mail${report.report_id === null ? '.' : `, and in report ${report.report_id} of the database.`}`), ...(link === undefined ? [] : [link]),
  ]
  return `${parts.join('\n\n')}\n`
}
