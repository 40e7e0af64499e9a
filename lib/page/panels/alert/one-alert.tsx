import type { DocumentOf } from '../../../documents/document.js'
import { stepsOf } from '../../../documents/notice/words.js'
import type { SERVICE_ALERT } from '../../../documents/service/alerts.js'
import { AlertBadge } from '../../alerts.js'
import type { PanelsProps } from '../../parts.js'
import { Acted } from '../acting/follow.js'
import { useAct, type Wanted } from '../acting/use-act.js'
import { spanText, words } from '../parts/formats.js'
import { Frame } from '../parts/frame.js'
import { Goto } from '../parts/goto.js'
import { Shown } from '../parts/shown.js'
import { Copied, Facts, Instant, Names, Part, State } from '../parts/small.js'
import { Table, type Column } from '../parts/table.js'
import { EVERY, useAsked } from '../parts/use-asked.js'

type Document = DocumentOf<typeof SERVICE_ALERT>

const DAY_MS = 86_400_000

const TOLD: readonly Column<Document['told'][number]>[] = [
  { title: 'what (UTC)', cell: ({ event, at }) => <><b>{words(event)}</b><br /><small><Instant at={at} /></small></> },
  { title: 'by', cell: ({ channel }) => channel ?? '–' },
  { title: 'state', cell: ({ state, code }) => <>{state === null ? 'no channel was set' : <State of={state} code={code} />}</> },
  { title: 'tries', numeric: true, cell: ({ tries }) => tries ?? '–' },
  { title: 'sent (UTC)', cell: ({ sent_at: sent }) => <Instant at={sent} /> },
]

/** What an administrator does about it. */
function Act({ client, place, now, document: { alert, muted_until: muted }, onDone }: PanelsProps & { document: Document; onDone: () => void }) {
  const act = useAct(client)
  const button = (text: string, action: Wanted['action'], request: () => Wanted['request'] = () => ({})) => (
    <button type="button" disabled={act.busy} onClick={() => act.start({ action, request: { alert: alert.alert_id, ...request() } })}>{text}</button>
  )
  const mute = (text: string, days: number) => button(text, 'mute', () => ({ until: new Date(now().getTime() + days * DAY_MS).toISOString() }))
  return (
    <div class="act">
      <p class="row">
        {alert.acknowledged_at === null && button('Acknowledge', 'acknowledge')}
        {muted === null && <>{mute('Mute for a day', 1)}{mute('Mute for a week', 7)}</>}
      </p>
      <Acted act={act} client={client} place={place} now={now} onEnd={onDone} />
    </div>
  )
}

/** One incident: what is wrong, since when, what to do, and who was told. */
export function OneAlert({ alert: id, onClose, ...props }: PanelsProps & { alert: number; onClose: () => void }) {
  const { client, place, access } = props
  const asked = useAsked<Document>(`alert ${id}`, () => client.get(`/alerts/${id}`), () => EVERY)
  return (
    <Frame title={`Alert ${id}`} about={<Goto from={place} to={{ view: 'alerts' }}>All alerts</Goto>} onClose={onClose}>
      <Shown asked={asked} what={`alert ${id}`}>
        {(document) => {
          const { alert, hint, details, told, muted_until: muted, acknowledged_by: by, note } = document
          return (
            <>
              <Part title={alert.summary}>
                <p class="row"><AlertBadge alert={alert} /> {muted !== null && <small>muted until <Instant at={muted} /></small>}</p>
                {hint !== null && <ul class="advice">{stepsOf(hint).map(({ text, command }) => <li key={text}>{text}{command !== null && <>: <Copied text={command} label="the command" /></>}</li>)}</ul>}
                <Facts brief of={[
                  ['kind', words(alert.kind)], ['asset', alert.asset], ['dataset', alert.dataset], ['interval', alert.interval], ['provider', alert.provider], ['vendor', details.vendor_state && <State of={details.vendor_state} />],
                  ['late by', alert.lag_minutes === null ? null : spanText(alert.lag_minutes * 60_000)], ['since (UTC)', <Instant key="opened" at={alert.opened_at} />], ['last seen (UTC)', <Instant key="seen" at={document.seen_at} />],
                  ['cleared (UTC)', alert.cleared_at && <Instant key="cleared" at={alert.cleared_at} />], ['acknowledged (UTC)', alert.acknowledged_at && <><Instant at={alert.acknowledged_at} /> {by} {note}</>],
                  ['run', details.run_id === null ? null : <Goto from={place} to={{ view: 'runs', run: details.run_id }}>run {details.run_id}</Goto>], ['code', details.code], ['found', details.found],
                ]} />
              </Part>
              {details.dates.length > 0 && <Part title="Dates"><Names of={details.dates} /></Part>}
              {details.symbols.length > 0 && <Part title={`Securities: ${details.symbol_count}`}><Names of={details.symbols} /></Part>}
              {access.access === 'admin' && alert.cleared_at === null && <Act {...props} document={document} onDone={asked.again} />}
              {told.length > 0 && <Part title="Who was told"><Table caption="What was sent, the newest first" columns={TOLD} rows={told} keyOf={({ notice_id, channel }) => `${notice_id} ${channel}`} /></Part>}
            </>
          )
        }}
      </Shown>
    </Frame>
  )
}
