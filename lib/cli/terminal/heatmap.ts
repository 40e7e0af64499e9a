import { dayNumber, fromDayNumber, weekday, type IsoDate } from '../../domain/dates.js'
import { styled, type Style } from './colour.js'

/** A date's mark: one column wide, and its colour where there is any. */
export interface Mark {
  glyph: string
  colour: Style
}

export interface Cell extends Mark {
  date: IsoDate
}

export interface HeatmapOptions {
  columns: number
  colour: boolean
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']
const MARGIN = 5
const GAP = '   '
/** Columns of a week: with the day of the month, with air, and tight. */
const WIDTHS = { dated: 5, airy: 2, tight: 1 }
/** Years beside each other are worth more than air between weeks from so many on. */
const MANY_YEARS = 4

/** The mark as it is printed. */
export function paint({ glyph, colour }: Mark, inColour: boolean): string {
  return styled(glyph, colour, inColour)
}

/** Day of the week, 0 Monday to 6 Sunday. */
function row(date: IsoDate): number {
  return (weekday(date) + 6) % 7
}

/** A year's cells as lines of the same visible width: a title with the months, then a line a day of the week. */
interface Block {
  lines: string[]
  width: number
}

function mondayOf(date: IsoDate): number {
  return dayNumber(date) - row(date)
}

function weeksOf(cells: readonly Cell[]): number {
  const [first, last] = [cells[0], cells.at(-1)]
  return first && last ? (mondayOf(last.date) - mondayOf(first.date)) / 7 + 1 : 0
}

/** The year and, above the week each month begins in, its name where there is room. */
function titleOf(cells: readonly Cell[], monday: number, step: number, width: number): string {
  let title = (cells[0]?.date.slice(0, 4) ?? '').padEnd(MARGIN)
  let month = ''
  for (const { date } of cells) {
    if (date.slice(5, 7) === month) continue
    const at = MARGIN + ((mondayOf(date) - monday) / 7) * step
    const name = MONTHS[Number(date.slice(5, 7)) - 1] ?? ''
    if (title.trimEnd().length < at && at + name.length <= width) title = title.padEnd(at) + name
    month = date.slice(5, 7)
  }
  return title.padEnd(width)
}

function blockOf(cells: readonly Cell[], step: number, inColour: boolean): Block {
  const monday = mondayOf(cells[0]?.date ?? fromDayNumber(0))
  const weeks = weeksOf(cells)
  const width = MARGIN + Math.max(weeks * step, 3)
  const marks = new Map(cells.map((cell) => [dayNumber(cell.date), cell]))
  const rows = cells.some(({ date }) => row(date) > 4) ? WEEKDAYS : WEEKDAYS.slice(0, 5)
  const lines = rows.map((name, day) => {
    let line = name.padEnd(MARGIN)
    for (let week = 0; week < weeks; week++) {
      const cell = marks.get(monday + week * 7 + day)
      const label = step === WIDTHS.dated ? (cell?.date.slice(8).replace(/^0/, '') ?? '').padStart(2) : ''
      line += cell ? `${label}${paint(cell, inColour)}`.concat(' '.repeat(step - label.length - 1)) : ' '.repeat(step)
    }
    return line + ' '.repeat(width - MARGIN - weeks * step)
  })
  return { lines: [titleOf(cells, monday, step, width), ...lines], width }
}

/** The columns a week takes: the most generous that fits the longest year. */
function stepFor(years: readonly (readonly Cell[])[], columns: number): number {
  const weeks = Math.max(...years.map(weeksOf))
  const fits = (step: number): boolean => MARGIN + weeks * step <= columns
  if (years.length === 1 && fits(WIDTHS.dated)) return WIDTHS.dated
  return years.length < MANY_YEARS && fits(WIDTHS.airy) ? WIDTHS.airy : WIDTHS.tight
}

/** Blocks beside each other as far as the columns reach. */
function flow(blocks: readonly Block[], columns: number): string[] {
  const lines: string[] = []
  for (let first = 0; first < blocks.length;) {
    let [next, width] = [first + 1, blocks[first]?.width ?? 0]
    for (let more = blocks[next]; more && width + GAP.length + more.width <= columns; more = blocks[++next]) width += GAP.length + more.width
    const beside = blocks.slice(first, next)
    if (first > 0) lines.push('')
    const height = Math.max(...beside.map((block) => block.lines.length))
    for (let line = 0; line < height; line++) {
      lines.push(beside.map((block) => block.lines[line] ?? ' '.repeat(block.width)).join(GAP).trimEnd())
    }
    first = next
  }
  return lines
}

/** A calendar of marks: a block a year, a column a week, a line a day of the week; fits the columns. Cells come in order. */
export function heatmap(cells: readonly Cell[], { columns, colour }: HeatmapOptions): string {
  const byYear = new Map<string, Cell[]>()
  for (const cell of cells) {
    const year = byYear.get(cell.date.slice(0, 4))
    if (year) year.push(cell)
    else byYear.set(cell.date.slice(0, 4), [cell])
  }
  const years = [...byYear.values()]
  if (years.length === 0) return ''
  const step = stepFor(years, columns)
  return flow(years.map((year) => blockOf(year, step, colour)), columns).join('\n')
}
