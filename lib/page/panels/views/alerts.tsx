import { useState } from 'preact/hooks'
import type { DocumentOf } from '../../../documents/document.js'
import type { SERVICE_ALERTS } from '../../../documents/service/alerts.js'
import { AlertBadge, Undelivered } from '../../alerts.js'
import type { PanelsProps } from '../../parts.js'
import type { Place } from '../../place.js'
import { Acted } from '../acting/follow.js'
import { useAct } from '../acting/use-act.js'
import { Exports } from '../parts/exports.js'
import { asked, Filters } from '../parts/filters.js'
import { spanText, words } from '../parts/formats.js'
import { Goto } from '../parts/goto.js'
import { List } from '../parts/list.js'
import { Instant } from '../parts/small.js'
import type { Column } from '../parts/table.js'
import { usePages } from '../parts/use-asked.js'

const PATH = '/alerts'
const STATES = ['open', 'cleared'] as const

type Document = DocumentOf<typeof SERVICE_ALERTS>

const columnsOf = (place: Place): readonly Column<Document['alerts'][number]>[] => [
  { title: 'since (UTC)', cell: ({ opened_at }) => <Instant at={opened_at} /> },
  { title: 'state', cell: (alert) => <AlertBadge alert={alert} /> },
  { title: 'what', cell: ({ alert_id, kind, summary }) => <><Goto from={place} to={{ alert: alert_id }}>Alert {alert_id}</Goto>, {words(kind)}<br />{summary}</> },
  { title: 'late by', cell: ({ lag_minutes: lag }) => (lag === null ? '–' : spanText(lag * 60_000)) },
  { title: 'cleared (UTC)', cell: ({ cleared_at }) => <Instant at={cleared_at} /> },
]

/** Sends a message through each channel, for who wants to see whether they work. */
function Test({ client, place, now }: PanelsProps) {
  const act = useAct(client)
  return (
    <div class="act">
      <p class="row"><button type="button" disabled={act.busy} onClick={() => act.start({ action: 'test_alerts', request: {} })}>Send a test through every channel</button></p>
      <Acted act={act} client={client} place={place} now={now} />
    </div>
  )
}

/** What was and is wrong, and told of. */
export function Alerts(props: PanelsProps) {
  const { client, place, access } = props
  const [filter, setFilter] = useState({ state: 'open', kind: '', asset: '' } as Record<'state' | 'kind' | 'asset', string>)
  const query = asked(filter)
  const pages = usePages<Document>(JSON.stringify(query), (cursor) => client.get(PATH, { ...query, limit: 50, cursor }))
  return (
    <>
      <Filters label="Alerts" filter={filter} onChange={setFilter} fields={[{ name: 'state', label: 'State', options: STATES }, { name: 'kind', label: 'Kind' }, { name: 'asset', label: 'Asset' }]}>
        <Exports client={client} path={PATH} query={query} name="alerts" list="alerts" />
      </Filters>
      <List pages={pages} name="Alerts" rowsOf={({ alerts }) => alerts} empty="There is none like that." columns={columnsOf(place)} keyOf={({ alert_id }) => alert_id}>
        {({ undelivered }) => <Undelivered of={undelivered} />}
      </List>
      {access.access === 'admin' && <Test {...props} />}
    </>
  )
}
