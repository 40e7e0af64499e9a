import type { ComponentChildren } from 'preact'

export interface Column<T> {
  title: string
  /** Numbers stand at the right, digit under digit. */
  numeric?: boolean
  cell: (row: T) => ComponentChildren
}

/**
 * A table whose head stays in sight; in little width each row is a list of what stands in it, by name. The roles are said again,
 * because browsers forget them where rows are laid out otherwise.
 */
export function Table<T>({ caption, columns, rows, keyOf, isHidden = true }: {
  caption: string
  columns: readonly Column<T>[]
  rows: readonly T[]
  keyOf: (row: T, at: number) => string | number
  /** Whether the caption is only for who cannot see the heading above. */
  isHidden?: boolean
}) {
  return (
    <table class="table" role="table">
      <caption class={isHidden ? 'hidden' : ''}>{caption}</caption>
      <thead role="rowgroup">
        <tr role="row">{columns.map(({ title, numeric }) => <th key={title} role="columnheader" scope="col" class={numeric ? 'numeric' : ''}>{title}</th>)}</tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map((row, at) => (
          <tr key={keyOf(row, at)} role="row">
            {columns.map(({ title, numeric, cell }, column) => (column === 0
              ? <th key={title} role="rowheader" scope="row" data-label={title} class={numeric ? 'numeric' : ''}>{cell(row)}</th>
              : <td key={title} role="cell" data-label={title} class={numeric ? 'numeric' : ''}>{cell(row)}</td>))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
