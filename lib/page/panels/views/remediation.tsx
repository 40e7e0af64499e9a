import { useState } from 'preact/hooks'
import type { DocumentOf } from '../../../documents/document.js'
import type { SERVICE_REMEDIATION } from '../../../documents/service/remediation.js'
import type { PanelsProps } from '../../parts.js'
import { Exports } from '../parts/exports.js'
import { asked, Filters } from '../parts/filters.js'
import { words } from '../parts/formats.js'
import { List } from '../parts/list.js'
import { Instant, State } from '../parts/small.js'
import type { Column } from '../parts/table.js'
import { usePages } from '../parts/use-asked.js'

const PATH = '/status/remediation'
const KINDS = ['gap', 'duplicate', 'checksum_mismatch', 'anomaly', 'rate_limited', 'unavailable'] as const
const STATES = ['resolved', 'failed', 'closed'] as const
const INTERVALS = ['day', 'minute', 'hour', 'week', 'month'] as const

type Document = DocumentOf<typeof SERVICE_REMEDIATION>
type Entry = Document['remediations'][number]

const COLUMNS: readonly Column<Entry>[] = [
  { title: 'when (UTC)', cell: ({ ended_at }) => <Instant at={ended_at} /> },
  { title: 'what was wrong', cell: ({ what, kind }) => <><b>{words(kind)}</b><br />{what}</> },
  { title: 'of', cell: ({ asset, interval }) => [asset ?? 'whole dates', interval].filter((part) => part !== null).join(', ') },
  { title: 'dates', cell: ({ start, end }) => (start === null ? '–' : <><span class="whole-word">{start}</span>{end !== null && end !== start && <> – <span class="whole-word">{end}</span></>}</>) },
  { title: 'what was done', cell: ({ done, change }) => <>{done}{change !== '' && <><br /><small>{change}</small></>}</> },
  { title: 'ending', cell: ({ state, ending }) => <><State of={state} /><br /><small>{ending}</small></> },
]

/** What was wrong with the data, and what was done about it. */
export function Remediation({ client, place }: PanelsProps) {
  const [filter, setFilter] = useState({ asset: place.asset ?? '', interval: place.interval ?? '', kind: '', state: '', start: '', end: '' } as Record<'asset' | 'interval' | 'kind' | 'state' | 'start' | 'end', string>)
  const query = asked(filter)
  const pages = usePages<Document>(JSON.stringify(query), (cursor) => client.get(PATH, { ...query, limit: 50, cursor }))
  return (
    <>
      <p class="lead">What was wrong with the data, and what was done about it. The export has everything that the filters leave, not only what is shown here.</p>
      <Filters
        label="Remediation" filter={filter} onChange={setFilter}
        fields={[
          { name: 'asset', label: 'Asset' }, { name: 'interval', label: 'Interval', options: INTERVALS }, { name: 'kind', label: 'Kind', options: KINDS }, { name: 'state', label: 'Ending', options: STATES },
          { name: 'start', label: 'From', type: 'date' }, { name: 'end', label: 'To', type: 'date' },
        ]}
      >
        <Exports client={client} path={PATH} query={query} name="remediation" list="remediations" />
      </Filters>
      <List pages={pages} name="Remediation" rowsOf={({ remediations }) => remediations} empty="Nothing of the kind was mended." columns={COLUMNS} keyOf={({ remediation_id }) => remediation_id} totalOf={({ summary }) => summary.reduce((sum, { entries }) => sum + entries, 0)} />
    </>
  )
}

