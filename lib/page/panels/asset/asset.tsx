import { useMemo } from 'preact/hooks'
import type { TimespanName } from '../../../datasets/timespan.js'
import type { DocumentOf } from '../../../documents/document.js'
import type { SERVICE_ASSET } from '../../../documents/service/asset.js'
import type { PanelsProps } from '../../parts.js'
import { hrefOf } from '../../place.js'
import { barTimeText, lagText, percentText, rangeText, scoreText, vendorText } from '../../words.js'
import { FindingList } from '../parts/finding-list.js'
import { countText, counted, daysAfter, short } from '../parts/formats.js'
import { Frame } from '../parts/frame.js'
import { Goto } from '../parts/goto.js'
import { Shown } from '../parts/shown.js'
import { Badge, Facts, Part } from '../parts/small.js'
import { Table, type Column } from '../parts/table.js'
import { EVERY, useAsked } from '../parts/use-asked.js'
import { Bars } from './bars.js'
import { Lineage } from './lineage.js'

type Document = DocumentOf<typeof SERVICE_ASSET>
type Interval = Document['intervals'][number]

const GAPS: readonly Column<Document['gaps'][number]>[] = [
  { title: 'dates', cell: ({ start, end }) => rangeText(start, end) },
  { title: 'sessions without a bar', numeric: true, cell: ({ sessions }) => countText(sessions) },
]

const GIVEN: readonly Column<Document['providers'][number]>[] = [
  { title: 'provider', cell: ({ provider }) => provider },
  { title: 'bars', numeric: true, cell: ({ bars }) => countText(bars) },
  { title: 'from', cell: ({ first }) => first },
  { title: 'to', cell: ({ last }) => last },
  { title: 'is now', cell: ({ state }) => <Badge tone={state === 'ok' ? 'good' : state === 'unknown' ? 'quiet' : 'warn'}>{vendorText(state)}</Badge> },
]

function About({ document: { name, type, exchange, active } }: { document: Document }) {
  return <><span>{[name, type, exchange].filter((part) => part !== null).join(', ')}</span>{!active && <Badge tone="quiet">no longer listed</Badge>}</>
}

function Standing({ of: { first, latest, sessions, expected, coverage, gap_sessions, gaps, lag_minutes, stale, quality, vendor, checksum, last_alert }, place }: { of: Interval; place: PanelsProps['place'] }) {
  return (
    <>
      {last_alert?.cleared_at === null && <p class="note note-bad" role="alert">{last_alert.summary}</p>}
      <Facts of={[
        ['first bar', first === null ? '–' : barTimeText(first)], ['latest bar', latest === null ? '–' : barTimeText(latest)],
        ['behind', <Badge key="lag" tone={stale ? 'bad' : lag_minutes === null ? 'quiet' : 'good'}>{lagText(lag_minutes)}</Badge>],
        ['coverage', coverage === null ? '–' : `${percentText(coverage)} (${countText(sessions)} of ${countText(expected)})`],
        ['gaps', gaps === 0 ? 'none' : `${counted(gaps, 'gap')}, ${counted(gap_sessions, 'session')}`], ['quality', quality === null ? 'not judged' : scoreText(quality)],
        ['latest from', vendor === null ? '–' : `${vendor.provider} (${vendorText(vendor.state)})`],
        ['checksum of its latest date', checksum === null ? '–' : <Goto from={place} to={{ date: checksum.date as NonNullable<PanelsProps['place']['date']> }}>{short(checksum.value)}</Goto>],
      ]} />
    </>
  )
}

function Whole({ document, interval, props }: { document: Document; interval: TimespanName; props: PanelsProps }) {
  const { client, place, now } = props
  const standing = document.intervals.find((of) => of.interval === interval)
  const gaps = useMemo(() => document.gaps.filter((gap) => gap.interval === interval), [document, interval])
  const fills = document.fills.filter((of) => of.interval === interval)
  const providers = document.providers.filter((of) => of.interval === interval)
  const end = standing?.latest?.slice(0, 10) ?? now().toISOString().slice(0, 10)
  return (
    <>
      {standing && <Part title="How it stands"><Standing of={standing} place={place} /></Part>}
      <Bars key={interval} client={client} asset={document.asset} interval={interval} end={end} gaps={gaps} />
      {gaps.length > 0 && (
        <Part title={`Gaps (${countText(gaps.length)})`}>
          <Table caption="Gaps, the latest first" columns={GAPS} rows={gaps} keyOf={({ start }) => start} />
          {document.gaps_left_out > 0 && <p class="dim">{countText(document.gaps_left_out)} earlier ones are not told here.</p>}
        </Part>
      )}
      {standing?.first && <Lineage key={`lineage ${interval}`} client={client} place={place} asset={document.asset} interval={interval} start={interval === 'minute' ? later(standing.first.slice(0, 10), daysAfter(end, -89)) : standing.first.slice(0, 10)} end={end} />}
      {fills.length > 0 && <Part title="Fills"><p>{fills.map(({ provider, bars, first, last }) => `${counted(bars, 'bar')} of ${provider}, ${rangeText(first, last)}`).join('; ')}. They stand where no file has spoken.</p></Part>}
      {providers.length > 0 && <Part title="What providers gave"><Table caption="What providers gave" columns={GIVEN} rows={providers} keyOf={({ provider }) => provider} /></Part>}
      {document.symbols.length > 1 && <Part title="What it was called"><p>{document.symbols.map(({ symbol, from, to }) => `${symbol} (${from ?? 'ever'} to ${to ?? 'now'})`).join(', ')}</p></Part>}
      {document.other_securities.length > 0 && <p class="note">This symbol has named {counted(document.other_securities.length, 'other security', 'other securities')} as well: {document.other_securities.map(({ name, symbol_id }) => name ?? `number ${symbol_id}`).join(', ')}.</p>}
      {interval === 'day' && document.open_findings > 0 && <Part title={`Open findings (${countText(document.open_findings)})`}><FindingList {...props} filter={{ asset: document.asset }} /></Part>}
      <p class="row"><Goto from={place} to={{ view: 'remediation', asset: document.asset }}>What was mended of {document.asset}</Goto></p>
    </>
  )
}

function later(a: string, b: string): string {
  return a > b ? a : b
}

/** Everything about one security: of each length of its bars how it stands, the bars, and where they came from. */
export function Asset({ asset, onClose, ...props }: PanelsProps & { asset: string; onClose: () => void }) {
  const { client, place } = props
  const asked = useAsked<Document>(`asset ${asset}`, () => client.get(`/assets/${encodeURIComponent(asset)}`), () => EVERY)
  const lengths = asked.data?.intervals.map(({ interval }) => interval) ?? []
  const interval = place.interval ?? (lengths.includes('day') ? 'day' : lengths[0] ?? 'day')
  const tabs = lengths.length > 0 && (
    <nav class="tabs" aria-label="Length of the bars">
      {lengths.map((length) => <a key={length} href={hrefOf({ ...place, interval: length })} aria-current={length === interval ? 'page' : undefined}>{length}</a>)}
    </nav>
  )
  return (
    <Frame title={asset} about={asked.data && <About document={asked.data} />} tabs={tabs} onClose={onClose}>
      <Shown asked={asked} what={asset}>{(document) => <Whole document={document} interval={interval} props={props} />}</Shown>
    </Frame>
  )
}
