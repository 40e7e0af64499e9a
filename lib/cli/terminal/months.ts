import { isWeekend } from '../../calendar/calendar.js'
import { addMonths, datesOf, dayNumber, firstOfMonth, lastOfMonth, weekday, type DateRange, type IsoDate } from '../../domain/dates.js'
import { styled } from './colour.js'

/** How a day is drawn: the sign behind its number, and its colour where there is colour. */
export interface DayStyle {
  mark: string
  colour: 'red' | 'yellow' | 'cyan'
}

const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']
const WEEK = 'Su Mo Tu We Th Fr Sa'
const GAP = '    '
/** Months side by side: divisors of a year, so that a year fills its rows. */
const MONTHS_A_ROW = [6, 4, 3, 2]

function drawDay(date: IsoDate, style: DayStyle | undefined, isColoured: boolean): string {
  const number = String(Number(date.slice(8))).padStart(2)
  if (style) return styled(`${number}${style.mark}`, ['bold', style.colour], isColoured)
  return `${isWeekend(date) ? styled(number, 'dim', isColoured) : number} `
}

/** Lines of one month, each as wide as the week with its last mark; days outside the range are dots. */
function drawMonth(first: IsoDate, range: DateRange, styleOf: (date: IsoDate) => DayStyle | undefined, isColoured: boolean): string[] {
  const width = WEEK.length + 1
  const title = `${MONTHS[Number(first.slice(5, 7)) - 1]} ${first.slice(0, 4)}`
  const left = Math.floor((WEEK.length - title.length) / 2)
  const lines = [`${' '.repeat(left)}${title}`.padEnd(width), WEEK.padEnd(width)]
  let line = '   '.repeat(weekday(first))
  for (const date of datesOf({ start: first, end: lastOfMonth(first) })) {
    line += date < range.start || date > range.end ? ' . ' : drawDay(date, styleOf(date), isColoured)
    if (weekday(date) === 6) {
      lines.push(line)
      line = ''
    }
  }
  const rest = 6 - weekday(lastOfMonth(first))
  if (rest > 0) lines.push(line + '   '.repeat(rest))
  return lines
}

/** The months of a range, side by side as the columns permit. */
export function drawMonths(range: DateRange, styleOf: (date: IsoDate) => DayStyle | undefined, columns: number, isColoured: boolean): string {
  const width = WEEK.length + 1
  const fitting = MONTHS_A_ROW.find((months) => months * width + (months - 1) * GAP.length <= columns) ?? 1
  const months: string[][] = []
  for (let first = firstOfMonth(range.start); dayNumber(first) <= dayNumber(range.end); first = addMonths(first, 1)) {
    months.push(drawMonth(first, range, styleOf, isColoured))
  }
  const rows: string[] = []
  for (let at = 0; at < months.length; at += fitting) {
    const row = months.slice(at, at + fitting)
    const height = Math.max(...row.map((lines) => lines.length))
    const lines = Array.from({ length: height }, (_, line) => row.map((month) => month[line] ?? ' '.repeat(width)).join(GAP).trimEnd())
    rows.push(lines.join('\n'))
  }
  return rows.join('\n\n')
}
