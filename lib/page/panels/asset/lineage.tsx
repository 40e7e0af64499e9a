import { useState } from 'preact/hooks'
import type { TimespanName } from '../../../datasets/timespan.js'
import type { DocumentOf } from '../../../documents/document.js'
import type { LINEAGE } from '../../../documents/service/lineage.js'
import type { Client } from '../../parts.js'
import type { Place } from '../../place.js'
import { Exports } from '../parts/exports.js'
import { countText, counted, short, words } from '../parts/formats.js'
import { Goto } from '../parts/goto.js'
import { More } from '../parts/more.js'
import { Shown } from '../parts/shown.js'
import { Copied, Instant, Part } from '../parts/small.js'
import { Table, type Column } from '../parts/table.js'
import { usePages } from '../parts/use-asked.js'
import type { IsoDate } from '../../../domain/dates.js'

type Document = DocumentOf<typeof LINEAGE>
type Range = Document['ranges'][number]
type Source = Range['sources'][number]

function rangeText({ start, end }: Pick<Range, 'start' | 'end'>): string {
  return start === end ? start : `${start} – ${end}`
}

const sourceColumns = (place: Place): readonly Column<Source>[] => [
  { title: 'dates', cell: (source) => (source.start === source.end ? <Goto from={place} to={{ date: source.start as IsoDate }}>{source.start}</Goto> : rangeText(source)) },
  { title: 'bars', numeric: true, cell: ({ bars }) => countText(bars) },
  { title: 'by', cell: ({ load_id, fetch_id }) => (load_id === null ? fetch_id === null ? '–' : `request ${fetch_id}` : `load ${load_id}`) },
  { title: 'pulled at (UTC)', cell: ({ pulled_at }) => <Instant at={pulled_at} /> },
  { title: 'SHA-256', cell: ({ sha256, object_key }) => (
    <>
      {sha256 === null ? '–' : <Copied text={sha256} shown={short(sha256)} label={`SHA-256 ${short(sha256)}`} />}
      {object_key !== null && <><br /><small>{object_key}</small></>}
    </>
  ) },
]

/** Where every bar of a window came from. */
export function Lineage({ client, place, asset, interval, start, end }: { client: Client; place: Place; asset: string; interval: TimespanName; start: string; end: string }) {
  const query = { asset, interval, start, end }
  const [open, setOpen] = useState<string | null>(null)
  const asked = usePages<Document>(JSON.stringify(query), (cursor) => client.get('/lineage', { ...query, cursor }), () => null)
  const columns: readonly Column<Range>[] = [
    { title: 'dates', cell: rangeText },
    { title: 'provider', cell: ({ provider }) => provider ?? 'unknown' },
    { title: 'came as', cell: ({ kind, dataset }) => `${words(kind)}${dataset === null ? '' : `, ${dataset}`}` },
    { title: 'dates', numeric: true, cell: ({ dates }) => countText(dates) },
    { title: 'bars', numeric: true, cell: ({ bars }) => countText(bars) },
    { title: 'sources', cell: (range) => (
      <button type="button" class="small" aria-expanded={open === keyOf(range)} onClick={() => setOpen(open === keyOf(range) ? null : keyOf(range))}>{counted(range.sources_total, 'source')}</button>
    ) },
  ]
  return (
    <Part title="Where these bars came from" tools={<Exports client={client} path="/lineage" query={query} name={`${asset}-${interval}-lineage`} list="ranges" />}>
      <Shown asked={asked} what="the lineage" isEmpty={([first]) => first!.ranges.length === 0} empty="There are no bars in this window.">
        {(pages) => {
          const ranges = joined(pages)
          const shown = ranges.find((range) => keyOf(range) === open)
          return (
            <>
              <Table caption="Where the bars of this window came from" columns={columns} rows={ranges} keyOf={keyOf} />
              {shown && <Sources place={place} range={shown} />}
              {(shown || asked.more) && <More pages={asked} shown={ranges.reduce((sum, { sources }) => sum + sources.length, 0)} />}
            </>
          )
        }}
      </Shown>
    </Part>
  )
}

/** The ranges of all pages, each once, with the sources of all of them. */
function joined(pages: readonly Document[]): Range[] {
  const ranges = new Map<string, Range>()
  for (const range of pages.flatMap((page) => page.ranges)) {
    const before = ranges.get(keyOf(range))
    ranges.set(keyOf(range), before ? { ...before, sources: [...before.sources, ...range.sources] } : range)
  }
  return [...ranges.values()]
}

function keyOf({ start, end, kind, provider }: Range): string {
  return [start, end, kind, provider].join(' ')
}

function Sources({ place, range }: { place: Place; range: Range }) {
  return (
    <section class="part" aria-label={`Sources of ${rangeText(range)}`}>
      <h4>Sources of {rangeText(range)}</h4>
      <Table caption={`Sources of ${rangeText(range)}`} columns={sourceColumns(place)} rows={range.sources} keyOf={(source, at) => `${source.start} ${at}`} />
    </section>
  )
}
