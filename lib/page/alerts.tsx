import type { Summary } from './parts.js'
import { counted, countText, spanText, words } from './panels/parts/formats.js'
import { Badge } from './panels/parts/small.js'
import { closed, hrefOf, type Place } from './place.js'
import { barTimeText } from './words.js'

type Alert = NonNullable<Summary['alerts']['last']>

/** How an incident stands: over, looked after, or open and how bad. */
export function AlertBadge({ alert: { severity, acknowledged_at: acknowledged, cleared_at: cleared } }: { alert: Pick<Alert, 'severity' | 'acknowledged_at' | 'cleared_at'> }) {
  return cleared !== null ? <Badge tone="quiet">cleared</Badge> : <Badge tone={severity === 'critical' ? 'bad' : severity === 'warning' ? 'warn' : 'quiet'}>{acknowledged === null ? severity : 'acknowledged'}</Badge>
}

/** `stale · since 2026-11-18 16:00 · 8 d 13 h late`: what is known of an incident, in a line. */
function factsOf({ kind, opened_at: opened, cleared_at: cleared, lag_minutes: lag }: Alert): string {
  const since = `${words(kind)} · since ${barTimeText(opened)}`
  return cleared === null ? `${since}${lag === null ? '' : ` · ${spanText(lag * 60_000)} late`}` : `${since} · until ${barTimeText(cleared)}`
}

/** Whether anything is told of at the moment, the last incident, and what did not get through. */
export function Alerts({ alerts: { open, last, undelivered }, place }: { alerts: Summary['alerts']; place: Place }) {
  return (
    <section class="card" aria-labelledby="alerts-title">
      <div class="card-head">
        <h2 id="alerts-title">Alerts</h2>
        <span class="dim">{open === 0 ? 'none open' : `${countText(open)} open`}</span>
        <a href={hrefOf({ ...closed(place), view: 'alerts' })}>All alerts</a>
      </div>
      {last === null ? <p class="dim">There was none yet.</p> : (
        <ul class="vendors">
          <li>
            <AlertBadge alert={last} /> <a href={hrefOf({ ...closed(place), alert: last.alert_id })}>Alert {last.alert_id}</a> <span>{last.summary}</span>
            <small>{factsOf(last)}</small>
          </li>
        </ul>
      )}
      <Undelivered of={undelivered} />
    </section>
  )
}

/** What channels did not get through. */
export function Undelivered({ of }: { of: Summary['alerts']['undelivered'] }) {
  return (
    <ul class="vendors">
      {of.map(({ channel, notices, since, code }) => (
        <li key={channel}><Badge tone="bad">not delivered</Badge> <b>{channel}</b> <small>{counted(notices, 'notice')} since {barTimeText(since)}{code && ` · ${code}`}</small></li>
      ))}
    </ul>
  )
}
