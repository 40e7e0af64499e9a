import { ExportButtons } from '../export.js'
import type { Client, Summary } from '../parts.js'
import { counted, countText, short } from '../panels/parts/formats.js'
import { Badge, type Tone } from '../panels/parts/small.js'
import { Table, type Column } from '../panels/parts/table.js'
import { closed, hrefOf, type Place } from '../place.js'
import { barTimeText, lagText, percentText, scoreText, vendorText } from '../words.js'
import { assetRows, chosenAssets, typesOf, type Asset } from './chosen.js'
import { Filters } from './filters.js'
import { Universe } from './universe.js'

type VendorState = Summary['vendors'][number]['state']

const VENDOR_TONES: Readonly<Record<VendorState, Tone>> = { ok: 'good', rate_limited: 'warn', unavailable: 'bad', unknown: 'quiet' }

/** How a provider is doing. */
export function VendorBadge({ state }: { state: VendorState }) {
  return <Badge tone={VENDOR_TONES[state]}>{vendorText(state)}</Badge>
}

/** A share as a bar, in one colour: its number stands beside it. */
function ShareBar({ percent }: { percent: number }) {
  return <svg class="share" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true"><rect class="share-all" width="100" height="4" /><rect class="share-part" width={Math.min(100, percent)} height="4" /></svg>
}

function AlertBadge({ alert }: { alert: NonNullable<Asset['last_alert']> }) {
  const isOpen = alert.cleared_at === null
  return (
    <>
      <Badge tone={!isOpen ? 'quiet' : alert.severity === 'critical' ? 'bad' : 'warn'}>{isOpen ? alert.severity : 'cleared'}</Badge>
      <small>{isOpen ? 'since' : 'on'} <span class="whole-word">{(alert.cleared_at ?? alert.opened_at).slice(0, 10)}</span>: {alert.summary}</small>
    </>
  )
}

function columnsOf(summary: Summary, place: Place): Column<Asset>[] {
  const datasetOf = ({ interval }: Asset) => summary.datasets.find((whole) => whole.interval === interval)?.dataset ?? summary.datasets[0]?.dataset ?? null
  return [
    { title: 'Asset', cell: (one) => <><a class="symbol" href={hrefOf({ ...closed(place), asset: one.asset, interval: one.interval })}>{one.asset}</a>{' '}<small>{one.name ?? (one.symbol_id === null ? 'not in the universe' : '')}</small></> },
    { title: 'Bars', cell: ({ interval, type }) => <>{interval}{type && <small> {type}</small>}</> },
    { title: 'Latest', cell: (one) => <>{one.latest === null ? '–' : <span class="whole-word">{barTimeText(one.latest)}</span>}<small class={one.stale ? 'behind' : ''}>{one.stale && <span aria-hidden="true">! </span>}{lagText(one.lag_minutes)}{one.stale && <span class="hidden">, stale</span>}</small></> },
    { title: 'Coverage', numeric: true, cell: ({ coverage, first, latest }) => (coverage === null ? '–' : <>{percentText(coverage)}<ShareBar percent={coverage} /><small><span class="whole-word">{first?.slice(0, 10)} –</span> <span class="whole-word">{latest?.slice(0, 10)}</span></small></>) },
    { title: 'Gaps', numeric: true, cell: ({ gaps, gap_sessions: sessions, expected }) => (expected === 0 ? '–' : gaps === 0 ? 'none' : <>{countText(gaps)}<small>{counted(sessions, 'session')}</small></>) },
    { title: 'Quality', numeric: true, cell: ({ quality }) => (quality === null ? '–' : scoreText(quality)) },
    { title: 'Vendor', cell: ({ vendor }) => (vendor === null ? '–' : <><VendorBadge state={vendor.state} /><small>{vendor.provider}</small></>) },
    { title: 'Alert', cell: ({ last_alert: alert }) => (alert === null ? '–' : <AlertBadge alert={alert} />) },
    { title: 'Checksum', cell: (one) => (one.checksum === null ? '–' : <a href={hrefOf({ ...closed(place), dataset: datasetOf(one), date: one.checksum.date as Place['date'] })} aria-label={`${short(one.checksum.value)}, the beginning of the checksum of ${one.checksum.date}`} title={one.checksum.value}><code class="whole-word">{short(one.checksum.value)}</code></a>) },
  ]
}

/** The watched securities, as far as the filters leave them. */
export function Assets({ summary, place, client }: { summary: Summary; place: Place; client: Client }) {
  const { assets } = summary
  const isWatched = place.universe === null
  const chosen = chosenAssets(assets, place)
  return (
    <section class="card assets" aria-labelledby="assets-title">
      <div class="card-head">
        <h2 id="assets-title">Assets</h2>
        {isWatched && <span class="dim" role="status">{chosen.length === assets.length ? countText(assets.length) : `${countText(chosen.length)} of ${countText(assets.length)}`}</span>}
        {isWatched && <ExportButtons what="assets" name="assets" rows={() => assetRows(chosen)} />}
      </div>
      <Filters place={place} types={typesOf(assets)} />
      {!isWatched ? <Universe place={place} client={client} /> : chosen.length === 0
        ? <p class="note">{assets.length === 0 ? 'No security is watched, or none of them is in the universe yet.' : 'No asset is left by these filters.'}</p>
        : <Table caption="Assets" columns={columnsOf(summary, place)} rows={chosen} keyOf={({ asset, interval }) => `${asset} ${interval}`} />}
    </section>
  )
}
