import { VendorBadge } from './watched/assets.js'
import type { Summary } from './parts.js'
import { countText, instantText, spanText } from './panels/parts/formats.js'
import { closed, hrefOf, type Place } from './place.js'

/** Who bars are had from, and how each is doing. */
export function Vendors({ vendors }: { vendors: Summary['vendors'] }) {
  if (vendors.length === 0) return null
  return (
    <section class="card" aria-labelledby="vendors-title">
      <h2 id="vendors-title">Vendors</h2>
      <ul class="vendors">
        {vendors.map(({ provider, state, code, checked_at: checked, changed_at: changed }) => (
          <li key={provider}>
            <b>{provider}</b> <VendorBadge state={state} />
            <small>{[code, state !== 'ok' && state !== 'unknown' && changed ? `since ${instantText(changed).slice(0, 16)}` : null, checked ? `looked at ${instantText(checked).slice(11, 16)}` : 'not looked at of late'].filter((text) => text !== null).join(' · ')}</small>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** What runs now, and how far each is. */
export function Running({ running, place, now }: { running: Summary['running']; place: Place; now: () => Date }) {
  return (
    <section class="card" aria-labelledby="running-title">
      <div class="card-head">
        <h2 id="running-title">Running now</h2>
        <a href={hrefOf({ ...closed(place), view: 'runs' })}>All runs</a>
        <a href={hrefOf({ ...closed(place), view: 'failures' })}>Failures</a>
        <a href={hrefOf({ ...closed(place), view: 'remediation' })}>Remediation</a>
      </div>
      {running.length === 0 ? <p class="dim">Nothing.</p> : (
        <ul class="running">
          {running.map(({ run_id: id, command, started_at: started, done, planned }) => (
            <li key={id}>
              <a href={hrefOf({ ...closed(place), view: 'runs', run: id })}>{command} {id}</a>
              {planned === null ? null : <progress max={planned} value={done} aria-label={`${command} ${id}`} />}
              <small>{countText(done)}{planned === null ? ' done' : ` of ${countText(planned)}`} · for {spanText(now().getTime() - Date.parse(started))}</small>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
