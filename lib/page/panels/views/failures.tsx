import { useState } from 'preact/hooks'
import type { DocumentOf } from '../../../documents/document.js'
import type { SERVICE_FAILURES } from '../../../documents/service/failures.js'
import type { IsoDate } from '../../../domain/dates.js'
import type { PanelsProps } from '../../parts.js'
import type { Place } from '../../place.js'
import { Exports } from '../parts/exports.js'
import { asked, Filters } from '../parts/filters.js'
import { countText } from '../parts/formats.js'
import { Goto } from '../parts/goto.js'
import { List } from '../parts/list.js'
import { Badge, Instant, State } from '../parts/small.js'
import type { Column } from '../parts/table.js'
import { usePages } from '../parts/use-asked.js'

const PATH = '/ingestion/failures'

type Document = DocumentOf<typeof SERVICE_FAILURES>
type Failure = Document['failures'][number]

/** What can fail, and what several of it are. */
const KIND_WORDS: Readonly<Record<Failure['kind'], readonly [one: string, many: string]>> = {
  date: ['date', 'dates'], run: ['run', 'runs'], request: ['request for bars', 'requests for bars'], actions_request: ['request for splits and dividends', 'requests for splits and dividends'],
  provider: ['provider that turned requests away', 'providers that turned requests away'],
}

function About({ failure: { start, end, asset, dataset, interval, provider }, place }: { failure: Failure; place: Place }) {
  const about = [dataset ?? interval, provider].filter((part) => part !== null).join(', ')
  return (
    <>
      {asset !== null && <><Goto from={place} to={{ asset, interval }}>{asset}</Goto>{' '}</>}
      {start !== null && (start === end || end === null ? <Goto from={place} to={{ date: start as IsoDate, dataset }}>{start}</Goto> : `${start} – ${end}`)}
      {about !== '' && <><br /><small>{about}</small></>}
    </>
  )
}

function columnsOf(place: Place): Column<Failure>[] {
  return [
    { title: 'when (UTC)', cell: ({ at }) => <Instant at={at} /> },
    { title: 'what', cell: ({ kind }) => KIND_WORDS[kind][0] },
    { title: 'of', cell: (failure) => <About failure={failure} place={place} /> },
    { title: 'how', cell: ({ state, code }) => <State of={state} code={code} /> },
    { title: 'tried again', numeric: true, cell: ({ retries }) => countText(retries) },
    { title: 'run', cell: ({ run_id }) => (run_id === null ? '–' : <Goto from={place} to={{ view: 'runs', run: run_id }}>{run_id}</Goto>) },
    { title: 'by now', cell: ({ resolved }) => (resolved === null ? '–' : resolved ? <Badge tone="good">right</Badge> : <Badge tone="bad">not right yet</Badge>) },
  ]
}

/** What failed in the last thirty days, and whether it is right by now. */
export function Failures({ client, place }: PanelsProps) {
  const [filter, setFilter] = useState<Record<'kind', string>>({ kind: '' })
  const query = asked(filter)
  const pages = usePages<Document>(JSON.stringify(query), (cursor) => client.get(PATH, { ...query, limit: 50, cursor }))
  return (
    <>
      <p class="lead">What failed or had to be tried again in the last thirty days, and whether it is right by now.</p>
      <Filters label="Failures" filter={filter} onChange={setFilter} fields={[{ name: 'kind', label: 'Kind', options: Object.keys(KIND_WORDS) }]}><Exports client={client} path={PATH} query={query} name="failures" list="failures" /></Filters>
      <List pages={pages} name="Failures" rowsOf={({ failures }) => failures} empty="Nothing has failed." columns={columnsOf(place)} keyOf={({ kind, failure_id }) => `${kind} ${failure_id}`} totalOf={({ counts }) => counts.reduce((sum, { failures }) => sum + failures, 0)}>
        {({ counts }) => <ul class="sums">{counts.map(({ kind, failures: many, unresolved }) => <li key={kind}><b>{countText(many)}</b> {KIND_WORDS[kind][many === 1 ? 0 : 1]}{unresolved > 0 && <span class="bad"> ({countText(unresolved)} not right yet)</span>}</li>)}</ul>}
      </List>
    </>
  )
}
