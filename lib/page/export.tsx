import { csvText, guarded } from '../formats/csv-text.js'
import { save } from './save.js'

type Row = (string | number | null)[]

/** Rows as JSON, each by the names in the first. */
function jsonText([head = [], ...rows]: Row[]): string {
  return JSON.stringify(rows.map((row) => Object.fromEntries(head.map((name, column) => [name, row[column] ?? null]))), null, 2)
}

/** Buttons that give what is shown as files, also while the service does not answer. */
export function ExportButtons({ what, name, rows }: { what: string; name: string; rows: () => Row[] }) {
  return (
    <span class="exports">
      <span aria-hidden="true">Export</span>
      <button type="button" class="small" aria-label={`Export the ${what} shown as CSV`} onClick={() => save(`${name}.csv`, 'text/csv', csvText(rows().map(guarded)))}>CSV</button>
      <button type="button" class="small" aria-label={`Export the ${what} shown as JSON`} onClick={() => save(`${name}.json`, 'application/json', jsonText(rows()))}>JSON</button>
    </span>
  )
}
