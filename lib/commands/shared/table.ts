import stringWidth from 'string-width'

const GAP = '  '

/** A column of a table for people. */
export interface Column {
  title: string
  align?: 'left' | 'right'
}

/** A plain table for people: a header, right-aligned figures, no borders; cells are shown as they are, null as `-`. */
export function table(columns: Column[], rows: (string | number | null)[][]): string {
  const lines = [columns.map(({ title }) => title), ...rows.map((row) => row.map(text))]
    .map((cells) => cells.map((cell) => ({ cell, width: stringWidth(cell) })))
  const widest = columns.map((_, column) => lines.reduce((most, cells) => Math.max(most, cells[column]!.width), 0))
  const aligned = ({ cell, width }: { cell: string; width: number }, column: number): string => {
    const space = ' '.repeat(widest[column]! - width)
    return columns[column]!.align === 'right' ? space + cell : cell + space
  }
  return lines.map((cells) => cells.map(aligned).join(GAP).trimEnd()).join('\n')
}

function text(cell: string | number | null): string {
  if (cell === null) return '-'
  return typeof cell === 'number' ? figure(cell) : cell
}

/** So many of something: `1 row`, `2,345 rows`. */
export function counted(count: number, noun: string): string {
  return `${figure(count)} ${noun}${count === 1 ? '' : 's'}`
}

/** A whole number with thousands separated: `12,345`. */
export function figure(value: number): string {
  return value.toLocaleString('en-US')
}
