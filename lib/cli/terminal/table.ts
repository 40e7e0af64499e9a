import stringWidth from 'string-width'
import { figure } from '../../documents/figures.js'
import { cut } from './printable.js'

const GAP = '  '
/** Columns that a cell is not cut below. */
const SHORTEST_CUT = 20

/** A column of a table for people. */
export interface Column {
  title: string
  align?: 'left' | 'right'
  /** Goes where the room is short: 1 before 2; without a number it stays. */
  leaves?: number
  /** Its cells are cut where the room is short. */
  cut?: boolean
}

interface Cell {
  cell: string
  width: number
}

/** What is left of a table where the room is short: cells are cut, then columns go, those that say nothing first. */
function fitted(columns: Column[], lines: Cell[][], room: number): { columns: Column[]; lines: Cell[][] } {
  const widths = columns.map((_, column) => widthOf(lines, column))
  const saysNothing = columns.map((_, column) => lines.slice(1).every((cells) => ['0', '-', ''].includes(cells[column]!.cell)))
  const least = (column: number) => (columns[column]!.cut ? Math.min(widths[column]!, SHORTEST_CUT) : widths[column]!)
  const rank = (column: number) => (saysNothing[column] ? 0 : columns.length) + columns[column]!.leaves!
  const leaving = columns.flatMap(({ leaves }, column) => (leaves === undefined ? [] : [column])).sort((a, b) => rank(a) - rank(b))
  let kept = columns.map((_, column) => column)
  const over = () => kept.reduce((sum, column) => sum + least(column) + GAP.length, -GAP.length) - room
  while (over() > 0 && leaving.length > 0) {
    const gone = leaving.shift()
    kept = kept.filter((column) => column !== gone)
  }
  const spare = -over()
  return {
    columns: kept.map((column) => columns[column]!),
    lines: lines.map((cells) => kept.map((column) => (columns[column]!.cut ? measured(cut(cells[column]!.cell, Math.max(least(column) + spare, SHORTEST_CUT))) : cells[column]!))),
  }
}

function measured(cell: string): Cell {
  return { cell, width: stringWidth(cell) }
}

function widthOf(lines: Cell[][], column: number): number {
  return lines.reduce((most, cells) => Math.max(most, cells[column]!.width), 0)
}

/**
 * A plain table for people: a header, right-aligned figures, no borders; cells are shown as they are, null as `-`. Where
 * the room is short it is made to fit, as far as its columns may leave or be cut.
 */
export function table(all: Column[], rows: (string | number | null)[][], room = Infinity): string {
  const { columns, lines } = fitted(all, [all.map(({ title }) => title), ...rows.map((row) => row.map(text))].map((cells) => cells.map(measured)), room)
  const widest = columns.map((_, column) => widthOf(lines, column))
  const aligned = ({ cell, width }: Cell, column: number): string => {
    const space = ' '.repeat(widest[column]! - width)
    return columns[column]!.align === 'right' ? space + cell : cell + space
  }
  return lines.map((cells) => cells.map(aligned).join(GAP).trimEnd()).join('\n')
}

function text(cell: string | number | null): string {
  if (cell === null) return '-'
  return typeof cell === 'number' ? figure(cell) : cell
}
