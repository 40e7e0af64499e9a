import type { DocumentOf } from '../../../documents/document.js'
import { counted, figure as number } from '../../../documents/figures.js'
import type { REPORT } from '../../../documents/report.js'
import type { Chart, Figure, Section, Table } from '../../../documents/report/parts.js'
import { styled, type Style } from '../../terminal/colour.js'
import { printable } from '../../terminal/printable.js'
import { table } from '../../terminal/table.js'
import { instant } from '../../terminal/times.js'

type Report = DocumentOf<typeof REPORT>

/** Columns that a chart's bar takes. */
const BAR = 20
const NARROWEST_TEXT = 20
/** So many columns of a table stay, however narrow the terminal is. */
const STAYING = 5

function state({ goal, met }: Figure): string {
  if (goal === null) return ''
  return met === null ? 'not checked' : met ? 'met' : 'MISSED'
}

const STYLES: Record<string, Style> = { met: 'green', MISSED: ['bold', 'red'], 'not checked': 'yellow' }

/** Colours the state that a line ends with. */
function coloured(line: string, colour: boolean): string {
  const word = Object.keys(STYLES).find((one) => line.endsWith(`  ${one}`))
  return word === undefined ? line : line.slice(0, -word.length) + styled(word, STYLES[word]!, colour)
}

const indented = (text: string): string => text.split('\n').map((line) => (line === '' ? '' : `  ${line}`)).join('\n')

function figuresText(figures: readonly Figure[], room: number, colour: boolean): string {
  const shown = table([{ title: '' }, { title: '', cut: true }, { title: '' }, { title: '' }],
    figures.map((one) => [one.label, one.text, one.goal === null ? '' : `goal ${one.goal}`, state(one)]), room)
  return shown.split('\n').slice(1).map((line) => coloured(line, colour)).join('\n')
}

function chartText({ title, points }: Chart): string {
  const label = Math.max(...points.map((point) => point.label.length))
  const lines = points.map((point) => {
    const filled = Math.round(((point.value ?? 0) * BAR) / 100)
    return `${point.label.padEnd(label)}  ${'█'.repeat(filled)}${'·'.repeat(BAR - filled)}  ${point.text}`
  })
  return [`${title}:`, ...lines].join('\n')
}

function tableText({ title, columns, rows, left_out: leftOut }: Table, room: number): string {
  const widest = columns.map((_, at) => Math.max(0, ...rows.map((row) => String(row[at] ?? '').length)))
  // One column is cut, that of the longest text.
  const longest = widest.indexOf(Math.max(...widest))
  const cell = (value: Table['rows'][number][number]): string | number | null => (typeof value === 'string' ? (value === '' ? null : printable(value)) : value)
  const shown = table(columns.map(({ title: head, align }, at) => ({ title: head, align, cut: widest[at]! > NARROWEST_TEXT && at === longest, ...(at >= STAYING && at !== longest && { leaves: columns.length - at }) })), rows.map((row) => row.map(cell)), room)
  return [`${title}:`, shown, ...(leftOut === 0 ? [] : [`${number(leftOut)} more left out`])].join('\n')
}

function sectionText({ title, figures, charts, tables, notes }: Section, room: number, colour: boolean): string {
  const inner = room - 2
  const parts = [
    ...(figures.length === 0 ? [] : [figuresText(figures, inner, colour)]), ...charts.map(chartText), ...tables.map((one) => tableText(one, inner)),
    ...(notes.length === 0 ? [] : [notes.map(printable).join('\n')]),
  ]
  return [styled(title, 'bold', colour), ...parts.map(indented)].join('\n\n').replace('\n\n', '\n')
}

/** A validation report for a terminal. */
export function reportText({ start, end, made_at: madeAt, since, report_id: reportId, goals, sections }: Report, { room, colour }: { room: number; colour: boolean }): string {
  const dates = start === end ? start : `${start} to ${end}`
  const kept = reportId === null ? 'not kept' : `number ${reportId}`
  const before = since === null ? 'there is no report of earlier dates' : `since the report before of ${instant(new Date(since))}`
  return [
    `Validation report, ${dates} (made ${instant(new Date(madeAt))}, ${kept}; ${before})`,
    `${counted(goals.met, 'goal')} met, ${number(goals.missed)} missed, ${number(goals.not_checked)} not checked`,
    ...sections.map((section) => `\n${sectionText(section, room, colour)}`),
  ].join('\n')
}
