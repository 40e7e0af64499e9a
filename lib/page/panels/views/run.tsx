import type { DocumentOf } from '../../../documents/document.js'
import type { IsoDate } from '../../../domain/dates.js'
import type { SERVICE_RUN } from '../../../documents/service/run.js'
import type { PanelsProps } from '../../parts.js'
import type { Place } from '../../place.js'
import { countText, short, words } from '../parts/formats.js'
import { Goto } from '../parts/goto.js'
import { More } from '../parts/more.js'
import { Progress } from '../parts/progress.js'
import { Shown } from '../parts/shown.js'
import { Copied, Facts, Instant, Part, State } from '../parts/small.js'
import { Table, type Column } from '../parts/table.js'
import { EVERY, usePages } from '../parts/use-asked.js'
import { LIVE, outcomesText, tookText } from './run-words.js'

type Document = DocumentOf<typeof SERVICE_RUN>
type DateResult = Document['dates'][number]
type UnitResult = Document['units'][number]

const number = (value: number | null | undefined): string => (value === null || value === undefined ? '–' : countText(value))

const dateColumns = (place: Place): readonly Column<DateResult>[] => [
  { title: 'date', cell: ({ date, dataset }) => <Goto from={place} to={{ date: date as IsoDate, dataset }}>{date}</Goto> },
  { title: 'outcome', cell: ({ outcome, code }) => <State of={outcome} code={code} /> },
  { title: 'read', numeric: true, cell: ({ rows }) => number(rows?.read) },
  { title: 'new', numeric: true, cell: ({ rows }) => number(rows?.inserted) },
  { title: 'changed', numeric: true, cell: ({ rows }) => number(rows?.updated) },
  { title: 'removed', numeric: true, cell: ({ rows }) => number(rows?.removed) },
  { title: 'rejected', numeric: true, cell: ({ rows }) => number(rows?.rejected) },
  { title: 'stored', numeric: true, cell: ({ row_count }) => number(row_count) },
  { title: 'checksum', cell: ({ checksum, date }) => (checksum === null ? '–' : <Copied text={checksum} shown={short(checksum)} label={`checksum of ${date}`} />) },
]

const UNIT_COLUMNS: readonly Column<UnitResult>[] = [
  { title: 'asset', cell: ({ asset, interval, part }) => <>{asset === '*' ? 'all symbols' : asset}<br /><small>{[interval, part].filter((text) => text !== '').join(', ')}</small></> },
  { title: 'provider', cell: ({ provider }) => provider },
  { title: 'state', cell: ({ status, code }) => <State of={status} code={code} /> },
  { title: 'tries', numeric: true, cell: ({ tries }) => countText(tries) },
  { title: 'bars', numeric: true, cell: ({ bars }) => countText(bars) },
  { title: 'expected', numeric: true, cell: ({ expected }) => number(expected) },
  { title: 'new', numeric: true, cell: ({ inserted }) => countText(inserted) },
  { title: 'changed', numeric: true, cell: ({ updated }) => countText(updated) },
  { title: 'fills', numeric: true, cell: ({ filled }) => countText(filled) },
]

/** One run with what came of it; followed while it lives. */
export function OneRun({ client, place, now, run: runId }: PanelsProps & { run: number }) {
  const pages = usePages<Document>(`run ${runId}`, (cursor) => client.get(`/ingestion/runs/${runId}`, { limit: 100, cursor }), (page) => (page === null ? EVERY : page.run.status === 'running' ? LIVE : null))
  return (
    <>
      <p class="row"><Goto from={place} to={{ view: 'runs' }}>← All runs</Goto></p>
      <Shown asked={pages} what={`run ${runId}`}>
        {(told) => {
          const { run } = told[0]!
          const [dates, units] = [told.flatMap((page) => page.dates), told.flatMap((page) => page.units)]
          return (
            <>
              <Part title={`Run ${run.run_id}: ${words(run.command)}`}>
                <p class="row" role="status"><State of={run.status} /> {outcomesText(run.outcomes)}</p>
                {run.progress && <Progress label={`Run ${run.run_id}`} {...run.progress} />}
                <Facts of={[
                  ['began (UTC)', <Instant key="began" at={run.started_at} />], ['ended (UTC)', <Instant key="ended" at={run.finished_at} />], ['took', tookText(run, now())],
                  ['exit code', run.exit_code], ['asked for by', run.action_id === null ? 'a command or a timer' : `action ${run.action_id}`],
                ]} />
              </Part>
              {dates.length > 0 && <Part title="Dates: rows and checksums"><Table caption="Dates of the run, as they ended" columns={dateColumns(place)} rows={dates} keyOf={({ dataset, date, started_at }) => `${dataset} ${date} ${started_at}`} /></Part>}
              {units.length > 0 && <Part title="Securities that providers were asked about"><Table caption="Securities of the run, as they ended" columns={UNIT_COLUMNS} rows={units} keyOf={({ asset, interval, part, provider }) => [asset, interval, part, provider].join(' ')} /></Part>}
              {dates.length + units.length > 0 && <More pages={pages} shown={dates.length + units.length} />}
            </>
          )
        }}
      </Shown>
    </>
  )
}
