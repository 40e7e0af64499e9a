import type { ComponentChildren } from 'preact'
import { More } from './more.js'
import { Shown } from './shown.js'
import { Table, type Column } from './table.js'
import type { Pages } from './use-asked.js'

/** A list as far as it was asked for: a table with a button for more, or that there is nothing. */
export function List<D, T>({ pages, name, rowsOf, empty, columns, keyOf, totalOf, children }: {
  pages: Pages<D>
  /** What is listed. */
  name: string
  rowsOf: (page: D) => readonly T[]
  empty: string
  columns: readonly Column<T>[]
  keyOf: (row: T) => string | number
  /** How many there are in all, as the first page tells. */
  totalOf?: (first: D) => number
  /** What stands above the table. */
  children?: (first: D) => ComponentChildren
}) {
  return (
    <Shown asked={pages} what={name.toLowerCase()}>
      {(told) => {
        const [rows, first] = [told.flatMap(rowsOf), told[0]!]
        return (
          <>
            {children?.(first)}
            {rows.length === 0 ? <p class="note">{empty}</p> : (
              <>
                <Table caption={`${name}, the newest first`} columns={columns} rows={rows} keyOf={keyOf} />
                <More pages={pages} shown={rows.length} total={totalOf?.(first)} />
              </>
            )}
          </>
        )
      }}
    </Shown>
  )
}
