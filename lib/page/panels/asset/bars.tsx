import { useMemo, useState } from 'preact/hooks'
import { pagesOf } from '../../../client/asker.js'
import type { TimespanName } from '../../../datasets/timespan.js'
import type { DocumentOf } from '../../../documents/document.js'
import type { SERVICE_BARS } from '../../../documents/service/bars.js'
import type { SERVICE_REVISIONS } from '../../../documents/service/revisions.js'
import type { Client } from '../../parts.js'
import { barTimeText } from '../../words.js'
import { Exports } from '../parts/exports.js'
import { counted, daysAfter, grouped } from '../parts/formats.js'
import { Shown } from '../parts/shown.js'
import { Part } from '../parts/small.js'
import { Table, type Column } from '../parts/table.js'
import { EVERY, useAsked } from '../parts/use-asked.js'
import { Chart } from './chart.js'
import type { ChartContent } from './draw-chart.js'

type Document = DocumentOf<typeof SERVICE_BARS>
type Bar = Document['bars'][number]
type Revision = DocumentOf<typeof SERVICE_REVISIONS>['revisions'][number]

/** How far back a chart goes: in words, and days. */
const SPANS: Readonly<Record<TimespanName, readonly (readonly [string, number])[]>> = {
  minute: [['1 day', 1], ['3 days', 3], ['1 week', 7]],
  hour: [['1 week', 7], ['1 month', 31], ['3 months', 92]],
  day: [['3 months', 92], ['1 year', 366], ['3 years', 1096], ['20 years', 7305]],
  week: [['1 year', 366], ['5 years', 1827], ['20 years', 7305]],
  month: [['5 years', 1827], ['20 years', 7305]],
}
const BASES = [['none', 'as traded'], ['split', 'for splits'], ['total', 'for splits and dividends']] as const
/** A list is asked for in pages of this many; more bars than so many pages are not drawn. */
const PAGE = 1000
const MOST_PAGES = 8
const FIRST_ROWS = 60

const COLUMNS: readonly Column<Bar>[] = [
  { title: 'time (UTC)', cell: ({ time }) => <time dateTime={time}>{barTimeText(time)}</time> },
  { title: 'open', numeric: true, cell: ({ open }) => open },
  { title: 'high', numeric: true, cell: ({ high }) => high },
  { title: 'low', numeric: true, cell: ({ low }) => low },
  { title: 'close', numeric: true, cell: ({ close }) => close },
  { title: 'volume', numeric: true, cell: ({ volume }) => grouped(volume) },
  { title: 'from', cell: ({ filled_by, load_id, fetch_id, partial }) => `${filled_by ?? (load_id === null ? fetch_id === null ? '–' : `request ${fetch_id}` : `load ${load_id}`)}${partial ? ', not over yet' : ''}` },
]

/** All of a list, up to so many pages, in one. */
async function whole<D extends { next_cursor: string | null }, R>(ask: (cursor: string | undefined) => Promise<D>, rowsOf: (page: D) => readonly R[]): Promise<R[]> {
  const rows: R[] = []
  let pages = 0
  for await (const page of pagesOf(ask)) {
    rows.push(...rowsOf(page))
    pages += 1
    if (pages === MOST_PAGES) break
  }
  return rows
}

function Choice<T extends string>({ label, options, chosen, onChoose }: { label: string; options: readonly (readonly [T, string])[]; chosen: T; onChoose: (option: T) => void }) {
  return (
    <fieldset>
      <legend>{label}</legend>
      {options.map(([option, text]) => <button key={option} type="button" class="small" aria-pressed={chosen === option} onClick={() => onChoose(option)}>{text}</button>)}
    </fieldset>
  )
}

/** A security's bars of one length: as candles, and each in a table with its values as they are stored. */
export function Bars({ client, asset, interval, end, gaps }: { client: Client; asset: string; interval: TimespanName; end: string; gaps: ChartContent['gaps'] }) {
  const spans = SPANS[interval]
  const [span, setSpan] = useState(spans[Math.min(1, spans.length - 1)]![0])
  const [basis, setBasis] = useState<(typeof BASES)[number][0]>('none')
  const [all, setAll] = useState(false)
  const days = spans.find(([text]) => text === span)?.[1] ?? spans[0]![1]
  const query = { asset, interval, start: daysAfter(end, 1 - days), end, ...(interval === 'day' && { adjusted: basis }) }
  const key = JSON.stringify(query)
  const bars = useAsked<readonly Bar[]>(key, () => whole<Document, Bar>((cursor) => client.get('/bars', { ...query, limit: PAGE, cursor }), (page) => page.bars), () => EVERY)
  const revised = useAsked<readonly Revision[]>(`revisions ${key}`, () => (interval === 'day' || interval === 'minute'
    ? whole<DocumentOf<typeof SERVICE_REVISIONS>, Revision>((cursor) => client.get('/revisions', { asset, interval, start: query.start, end, limit: PAGE, cursor }), (page) => page.revisions)
    : Promise.resolve([])))
  const content = useMemo<ChartContent | null>(() => bars.data && {
    bars: bars.data.map(({ filled_by, ...bar }) => ({ ...bar, filledBy: filled_by })),
    gaps: gaps.filter(({ start }) => start >= query.start && start <= end).sort((a, b) => (a.start < b.start ? -1 : 1)),
    revised: new Set((revised.data ?? []).map(({ date, time }) => time ?? date)),
  }, [bars.data, revised.data, gaps, key])
  return (
    <Part title="Bars" tools={<Exports client={client} path="/bars" query={query} name={`${asset}-${interval}`} list="bars" />}>
      <div class="choices">
        <Choice label="Window" options={spans.map(([text]) => [text, text] as const)} chosen={span} onChoose={setSpan} />
        {interval === 'day' && <Choice label="Prices" options={BASES} chosen={basis} onChoose={setBasis} />}
      </div>
      <Shown asked={bars} what="bars" isEmpty={(of) => of.length === 0} empty={`No bars from ${query.start} to ${end}.`}>
        {(of) => {
          const newest = of.toReversed()
          return (
            <>
              <Chart label={`${asset}, bars of a ${interval} from ${query.start} to ${end}`} {...content!} />
              <Table caption={`${counted(of.length, 'bar')}, the newest first`} columns={COLUMNS} rows={all ? newest : newest.slice(0, FIRST_ROWS)} keyOf={({ time }) => time} />
              {!all && of.length > FIRST_ROWS && <p class="more"><span>{FIRST_ROWS} of {counted(of.length, 'bar')} shown</span><button type="button" onClick={() => setAll(true)}>Show all of them</button></p>}
            </>
          )
        }}
      </Shown>
    </Part>
  )
}
