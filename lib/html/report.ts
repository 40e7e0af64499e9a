import type { DocumentOf } from '../documents/document.js'
import { figure as number } from '../documents/figures.js'
import type { REPORT } from '../documents/report.js'
import type { Chart, Figure, Section, Table } from '../documents/report/parts.js'
import { html, type Content, type Html } from './html.js'
import { COLOURS, page } from './page.js'

type Report = DocumentOf<typeof REPORT>

interface Tone {
  ink: string
  paper: string
  bar: string
}

const GOOD: Tone = { ink: '#0f5132', paper: '#e3f4ea', bar: '#2e8b57' }
const BAD: Tone = { ink: '#8c1d18', paper: '#fce8e6', bar: '#c5382f' }
const POOR: Tone = { ink: '#6b4b00', paper: '#fff4d6', bar: '#c98a00' }
const PLAIN: Tone = { ink: COLOURS.dim, paper: COLOURS.head, bar: '#8c959f' }
const POINTS: Record<Chart['points'][number]['state'], Tone> = { good: GOOD, poor: POOR, bad: BAD, none: PLAIN }

/** How a figure stands to its goal, in a word and its colours. */
function standing({ goal, met }: Figure): { word: string; tone: Tone } | null {
  if (goal === null) return null
  if (met === null) return { word: 'not checked', tone: POOR }
  return met ? { word: 'met', tone: GOOD } : { word: 'missed', tone: BAD }
}

// What all cells have in common stands in their table and row, which keeps a page small: mail clients cut long mails.
const TABLE = 'border-collapse:collapse;width:100%;margin:0 0 12px;font-size:13px;text-align:left;overflow-wrap:anywhere'
const ROW = `border-bottom:1px solid ${COLOURS.line};vertical-align:top`
const CAPTION = 'text-align:left;font-weight:600;font-size:14px;padding:8px 0 4px'

function badge(figure: Figure): Content {
  const stands = standing(figure)
  return stands && html`<span style="display:inline-block;padding:1px 7px;border-radius:9px;background:${stands.tone.paper};color:${stands.tone.ink};font-size:12px;white-space:nowrap">${stands.word}</span>`
}

interface Column {
  title: string
  align: 'left' | 'right'
  width?: string
}

/** As attributes, which are shorter: there are many cells. */
const ALIGNED = { left: html` align="left"`, right: html` align="right" nowrap` } as const
/** A table of so many columns fits the smallest screen. */
const NARROW = 3

/** A table whose rows stand below each other on small screens, each cell then with its title. */
function dataTable(caption: Content, columns: readonly Column[], rows: readonly (readonly Content[])[]): Html {
  const isStacked = columns.length > NARROW
  const head = ({ title, align, width }: Column): Html => html`<th scope="col"${ALIGNED[align]}${width === undefined ? null : html` style="width:${width}"`}>${title}</th>`
  const cellOf = (cell: Content, at: number): Html => {
    const { title, align } = columns[at]!
    if (at === 0) return html`<th scope="row"${ALIGNED[align]}>${cell}</th>`
    return html`<td${isStacked ? html` data-label="${title}"` : null}${align === 'right' ? ALIGNED.right : null}>${cell}</td>`
  }
  return html`<table${isStacked ? html` class="stack"` : null} cellpadding="5" style="${TABLE}">
${caption === null ? null : html`<caption style="${CAPTION}">${caption}</caption>`}
<thead style="font-size:12px"><tr style="${ROW};background:${COLOURS.head}">${columns.map(head)}</tr></thead>
<tbody>
${rows.map((cells) => html`<tr style="${ROW}">${cells.map(cellOf)}</tr>
`)}</tbody></table>
`
}

const column = (title: string, width: string): Column => ({ title, align: 'left', width })

function figuresTable(figures: readonly Figure[]): Content {
  if (figures.length === 0) return null
  const aimed = figures.some(({ goal }) => goal !== null)
  const columns = aimed ? [column('figure', '47%'), column('value', '27%'), column('goal', '14%'), column('state', '12%')] : [column('figure', '70%'), column('value', '30%')]
  return dataTable(null, columns, figures.map((figure) => [
    html`${figure.label}<br><span style="color:${COLOURS.dim};font-weight:normal;font-size:12px">${figure.definition}</span>`,
    figure.text, ...(aimed ? [figure.goal ?? '-', badge(figure) ?? '-'] : []),
  ]))
}

/** Bars made of the cells of a table, which every mail client draws. */
function chartOf({ title, points }: Chart): Html {
  return html`<table class="keep" cellpadding="1" style="${TABLE};font-size:12px">
<caption style="${CAPTION}">${title}</caption>
<tbody>
${points.map(({ label, value, text, state }) => html`<tr><th scope="row" style="width:22%;font-weight:normal;text-align:left">${label}</th><td>${bar(value ?? 0, POINTS[state])}</td><td style="width:28%;padding-left:8px;color:${POINTS[state].ink}">${text}</td></tr>
`)}</tbody></table>
`
}

function bar(value: number, { bar: colour }: Tone): Html {
  const filled = Math.max(0, Math.min(100, value))
  const cell = (width: number, background: string): Content => (width > 0 ? html`<td style="width:${width}%;height:11px;background:${background}"></td>` : null)
  return html`<table role="presentation" cellpadding="0" style="border-collapse:collapse;width:100%;table-layout:fixed;font-size:1px"><tbody><tr>${cell(filled, colour)}${cell(100 - filled, '#e6e9ed')}</tr></tbody></table>`
}

function tableOf({ title, columns, rows, left_out: leftOut }: Table): Html {
  const cellOf = (cell: Table['rows'][number][number]): Content => (cell === null || cell === '' ? '-' : typeof cell === 'number' ? number(cell) : cell)
  const more = leftOut === 0 ? null : html`<p style="margin:-6px 0 12px;color:${COLOURS.dim};font-size:12px">${number(leftOut)} more left out.</p>
`
  return html`${dataTable(title, columns, rows.map((cells) => cells.map(cellOf)))}${more}`
}

/** A sentence with what stands between backticks as code. */
const withCommands = (text: string): Content => text.split('`').map((part, at) => (at % 2 === 0 ? part : html`<code>${part}</code>`))

function notesOf(notes: readonly string[]): Content {
  return notes.length === 0 ? null : html`<ul style="margin:0 0 12px;padding-left:20px">${notes.map((note) => html`<li style="margin:2px 0;overflow-wrap:anywhere">${withCommands(note)}</li>`)}</ul>
`
}

function sectionOf({ name, title, figures, charts, tables, notes }: Section): Html {
  return html`<section aria-labelledby="${name}">
<h2 id="${name}" style="font-size:18px;margin:26px 0 8px;padding-bottom:3px;border-bottom:2px solid ${COLOURS.text}">${title}</h2>
${figuresTable(figures)}${charts.map(chartOf)}${tables.map(tableOf)}${notesOf(notes)}</section>
`
}

/** How many goals are met, missed and not checked, side by side. */
function tiles({ met, missed, not_checked: notChecked }: Report['goals']): Html {
  const tile = (count: number, word: string, { ink, paper }: Tone): Html => html`<td style="width:33%;padding:10px 6px;background:${count === 0 ? COLOURS.head : paper};color:${count === 0 ? COLOURS.dim : ink};text-align:center;border:3px solid #ffffff">
<span style="font-size:26px;font-weight:700">${number(count)}</span><br>${count === 1 ? 'goal' : 'goals'} ${word}</td>`
  return html`<table role="presentation" style="border-collapse:collapse;width:100%;margin:10px 0"><tbody><tr>${tile(met, 'met', GOOD)}${tile(missed, 'missed', BAD)}${tile(notChecked, 'not checked', POOR)}</tr></tbody></table>
`
}

function goalsTable(sections: readonly Section[]): Html {
  const aimed = sections.flatMap(({ title, figures }) => figures.filter(({ goal }) => goal !== null).map((figure) => ({ title, figure })))
  // What is missed is what a reader has to see.
  const rank = ({ figure: { met } }: (typeof aimed)[number]): number => (met === false ? 0 : met === null ? 1 : 2)
  return dataTable('Goals', [column('figure', '30%'), column('section', '17%'), column('value', '27%'), column('goal', '14%'), column('state', '12%')],
    aimed.toSorted((a, b) => rank(a) - rank(b)).map(({ title, figure }) => [figure.label, title, figure.text, figure.goal, badge(figure)]))
}

/** What a report is of. */
export function reportTitle({ start, end }: Pick<Report, 'start' | 'end'>): string {
  return `Validation report, ${start === end ? start : `${start} to ${end}`}`
}

/** A validation report as a page. */
export function reportPage(report: Report): string {
  const title = reportTitle(report)
  const since = report.since === null ? 'There is no report of earlier dates.' : `What happened is told since the report before, made ${report.since}.`
  return page(title, html`<header>
<h1 style="font-size:22px;margin:0 0 4px">${title}</h1>
<p style="margin:0;color:${COLOURS.dim}">Made ${report.made_at}${report.report_id === null ? ', not kept' : `, number ${report.report_id}`}. ${since}</p>
</header>
<main>
${tiles(report.goals)}${goalsTable(report.sections)}${report.sections.map(sectionOf)}</main>`)
}
