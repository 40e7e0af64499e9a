import type { DocumentOf } from '../../../documents/document.js'
import type { SERVICE_DATE } from '../../../documents/service/date.js'
import type { PanelsProps } from '../../parts.js'
import { hrefOf, type Place } from '../../place.js'
import { barsText } from '../../words.js'
import type { IsoDate } from '../../../domain/dates.js'
import { DAY_FILES } from '../acting/day-files.js'
import { LoadDates, type Span } from '../acting/load-dates.js'
import { FindingList } from '../parts/finding-list.js'
import { countText, counted, daysAfter, short, spanText, weekday, words } from '../parts/formats.js'
import { Frame } from '../parts/frame.js'
import { Goto } from '../parts/goto.js'
import { Shown } from '../parts/shown.js'
import { Badge, Copied, Facts, Instant, Names, Part, State } from '../parts/small.js'
import { Table, type Column } from '../parts/table.js'
import { EVERY, useAsked } from '../parts/use-asked.js'
import { Rows } from './rows.js'

type Document = DocumentOf<typeof SERVICE_DATE>

const SIZES = ['B', 'kB', 'MB', 'GB'] as const

function sizeText(bytes: number): string {
  const at = Math.min(SIZES.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3))
  return `${(bytes / 1000 ** at).toFixed(at === 0 ? 0 : 1)} ${SIZES[at]}`
}

const attemptColumns = (place: Place): readonly Column<Document['tried'][number]>[] => [
  { title: 'began (UTC)', cell: ({ started_at }) => <Instant at={started_at} /> },
  { title: 'outcome', cell: ({ outcome, code }) => <><State of={outcome} />{code !== null && <small> {code}</small>}</> },
  { title: 'took', numeric: true, cell: ({ started_at, finished_at }) => spanText(Date.parse(finished_at) - Date.parse(started_at)) },
  { title: 'load', numeric: true, cell: ({ load_id }) => load_id ?? '–' },
  { title: 'run', numeric: true, cell: ({ run_id }) => <Goto from={place} to={{ view: 'runs', run: run_id }} label={`Run ${run_id}`}>{run_id}</Goto> },
]

const REVISIONS: readonly Column<Document['revisions'][number]>[] = [
  { title: 'when (UTC)', cell: ({ revised_at }) => <Instant at={revised_at} /> },
  { title: 'cause', cell: ({ cause }) => words(cause) },
  { title: 'added', numeric: true, cell: ({ added }) => countText(added) },
  { title: 'changed', numeric: true, cell: ({ changed }) => countText(changed) },
  { title: 'removed', numeric: true, cell: ({ removed }) => countText(removed) },
  { title: 'load', numeric: true, cell: ({ load_id }) => load_id ?? '–' },
]

/** Symbols of a date, of many the first. */
function Symbols({ title, of, note }: { title: string; of: { total: number; symbols: readonly string[] }; note?: string | null }) {
  if (of.total === 0) return null
  return (
    <>
      <h4>{title} ({countText(of.total)})</h4>
      {note && <p class="dim">{note}</p>}
      <Names of={of.symbols} />
      {of.symbols.length < of.total && <p class="dim">The first {of.symbols.length} of {countText(of.total)}.</p>}
    </>
  )
}

function Whole({ document, place, props, again }: { document: Document; place: Place; props: PanelsProps; again: () => void }) {
  const { dataset, date, state, session, row_count, coverage, checksum, counts, lineage, fills, attention, tried, rejects, revisions, missing_symbols, new_symbols, unknown_symbols, previous_session, open_findings } = document
  const [month, today] = [`${date.slice(0, 7)}-01`, props.now().toISOString().slice(0, 10)]
  const monthEnd = daysAfter(`${daysAfter(month, 31).slice(0, 7)}-01`, -1)
  const spans: Span[] = [
    ...(session ? [{ label: state === 'loaded' ? 'Look whether its file has changed' : 'Load this date', start: date, end: date, only: null } as const] : []),
    { label: `Load the missing and failed ones of ${date.slice(0, 7)}`, start: month, end: monthEnd > today && month <= today ? today : monthEnd, only: 'incomplete' },
  ]
  return (
    <>
      {attention.length > 0 && (
        <Part title="What needs attention">
          <ul class="advice">{attention.map(({ kind, what, command, start }) => <li key={`${kind} ${start}`}><b>{what[0]!.toUpperCase() + what.slice(1)}.</b><br /><Copied text={command} label="the command" /></li>)}</ul>
        </Part>
      )}
      <Part title="What there is">
        <Facts of={[
          ['bars', row_count === null ? '–' : countText(row_count)], ['of the usual number', coverage === null ? '–' : `${coverage} %`],
          ['open findings', open_findings === null ? 'not judged' : row_count === null && open_findings === 0 ? '–' : countText(open_findings)],
          ['fills', fills.length === 0 ? 'none' : fills.map(({ provider, bars }) => `${counted(bars, 'bar')} of ${provider}`).join(', ')],
          ['checksum', checksum === null ? '–' : <Copied key="checksum" text={checksum} shown={short(checksum)} label="the checksum" />],
        ]} />
      </Part>
      {counts && <Part title="What became of its file's rows"><Rows counts={counts} rejects={rejects} /></Part>}
      <Part title="Where it came from">
        {lineage === null ? <p class="note">No file of this date is loaded.</p> : (
          <Facts of={[
            ['provider', lineage.provider], ['dataset', dataset], ['pulled (UTC)', <Instant key="pulled" at={lineage.pulled_at} />], ['stored (UTC)', <Instant key="stored" at={lineage.committed_at} />],
            ['size', sizeText(lineage.size_bytes)], ['load', <>{lineage.load_id}, <Goto from={place} to={{ view: 'runs', run: lineage.run_id }}>run {lineage.run_id}</Goto></>],
            ['SHA-256 of the file', <Copied key="sha" text={lineage.sha256} shown={short(lineage.sha256)} label="the SHA-256" />],
          ]} />
        )}
      </Part>
      <Part title="Attempts">
        {tried.length === 0 ? <p class="note">Nobody has tried to load it.</p> : <Table caption="Attempts, the newest first" columns={attemptColumns(place)} rows={tried} keyOf={({ run_id, started_at }) => `${run_id} ${started_at}`} />}
      </Part>
      <Part title="Load"><LoadDates {...props} dataset={dataset} spans={spans} onDone={again} /></Part>
      {revisions.length > 0 && <Part title="Bars that changed later"><Table caption="Revisions, the newest first" columns={REVISIONS} rows={revisions} keyOf={({ cause, revised_at, load_id }) => `${cause} ${revised_at} ${load_id}`} /></Part>}
      {(missing_symbols?.total ?? 0) + (new_symbols?.total ?? 0) + unknown_symbols.total > 0 && (
        <Part title="Symbols">
          {missing_symbols && <Symbols title={`Not here, but on ${previous_session}`} of={missing_symbols} />}
          {new_symbols && <Symbols title={`Here, but not on ${previous_session}`} of={new_symbols} />}
          <Symbols title="Known to nobody when it was loaded" of={unknown_symbols} note={unknown_symbols.known_now > 0 ? `${countText(unknown_symbols.known_now)} of them are known by now: the date can be loaded again.` : null} />
        </Part>
      )}
      {open_findings !== null && open_findings > 0 && <Part title="Findings"><FindingList {...props} filter={{ start: date, end: date }} /></Part>}
    </>
  )
}

/** Everything about one date. */
export function OneDate({ date, onClose, ...props }: PanelsProps & { date: IsoDate; onClose: () => void }) {
  const { client, place } = props
  const asked = useAsked<Document>(`date ${place.dataset} ${date}`, () => client.get(`/status/days/${date}`, { dataset: place.dataset }), () => EVERY)
  const shown = asked.data
  const step = (days: number) => {
    let to = daysAfter(date, days)
    while (['Saturday', 'Sunday'].includes(weekday(to))) to = daysAfter(to, days)
    return { ...place, date: to as IsoDate }
  }
  const dataset = shown?.dataset ?? place.dataset
  const about = (
    <>
      {shown?.state && <State of={shown.thin ? 'thin' : shown.state} />}
      <span>{[dataset && barsText(dataset === DAY_FILES.minute ? 'minute' : 'day'), shown && !shown.session ? 'no session' : null, shown?.reason].filter((part) => part).join(', ')}</span>
      {shown?.dropped ? <Badge tone="warn">{counted(shown.dropped, 'bar')} dropped</Badge> : null}
    </>
  )
  return (
    <Frame
      title={`${weekday(date)}, ${date}`} about={about} onClose={onClose}
      tabs={<nav class="tabs" aria-label="Dates"><a href={hrefOf(step(-1))}>← the day before</a><a href={hrefOf(step(1))}>the day after →</a></nav>}
    >
      <Shown asked={asked} what={date}>{(document) => <Whole document={document} place={place} props={props} again={asked.again} />}</Shown>
    </Frame>
  )
}
