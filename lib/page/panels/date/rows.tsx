import type { DocumentOf } from '../../../documents/document.js'
import type { SERVICE_DATE } from '../../../documents/service/date.js'
import { countText, words } from '../parts/formats.js'
import { Table, type Column } from '../parts/table.js'

type Document = DocumentOf<typeof SERVICE_DATE>
type Counts = NonNullable<Document['counts']>

/** A sum in words: the whole, and what it is made of. */
function Sum({ whole, name, parts }: { whole: number; name: string; parts: readonly (readonly [number, string])[] }) {
  return (
    <ul class="sums">
      <li><b>{countText(whole)}</b> {name}</li>
      {parts.map(([many, part], at) => <li key={part} class={many === 0 ? 'none' : ''}><span class="sign">{at === 0 ? '=' : '+'}</span> <b>{countText(many)}</b> {part}</li>)}
    </ul>
  )
}

const REJECTS: readonly Column<Document['rejects'][number]>[] = [
  { title: 'kept out because of', cell: ({ reason }) => words(reason) },
  { title: 'rows', numeric: true, cell: ({ rows }) => countText(rows) },
]

/** What became of the rows of a file: each is accounted for. */
export function Rows({ counts: { read, staged, inserted, updated, unchanged, removed, rejected, unknown, not_selected, duplicates }, rejects }: { counts: Counts; rejects: Document['rejects'] }) {
  return (
    <>
      <Sum whole={read} name="rows read" parts={[[staged, 'taken'], [rejected, 'rejected'], [unknown, 'of unknown symbols'], [not_selected, 'not selected'], [duplicates, 'doubles']]} />
      <Sum whole={staged} name="taken" parts={[[inserted, 'new'], [updated, 'changed'], [unchanged, 'as they were']]} />
      {removed > 0 && <p>{countText(removed)} stored bars were removed, for the file has them no more.</p>}
      {rejects.length > 0 && <Table caption="Rows kept out, by reason" columns={REJECTS} rows={rejects} keyOf={({ reason }) => reason} />}
    </>
  )
}
