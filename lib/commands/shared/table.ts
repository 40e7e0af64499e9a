import Table from 'cli-table3'

const BORDERLESS = {
  top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '',
  left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: '  ',
}

/** A column of a table for people. */
export interface Column {
  title: string
  align?: 'left' | 'right'
}

/** A plain table for people: a header, right-aligned figures, no borders; cells are shown as they are, null as `-`. */
export function table(columns: Column[], rows: (string | number | null)[][]): string {
  const drawn = new Table({
    head: columns.map(({ title }) => title),
    colAligns: columns.map(({ align }) => align ?? 'left'),
    chars: BORDERLESS,
    style: { head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': 0 },
  })
  for (const row of rows) drawn.push(row.map((cell) => (cell === null ? '-' : typeof cell === 'number' ? figure(cell) : cell)))
  return drawn.toString().split('\n').map((line) => line.trimEnd()).join('\n')
}

/** So many of something: `1 row`, `2,345 rows`. */
export function counted(count: number, noun: string): string {
  return `${figure(count)} ${noun}${count === 1 ? '' : 's'}`
}

/** A whole number with thousands separated: `12,345`. */
export function figure(value: number): string {
  return value.toLocaleString('en-US')
}
