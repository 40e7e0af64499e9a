import { csvText, guarded } from '../formats/csv-text.js'

type Row = (string | number | null)[]

/** Gives text to whoever looks, as a file. */
function save(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }))
  Object.assign(document.createElement('a'), { href: url, download: name }).click()
  // The browser has taken hold of it by then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}

/** Rows as JSON, each by the names in the first. */
function jsonText([head = [], ...rows]: Row[]): string {
  return JSON.stringify(rows.map((row) => Object.fromEntries(head.map((name, column) => [name, row[column] ?? null]))), null, 2)
}

/** Buttons that give what is shown as files, also while the service does not answer. */
export function ExportButtons({ what, name, rows }: { what: string; name: string; rows: () => Row[] }) {
  return (
    <span class="exports">
      <button type="button" class="small" aria-label={`Export the ${what} shown as CSV`} onClick={() => save(`${name}.csv`, 'text/csv', csvText(rows().map(guarded)))}>CSV</button>
      <button type="button" class="small" aria-label={`Export the ${what} shown as JSON`} onClick={() => save(`${name}.json`, 'application/json', jsonText(rows()))}>JSON</button>
    </span>
  )
}
